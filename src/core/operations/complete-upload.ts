/**
 * CompleteMultipartUpload (docs/adr/0002-keys-references-reclaiming.md, Completion).
 *
 * One commit freezes the upload, so that no part changes any more; then the parts are read and judged, the pages of a
 * long body are written, and one commit makes the object. Whoever needs the upload open again in between (a part that
 * comes late, a second completion, or one that takes over from a process that died) writes the upload's record anew; every
 * later commit of this completion then conflicts, and it begins again with what the upload holds now.
 *
 * Repeating a completion with the same parts answers the same version for a day, as long as that version exists;
 * otherwise NoSuchUpload.
 */

import { digestOf } from '../../lib/digests.ts';
import { archiveReplaced } from '../archive-versions.ts';
import {
  type AssembledObject,
  assembleParts,
  assertPartList,
  assertWholeObject,
  selectParts,
  unquoted,
} from '../assemble-parts.ts';
import { type Body, bodyIdOf, PIECES_IN_RECORD_MAX } from '../body-records.ts';
import type { CoreContext } from '../core-context.ts';
import { CoreError } from '../core-errors.ts';
import { liveHead, placeVersion, readKeyState } from '../key-state.ts';
import { headKey, olderKey } from '../metadata-keys.ts';
import { decodeVersion, toObjectVersion } from '../metadata-records.ts';
import type { Bucket, BucketId, ObjectVersion } from '../model.ts';
import type { CompleteUploadInput } from '../object-store.ts';
import { checkWriteConditions } from '../preconditions.ts';
import { commitBelowBucket, retryCommit } from '../retry-commit.ts';
import { completionKey, parsePartKey, partRange, sweepKey, uploadKey } from '../upload-keys.ts';
import {
  decodeCompletion,
  decodePart,
  encodeCompletion,
  encodeSweep,
  encodeUpload,
  type PartRecord,
  PartSet,
  type UploadRecord,
} from '../upload-records.ts';
import { findUpload, parseUploadId } from '../upload-state.ts';
import { type FrozenUpload, writePages } from '../write-pages.ts';

const ATTEMPTS_MAX = 16;
const PAUSE_MILLIS_MAX = 250;
const PART_ROWS_PER_SLICE = 1000;

interface Frozen extends FrozenUpload {
  readonly record: UploadRecord;
}

export async function completeUpload(
  context: CoreContext,
  input: CompleteUploadInput,
): Promise<ObjectVersion> {
  const { bucket, key, uploadId, parts } = input;
  assertPartList(uploadId, parts, context.settings.partsPerUploadMax);
  // A lane of its own, which no key can have: completions of one upload come one after the other.
  return context.keyQueue.run(bucket.id, `\0${uploadId}`, async () => {
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      if (attempt > 0) await pauseRandomly(context, attempt);
      const frozen = await freeze(context, input);
      if ('completed' in frozen) return frozen.completed;
      const version = await completeFrozen(context, input, frozen);
      if (version !== undefined) return version;
    }
    throw new CoreError('TooMuchContention', { key });
  });
}

/** Completions of several processes that take the upload from each other must drift apart. */
function pauseRandomly(context: CoreContext, attempt: number): Promise<void> {
  const millisMax = Math.min(4 ** attempt, PAUSE_MILLIS_MAX);
  return context.pause((context.entropy.bytes(2).readUInt16BE(0) / 0xffff) * millisMax);
}

async function freeze(
  context: CoreContext,
  input: CompleteUploadInput,
): Promise<Frozen | { readonly completed: ObjectVersion }> {
  const { bucket, key, uploadId } = input;
  return commitBelowBucket(context, bucket, key, async (draft, { id }) => {
    const upload = await findUpload(context, bucket, key, uploadId);
    if (upload === undefined) return { completed: await findCompleted(context, input) };
    const { number, entry } = upload;
    const recordKey = uploadKey(id, key, number);
    const record: UploadRecord = { ...upload.record, state: 'frozen' };
    draft.check(recordKey, entry);
    draft.put(recordKey, encodeUpload(record));
    return { key, number, body: record.body, record, frozenVersion: draft.id };
  });
}

/** Undefined: somebody has changed the upload meanwhile. Throws what is wrong; the upload is open again then. */
async function completeFrozen(
  context: CoreContext,
  input: CompleteUploadInput,
  frozen: Frozen,
): Promise<ObjectVersion | undefined> {
  const { bucket, key } = input;
  try {
    const uploaded = await readParts(context, bucket.id, frozen.number);
    const selected = selectParts(input.uploadId, input.parts, uploaded, context.settings.partBytesMin);
    const assembled = assembleParts(frozen.record, selected);
    assertWholeObject(assembled, input);
    const isPaged = assembled.pieces.length > PIECES_IN_RECORD_MAX;
    if (!(await writePages(context, bucket.id, frozen, isPaged ? assembled.pieces : []))) return undefined;
    const body: Body = isPaged
      ? { kind: 'pages', id: frozen.body, home: bucket.id }
      : { kind: 'pieces', id: frozen.body, pieces: assembled.pieces };
    return await context.keyQueue.run(bucket.id, key, () =>
      createVersion(context, input, frozen, assembled, body),
    );
  } catch (error) {
    await thaw(context, bucket, frozen);
    throw error;
  }
}

