import type { CoreContext } from './core-context.ts';
import { CoreError } from './core-errors.ts';
import { bucketKey } from './metadata-keys.ts';
import type { Bucket, BucketId } from './model.ts';
import { settleBucketDeletion } from './settle-bucket-deletion.ts';

const LOOKS_WHILE_DELETING = 20;
const LOOK_MILLIS = 5;

/**
 * The bucket as it is now. One that is being deleted is waited for, since it may turn out not to be empty; when whoever
 * is deleting it takes long (its process may have died), the question is settled here. Throws NoSuchBucket.
 */
export async function loadBucket(context: CoreContext, id: BucketId, name: string): Promise<Bucket> {
  for (let look = 0; ; look++) {
    const entry = await context.metadata.get(bucketKey(id));
    if (entry === undefined) throw new CoreError('NoSuchBucket', { name });
    const { state, bucket } = context.buckets.bucketOf(id, entry);
    if (state === 'active') return bucket;
    if (look < LOOKS_WHILE_DELETING) await context.pause(LOOK_MILLIS);
    else await settleBucketDeletion(context, bucket);
    context.metadata.refresh();
  }
}
