/**
 * Headers that describe an object: read from requests that make one, shown in answers about one.
 *
 * Metadata rules: Amazon S3 User Guide, "Working with object metadata": names are lower case, and the bytes of names and
 * values together at most 2 KB. Names that Swift stored and that are no header tokens are counted in `x-amz-missing-meta`.
 */
import type { ObjectMetadata, ObjectVersion, SystemMetadata } from '../../core/model.ts';
import { etagOf } from '../../core/model.ts';
import type { FoundObject } from '../../core/object-store.ts';
import { TAGGING_DOCUMENT } from '../../core/object-tags.ts';
import type { WireHeaders } from '../kernel/wire.ts';
import { decodeWords, encodeWords } from './encoded-words.ts';
import { pushExpiration } from './lifecycle-xml.ts';
import { pushLockHeaders } from './object-lock.ts';
import { pushRetention } from './retention-headers.ts';
import type { S3Call } from './s3-call.ts';
import { invalidArgument, S3Error } from './s3-errors.ts';
import { lastModifiedHeader } from './s3-flavours.ts';
import { tagsOf } from './tag-set.ts';

const META_PREFIX = 'x-amz-meta-';
const USER_METADATA_BYTES_MAX = 2048;
const DEFAULT_CONTENT_TYPE = 'binary/octet-stream';
const HEADER_TOKEN = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/;

/** Of PutObject, CreateMultipartUpload, and CopyObject with REPLACE. Throws MetadataTooLarge and InvalidArgument. */
export function decodeObjectMetadata(headers: WireHeaders): ObjectMetadata {
  return { system: decodeSystemMetadata(headers), user: decodeUserMetadata(headers), documents: {} };
}

function decodeSystemMetadata(headers: WireHeaders): SystemMetadata {
  const cacheControl = headers.get('cache-control');
  const contentDisposition = headers.get('content-disposition');
  const contentEncoding = storedEncoding(headers.get('content-encoding'));
  const contentLanguage = headers.get('content-language');
  const expires = headers.get('expires');
  const system: { -readonly [P in keyof SystemMetadata]: SystemMetadata[P] } = {
    contentType: headers.get('content-type') || DEFAULT_CONTENT_TYPE,
  };
  if (cacheControl !== undefined) system.cacheControl = cacheControl;
  if (contentDisposition !== undefined) system.contentDisposition = contentDisposition;
  if (contentEncoding !== undefined) system.contentEncoding = contentEncoding;
  if (contentLanguage !== undefined) system.contentLanguage = contentLanguage;
  if (expires !== undefined) system.expires = expires;
  return system;
}

/** `aws-chunked` describes the transfer, not the object (Amazon S3 API Reference, "Signature calculations … chunks"). */
function storedEncoding(value: string | undefined): string | undefined {
  if (value === undefined || !value.includes('aws-chunked')) return value;
  const kept = value.split(',').filter((coding) => coding.trim() !== 'aws-chunked');
  return kept.length === 0 ? undefined : kept.join(',').trim();
}

function decodeUserMetadata(headers: WireHeaders): Record<string, string> {
  const user: Record<string, string> = {};
  let bytes = 0;
  for (const header of headers.names()) {
    if (!header.startsWith(META_PREFIX)) continue;
    const name = header.slice(META_PREFIX.length);
    const value = decodeWords(headers.get(header) ?? '');
    if (name === '') throw invalidArgument(header, value, 'Metadata needs a name');
    bytes += Buffer.byteLength(name) + Buffer.byteLength(value);
    Object.defineProperty(user, name, { value, enumerable: true, configurable: true, writable: true });
  }
  if (bytes > USER_METADATA_BYTES_MAX) {
    throw new S3Error('MetadataTooLarge', { Size: `${bytes}`, MaxSizeAllowed: `${USER_METADATA_BYTES_MAX}` });
  }
  return user;
}

/** Replace stored headers in one answer (`response-content-type` …). */
export type HeaderOverrides = Partial<Readonly<Record<keyof SystemMetadata, string>>>;

/** What GET and HEAD show of an object, except checksums. */
export function objectHeaders(found: FoundObject, call: S3Call, overrides: HeaderOverrides): string[] {
  const { version, selected } = found;
  const headers = [
    'Last-Modified',
    lastModifiedHeader(version.lastModifiedMicros),
    'ETag',
    quotedEtag(version),
    'Accept-Ranges',
    'bytes',
    'Content-Type',
    overrides.contentType ?? version.metadata.system.contentType,
  ];
  if (selected !== undefined) {
    headers.push('Content-Range', `bytes ${selected.start}-${selected.end}/${version.size}`);
  }
  pushSystemMetadata(headers, version.metadata.system, overrides);
  pushUserMetadata(headers, version.metadata.user);
  pushTagCount(headers, version, call);
  pushLockHeaders(headers, version, call);
  pushExpiration(headers, version, call);
  pushVersionId(headers, version, call);
  pushRetention(headers, version);
  return headers;
}

export function quotedEtag(version: Pick<ObjectVersion, 'etagMd5' | 'partCount' | 'composition'>): string {
  return `"${etagOf(version)}"`;
}

/** Shown to who may read the tags themselves (Amazon S3 API Reference, "GetObject"). */
function pushTagCount(headers: string[], { metadata: { documents } }: ObjectVersion, call: S3Call): void {
  if (documents[TAGGING_DOCUMENT] === undefined) return;
  const versionId = call.query.get('versionId');
  const action = versionId === undefined ? 'object:read-tagging' : 'object:read-version-tagging';
  if (!call.decideOn(action, call.key, versionId).allowed) return;
  headers.push('x-amz-tagging-count', `${tagsOf(documents).length}`);
}

/** Shown wherever versioning has ever been switched on (Amazon S3 User Guide, "How S3 Versioning works"). */
export function pushVersionId(
  headers: string[],
  version: { readonly versionId?: string },
  call: S3Call,
): void {
  if (call.bucket.versioning !== 'unversioned' && version.versionId !== undefined) {
    headers.push('x-amz-version-id', version.versionId);
  }
}

/** Of answers to writes: the version `null`, which a suspended bucket writes, is shown by reads only, as at AWS. */
export function pushWrittenVersionId(
  headers: string[],
  { versionId }: Pick<ObjectVersion, 'versionId'>,
): void {
  if (versionId !== 'null') headers.push('x-amz-version-id', versionId);
}

function pushSystemMetadata(headers: string[], system: SystemMetadata, overrides: HeaderOverrides): void {
  pushPresent(headers, 'Cache-Control', overrides.cacheControl ?? system.cacheControl);
  pushPresent(headers, 'Content-Disposition', overrides.contentDisposition ?? system.contentDisposition);
  pushPresent(headers, 'Content-Encoding', overrides.contentEncoding ?? system.contentEncoding);
  pushPresent(headers, 'Content-Language', overrides.contentLanguage ?? system.contentLanguage);
  pushPresent(headers, 'Expires', overrides.expires ?? system.expires);
}

function pushPresent(headers: string[], name: string, value: string | undefined): void {
  if (value !== undefined) headers.push(name, value);
}

function pushUserMetadata(headers: string[], user: Readonly<Record<string, string>>): void {
  let missing = 0;
  for (const name in user) {
    if (HEADER_TOKEN.test(name)) headers.push(META_PREFIX + name, encodeWords(user[name]!));
    else missing += 1;
  }
  if (missing > 0) headers.push('x-amz-missing-meta', `${missing}`);
}
