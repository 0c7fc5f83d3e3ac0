/** The objects that an object composed by prefix consists of, as they are listed now; itself never. */
import { createDigest } from '../../lib/digests.ts';
import type { CoreContext } from '../core-context.ts';
import { CoreError } from '../core-errors.ts';
import type { SegmentedFacts } from '../metadata-records.ts';
import type { Bucket } from '../model.ts';
import { listObjects } from '../operations/list-objects.ts';
import { prefixOf } from './composition-documents.ts';
import type { ObjectSegment } from './segment-list.ts';
import type { ComposedObject, SegmentReading } from './segment-reading.ts';

const PAGE_NAMES = 1000;

export interface FoundPrefix {
  readonly bucket: Bucket;
  readonly prefix: string;
}

/** Where the segments stand. Throws NoSuchBucket and ReferencedAccessDenied. */
export async function findPrefix(
  reading: SegmentReading,
  { bucket, record, key }: ComposedObject,
): Promise<FoundPrefix> {
  const named = prefixOf(record.metadata);
  if (named === undefined) throw new CoreError('StoredDataCorrupt', { key });
  const found = await reading.bucketNamed(bucket, named.bucket);
  await reading.confirm(found, named.prefix, 'list');
  return { bucket: found, prefix: named.prefix };
}

export async function* walkPrefix(
  context: CoreContext,
  whole: ComposedObject,
  { bucket, prefix }: FoundPrefix,
): AsyncGenerator<ObjectSegment, void, undefined> {
  for (let after = ''; ; ) {
    const page = await listObjects(context, bucket, { prefix, delimiter: '', after, limit: PAGE_NAMES });
    for (const item of page.items) {
      if (item.kind !== 'object') continue;
      const { key, size, etagMd5, joinedMd5 = etagMd5, composition, lastModifiedMicros } = item.object;
      if (key === whole.key && bucket.id === whole.bucket.id) continue;
      const isSegmented = composition === 'segments';
      yield {
        kind: 'object',
        bucket: bucket.name,
        key,
        etagMd5: joinedMd5,
        size,
        isSegmented,
        contentType: '',
        lastModifiedMicros,
      };
    }
    if (page.next === undefined) return;
    after = page.next;
  }
}

/** Size and ETag of the whole as it is now. A bucket that is not there has no segments. */
export async function totalsOfPrefix(
  reading: SegmentReading,
  object: ComposedObject,
): Promise<SegmentedFacts> {
  const joined = createDigest('MD5');
  let size = 0;
  for await (const segment of walkPrefix(reading.context, object, await findPrefix(reading, object))) {
    joined.update(Buffer.from(segment.etagMd5, 'latin1'));
    size += segment.size;
  }
  return { size, joinedMd5: joined.digest().toString('hex') };
}
