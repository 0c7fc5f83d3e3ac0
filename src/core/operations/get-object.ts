import { openSegments, selectSegment } from '../composition/read-segments.ts';
import { followLinks, resolveObject } from '../composition/resolve-object.ts';
import { type ComposedObject, SegmentReading } from '../composition/segment-reading.ts';
import type { CoreContext } from '../core-context.ts';
import { CoreError } from '../core-errors.ts';
import { type FoundVersion, findVersion } from '../find-version.ts';
import { changedVersion, shownFacts, toObjectVersion, type VersionRecord } from '../metadata-records.ts';
import { assertKey } from '../names.ts';
import type { FoundObject, GetObjectInput, OpenedObject } from '../object-store.ts';
import { checkReadConditions } from '../preconditions.ts';
import { type OpenBody, openBody } from '../read-body.ts';
import { type ByteSelection, selectPart, selectRange } from '../select-bytes.ts';

/** The version and the bytes that were asked for, without opening them: one point read for a current version. */
export async function headObject(context: CoreContext, input: GetObjectInput): Promise<FoundObject> {
  return toFoundObject(input, await findSelected(context, input));
}

/** As `headObject`, with the bytes opened: one more point read when they are inline. */
export async function getObject(context: CoreContext, input: GetObjectInput): Promise<OpenedObject> {
  for (let look = 0; look < 2; look++) {
    // A body that is not there has been replaced since its record was read. Look again once, at the newest state.
    if (look > 0) context.metadata.refresh();
    const selected = await findSelected(context, input);
    const body = await openSelected(context, selected);
    if (body !== undefined) return { ...toFoundObject(input, selected), body };
  }
  throw new CoreError('StoredDataCorrupt', { key: input.key });
}

export interface Selected {
  readonly object: ComposedObject;
  readonly isLatest: boolean;
  readonly selected: ByteSelection | undefined;
  readonly segmentCount?: number;
  /** Set when the bytes are those of other objects. */
  readonly reading: SegmentReading | undefined;
}

export async function findSelected(context: CoreContext, input: GetObjectInput): Promise<Selected> {
  const { bucket, key, versionId, conditions, range, partNumber } = input;
  assertKey(key, context.settings.keyBytesMax);
  const found = await findVersion(context, bucket, key, versionId);
  const { composition } = found.record;
  if (composition === 'link' && input.asStored === 'behind-links') {
    const reading = new SegmentReading(context, input.mayRead);
    const target = await followLinks(reading, { bucket, key, record: found.record });
    const behind = { ...input, ...target, asStored: true };
    const { versionId: _ofLink, ...rest } = behind;
    return findSelected(context, rest);
  }
  if (composition !== undefined && input.asStored !== true && input.asStored !== 'behind-links') {
    return findComposed(context, input, found);
  }
  const { isLatest } = found;
  const record = asStored(found.record);
  const isPlain = record.composition === undefined;
  checkReadConditions(conditions, isPlain ? record : { ...record, composition: undefined });
  const base = { object: { bucket, key, record }, isLatest, reading: undefined };
  if (range !== undefined) return { ...base, selected: selectRange(range, record.size) };
  if (partNumber === undefined) return { ...base, selected: undefined };
  return { ...base, selected: await selectPart(context, record, partNumber) };
}

/** A composed object without the whole: its size and ETag are those of its own bytes. */
function asStored(record: VersionRecord): VersionRecord {
  if (record.composition === undefined) return record;
  const { segmented: _whole, ...stored } = changedVersion(record, record);
  return stored;
}

async function findComposed(
  context: CoreContext,
  input: GetObjectInput,
  { record, isLatest }: FoundVersion,
): Promise<Selected> {
  const { bucket, key, range, partNumber } = input;
  const reading = new SegmentReading(context, input.mayRead);
  const object = await resolveObject(reading, { bucket, key, record });
  checkReadConditions(input.conditions, object.record);
  const { composition } = object.record;
  const isComposed = composition === 'segments' || composition === 'prefix';
  const base = { object, isLatest, reading: isComposed ? reading : undefined };
  const { size } = shownFacts(object.record);
  if (range !== undefined) return { ...base, selected: selectRange(range, size) };
  if (partNumber === undefined) return { ...base, selected: undefined };
  if (composition === 'segments') return { ...base, ...(await selectSegment(context, object, partNumber)) };
  return { ...base, selected: await selectPart(context, object.record, partNumber) };
}

export function openSelected(context: CoreContext, found: Selected): Promise<OpenBody | undefined> {
  const { object, selected, reading } = found;
  const { bucket, key, record } = object;
  const start = selected?.start ?? 0;
  if (reading !== undefined) {
    const { size } = shownFacts(record);
    return openSegments(reading, object, start, selected?.end ?? size - 1);
  }
  const { size, body } = record;
  return openBody(context, { bucket: bucket.id, key, size, body }, start, selected?.end ?? size - 1);
}

export function toFoundObject(input: GetObjectInput, found: Selected): FoundObject {
  const { object, selected, segmentCount } = found;
  const version = toObjectVersion(object.key, object.record, found.isLatest);
  const isLinked = object.key !== input.key || object.bucket.id !== input.bucket.id;
  if (selected === undefined && !isLinked && segmentCount === undefined) return { version };
  return {
    version,
    ...(selected === undefined ? undefined : { selected }),
    ...(isLinked ? { linkedTo: { bucket: object.bucket, key: object.key } } : undefined),
    ...(segmentCount === undefined ? undefined : { segmentCount }),
  };
}
