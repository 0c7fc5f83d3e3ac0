import { withComposition } from '../composition/composition-documents.ts';
import type { CoreContext } from '../core-context.ts';
import { CoreError } from '../core-errors.ts';
import { indexExpiry } from '../expiry.ts';
import { findVersion } from '../find-version.ts';
import { changedVersion, encodeVersion, toObjectVersion, type VersionRecord } from '../metadata-records.ts';
import type { Bucket, ObjectMetadata, ObjectVersion, VersionId } from '../model.ts';
import { assertKey } from '../names.ts';
import { commitBelowBucket } from '../retry-commit.ts';

export interface UpdateObjectInput {
  readonly bucket: Bucket;
  readonly key: string;
  readonly versionId?: VersionId;
  /** Only while it is the version of this sequence: another may have taken its id, `null`, or its place as the latest. */
  readonly sequence?: number;
  /** `null` removes a document. */
  readonly documents?: Readonly<Record<string, string | null>>;
  /** Given the version as it is, answers what all of its metadata is to be. Moves its LastModified to now. */
  readonly metadata?: (current: ObjectVersion) => ObjectMetadata;
  /** When it expires; `null`: never. Undefined leaves that as it is. */
  readonly expiresAtMicros?: number | null;
}

/** Replaces documents of one version, or all of its metadata; its bytes stay. Throws what reading the version throws. */
export function updateObject(context: CoreContext, input: UpdateObjectInput): Promise<ObjectVersion> {
  const { bucket, key, versionId } = input;
  return context.keyQueue.run(bucket.id, key, async () => {
    assertKey(key, context.settings.keyBytesMax);
    return commitBelowBucket(context, bucket, key, async (draft, current) => {
      const found = await findVersion(context, current, key, versionId);
      const { metadata, sequence } = found.record;
      if (input.sequence !== undefined && input.sequence !== sequence) {
        throw new CoreError('TooMuchContention', { key });
      }
      const replaced = input.metadata?.(toObjectVersion(key, found.record, found.isLatest));
      const kept = { ...metadata, documents: mergeDocuments(metadata.documents, input.documents ?? {}) };
      const { protection } = found.record;
      const expiresAtMicros =
        input.expiresAtMicros === undefined ? found.record.expiresAtMicros : input.expiresAtMicros;
      const changed = withComposition(
        changedVersion(found.record, {
          metadata: replaced ?? kept,
          ...(protection === undefined ? undefined : { protection }),
          expiresAtMicros,
        }),
      );
      const record: VersionRecord =
        replaced === undefined
          ? changed
          : {
              ...changed,
              lastModifiedMicros: Math.max(context.clock.nowMicros(), found.record.lastModifiedMicros + 1),
            };
      // The record is checked where it stands: whoever moves or removes it checks the same.
      draft.check(found.storedUnder, { version: found.recordVersion });
      draft.put(found.storedUnder, encodeVersion(record));
      indexExpiry(draft, current.id, key, found.record, record);
      return toObjectVersion(key, record, found.isLatest);
    });
  });
}

/** Documents with some replaced, and those changed to `null` removed. */
export function mergeDocuments(
  documents: Readonly<Record<string, string>>,
  changes: Readonly<Record<string, string | null>>,
): Record<string, string> {
  const merged: Record<string, string> = { ...documents };
  for (const [kind, text] of Object.entries(changes)) {
    if (text === null) delete merged[kind];
    else merged[kind] = text;
  }
  return merged;
}
