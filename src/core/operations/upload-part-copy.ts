/**
 * UploadPartCopy: the part refers to the blobs of its source, so no bytes are written, in the commit that checks that the
 * source still is what was read. Only inline sources, and ranges that would need more than 256 pieces, are written anew.
 *
 * The ETag of a part is the MD5 of its bytes. It is known when the part is a whole object that was put whole; otherwise
 * the range is read once to compute it, which costs what a download of the range costs the server (no write, no
 * flush: about 1.5 s of one core per GiB), as does a checksum that the upload asks for and the source does not have.
 */
import type { DigestAlgorithm } from '../../lib/digests.ts';
import { StorageFailure } from '../../storage/contract/storage-errors.ts';
import { bodyIdOf, PIECES_IN_PAGE_MAX, type Piece } from '../body-records.ts';
import { assertCopySize, digestSource, findCopySource, openSource, slicePieces } from '../copy-source.ts';
import type { CoreContext } from '../core-context.ts';
import { CoreError } from '../core-errors.ts';
import type { FoundVersion } from '../find-version.ts';
import { discardBody, type IngestedBody, ingestBody } from '../ingest-body.ts';
import { type VersionRecord, versionIdOf } from '../metadata-records.ts';
import type { ChecksumAlgorithm, UploadedPart, VersionId } from '../model.ts';
import type { BodyInput, UploadPartCopyInput } from '../object-store.ts';
import type { OpenBody } from '../read-body.ts';
import { commitBelowBucket } from '../retry-commit.ts';
import { storePart } from '../store-part.ts';
import type { PartRecord } from '../upload-records.ts';
import { assertPartNumber, readUpload } from '../upload-state.ts';
import { getObject, headObject } from './get-object.ts';
import { partOf } from './upload-part.ts';

const LOOKS_MAX = 16;

/** Inclusive. `end` is `start - 1` for an empty source. */
interface Selection {
  readonly start: number;
  readonly end: number;
}

interface CopiedPart {
  readonly part: UploadedPart;
  readonly sourceVersionId: VersionId;
}

type PartContent = Omit<PartRecord, 'lastModifiedMicros'>;

/** Digests of a range of one body; they stay right while the body is the same. */
interface RangeDigests {
  readonly of: string;
  readonly etagMd5: string;
  readonly checksumValue: string | undefined;
}

export async function uploadPartCopy(context: CoreContext, input: UploadPartCopyInput): Promise<CopiedPart> {
  const { bucket, key, uploadId, partNumber, source } = input;
  assertPartNumber(partNumber, context.settings.partsPerUploadMax);
  let known: RangeDigests | undefined;
  for (let look = 0; look < LOOKS_MAX; look++) {
    if (look > 0) context.metadata.refresh();
    const { record: upload } = await readUpload(context, bucket, key, uploadId);
    const found = await findCopySource(context, source, input.sourceConditions);
    if (found.record.composition !== undefined) return copyComposed(context, input, upload);
    const selection = selectBytes(input, found.record.size, context.settings.partBytesMax);
    const pieces = await piecesOf(context, found, selection, partNumber);
    if (pieces === undefined) continue;
    if (pieces === 'too-many') {
      const part = await rewrite(context, input, found, selection, upload.checksumAlgorithm);
      if (part === undefined) continue;
      return { part, sourceVersionId: versionIdOf(found.record) };
    }
    known = await digestRange(context, input, found, selection, upload.checksumAlgorithm, known);
    if (known === undefined) continue;
    const part = await refer(context, input, found, upload.checksumAlgorithm, known, pieces);
    if (part !== undefined) return { part, sourceVersionId: versionIdOf(found.record) };
  }
  throw new CoreError('TooMuchContention', { key });
}

function selectBytes(input: UploadPartCopyInput, size: number, bytesMax: number): Selection {
  const { sourceRange } = input;
  if (sourceRange === undefined) {
    assertCopySize(size, bytesMax);
    return { start: 0, end: size - 1 };
  }
  const { start, end } = sourceRange;
  if (start < 0 || start > end || end >= size) {
    throw new CoreError('InvalidCopySourceRange', { range: `bytes=${start}-${end}`, size });
  }
  assertCopySize(end - start + 1, bytesMax);
  return { start, end };
}

/** What the part can refer to; `too-many` also for inline bytes, which nothing can refer to. */
async function piecesOf(
  context: CoreContext,
  found: FoundVersion,
  { start, end }: Selection,
  partNumber: number,
): Promise<Piece[] | 'too-many' | undefined> {
  const { body } = found.record;
  if (end < start) return [];
  if (body.kind !== 'pieces' && body.kind !== 'pages') return 'too-many';
  return slicePieces(context, body, start, end, partNumber, PIECES_IN_PAGE_MAX);
}

