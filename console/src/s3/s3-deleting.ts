import { ApiError } from '../api/api-error.ts';
import { childText, elementsOf, escapeXml, parseXml } from '../api/read-xml.ts';
import { sendRequest } from '../api/send-request.ts';
import { crc32Base64 } from './crc32.ts';
import { type BucketAddress, bucketPath } from './s3-address.ts';
import { listObjects, nameOf } from './s3-listing.ts';

export interface DeletedKey {
  readonly key: string;
  readonly versionId?: string | undefined;
}

const BATCH = 1000;

/** Throws the first refusal when any key was refused: what could go is gone then. */
export async function deleteObjects(address: BucketAddress, keys: readonly DeletedKey[]): Promise<void> {
  for (let start = 0; start < keys.length; start += BATCH) {
    const objects = keys.slice(start, start + BATCH).map(({ key, versionId }) => {
      const version = versionId === undefined ? '' : `<VersionId>${escapeXml(versionId)}</VersionId>`;
      return `<Object><Key>${escapeXml(key)}</Key>${version}</Object>`;
    });
    const body = `<Delete><Quiet>true</Quiet>${objects.join('')}</Delete>`;
    const response = await sendRequest(bucketPath(address, { delete: '' }), {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/xml', 'x-amz-checksum-crc32': crc32Base64(body) },
    });
    const [refused] = elementsOf(parseXml(await response.text()), 'Error');
    if (refused !== undefined) {
      const message = `${childText(refused, 'Key')}: ${childText(refused, 'Message')}`;
      const requestId = response.headers.get('x-amz-request-id') ?? undefined;
      throw new ApiError(403, childText(refused, 'Code'), message, requestId);
    }
  }
}

/** Everything below a prefix, page by page. `onProgress`: how many are gone. */
export async function deleteBelow(
  address: BucketAddress,
  prefix: string,
  onProgress: (count: number) => void,
): Promise<void> {
  let count = 0;
  for (;;) {
    const { rows } = await listObjects({ ...address, prefix, delimiter: '' });
    if (rows.length === 0) return;
    await deleteObjects(
      address,
      rows.map((row) => ({ key: nameOf(row) })),
    );
    count += rows.length;
    onProgress(count);
  }
}
