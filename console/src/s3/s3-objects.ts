import { ApiError } from '../api/api-error.ts';
import { childText, elementsOf, parseXml, textOf } from '../api/read-xml.ts';
import { sendRequest } from '../api/send-request.ts';
import { type ObjectAddress, objectPath } from './s3-address.ts';

export interface ObjectHead {
  readonly size: number;
  readonly contentType: string;
  readonly modifiedAt: string;
  readonly etag: string;
  readonly versionId: string | undefined;
  /** Names without `x-amz-meta-`. */
  readonly metadata: readonly (readonly [name: string, value: string])[];
}

export async function headObject(address: ObjectAddress): Promise<ObjectHead> {
  const { headers } = await sendRequest(objectPath(address), { method: 'HEAD' });
  const metadata = [...headers].flatMap(([name, value]) =>
    name.startsWith('x-amz-meta-') ? [[name.slice('x-amz-meta-'.length), utf8Of(value)] as const] : [],
  );
  return {
    size: Number(headers.get('content-length')),
    contentType: headers.get('content-type') ?? '',
    modifiedAt: headers.get('last-modified') ?? '',
    etag: (headers.get('etag') ?? '').replaceAll('"', ''),
    versionId: headers.get('x-amz-version-id') ?? undefined,
    metadata,
  };
}

export async function readRange(address: ObjectAddress, bytes: number): Promise<string> {
  const response = await sendRequest(objectPath(address), { headers: { range: `bytes=0-${bytes - 1}` } });
  return response.text();
}

/** Browsers show the bytes of a header as latin1. */
function utf8Of(value: string): string {
  const bytes = Uint8Array.from(value, (character) => character.charCodeAt(0) & 0xff);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return value;
  }
}

/** Copies the object onto itself with other metadata, if it is still the one that was read. */
export async function replaceMetadata(
  address: ObjectAddress,
  head: ObjectHead,
  contentType: string,
  metadata: readonly (readonly [string, string])[],
): Promise<void> {
  const headers = new Headers({
    'x-amz-copy-source': copySource(address),
    'x-amz-copy-source-if-match': `"${head.etag}"`,
    'x-amz-metadata-directive': 'REPLACE',
    'content-type': contentType,
  });
  for (const [name, value] of metadata) {
    if (name.trim() !== '') headers.set(`x-amz-meta-${name.trim()}`, asHeaderText(value));
  }
  await copy(address, headers);
}

export async function restoreVersion(address: ObjectAddress, versionId: string): Promise<void> {
  await copy(address, new Headers({ 'x-amz-copy-source': copySource({ ...address, versionId }) }));
}

/** Throws also when the answer begins as a success and ends as an error, which S3 may do here. */
async function copy(address: ObjectAddress, headers: Headers): Promise<void> {
  const response = await sendRequest(objectPath(address), {
    method: 'PUT',
    headers: Object.fromEntries(headers),
  });
  const document = parseXml(await response.text());
  if (document.documentElement?.localName !== 'CopyObjectResult') {
    throw new ApiError(500, textOf(document, 'Code') || 'InternalError', textOf(document, 'Message'));
  }
}

function copySource({ bucket, key, versionId }: ObjectAddress): string {
  const path = key.split('/').map(encodeURIComponent).join('/');
  return `/${bucket}/${path}${versionId === undefined ? '' : `?versionId=${encodeURIComponent(versionId)}`}`;
}

/** UTF-8 bytes as the characters that `fetch` takes. */
function asHeaderText(value: string): string {
  return String.fromCharCode(...new TextEncoder().encode(value));
}

export interface ObjectParts {
  readonly count: number;
  /** The first thousand. */
  readonly parts: readonly { readonly number: number; readonly size: number }[];
}

export async function listObjectParts(address: ObjectAddress): Promise<ObjectParts> {
  const response = await sendRequest(objectPath(address, { attributes: '' }), {
    headers: { 'x-amz-object-attributes': 'ObjectParts' },
  });
  const document = parseXml(await response.text());
  const parts = elementsOf(document, 'Part').map((part) => ({
    number: Number(childText(part, 'PartNumber')),
    size: Number(childText(part, 'Size')),
  }));
  return { count: Number(textOf(document, 'PartsCount') || parts.length), parts };
}
