/** What CopyObject and UploadPartCopy share: finding the source, judging its conditions, digesting its bytes. */
import { createDigest, type DigestAlgorithm } from '../lib/digests.ts';
import { MissingBlob } from '../storage/contract/storage-errors.ts';
import type { Piece, SharedBody } from './body-records.ts';
import type { CoreContext } from './core-context.ts';
import { CoreError } from './core-errors.ts';
import { type FoundVersion, findVersion } from './find-version.ts';
import type { Bucket, VersionId } from './model.ts';
import type { ReadConditions } from './object-store.ts';
import { judgeRead } from './preconditions.ts';
import { type OpenBody, openBody, walkPieces } from './read-body.ts';

export interface CopySource {
  readonly bucket: Bucket;
  readonly key: string;
  readonly versionId?: VersionId;
}

/**
 * The version to copy from. Throws what a read of it would throw, PreconditionFailed also where a read would answer "not
 * modified" (https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html), and CopySourceTooLarge.
 */
export async function findCopySource(
  context: CoreContext,
  source: CopySource,
  conditions: ReadConditions,
): Promise<FoundVersion> {
  const found = await findVersion(context, source.bucket, source.key, source.versionId);
  const verdict = judgeRead(conditions, found.record);
  if (verdict.kind !== 'proceed') {
    throw new CoreError('PreconditionFailed', { condition: `x-amz-copy-source-${verdict.condition}` });
  }
  return found;
}

export function assertCopySize(bytes: number, bytesMax: number): void {
  if (bytes > bytesMax) throw new CoreError('CopySourceTooLarge', { bytes, bytesMax });
}

/** Bytes `start` to `end` (inclusive) of the source. Undefined: it has been replaced since it was read. */
export function openSource(
  context: CoreContext,
  source: CopySource,
  found: FoundVersion,
  start: number,
  end: number,
): Promise<OpenBody | undefined> {
  const { size, body } = found.record;
  return openBody(context, { bucket: source.bucket.id, key: source.key, size, body }, start, end);
}

/** Reads the bytes through the digests that are asked for, in the order asked. Undefined as `openSource`. */
export async function digestSource(
  context: CoreContext,
  source: CopySource,
  found: FoundVersion,
  start: number,
  end: number,
  algorithms: readonly DigestAlgorithm[],
): Promise<Buffer[] | undefined> {
  const bytes = await openSource(context, source, found, start, end);
  if (bytes === undefined) return undefined;
  const digests = algorithms.map(createDigest);
  try {
    for (let chunk = await bytes.read(); chunk !== null; chunk = await bytes.read()) {
      for (const digest of digests) digest.update(chunk);
    }
  } finally {
    await bytes.close();
  }
  return digests.map((digest) => digest.digest());
}

/**
 * The pieces that hold bytes `start` to `end` (inclusive) of a body, as pieces of part `partNumber`. `too-many`: more than
 * `piecesMax`. Undefined: the body's pages are gone, so the version has been replaced since it was read.
 */
export async function slicePieces(
  context: CoreContext,
  body: SharedBody,
  start: number,
  end: number,
  partNumber: number,
  piecesMax: number,
): Promise<Piece[] | 'too-many' | undefined> {
  const pieces: Piece[] = [];
  let wanted = end - start + 1;
  try {
    for await (const { piece, skipped } of walkPieces(context, body, start)) {
      const length = Math.min(piece.length - skipped, wanted);
      if (length === 0) continue;
      if (pieces.length === piecesMax) return 'too-many';
      pieces.push({ blob: piece.blob, offset: piece.offset + skipped, length, partNumber });
      wanted -= length;
      if (wanted === 0) return pieces;
    }
  } catch (error) {
    if (error instanceof MissingBlob) return undefined;
    throw error;
  }
  return undefined;
}
