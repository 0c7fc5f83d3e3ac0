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
