/**
 * The list of segments that an object is composed of: what it says, and how it is stored. The stored text is the document
 * that Swift shows for `multipart-manifest=get` (OpenStack Swift, "Static Large Objects"), so that the bytes that are shown are
 * the bytes whose MD5 is told. Pure: nothing is read or written here.
 */
import { createDigest, digestOf } from '../../lib/digests.ts';

/** Another object of the same account and place, or a part of it, as it was when the list was made. */
export interface ObjectSegment {
  readonly kind: 'object';
  readonly bucket: string;
  readonly key: string;
  /** Of the whole segment: MD5 of its bytes, or of its own joined digests when it is in several pieces itself. */
  readonly etagMd5: string;
  /** Of the whole segment. */
  readonly size: number;
  /** Inclusive. Undefined: the whole segment. */
  readonly range?: { readonly start: number; readonly end: number };
  /** It was composed of segments itself. */
  readonly isSegmented: boolean;
  readonly contentType: string;
  readonly lastModifiedMicros: number;
}

/** Bytes that stand in the list itself. */
export interface DataSegment {
  readonly kind: 'data';
  readonly bytes: Buffer;
}

export type Segment = ObjectSegment | DataSegment;

interface StoredObjectSegment {
  readonly name: string;
  readonly bytes: number;
  readonly hash: string;
  readonly content_type: string;
  readonly last_modified: string;
  readonly range?: string;
  readonly sub_slo?: true;
}

type StoredSegment = StoredObjectSegment | { readonly data: string };

/** Bytes that the segment contributes. */
export function lengthOfSegment(segment: Segment): number {
  if (segment.kind === 'data') return segment.bytes.length;
  return segment.range === undefined ? segment.size : segment.range.end - segment.range.start + 1;
}

/** MD5 over the digests of all segments, written as text; of a ranged one with its range (Swift, "Static Large Objects"). */
export function joinedMd5Of(segments: readonly Segment[]): string {
  const joined = createDigest('MD5');
  for (const segment of segments) joined.update(Buffer.from(digestTextOf(segment), 'latin1'));
  return joined.digest().toString('hex');
}

function digestTextOf(segment: Segment): string {
  if (segment.kind === 'data') return digestOf('MD5', segment.bytes).toString('hex');
  const { etagMd5, range } = segment;
  return range === undefined ? etagMd5 : `${etagMd5}:${range.start}-${range.end};`;
}

export function encodeSegmentList(segments: readonly Segment[]): Buffer {
  return Buffer.from(JSON.stringify(segments.map(toStored)));
}

function toStored(segment: Segment): StoredSegment {
  if (segment.kind === 'data') return { data: segment.bytes.toString('base64') };
  const { range } = segment;
  return {
    name: `/${segment.bucket}/${segment.key}`,
    bytes: segment.size,
    hash: segment.etagMd5,
    content_type: segment.contentType,
    last_modified: isoMicros(segment.lastModifiedMicros),
    ...(range === undefined ? undefined : { range: `${range.start}-${range.end}` }),
    ...(segment.isSegmented ? { sub_slo: true as const } : undefined),
  };
}

export function decodeSegmentList(text: Buffer): Segment[] {
  return (JSON.parse(text.toString('utf8')) as StoredSegment[]).map(fromStored);
}

function fromStored(stored: StoredSegment): Segment {
  if ('data' in stored) return { kind: 'data', bytes: Buffer.from(stored.data, 'base64') };
  const slash = stored.name.indexOf('/', 1);
  const [start = 0, end = 0] = (stored.range ?? '').split('-').map(Number);
  return {
    kind: 'object',
    bucket: stored.name.slice(1, slash),
    key: stored.name.slice(slash + 1),
    etagMd5: stored.hash,
    size: stored.bytes,
    ...(stored.range === undefined ? undefined : { range: { start, end } }),
    isSegmented: stored.sub_slo === true,
    contentType: stored.content_type,
    lastModifiedMicros: microsOfIso(stored.last_modified),
  };
}

/** `2020-02-22T22:22:22.123456`, UTC, as listings of Swift have it. */
function isoMicros(micros: number): string {
  const fraction = String(micros % 1_000_000).padStart(6, '0');
  return `${new Date(Math.floor(micros / 1_000_000) * 1000).toISOString().slice(0, 19)}.${fraction}`;
}

function microsOfIso(text: string): number {
  return Date.parse(`${text.slice(0, 19)}Z`) * 1000 + Number(text.slice(20, 26));
}
