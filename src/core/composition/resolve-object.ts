/**
 * From the record that a name stands for to the object that its reader gets: links are followed, and what is composed by
 * prefix is added up. A list of segments says its totals itself.
 */
import { CoreError } from '../core-errors.ts';
import { findVersion } from '../find-version.ts';
import { changedVersion, type VersionRecord } from '../metadata-records.ts';
import { linkOf } from './composition-documents.ts';
import { totalsOfPrefix } from './prefix-segments.ts';
import type { ComposedObject, SegmentReading } from './segment-reading.ts';

/** How many links may follow each other (OpenStack Swift, `symloop_max`). */
const LINKS_MAX = 2;

/** Throws LinkBroken, ReferencedAccessDenied, NoSuchBucket and NoSuchKey: what stands in the way of following it. */
export async function resolveObject(
  reading: SegmentReading,
  object: ComposedObject,
): Promise<ComposedObject> {
  const found = await followLinks(reading, object);
  if (found.record.composition !== 'prefix') return found;
  return { ...found, record: withTotals(found, await totalsOfPrefix(reading, found)) };
}

/** What a link leads to; anything else is that itself. Throws as `resolveObject`. */
export async function followLinks(reading: SegmentReading, object: ComposedObject): Promise<ComposedObject> {
  let found = object;
  for (let links = 0; found.record.composition === 'link'; links++) {
    if (links === LINKS_MAX) throw new CoreError('LinkBroken', { key: object.key, reason: 'too-many' });
    found = await followLink(reading, found);
  }
  return found;
}

async function followLink(reading: SegmentReading, link: ComposedObject): Promise<ComposedObject> {
  const target = linkOf(link.record.metadata);
  if (target === undefined) throw new CoreError('StoredDataCorrupt', { key: link.key });
  const { key } = target;
  const bucket = await reading.bucketNamed(link.bucket, target.bucket, target.account);
  await reading.confirm(bucket, key, 'read');
  const { record } = await findVersion(reading.context, bucket, key, undefined);
  if (target.etag !== undefined && !isSame(record, target.etag)) {
    throw new CoreError('LinkBroken', { key: link.key, reason: 'replaced' });
  }
  return { bucket, key, record };
}

/** By what is stored under the name: a list of segments by itself, a link by nothing unless it names an ETag, which is judged in turn. */
function isSame(
  { composition, etagMd5, partCount, segmented, metadata }: VersionRecord,
  etag: string,
): boolean {
  if (composition === 'link' && linkOf(metadata)?.etag !== undefined) return true;
  return etag === etagMd5 || (partCount !== undefined && etag === segmented?.joinedMd5);
}

function withTotals(
  { record }: ComposedObject,
  segmented: { readonly size: number; readonly joinedMd5: string },
): ComposedObject['record'] {
  return { ...changedVersion(record, record), segmented };
}
