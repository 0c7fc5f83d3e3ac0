/** The few calls that most tests of multipart uploads begin with. */
import type { CoreContext } from '../../src/core/core-context.ts';
import type { Bucket, ChecksumAlgorithm, ChecksumType, ObjectVersion, Upload } from '../../src/core/model.ts';
import type { CompletedPart, CompleteUploadInput } from '../../src/core/object-store.ts';
import { completeUpload } from '../../src/core/operations/complete-upload.ts';
import { createUpload } from '../../src/core/operations/create-upload.ts';
import { uploadPart } from '../../src/core/operations/upload-part.ts';
import { md5Hex } from './naive-checksums.ts';
import { ALICE, bodyOf } from './open-core.ts';

export async function begin(
  context: CoreContext,
  bucket: Bucket,
  key: string,
  checksum: { checksumAlgorithm?: ChecksumAlgorithm; checksumType?: ChecksumType } = {},
): Promise<Upload> {
  const upload = await createUpload(context, {
    bucket,
    key,
    owner: ALICE,
    initiator: 'someone',
    metadata: { system: { contentType: 'text/plain' }, user: {}, documents: {} },
    ...checksum,
  });
  context.metadata.refresh();
  return upload;
}

/** Uploads a part and answers how CompleteMultipartUpload names it. */
export async function send(
  context: CoreContext,
  bucket: Bucket,
  upload: Upload,
  partNumber: number,
  text: string,
): Promise<CompletedPart> {
  const { uploadId, key } = upload;
  await uploadPart(context, { bucket, key, uploadId, partNumber, body: bodyOf(text) });
  context.metadata.refresh();
  return { partNumber, etag: md5Hex(Buffer.from(text)) };
}

export async function complete(
  context: CoreContext,
  bucket: Bucket,
  upload: Upload,
  parts: readonly CompletedPart[],
  more: Partial<CompleteUploadInput> = {},
): Promise<ObjectVersion> {
  const { uploadId, key } = upload;
  const version = await completeUpload(context, { bucket, key, uploadId, parts, conditions: {}, ...more });
  context.metadata.refresh();
  return version;
}

/** Steps housekeeping until a day has passed and nothing is left to do. */
export async function settle(
  clock: { micros: number },
  housekeep: () => Promise<boolean>,
  publish: () => Promise<void>,
): Promise<void> {
  for (let round = 0; round < 12; round++) {
    clock.micros += 86_400_000_000;
    await publish();
    while (await housekeep());
  }
}
