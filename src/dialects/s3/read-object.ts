/** What GetObject and HeadObject share: which bytes are asked for, on which conditions, and how they are described. */
import type { ObjectPart, ObjectVersion, SystemMetadata } from '../../core/model.ts';
import type { EtagList, FoundObject, GetObjectInput, ObjectStore } from '../../core/object-store.ts';
import type { Eventual } from '../../lib/eventual.ts';
import { parseHttpDate } from '../../lib/http-date.ts';
import { parseRange } from '../../lib/ranges.ts';
import { mayReadBeside } from './authorise-call.ts';
import { checksumText, pushChecksumHeaders } from './checksum-headers.ts';
import { decodeReadConditions, parseEtags } from './conditional-headers.ts';
import { type HeaderOverrides, objectHeaders, quotedEtag } from './object-headers.ts';
import { invalidPartNumber, PARTS_MAX } from './part-number.ts';
import type { S3Call } from './s3-call.ts';
import { invalidArgument, S3Error } from './s3-errors.ts';
import { lastModifiedHeader } from './s3-flavours.ts';
import { readVersionId } from './version-id.ts';

export interface ReadObjectInput {
  readonly target: Omit<GetObjectInput, 'bucket' | 'key'>;
  readonly overrides: HeaderOverrides;
  readonly showsChecksum: boolean;
  /** Validator of If-Range, only beside a range. */
  readonly ifRange: string | undefined;
}

export interface ReadObject {
  readonly input: ReadObjectInput;
  readonly found: FoundObject;
  /** Looked up when a part's checksum is to be shown. */
  readonly part: ObjectPart | undefined;
}

/** Throws InvalidArgument and InvalidRequest. */
export function decodeReadObject(call: S3Call): ReadObjectInput {
  const { query } = call;
  const { headers } = call.request;
  refuseCustomerKey(call);
  const rangeText = headers.get('range');
  const range = rangeText === undefined ? undefined : parseRange(rangeText);
  const partNumber = query.has('partNumber') ? decodePartNumber(query.get('partNumber') ?? '') : undefined;
  if (partNumber !== undefined && rangeText !== undefined) {
    throw new S3Error(
      'InvalidRequest',
      {},
      'Cannot specify both Range header and partNumber query parameter',
    );
  }
  const target: { -readonly [P in keyof ReadObjectInput['target']]: ReadObjectInput['target'][P] } = {
    conditions: decodeReadConditions(headers),
    ...readVersionId(call),
  };
  if (range !== undefined) target.range = range;
  if (partNumber !== undefined) target.partNumber = partNumber;
  return {
    target,
    overrides: query.size === 0 ? NO_OVERRIDES : decodeOverrides(call),
    showsChecksum: headers.get('x-amz-checksum-mode')?.toUpperCase() === 'ENABLED',
    ifRange: range === undefined ? undefined : headers.get('if-range'),
  };
}

/**
 * What to read: without its range when the If-Range validator names another state of the object (RFC 9110, section
 * 13.1.5), which has to be looked at for that.
 */
export function targetToRead(
  store: ObjectStore,
  call: S3Call,
  { target, ifRange }: ReadObjectInput,
): Eventual<GetObjectInput> {
  const { bucket, key } = call;
  const wanted = { bucket, key, mayRead: mayReadBeside(call), ...target };
  if (ifRange === undefined) return wanted;
  const { range: _ignored, ...whole } = wanted;
  return store.headObject(whole).then((found) => (isCurrent(ifRange, found) ? wanted : whole));
}

/** The checksum of a part has to be looked up; that of the whole object stands in its record. */
export function findPart(
  store: ObjectStore,
  call: S3Call,
  { showsChecksum, target: { partNumber } }: ReadObjectInput,
  { version }: FoundObject,
): Eventual<ObjectPart | undefined> {
  if (!showsChecksum || partNumber === undefined) return undefined;
  if (version.partCount === undefined || version.checksum === undefined) return undefined;
  return lookUpPart(store, call, version, partNumber);
}

