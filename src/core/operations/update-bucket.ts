import { encodeBucket, toBucketRecord } from '../bucket-records.ts';
import type { CoreContext } from '../core-context.ts';
import { loadBucket } from '../load-bucket.ts';
import { bucketKey } from '../metadata-keys.ts';
import type { Bucket } from '../model.ts';
import type { VersioningChange } from '../object-store.ts';
import { retryCommit } from '../retry-commit.ts';
import { mergeDocuments } from './update-object.ts';

export interface BucketChange {
  /** `null` removes a document. */
  readonly documents?: Readonly<Record<string, string | null>>;
  readonly versioning?: VersioningChange;
}

/** Changes the newest state of the bucket, whatever the value that was passed in says. Throws NoSuchBucket. */
export function updateBucket(context: CoreContext, bucket: Bucket, change: BucketChange): Promise<Bucket> {
  return retryCommit(context, bucket.name, async (draft) => {
    const current = await loadBucket(context, bucket.id, bucket.name);
    const changed: Bucket = {
      ...current,
      versioning: change.versioning ?? current.versioning,
      documents: mergeDocuments(current.documents, change.documents ?? {}),
    };
    draft.check(bucketKey(current.id), { version: current.recordVersion });
    draft.put(bucketKey(current.id), encodeBucket(toBucketRecord(changed, 'active')));
    return { ...changed, recordVersion: draft.id };
  });
}
