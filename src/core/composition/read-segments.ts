/**
 * Reading an object that is composed of others: which bytes of which objects, one after the other, each opened when the one
 * before it has ended. Nothing is read ahead and no list longer than a page is kept, except a stored list of segments (8 MiB
 * at most), of which only what the range touches stays.
 *
 * A segment must still be what the list says (OpenStack Swift, "Static Large Objects"): else SegmentUnavailable, before the
 * first byte when it is the first one, later by cutting the answer off; never other bytes in silence.
 */
import type { CoreContext } from '../core-context.ts';
import { CoreError } from '../core-errors.ts';
import { findVersion } from '../find-version.ts';
import { shownFacts } from '../metadata-records.ts';
import { type OpenBody, openBody } from '../read-body.ts';
import type { ByteSelection } from '../select-bytes.ts';
import { findPrefix, walkPrefix } from './prefix-segments.ts';
import { resolveObject } from './resolve-object.ts';
import { decodeSegmentList, lengthOfSegment, type ObjectSegment, type Segment } from './segment-list.ts';
import type { ComposedObject, SegmentReading } from './segment-reading.ts';

/** How deep lists may stand in lists (OpenStack Swift). */
const DEPTH_MAX = 10;
/** A stored list: 8 MiB as sent (OpenStack Swift, `max_manifest_size`), and room for what is noted beside each segment. */
const LIST_BYTES_MAX = 64 * 1024 ** 2;

/** The stored list of segments. Throws StoredDataCorrupt, and NoSuchKey when the object has been replaced meanwhile. */
export async function loadSegments(
  context: CoreContext,
  { bucket, key, record }: ComposedObject,
): Promise<Segment[]> {
  const { size, body } = record;
  if (size > LIST_BYTES_MAX) throw new CoreError('StoredDataCorrupt', { key });
  const opened = await openBody(context, { bucket: bucket.id, key, size, body }, 0, size - 1);
  if (opened === undefined) throw new CoreError('NoSuchKey', { key });
  try {
    if (opened.bytes !== undefined) return decodeSegmentList(opened.bytes);
    const chunks: Buffer[] = [];
    for (let chunk = await opened.read(); chunk !== null; chunk = await opened.read()) chunks.push(chunk);
    return decodeSegmentList(Buffer.concat(chunks));
  } finally {
    await opened.close();
  }
}

/** The bytes of one segment of a stored list. Throws InvalidPartNumberForObject. */
export async function selectSegment(
  context: CoreContext,
  object: ComposedObject,
  number: number,
): Promise<{ readonly selected: ByteSelection; readonly segmentCount: number }> {
  const segments = await loadSegments(context, object);
  const segment = segments[number - 1];
  if (segment === undefined) {
    throw new CoreError('InvalidPartNumberForObject', { partNumber: number, partCount: segments.length });
  }
  let start = 0;
  for (const before of segments.slice(0, number - 1)) start += lengthOfSegment(before);
  const selected = { start, end: start + lengthOfSegment(segment) - 1 };
  return { selected, segmentCount: segments.length };
}

/** Opens bytes `start` to `end` (inclusive) of a composed object, the first of its segments at once. */
export async function openSegments(
  reading: SegmentReading,
  object: ComposedObject,
  start: number,
  end: number,
): Promise<OpenBody> {
  const runs = runsOf(reading, object, start, end, 1);
  const source = new SegmentsSource(object, runs, Math.max(0, end - start + 1));
  await source.open();
  return source;
}

/** The bytes of one plain object or of the list itself, opened by `open`. */
interface SegmentRun {
  readonly length: number;
  open(): Promise<OpenBody>;
}

async function* runsOf(
  reading: SegmentReading,
  object: ComposedObject,
  start: number,
  end: number,
  depth: number,
): AsyncGenerator<SegmentRun, void, undefined> {
  if (depth > DEPTH_MAX) throw unavailable(object.bucket.name, object.key, 'too-deep');
  for await (const { segment, offset } of segmentsOf(reading, object, start, end)) {
    const from = Math.max(0, start - offset);
    const to = Math.min(lengthOfSegment(segment) - 1, end - offset);
    if (to >= from) yield* runsOfSegment(reading, object, segment, from, to, depth);
  }
}

interface PlacedSegment {
  readonly segment: Segment;
  /** Of its first byte in the whole. */
  readonly offset: number;
}

/** The segments that bytes `start` to `end` touch, in order. */
async function* segmentsOf(
  reading: SegmentReading,
  object: ComposedObject,
  start: number,
  end: number,
): AsyncGenerator<PlacedSegment, void, undefined> {
  if (object.record.composition === 'segments') {
    yield* touchedBy(await loadSegments(reading.context, object), start, end);
    return;
  }
  const found = await findPrefix(reading, object);
  let offset = 0;
  for await (const segment of walkPrefix(reading.context, object, found)) {
    if (offset > end) return;
    yield { segment, offset };
    offset += segment.size;
  }
}

