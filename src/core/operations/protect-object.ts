import type { CoreContext } from '../core-context.ts';
import { findVersion } from '../find-version.ts';
import { changedVersion, encodeVersion, toObjectVersion } from '../metadata-records.ts';
import type { Bucket, ObjectVersion, VersionId } from '../model.ts';
import { assertKey } from '../names.ts';
import { changeProtection, type ProtectionChange } from '../protection.ts';
import { commitBelowBucket } from '../retry-commit.ts';

export interface ProtectObjectInput {
  readonly bucket: Bucket;
  readonly key: string;
  readonly versionId?: VersionId;
  readonly change: ProtectionChange;
}

/**
 * Changes the protection of one version. The version's record is written anew, so that whoever is about to destroy it, and
 * checks it, decides again.
 */
export function protectObject(context: CoreContext, input: ProtectObjectInput): Promise<ObjectVersion> {
  const { bucket, key, versionId, change } = input;
  return context.keyQueue.run(bucket.id, key, async () => {
    assertKey(key, context.settings.keyBytesMax);
    return commitBelowBucket(context, bucket, key, async (draft, current) => {
      const { record, storedUnder, recordVersion, isLatest } = await findVersion(
        context,
        current,
        key,
        versionId,
      );
      const protection = changeProtection(current, key, record, change, context.clock.nowMicros());
      const { metadata, expiresAtMicros } = record;
      const changed = changedVersion(record, { metadata, protection, expiresAtMicros });
      draft.check(storedUnder, { version: recordVersion });
      draft.put(storedUnder, encodeVersion(changed));
      return toObjectVersion(key, changed, isLatest);
    });
  });
}
