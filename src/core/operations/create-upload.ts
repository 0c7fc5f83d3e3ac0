import { checksumTypeFor } from '../assemble-parts.ts';
import type { CoreContext } from '../core-context.ts';
import { bodyIdOfCommit } from '../metadata-keys.ts';
import type { Upload } from '../model.ts';
import { assertKey } from '../names.ts';
import type { CreateUploadInput } from '../object-store.ts';
import { protectionOfNew } from '../protection.ts';
import { commitBelowBucket } from '../retry-commit.ts';
import { uploadKey } from '../upload-keys.ts';
import { assertUploadName } from '../upload-names.ts';
import { encodeUpload, type UploadRecord } from '../upload-records.ts';
import { toUpload } from '../upload-state.ts';

const NONCE_BYTES = 12;

/** Begins a multipart upload. Throws ChecksumTypeMismatch when the algorithm cannot have the type. */
export async function createUpload(context: CoreContext, input: CreateUploadInput): Promise<Upload> {
  const { bucket, key, checksumAlgorithm, checksumType } = input;
  assertKey(key, context.settings.keyBytesMax);
  assertUploadName(bucket, key);
  const checksum =
    checksumAlgorithm === undefined
      ? undefined
      : { checksumAlgorithm, checksumType: checksumTypeFor(checksumAlgorithm, checksumType) };
  const number = context.uploadNumbers.next();
  const nonce = context.entropy.bytes(NONCE_BYTES).toString('hex');
  const initiatedAtMicros = context.clock.nowMicros();
  return commitBelowBucket(context, bucket, key, async (draft, current) => {
    // Refused now rather than after all parts have been sent; decided again when the object is made.
    protectionOfNew(current, input.protection, initiatedAtMicros, initiatedAtMicros);
    const record: UploadRecord = {
      state: 'open',
      nonce,
      initiatedAtMicros,
      initiator: input.initiator,
      owner: input.owner,
      metadata: input.metadata,
      ...(input.expiresAtMicros === undefined ? undefined : { expiresAtMicros: input.expiresAtMicros }),
      ...(input.protection === undefined ? undefined : { protection: input.protection }),
      ...checksum,
      body: bodyIdOfCommit(draft.id),
    };
    draft.put(uploadKey(bucket.id, key, number), encodeUpload(record));
    return toUpload(key, number, record);
  });
}
