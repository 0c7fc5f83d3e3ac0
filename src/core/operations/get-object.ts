import { type Eventual, whenKnown } from '../../lib/eventual.ts';
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
import { type OpenBody, openBody, openInline } from '../read-body.ts';
import { type ByteSelection, selectPart, selectRange } from '../select-bytes.ts';

/** The version and the bytes that were asked for, without opening them: one point read for a current version. */
export async function headObject(context: CoreContext, input: GetObjectInput): Promise<FoundObject> {
  const finding = findSelected(context, input);
  return toFoundObject(input, finding instanceof Promise ? await finding : finding);
}

/** As `headObject`, with the bytes opened: one more point read when they are inline. */
export async function getObject(context: CoreContext, input: GetObjectInput): Promise<OpenedObject> {
  for (let look = 0; look < 2; look++) {
    // A body that is not there has been replaced since its record was read. Look again once, at the newest state.
    if (look > 0) context.metadata.refresh();
    const finding = findSelected(context, input);
    const selected = finding instanceof Promise ? await finding : finding;
    const opening = openSelected(context, selected);
    const body = opening instanceof Promise ? await opening : opening;
    if (body !== undefined) return { body, ...toFoundObject(input, selected) };
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

export function findSelected(context: CoreContext, input: GetObjectInput): Eventual<Selected> {
  const { bucket, key, versionId } = input;
  assertKey(key, context.settings.keyBytesMax);
  return whenKnown(findVersion(context, bucket, key, versionId), (found) =>
    found.record.composition === undefined
      ? selectBytes(context, input, found.record, found.isLatest)
      : findThrough(context, input, found),
  );
}

/** Of a record that says how the object gets its bytes from others. */
async function findThrough(
  context: CoreContext,
  input: GetObjectInput,
  found: FoundVersion,
): Promise<Selected> {
  const { bucket, key } = input;
  const { composition } = found.record;
  if (composition === 'link' && input.asStored === 'behind-links') {
    const reading = new SegmentReading(context, input.mayRead);
    const target = await followLinks(reading, { bucket, key, record: found.record });
    const behind = { ...input, ...target, asStored: true };
    const { versionId: _ofLink, ...rest } = behind;
    return findSelected(context, rest);
  }
  if (input.asStored !== true && input.asStored !== 'behind-links') {
    return findComposed(context, input, found);
  }
  return selectBytes(context, input, asStored(found.record), found.isLatest);
}

/** Of what is stored under the key itself. */
function selectBytes(
  context: CoreContext,
  { bucket, key, conditions, range, partNumber }: GetObjectInput,
  record: VersionRecord,
  isLatest: boolean,
): Eventual<Selected> {
  const isPlain = record.composition === undefined;
  checkReadConditions(conditions, isPlain ? record : { ...record, composition: undefined });
  const object = { bucket, key, record };
  const select = (selected: ByteSelection | undefined): Selected => ({
    object,
    isLatest,
    selected,
    reading: undefined,
  });
  if (range !== undefined) return select(selectRange(range, record.size));
  return partNumber === undefined ? select(undefined) : selectPart(context, record, partNumber).then(select);
}

/** A composed object without the whole: its size and ETag are those of its own bytes. */
function asStored(record: VersionRecord): VersionRecord {
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

export function openSelected(context: CoreContext, found: Selected): Eventual<OpenBody | undefined> {
  const { object, selected, reading } = found;
  const { bucket, key, record } = object;
  const start = selected?.start ?? 0;
  if (reading !== undefined) {
    const { size } = shownFacts(record);
    return openSegments(reading, object, start, selected?.end ?? size - 1);
  }
  const { size, body } = record;
  const target = { bucket: bucket.id, key, size, body };
  const end = selected?.end ?? size - 1;
  return body.kind === 'inline'
    ? openInline(context, target, body, start, end)
    : openBody(context, target, start, end);
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