/** Only those that are wanted are kept, so that the list can go. */
function touchedBy(segments: readonly Segment[], start: number, end: number): PlacedSegment[] {
  const touched: PlacedSegment[] = [];
  let offset = 0;
  for (const segment of segments) {
    const next = offset + lengthOfSegment(segment);
    if (next > start && offset <= end) touched.push({ segment, offset });
    offset = next;
  }
  return touched;
}

async function* runsOfSegment(
  reading: SegmentReading,
  whole: ComposedObject,
  segment: Segment,
  from: number,
  to: number,
  depth: number,
): AsyncGenerator<SegmentRun, void, undefined> {
  const length = to - from + 1;
  if (segment.kind === 'data') {
    const bytes = segment.bytes.subarray(from, to + 1);
    yield { length, open: async () => openBytes(bytes) };
    return;
  }
  const first = (segment.range?.start ?? 0) + from;
  const last = first + length - 1;
  const found = await findSegment(reading, whole, segment);
  const { composition, size, body } = found.record;
  if (composition === 'segments' || (composition === 'prefix' && whole.record.composition === 'segments')) {
    yield* runsOf(reading, found, first, last, depth + 1);
    return;
  }
  const { bucket, key } = found;
  yield {
    length,
    async open() {
      const target = { bucket: bucket.id, key, size, body };
      const opened = await openBody(reading.context, target, first, last);
      if (opened === undefined) throw unavailable(bucket.name, key, 'replaced');
      return opened;
    },
  };
}

/** The segment as it is now. Throws SegmentUnavailable when that is not what it was. */
async function findSegment(
  reading: SegmentReading,
  whole: ComposedObject,
  segment: ObjectSegment,
): Promise<ComposedObject> {
  const { bucket: bucketName, key } = segment;
  try {
    const bucket = await reading.bucketNamed(whole.bucket, bucketName);
    if (whole.record.composition === 'prefix') await reading.confirm(bucket, key, 'read');
    const { record } = await findVersion(reading.context, bucket, key, undefined);
    const named = { bucket, key, record };
    const found = whole.record.composition === 'prefix' ? named : await resolveObject(reading, named);
    const { size, etagMd5, joinedMd5 = etagMd5 } = shownFacts(found.record);
    if (size !== segment.size || joinedMd5 !== segment.etagMd5) {
      throw unavailable(bucketName, key, 'replaced');
    }
    return found;
  } catch (error) {
    const isAbsent =
      error instanceof CoreError && (error.code === 'NoSuchKey' || error.code === 'NoSuchBucket');
    throw isAbsent ? unavailable(bucketName, key, 'absent') : error;
  }
}

function unavailable(bucket: string, key: string, reason: 'absent' | 'replaced' | 'too-deep'): CoreError {
  return new CoreError('SegmentUnavailable', { bucket, key, reason });
}

function openBytes(bytes: Buffer): OpenBody {
  let rest: Buffer | null = bytes;
  return {
    bytes,
    async read() {
      const chunk = rest;
      rest = null;
      return chunk;
    },
    async close() {
      rest = null;
    },
  };
}

/** Hands out the runs one after the other, one open at a time. */
class SegmentsSource implements OpenBody {
  readonly #whole: ComposedObject;
  readonly #runs: AsyncGenerator<SegmentRun, void, undefined>;
  #remaining: number;
  #opened: OpenBody | undefined;

  constructor(whole: ComposedObject, runs: AsyncGenerator<SegmentRun, void, undefined>, remaining: number) {
    this.#whole = whole;
    this.#runs = runs;
    this.#remaining = remaining;
  }

  /** Opens the first run, so that what is wrong with it is said before an answer begins. */
  async open(): Promise<void> {
    if (this.#remaining > 0) await this.#openNext();
  }

  async read(): Promise<Buffer | null> {
    for (;;) {
      if (this.#opened === undefined) {
        if (this.#remaining === 0) return null;
        await this.#openNext();
      }
      const chunk = await this.#opened!.read();
      if (chunk !== null) return chunk;
      await this.close();
    }
  }

  async close(): Promise<void> {
    const opened = this.#opened;
    this.#opened = undefined;
    await opened?.close();
  }

  async #openNext(): Promise<void> {
    const next = await this.#runs.next();
    if (next.done === true) throw unavailable(this.#whole.bucket.name, this.#whole.key, 'replaced');
    this.#remaining -= next.value.length;
    this.#opened = await next.value.open();
  }
}