async function readParts(
  context: CoreContext,
  bucket: BucketId,
  number: string,
): Promise<Map<number, PartRecord>> {
  const parts = new Map<number, PartRecord>();
  for (let first = 0; ; ) {
    context.metadata.refresh();
    const rows = await context.metadata.scan(partRange(bucket, number, first), PART_ROWS_PER_SLICE);
    for (const row of rows) parts.set(parsePartKey(row.key).partNumber, decodePart(row.value));
    if (rows.length < PART_ROWS_PER_SLICE) return parts;
    first = parsePartKey(rows[rows.length - 1]!.key).partNumber + 1;
  }
}

function createVersion(
  context: CoreContext,
  input: CompleteUploadInput,
  frozen: Frozen,
  assembled: AssembledObject,
  body: Body,
): Promise<ObjectVersion | undefined> {
  const { bucket, key, parts } = input;
  const { number, record: upload } = frozen;
  const { expiresAtMicros } = upload;
  return commitBelowBucket(context, bucket, key, async (draft, current) => {
    const recordKey = uploadKey(current.id, key, number);
    const entry = await context.metadata.get(recordKey);
    if (entry?.version !== frozen.frozenVersion) return undefined;
    const state = await readKeyState(context, current, key);
    const head = liveHead(context, state);
    checkWriteConditions(input.conditions, key, head?.record);
    await archiveReplaced(context, draft, current, key, head);
    const { size, etagMd5, partCount, joinedMd5, checksum } = assembled;
    const record = placeVersion(context, draft, current, key, state, {
      isDeleteMarker: false,
      size,
      etagMd5,
      partCount,
      segmented: { size, joinedMd5 },
      ...(checksum === undefined ? undefined : { checksum }),
      owner: upload.owner,
      metadata: upload.metadata,
      protectionRequest: input.protection ?? upload.protection,
      ...(expiresAtMicros === undefined ? undefined : { expiresAtMicros }),
      body,
    });
    draft.check(recordKey, entry);
    draft.delete(recordKey);
    const completedAtMicros = context.clock.nowMicros();
    const { sequence } = record;
    const request = requestOf(input);
    const { nonce, body: bodyId } = upload;
    const completion = { key, nonce, request, sequence, body: bodyId, completedAtMicros };
    draft.put(completionKey(current.id, number), encodeCompletion(completion));
    const kept = PartSet.of(parts.map((part) => part.partNumber)).toString();
    const sweep = encodeSweep({ kind: 'completed', body: upload.body, kept, completedAtMicros });
    draft.put(sweepKey(completedAtMicros, current.id, number), sweep);
    return toObjectVersion(key, record, true);
  });
}

/**
 * Lets the upload go on after a completion that failed. When even that fails it stays frozen, which hinders nobody: the
 * next part, completion or abort goes on from there.
 */
async function thaw(context: CoreContext, bucket: Bucket, frozen: Frozen): Promise<void> {
  const recordKey = uploadKey(bucket.id, frozen.key, frozen.number);
  try {
    await retryCommit(context, frozen.key, async (draft) => {
      const entry = await context.metadata.get(recordKey);
      if (entry?.version !== frozen.frozenVersion) return;
      draft.effect = 'shrink';
      draft.check(recordKey, entry);
      draft.put(recordKey, encodeUpload({ ...frozen.record, state: 'open' }));
    });
  } catch {
    // The reason why the completion failed is what its caller must learn.
  }
}

/** Identifies a list of parts, however its ETags are written. */
function requestOf(input: CompleteUploadInput): string {
  const list = input.parts.map((part) => `${part.partNumber} ${unquoted(part.etag)}\n`).join('');
  return digestOf('SHA256', Buffer.from(list)).toString('base64');
}

/** The version that an earlier completion with the same parts has made. Throws NoSuchUpload. */
async function findCompleted(context: CoreContext, input: CompleteUploadInput): Promise<ObjectVersion> {
  const { bucket, key, uploadId } = input;
  const { number, nonce } = parseUploadId(uploadId);
  const noSuchUpload = new CoreError('NoSuchUpload', { uploadId });
  const entry = await context.metadata.get(completionKey(bucket.id, number));
  if (entry === undefined) throw noSuchUpload;
  const completion = decodeCompletion(entry.value);
  const age = context.clock.nowMicros() - completion.completedAtMicros;
  const isMeant =
    completion.key === key && completion.nonce === nonce && completion.request === requestOf(input);
  if (!isMeant || age >= context.settings.completedUploadKeptMicros) throw noSuchUpload;
  const [head, older] = await context.metadata.getMany([
    headKey(bucket.id, key),
    olderKey(bucket.id, key, completion.sequence),
  ]);
  for (const found of [head, older]) {
    if (found === undefined) continue;
    const record = decodeVersion(found.value);
    const isSame = bodyIdOf(record.body) === completion.body && record.sequence === completion.sequence;
    if (isSame) return toObjectVersion(key, record, found === head);
  }
  throw noSuchUpload;
}
