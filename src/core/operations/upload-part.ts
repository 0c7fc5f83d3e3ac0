import { StorageFailure } from '../../storage/contract/storage-errors.ts';
import type { CoreContext } from '../core-context.ts';
import { CoreError } from '../core-errors.ts';
import { discardBody, type IngestedBody, ingestBody } from '../ingest-body.ts';
import type { BodyId } from '../metadata-keys.ts';
import type { ChecksumAlgorithm, UploadedPart } from '../model.ts';
import type { BodyInput, UploadPartInput } from '../object-store.ts';
import { refuseOverQuota } from '../quotas.ts';
import { commitBelowBucket } from '../retry-commit.ts';
import { storePart } from '../store-part.ts';
import type { PartRecord } from '../upload-records.ts';
import { assertPartNumber, readUpload } from '../upload-state.ts';

/**
 * Stores one part, always as a blob: completing moves no bytes. Throws InvalidPartNumber, NoSuchUpload (also when the
 * upload is aborted while the bytes come in), ChecksumTypeMismatch, EntityTooLarge and what is wrong with the bytes.
 */
export async function uploadPart(context: CoreContext, input: UploadPartInput): Promise<UploadedPart> {
  const { bucket, key, uploadId, partNumber } = input;
  const { settings } = context;
  assertPartNumber(partNumber, settings.partsPerUploadMax);
  const { record } = await readUpload(context, bucket, key, uploadId);
  await refuseOverQuota(context, bucket, input.body.size, async () => ({ objects: 1, bytes: 0 }));
  const body = withChecksum(input.body, record.checksumAlgorithm);
  const ingested = await ingestBody(context, body, { bytesMax: settings.partBytesMax, inlineBytesMax: 0 });
  try {
    return await commitBelowBucket(context, bucket, key, async (draft, current) => {
      const upload = await readUpload(context, current, key, uploadId);
      const target = { key, upload, partNumber };
      return storePart(context, draft, current, target, partOf(ingested, upload.record.body, partNumber));
    });
  } catch (error) {
    // After a storage failure nobody knows whether the commit was made: the blob stays until its epoch is swept.
    if (!(error instanceof StorageFailure)) await discardBody(context, ingested);
    throw error;
  }
}

/**
 * Has the checksum of the upload's algorithm computed, also when the client sends none. An upload without algorithm takes any:
 * SDKs send a checksum with every part by default, also for uploads begun without one. Throws ChecksumTypeMismatch.
 */
function withChecksum(body: BodyInput, algorithm: ChecksumAlgorithm | undefined): BodyInput {
  const sent = body.expected.checksum?.algorithm ?? body.trailingChecksum?.algorithm;
  if (algorithm === undefined || sent === algorithm) return body;
  if (sent !== undefined) throw new CoreError('ChecksumTypeMismatch', { expected: algorithm, actual: sent });
  return { ...body, trailingChecksum: { algorithm, value: () => undefined } };
}

/** The stored content of a part whose bytes have just been written. */
export function partOf(
  ingested: IngestedBody,
  body: BodyId,
  partNumber: number,
): Omit<PartRecord, 'lastModifiedMicros'> {
  const { place, size, checksum } = ingested;
  return {
    size,
    etagMd5: ingested.md5Hex,
    ...(checksum === undefined
      ? undefined
      : { checksum: { algorithm: checksum.algorithm, value: checksum.value } }),
    body:
      place.kind === 'blob'
        ? { kind: 'pieces', id: body, pieces: [{ blob: place.blob, offset: 0, length: size, partNumber }] }
        : { kind: 'none' },
  };
}
