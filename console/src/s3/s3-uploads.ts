import { ApiError } from '../api/api-error.ts';
import { childText, elementsOf, escapeXml, parseXml, textOf } from '../api/read-xml.ts';
import { sendRequest } from '../api/send-request.ts';
import { type BucketAddress, bucketPath, type ObjectAddress, objectPath } from './s3-address.ts';
import { decodeName } from './s3-listing.ts';

export interface UnfinishedUpload {
  readonly key: string;
  readonly uploadId: string;
  readonly startedAt: string;
}

export interface UploadedPart {
  readonly number: number;
  readonly etag: string;
  readonly size: number;
}

export interface UploadAddress extends ObjectAddress {
  readonly uploadId: string;
}

export async function listUploads(address: BucketAddress, prefix = ''): Promise<readonly UnfinishedUpload[]> {
  const found: UnfinishedUpload[] = [];
  let marker: { key: string; uploadId: string } | undefined;
  do {
    const path = bucketPath(address, {
      uploads: '',
      'encoding-type': 'url',
      prefix: prefix === '' ? undefined : prefix,
      'key-marker': marker?.key,
      'upload-id-marker': marker?.uploadId,
    });
    const document = parseXml(await (await sendRequest(path)).text());
    for (const element of elementsOf(document, 'Upload')) {
      found.push({
        key: decodeName(childText(element, 'Key')),
        uploadId: childText(element, 'UploadId'),
        startedAt: childText(element, 'Initiated'),
      });
    }
    marker =
      textOf(document, 'IsTruncated') === 'true'
        ? {
            key: decodeName(textOf(document, 'NextKeyMarker')),
            uploadId: textOf(document, 'NextUploadIdMarker'),
          }
        : undefined;
  } while (marker !== undefined);
  return found;
}

export async function startUpload(address: ObjectAddress, contentType: string): Promise<string> {
  const response = await sendRequest(objectPath(address, { uploads: '' }), {
    method: 'POST',
    headers: contentType === '' ? {} : { 'content-type': contentType },
  });
  return textOf(parseXml(await response.text()), 'UploadId');
}

/** What has arrived of it. */
export async function listParts({ uploadId, ...address }: UploadAddress): Promise<readonly UploadedPart[]> {
  const found: UploadedPart[] = [];
  let marker: string | undefined;
  do {
    const path = objectPath(address, { uploadId, 'part-number-marker': marker });
    const document = parseXml(await (await sendRequest(path)).text());
    for (const element of elementsOf(document, 'Part')) {
      found.push({
        number: Number(childText(element, 'PartNumber')),
        etag: childText(element, 'ETag'),
        size: Number(childText(element, 'Size')),
      });
    }
    marker =
      textOf(document, 'IsTruncated') === 'true' ? textOf(document, 'NextPartNumberMarker') : undefined;
  } while (marker !== undefined);
  return found;
}

/** Throws also when the answer begins as a success and ends as an error, which S3 may do here. */
export async function completeUpload(
  { uploadId, ...address }: UploadAddress,
  parts: readonly UploadedPart[],
): Promise<void> {
  const rows = [...parts]
    .sort((a, b) => a.number - b.number)
    .map(
      ({ number, etag }) => `<Part><PartNumber>${number}</PartNumber><ETag>${escapeXml(etag)}</ETag></Part>`,
    );
  const response = await sendRequest(objectPath(address, { uploadId }), {
    method: 'POST',
    body: `<CompleteMultipartUpload>${rows.join('')}</CompleteMultipartUpload>`,
    headers: { 'content-type': 'application/xml' },
  });
  const document = parseXml(await response.text());
  if (document.documentElement?.localName !== 'CompleteMultipartUploadResult') {
    throw new ApiError(500, textOf(document, 'Code') || 'InternalError', textOf(document, 'Message'));
  }
}

export async function abortUpload({ uploadId, ...address }: UploadAddress): Promise<void> {
  await sendRequest(objectPath(address, { uploadId }), { method: 'DELETE' });
}
