/** What GET and HEAD show of an object (nhn-openstack.md, sections 2.6, 8.2 and 24.4). */
import { prefixOf } from '../../core/composition/composition-documents.ts';
import type { Bucket, ObjectVersion } from '../../core/model.ts';
import { encodeStrictPath } from '../../lib/percent-encoding.ts';
import { hasRfcEtags } from './container-settings.ts';
import { formatTimestamp, lastModifiedHeader } from './dates.ts';
import { deleteAtOf } from './expiry-headers.ts';
import { pushLink } from './link-headers.ts';
import { pushObjectMetadata } from './object-metadata.ts';
import { versionHeaders } from './version-ids.ts';

/** Without quotes: of the bytes, or of the ETags of its parts or segments, joined as text. */
export function swiftEtag({
  etagMd5,
  joinedMd5 = etagMd5,
}: Pick<ObjectVersion, 'etagMd5' | 'joinedMd5'>): string {
  return joinedMd5;
}

/**
 * ETags of plain objects have no quotes at this door, which raw scripts and the guides count on, unless the container wants them as
 * RFC 9110 has them; those of large objects always have quotes.
 */
export function shownEtag(
  version: Pick<ObjectVersion, 'etagMd5' | 'joinedMd5'>,
  bucket: Pick<Bucket, 'documents'>,
): string {
  const etag = swiftEtag(version);
  return version.joinedMd5 !== undefined || hasRfcEtags(bucket) ? `"${etag}"` : etag;
}

/** Everything but length and range. */
export function objectHeaders(version: ObjectVersion, bucket: Bucket): string[] {
  const headers: string[] = [];
  pushObjectMetadata(headers, version.metadata);
  headers.push('Etag', shownEtag(version, bucket));
  headers.push('Last-Modified', lastModifiedHeader(version.lastModifiedMicros));
  headers.push('X-Timestamp', formatTimestamp(version.lastModifiedMicros), 'Accept-Ranges', 'bytes');
  pushLargeObject(headers, version);
  if (version.composition === 'link') pushLink(headers, version, bucket);
  if (version.expiresAtMicros !== undefined) {
    headers.push('X-Delete-At', deleteAtOf(version.expiresAtMicros));
  }
  headers.push(...versionHeaders(version, bucket));
  const until = version.protection?.retention?.until;
  if (typeof until === 'number') {
    headers.push('X-Object-Worm-Retain-Until', `${Math.ceil(until / 1_000_000)}`);
  }
  return headers;
}

/** By these two headers clients tell large objects from others: on nothing else, and on every one of them (section 24.4). */
function pushLargeObject(headers: string[], version: ObjectVersion): void {
  const { composition, partCount, stored, etagMd5, metadata } = version;
  if (partCount !== undefined || composition === 'segments') {
    headers.push('X-Static-Large-Object', 'True', 'X-Manifest-Etag', stored?.etagMd5 ?? etagMd5);
  }
  if (composition !== 'prefix') return;
  const named = prefixOf(metadata);
  if (named !== undefined) {
    headers.push('X-Object-Manifest', named.shown ?? encodeStrictPath(`${named.bucket}/${named.prefix}`));
  }
}

/** Answer to a request that has made an object. */
export function createdHeaders(version: ObjectVersion, bucket: Bucket): string[] {
  return [
    'Etag',
    shownEtag(version, bucket),
    'Last-Modified',
    lastModifiedHeader(version.lastModifiedMicros),
  ];
}
