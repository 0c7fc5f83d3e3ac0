/** Forwards: every version and every part has its bytes, or the references that keep them, and its row in the index of expiries. */
import { crc32 } from 'node:zlib';
import type { Row } from '../../storage/contract/metadata-store.ts';
import { type Body, decodePage, type InlineBody, type Piece, type SharedBody } from '../body-records.ts';
import { readInlineBody } from '../inline-bodies.ts';
import {
  keyAfter,
  pageRange,
  parseBucketId,
  parseHeadKey,
  parseOlderKey,
  parsePageKey,
  rangeOfSpace,
  space,
} from '../metadata-keys.ts';
import { decodeVersion, versionIdOf } from '../metadata-records.ts';
import type { BucketId } from '../model.ts';
import { blobReferenceKey, bodyReferenceKey } from '../reclaiming-keys.ts';
import { parsePartKey, parseUploadKey, partRange } from '../upload-keys.ts';
import { decodePart, decodeUpload } from '../upload-records.ts';
import type { Finding } from './findings.ts';
import type { VerificationRun } from './verification-run.ts';
import { ExpiryIndex } from './verify-expiry.ts';

type BodyProblem = Pick<Finding, 'kind' | 'what'>;

const PAGES_PER_SLICE = 16;
const PARTS_PER_SLICE = 500;

export async function verifyVersions(run: VerificationRun): Promise<void> {
  const expiries = new ExpiryIndex(run);
  for (const spaceByte of [space.head, space.tombstone, space.older] as const) {
    await run.judgeRows(
      rangeOfSpace(spaceByte),
      'versions',
      (row) => judgeVersion(run, row),
      (row) => {
        tally(run, spaceByte, row);
        return expiries.lookFor(row);
      },
    );
  }
}

function tally(run: VerificationRun, spaceByte: number, row: Row): void {
  const bucket = parseBucketId(row.key);
  const record = decodeVersion(row.value);
  const tallied = run.tallies.get(bucket) ?? { objects: 0, bytes: 0, inlineRows: 0 };
  run.tallies.set(bucket, tallied);
  if (spaceByte === space.head) {
    tallied.objects += 1;
    run.counts.objects += 1;
  }
  tallied.bytes += record.size;
  if (record.body.kind === 'inline') tallied.inlineRows += record.body.rowCount;
  run.counts.versions += 1;
  run.counts.bytes += record.size;
}

/** What is wrong with the version in this row of one of the spaces `head`, `tombstone` and `older`. */
export async function judgeVersion(run: VerificationRun, row: Row): Promise<Finding | undefined> {
  const bucket = parseBucketId(row.key);
  const record = decodeVersion(row.value);
  const key = row.key[0] === space.older ? parseOlderKey(row.key).key : parseHeadKey(row.key);
  const problem = (await run.isKnown(bucket))
    ? await findBodyProblem(run, bucket, key, record)
    : ({ kind: 'wrong-directory', what: 'the bucket of this version does not exist' } as const);
  if (problem === undefined) return undefined;
  return { ...problem, bucket: await run.nameOf(bucket), key, versionId: versionIdOf(record) };
}

async function findBodyProblem(
  run: VerificationRun,
  bucket: BucketId,
  key: string,
  record: { readonly size: number; readonly sequence: number; readonly body: Body },
): Promise<BodyProblem | undefined> {
  const { size, sequence, body } = record;
  if (body.kind === 'none') {
    return size === 0 ? undefined : { kind: 'missing-bytes', what: `a version of ${size} bytes has no body` };
  }
  if (body.kind === 'inline') return judgeInline(run, bucket, size, body);
  const owner = { bucket, key, sequence } as const;
  if ((await run.metadata.get(bodyReferenceKey(body.id, owner))) === undefined) {
    return { kind: 'missing-reference', what: `body ${body.id} has no reference of its version` };
  }
  return judgePieces(run, size, body);
}

async function judgeInline(
  run: VerificationRun,
  bucket: BucketId,
  size: number,
  body: InlineBody,
): Promise<BodyProblem | undefined> {
  const value = await readInlineBody(run, bucket, body);
  if (value === undefined) return { kind: 'missing-bytes', what: 'its bytes are not in the metadata store' };
  if (value.length !== size) {
    return { kind: 'damaged-bytes', what: `${value.length} bytes are stored where ${size} belong` };
  }
  if (crc32(value) === body.crc32) return undefined;
  return { kind: 'damaged-bytes', what: 'its bytes do not match their checksum' };
}

async function judgePieces(
  run: VerificationRun,
  size: number,
  body: SharedBody,
): Promise<BodyProblem | undefined> {
  let bytes = 0;
  for await (const pieces of piecesOf(run, body)) {
    for (const { length } of pieces) bytes += length;
    const problem = await findMissingReference(run, body.id, pieces);
    if (problem !== undefined) return problem;
  }
  if (bytes === size) return undefined;
  return { kind: 'missing-bytes', what: `its pieces have ${bytes} bytes where ${size} belong` };
}

async function findMissingReference(
  run: VerificationRun,
  body: string,
  pieces: readonly Piece[],
): Promise<BodyProblem | undefined> {
  const stored = pieces.filter(({ length }) => length > 0);
  const entries = await run.metadata.getMany(
    stored.map(({ blob, partNumber }) => blobReferenceKey(blob, body, partNumber)),
  );
  const missing = stored[entries.indexOf(undefined)];
  if (missing === undefined) return undefined;
  const { epoch, sequence } = missing.blob;
  return { kind: 'missing-reference', what: `blob ${epoch}/${sequence} has no reference of body ${body}` };
}

/** Pages must follow each other without a gap: a body with a hole ends there, and its length tells. */
async function* piecesOf(run: VerificationRun, body: SharedBody): AsyncGenerator<readonly Piece[]> {
  if (body.kind === 'pieces') {
    yield body.pieces;
    return;
  }
  const { start, end } = pageRange(body.home, body.id);
  let offset = 0;
  for (let from = start; ; ) {
    const pages = await run.metadata.scan({ start: from, end }, PAGES_PER_SLICE);
    for (const page of pages) {
      if (parsePageKey(page.key).startOffset !== offset) return;
      const pieces = decodePage(page.value);
      for (const { length } of pieces) offset += length;
      yield pieces;
    }
    const last = pages[pages.length - 1];
    if (last === undefined || pages.length < PAGES_PER_SLICE) return;
    from = keyAfter(last.key);
  }
}

/** References of the parts of unfinished uploads. */
export async function verifyParts(run: VerificationRun): Promise<void> {
  await run.judgeRows(rangeOfSpace(space.upload), 'uploads', async (row) => {
    const { bucket, key, number } = parseUploadKey(row.key);
    const { body } = decodeUpload(row.value);
    for (let first = 0; ; ) {
      const parts = await run.metadata.scan(partRange(bucket, number, first), PARTS_PER_SLICE);
      for (const part of parts) {
        const record = decodePart(part.value);
        first = parsePartKey(part.key).partNumber + 1;
        if (record.body.kind !== 'pieces') continue;
        const problem = await findMissingReference(run, body, record.body.pieces);
        if (problem !== undefined) return { ...problem, bucket: await run.nameOf(bucket), key };
      }
      if (parts.length < PARTS_PER_SLICE) return undefined;
    }
  });
}
