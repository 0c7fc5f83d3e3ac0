import { withComposition } from '../composition/composition-documents.ts';
import type { CoreContext } from '../core-context.ts';
import { indexExpiry } from '../expiry.ts';
import { findVersion } from '../find-version.ts';
import { changedVersion, encodeVersion, toObjectVersion, type VersionRecord } from '../metadata-records.ts';
import type { Bucket, ObjectMetadata, ObjectVersion, VersionId } from '../model.ts';
import { assertKey } from '../names.ts';
import { commitBelowBucket } from '../retry-commit.ts';

type DocumentChanges = Readonly<Record<string, string | null>>;

export interface UpdateObjectInput {
  readonly bucket: Bucket;
  readonly key: string;
  readonly versionId?: VersionId;
  /**
   * `null` removes a document. A function is asked about the version as it is, and again when another has taken its id (`null`)
   * or its place as the latest one meanwhile.
   */
  readonly documents?: DocumentChanges | ((current: ObjectVersion) => Promise<DocumentChanges>);
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
      const { metadata, protection } = found.record;
      const shown = toObjectVersion(key, found.record, found.isLatest);
      const replaced = input.metadata?.(shown);
      const { documents = {} } = input;
      const changes = typeof documents === 'function' ? await documents(shown) : documents;
      const kept = { ...metadata, documents: mergeDocuments(metadata.documents, changes) };
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