async function lookUpPart(
  store: ObjectStore,
  call: S3Call,
  version: ObjectVersion,
  partNumber: number,
): Promise<ObjectPart | undefined> {
  const addressed = { bucket: call.bucket, key: call.key, versionId: version.versionId };
  const { parts } = await store.listObjectParts(addressed, partNumber - 1, 1);
  return parts.find((part) => part.partNumber === partNumber);
}

export function readObjectHeaders({ input, found, part }: ReadObject, call: S3Call): string[] {
  const { version, selected } = found;
  const headers = objectHeaders(found, call, input.overrides);
  const { checksum, partCount } = version;
  if (input.target.partNumber !== undefined && partCount !== undefined) {
    headers.push('x-amz-mp-parts-count', `${partCount}`);
  }
  if (!input.showsChecksum || checksum === undefined) return headers;
  const isWhole = selected === undefined || (selected.start === 0 && selected.end === version.size - 1);
  if (part?.checksumValue !== undefined) {
    pushChecksumHeaders(headers, checksum.algorithm, checksum.type, part.checksumValue);
  } else if (isWhole && part === undefined) {
    pushChecksumHeaders(headers, checksum.algorithm, checksum.type, checksumText(checksum, partCount));
  }
  return headers;
}

export function sizeOf({ version, selected }: FoundObject): number {
  return selected === undefined ? version.size : selected.end - selected.start + 1;
}

function isCurrent(validator: string, { version }: FoundObject): boolean {
  const text = validator.trim();
  if (parseHttpDate(text) !== undefined) return text === lastModifiedHeader(version.lastModifiedMicros);
  const etags: EtagList = parseEtags(text, 'strong');
  return etags !== '*' && etags.length === 1 && `"${etags[0]}"` === quotedEtag(version);
}

function decodePartNumber(text: string): number {
  const partNumber = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (partNumber < 1 || partNumber > PARTS_MAX) throw invalidPartNumber(text);
  return partNumber;
}

const NO_OVERRIDES: HeaderOverrides = {};

const overrideParameters: readonly (readonly [string, keyof SystemMetadata])[] = [
  ['response-content-type', 'contentType'],
  ['response-content-language', 'contentLanguage'],
  ['response-expires', 'expires'],
  ['response-cache-control', 'cacheControl'],
  ['response-content-disposition', 'contentDisposition'],
  ['response-content-encoding', 'contentEncoding'],
];

/** Only in signed requests (Amazon S3 API Reference, GetObject, "Overriding response header values through the request"). */
function decodeOverrides({ query, caller }: S3Call): HeaderOverrides {
  let overrides: { -readonly [P in keyof HeaderOverrides]: string } | undefined;
  for (const [parameter, property] of overrideParameters) {
    const value = query.get(parameter);
    if (value === undefined) continue;
    if (caller.principal.kind === 'anonymous') {
      throw new S3Error(
        'InvalidRequest',
        {},
        'Request specific response headers cannot be used for anonymous GET requests.',
      );
    }
    if (!isHeaderValue(value)) throw invalidArgument(parameter, value, 'Header value cannot be represented');
    overrides ??= {};
    overrides[property] = value;
  }
  return overrides ?? NO_OVERRIDES;
}

/** No control characters: a line end would begin another header (RFC 9110, section 5.5). */
function isHeaderValue(value: string): boolean {
  for (let index = 0; index < value.length; index++) {
    const unit = value.charCodeAt(index);
    if ((unit < 0x20 && unit !== 0x09) || unit === 0x7f) return false;
  }
  return value.isWellFormed();
}

/** AWS's answer to a key for an object that is not encrypted with one. */
function refuseCustomerKey(call: S3Call): void {
  if (!call.request.headers.has('x-amz-server-side-encryption-customer-algorithm')) return;
  throw new S3Error('InvalidRequest', {}, 'The encryption parameters are not applicable to this object.');
}