async function digestRange(
  context: CoreContext,
  input: UploadPartCopyInput,
  found: FoundVersion,
  { start, end }: Selection,
  algorithm: ChecksumAlgorithm | undefined,
  known: RangeDigests | undefined,
): Promise<RangeDigests | undefined> {
  const { record } = found;
  const of = `${bodyIdOf(record.body)} ${start} ${end}`;
  if (known?.of === of) return known;
  const stored = start === 0 && end === record.size - 1 ? wholeDigests(record, algorithm) : undefined;
  if (stored !== undefined) return { of, ...stored };
  const algorithms: DigestAlgorithm[] = algorithm === undefined ? ['MD5'] : ['MD5', algorithm];
  const digests = await digestSource(context, input.source, found, start, end, algorithms);
  if (digests === undefined) return undefined;
  return { of, etagMd5: digests[0]!.toString('hex'), checksumValue: digests[1]?.toString('base64') };
}

/** What the record of the whole object already says. */
function wholeDigests(
  record: VersionRecord,
  algorithm: ChecksumAlgorithm | undefined,
): Omit<RangeDigests, 'of'> | undefined {
  const { partCount, etagMd5, checksum } = record;
  if (partCount !== undefined) return undefined;
  if (algorithm === undefined) return { etagMd5, checksumValue: undefined };
  if (checksum?.algorithm !== algorithm || checksum.type !== 'FULL_OBJECT') return undefined;
  return { etagMd5, checksumValue: checksum.value };
}

/** Undefined: source or upload are not what was read any more, look again. */
function refer(
  context: CoreContext,
  input: UploadPartCopyInput,
  read: FoundVersion,
  algorithm: ChecksumAlgorithm | undefined,
  digests: RangeDigests,
  pieces: readonly Piece[],
): Promise<UploadedPart | undefined> {
  const { key, uploadId, partNumber } = input;
  return commitBelowBucket(context, input.bucket, key, async (draft, bucket) => {
    const upload = await readUpload(context, bucket, key, uploadId);
    const found = await findCopySource(context, input.source, input.sourceConditions);
    const isSame = found.recordVersion === read.recordVersion && found.storedUnder.equals(read.storedUnder);
    if (!isSame) return undefined;
    draft.check(found.storedUnder, { version: found.recordVersion });
    const content: PartContent = {
      size: pieces.reduce((sum, piece) => sum + piece.length, 0),
      etagMd5: digests.etagMd5,
      ...(algorithm === undefined || digests.checksumValue === undefined
        ? undefined
        : { checksum: { algorithm, value: digests.checksumValue } }),
      body: pieces.length === 0 ? { kind: 'none' } : { kind: 'pieces', id: upload.record.body, pieces },
    };
    return storePart(context, draft, bucket, { key, upload, partNumber }, content);
  });
}

/** The bytes of a composed source are those of other objects: they are written anew. */
async function copyComposed(
  context: CoreContext,
  input: UploadPartCopyInput,
  { checksumAlgorithm }: { readonly checksumAlgorithm?: ChecksumAlgorithm },
): Promise<CopiedPart> {
  const { mayRead, sourceRange } = input;
  const wanted = {
    ...input.source,
    conditions: {},
    ...(mayRead === undefined ? undefined : { mayRead }),
  };
  const { version } = await headObject(context, wanted);
  const { start, end } = selectBytes(input, version.size, context.settings.partBytesMax);
  const range = sourceRange === undefined ? undefined : { range: { kind: 'from' as const, start, end } };
  const { body } = await getObject(context, { ...wanted, ...range });
  const part = await writePart(context, input, body, end - start + 1, checksumAlgorithm);
  return { part, sourceVersionId: version.versionId };
}

/** Undefined: the source has been replaced meanwhile. */
async function rewrite(
  context: CoreContext,
  input: UploadPartCopyInput,
  found: FoundVersion,
  { start, end }: Selection,
  algorithm: ChecksumAlgorithm | undefined,
): Promise<UploadedPart | undefined> {
  const source = await openSource(context, input.source, found, start, end);
  if (source === undefined) return undefined;
  return writePart(context, input, source, end - start + 1, algorithm);
}

/** Writes the bytes into a blob of the part's own. */
async function writePart(
  context: CoreContext,
  input: UploadPartCopyInput,
  source: OpenBody,
  size: number,
  algorithm: ChecksumAlgorithm | undefined,
): Promise<UploadedPart> {
  const { key, uploadId, partNumber } = input;
  const body: BodyInput = {
    source,
    size,
    expected: {},
    ...(algorithm === undefined ? undefined : { trailingChecksum: { algorithm, value: () => undefined } }),
  };
  let ingested: IngestedBody;
  try {
    ingested = await ingestBody(context, body, { bytesMax: size, inlineBytesMax: 0 });
  } finally {
    await source.close();
  }
  try {
    return await commitBelowBucket(context, input.bucket, key, async (draft, bucket) => {
      const upload = await readUpload(context, bucket, key, uploadId);
      const content = partOf(ingested, upload.record.body, partNumber);
      return storePart(context, draft, bucket, { key, upload, partNumber }, content);
    });
  } catch (error) {
    // As in uploadPart: after a storage failure nobody knows whether the commit was made.
    if (!(error instanceof StorageFailure)) await discardBody(context, ingested);
    throw error;
  }
}
