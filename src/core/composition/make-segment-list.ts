/**
 * What a list of wanted segments becomes: every segment is looked up once, checked against what is promised of it, and noted as it
 * is now (OpenStack Swift, "Static Large Objects", creation). What is wrong with them is answered together.
 */
import type { CoreContext } from '../core-context.ts';
import { CoreError, type CoreErrorCode } from '../core-errors.ts';
import { findVersion } from '../find-version.ts';
import { shownFacts } from '../metadata-records.ts';
import type { Bucket } from '../model.ts';
import type { MayRead, RangeRequest } from '../object-store.ts';
import { selectRange } from '../select-bytes.ts';
import { resolveObject } from './resolve-object.ts';
import { lengthOfSegment, type ObjectSegment, type Segment } from './segment-list.ts';
import { type ComposedObject, SegmentReading } from './segment-reading.ts';

/** A segment as a client names it. `etag`, without quotes, and `size` are promises about the whole segment. */
export type WantedSegment =
  | {
      readonly kind: 'object';
      readonly bucket: string;
      readonly key: string;
      /** As the client has written both, for what is told about them. */
      readonly shown?: string;
      readonly etag?: string;
      readonly size?: number;
      readonly range?: RangeRequest;
    }
  | { readonly kind: 'data'; readonly bytes: Buffer };

type WantedObject = Extract<WantedSegment, { kind: 'object' }>;

export interface SegmentProblem {
  readonly bucket: string;
  readonly key: string;
  readonly shown?: string;
  readonly reason:
    | 'not-found'
    | 'no-bucket'
    | 'forbidden'
    | 'broken'
    | 'unsatisfiable-range'
    | 'too-small'
    | 'size-mismatch'
    | 'etag-mismatch';
}

export interface MadeSegmentList {
  readonly segments: readonly Segment[];
  readonly problems: readonly SegmentProblem[];
}

export async function makeSegmentList(
  context: CoreContext,
  beside: Bucket,
  wanted: readonly WantedSegment[],
  mayRead: MayRead,
): Promise<MadeSegmentList> {
  const reading = new SegmentReading(context, mayRead);
  const looked = new Map<string, ComposedObject | SegmentProblem['reason']>();
  const segments: Segment[] = [];
  const problems: SegmentProblem[] = [];
  for (const [index, segment] of wanted.entries()) {
    if (segment.kind === 'data') {
      segments.push(segment);
      continue;
    }
    const { bucket, key, shown } = segment;
    const named = { bucket, key, ...(shown === undefined ? undefined : { shown }) };
    const path = `${bucket}/${key}`;
    const found = looked.get(path) ?? (await lookUp(reading, beside, segment));
    looked.set(path, found);
    const isLast = index === wanted.length - 1;
    const judged = typeof found === 'string' ? found : judge(segment, found, isLast);
    if (Array.isArray(judged)) problems.push(...judged.map((reason) => ({ ...named, reason })));
    else if (typeof judged === 'string') problems.push({ ...named, reason: judged });
    else segments.push(judged);
  }
  return { segments, problems };
}

async function lookUp(
  reading: SegmentReading,
  beside: Bucket,
  { bucket: name, key }: WantedObject,
): Promise<ComposedObject | SegmentProblem['reason']> {
  try {
    const bucket = await reading.bucketNamed(beside, name);
    await reading.confirm(bucket, key, 'read');
    const { record } = await findVersion(reading.context, bucket, key, undefined);
    return await resolveObject(reading, { bucket, key, record });
  } catch (error) {
    const reason = error instanceof CoreError ? reasons[error.code as CoreErrorCode] : undefined;
    if (reason === undefined) throw error;
    return reason;
  }
}

const reasons: Readonly<Partial<Record<CoreErrorCode, SegmentProblem['reason']>>> = {
  NoSuchBucket: 'no-bucket',
  NoSuchKey: 'not-found',
  InvalidKey: 'not-found',
  KeyTooLong: 'not-found',
  ReferencedAccessDenied: 'forbidden',
  LinkBroken: 'broken',
};

function judge(
  wanted: WantedObject,
  { record }: ComposedObject,
  isLast: boolean,
): ObjectSegment | SegmentProblem['reason'][] {
  const { size, etagMd5, joinedMd5 = etagMd5 } = shownFacts(record);
  const problems: SegmentProblem['reason'][] = [];
  const range = rangeOf(wanted.range, size);
  if (range === 'unsatisfiable') problems.push('unsatisfiable-range');
  const segment: ObjectSegment = {
    kind: 'object',
    bucket: wanted.bucket,
    key: wanted.key,
    etagMd5: joinedMd5,
    size,
    ...(typeof range === 'object' && { range }),
    isSegmented: record.composition === 'segments',
    contentType: record.metadata.system.contentType,
    lastModifiedMicros: record.lastModifiedMicros,
  };
  if (lengthOfSegment(segment) < 1 && !isLast) problems.push('too-small');
  if (wanted.size !== undefined && wanted.size !== size) problems.push('size-mismatch');
  if (wanted.etag !== undefined && wanted.etag !== joinedMd5) problems.push('etag-mismatch');
  return problems.length > 0 ? problems : segment;
}

/** Undefined also for a range that is the whole segment. */
function rangeOf(range: RangeRequest | undefined, size: number): ObjectSegment['range'] | 'unsatisfiable' {
  if (range === undefined) return undefined;
  try {
    const selected = selectRange(range, size);
    return selected.start === 0 && selected.end === size - 1 ? undefined : selected;
  } catch {
    return 'unsatisfiable';
  }
}
