/**
 * Conditional headers of reads, of copy sources, of writes and of deletes (RFC 9110, section 13; Amazon S3 User Guide,
 * "Add preconditions to S3 operations"). A date that cannot be read makes its condition absent (RFC 9110, section 13.1.3).
 */
import type { EtagList, ReadConditions, WriteConditions } from '../../core/object-store.ts';
import { parseHttpDate } from '../../lib/http-date.ts';
import type { WireHeaders } from '../kernel/wire.ts';
import { invalidArgument, S3Error } from './s3-errors.ts';

const NO_CONDITIONS = {};

/** `prefix`: nothing for the addressed object, `x-amz-copy-source-` for the source of a copy. */
export function decodeReadConditions(
  headers: WireHeaders,
  prefix: '' | 'x-amz-copy-source-' = '',
): ReadConditions {
  const ifMatch = headers.get(`${prefix}if-match`);
  const ifNoneMatch = headers.get(`${prefix}if-none-match`);
  const ifModifiedSince = headers.get(`${prefix}if-modified-since`);
  const ifUnmodifiedSince = headers.get(`${prefix}if-unmodified-since`);
  if ((ifMatch ?? ifNoneMatch ?? ifModifiedSince ?? ifUnmodifiedSince) === undefined) return NO_CONDITIONS;
  const modifiedMicros = dateMicros(ifModifiedSince);
  const unmodifiedMicros = dateMicros(ifUnmodifiedSince);
  return {
    ...(ifMatch !== undefined && { ifMatch: parseEtags(ifMatch, 'strong') }),
    ...(ifNoneMatch !== undefined && { ifNoneMatch: parseEtags(ifNoneMatch, 'weak') }),
    ...(modifiedMicros !== undefined && { ifModifiedSinceMicros: modifiedMicros }),
    ...(unmodifiedMicros !== undefined && { ifUnmodifiedSinceMicros: unmodifiedMicros }),
  };
}

/**
 * Of PutObject, CopyObject and CompleteMultipartUpload. If-None-Match takes ETags too, as RFC 9110, section 13.1.2 has it; AWS
 * answers NotImplemented to anything but `*`. Both headers at once make no sense (NotImplemented, as AWS answers).
 */
export function decodeWriteConditions(headers: WireHeaders): WriteConditions {
  const ifMatch = headers.get('if-match');
  const ifNoneMatch = headers.get('if-none-match');
  if ((ifMatch ?? ifNoneMatch) === undefined) return NO_CONDITIONS;
  if (ifNoneMatch === undefined) return { ifMatch: parseEtags(ifMatch!, 'strong') };
  if (ifMatch === undefined) return { ifNoneMatch: parseEtags(ifNoneMatch, 'weak') };
  throw new S3Error('NotImplemented', {
    Header: 'If-None-Match',
    AdditionalMessage: 'If-Match and If-None-Match exclude each other',
  });
}

/** Of DeleteObject. Throws InvalidArgument for a size or a date that is none: a delete must not become unconditional. */
export function decodeDeleteConditions(headers: WireHeaders): WriteConditions {
  const ifMatch = headers.get('if-match');
  const time = headers.get('x-amz-if-match-last-modified-time');
  const size = headers.get('x-amz-if-match-size');
  if ((ifMatch ?? time ?? size) === undefined) return NO_CONDITIONS;
  const micros = dateMicros(time);
  if (time !== undefined && micros === undefined) {
    throw invalidArgument('x-amz-if-match-last-modified-time', time, 'Invalid date');
  }
  if (size !== undefined && !/^\d{1,15}$/.test(size)) {
    throw invalidArgument('x-amz-if-match-size', size, 'Invalid size');
  }
  return {
    ...(ifMatch !== undefined && { ifMatch: parseEtags(ifMatch, 'strong') }),
    ...(micros !== undefined && { ifMatchLastModifiedMicros: micros }),
    ...(size !== undefined && { ifMatchSize: Number(size) }),
  };
}

/**
 * Entity tags without quotes; clients of S3 leave the quotes away often. A weak tag never matches in a strong comparison
 * (RFC 9110, section 8.8.3.2), and S3 has none.
 */
export function parseEtags(value: string, comparison: 'strong' | 'weak'): EtagList {
  const etags: string[] = [];
  for (const part of value.split(',')) {
    const tag = part.trim();
    if (tag === '*') return '*';
    const isWeak = tag.startsWith('W/');
    if (tag === '' || (isWeak && comparison === 'strong')) continue;
    etags.push(unquote(isWeak ? tag.slice(2) : tag));
  }
  return etags;
}

export function unquote(etag: string): string {
  return etag.length >= 2 && etag.startsWith('"') && etag.endsWith('"') ? etag.slice(1, -1) : etag;
}

function dateMicros(text: string | undefined): number | undefined {
  return text === undefined ? undefined : parseHttpDate(text);
}
