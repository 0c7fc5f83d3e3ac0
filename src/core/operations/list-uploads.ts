import type { CoreContext } from '../core-context.ts';
import type { UploadsPage, UploadsQuery } from '../listing-queries.ts';
import { keyAfter, NUMBER_SUFFIX_BYTES, space, successorOfPrefix } from '../metadata-keys.ts';
import type { Bucket, Upload } from '../model.ts';
import { decodeOpaqueId } from '../opaque-ids.ts';
import { KeyCursor, ListingPattern, objectKeyBytes, ScanBudget } from '../skip-scan.ts';
import { parseUploadKey, uploadKey } from '../upload-keys.ts';
import { decodeUpload } from '../upload-records.ts';
import { toUpload } from '../upload-state.ts';

/**
 * Unfinished uploads by key, within a key in the order of initiation. An upload id marker that was never issued counts as
 * behind every upload of its key.
 */
export async function listUploads(
  context: CoreContext,
  bucket: Bucket,
  query: UploadsQuery,
): Promise<UploadsPage> {
  const { limit } = query;
  if (limit <= 0) return { uploads: [], prefixes: [], isTruncated: false };
  const pattern = new ListingPattern(query.prefix, query.delimiter);
  const cursor = new KeyCursor(context.metadata, space.upload, bucket.id, pattern, {
    start: findStart(bucket, pattern, query),
    limit,
    budget: new ScanBudget(),
  });
  const uploads: Upload[] = [];
  const prefixes: string[] = [];
  let last: { nextKeyMarker: string; nextUploadIdMarker?: string } | undefined;
  for (;;) {
    if (cursor.needsLoad) await cursor.load();
    const row = cursor.row;
    if (row === undefined) return { uploads, prefixes, isTruncated: false };
    if (uploads.length + prefixes.length === limit) return { uploads, prefixes, isTruncated: true, ...last };
    const keyBytes = objectKeyBytes(row.key, NUMBER_SUFFIX_BYTES);
    const prefixBytes = pattern.commonPrefixBytes(keyBytes, 0, keyBytes.length);
    if (prefixBytes === 0) {
      const { key, number } = parseUploadKey(row.key);
      const upload = toUpload(key, number, decodeUpload(row.value));
      uploads.push(upload);
      last = { nextKeyMarker: key, nextUploadIdMarker: upload.uploadId };
      cursor.advance();
    } else {
      const prefix = keyBytes.subarray(0, prefixBytes);
      prefixes.push(prefix.toString());
      last = { nextKeyMarker: prefix.toString() };
      cursor.seek(successorOfPrefix(prefix));
    }
  }
}

/** With an upload id the listing goes on behind that upload of the key; without, behind the key. */
function findStart(bucket: Bucket, pattern: ListingPattern, query: UploadsQuery): Buffer {
  const { keyMarker, uploadIdMarker } = query;
  const behindKey = pattern.startAfter(keyMarker);
  const marker =
    keyMarker === '' || uploadIdMarker === '' ? undefined : decodeOpaqueId('upload', uploadIdMarker);
  if (marker === undefined) return behindKey;
  const keyBytes = Buffer.from(keyMarker);
  const isRolledUp = pattern.commonPrefixBytes(keyBytes, 0, keyBytes.length) > 0;
  if (isRolledUp || pattern.notBeforePrefix(keyBytes) !== keyBytes) return behindKey;
  const behindUpload = objectKeyBytes(uploadKey(bucket.id, keyMarker, marker.numberHex), 0);
  return keyAfter(behindUpload);
}
