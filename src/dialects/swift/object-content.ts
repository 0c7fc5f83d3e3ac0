/** The bytes of an object, ready to be sent in whatever parts a request asks for. */
import type { Bucket, ObjectVersion } from '../../core/model.ts';
import type { FoundObject, GetObjectInput, ObjectStore } from '../../core/object-store.ts';
import { contentLocation } from './link-headers.ts';
import { objectHeaders, shownEtag, swiftEtag } from './object-headers.ts';
import type { Content } from './send-content.ts';

export interface OpenedContent extends Pick<FoundObject, 'linkedTo'> {
  readonly version: ObjectVersion;
  readonly content: Content;
}

export async function openContent(
  store: Pick<ObjectStore, 'pinObject'>,
  bucket: Bucket,
  key: string,
  options: Pick<GetObjectInput, 'asStored' | 'mayRead' | 'versionId'>,
): Promise<OpenedContent> {
  const found = await store.pinObject({ bucket, key, ...options });
  const { version, read } = found;
  const { size, lastModifiedMicros, metadata } = version;
  const headers = objectHeaders(version, bucket);
  headers.push(...contentLocation(found, bucket));
  const content = {
    size,
    etag: swiftEtag(version),
    shownEtag: shownEtag(version, bucket),
    lastModifiedMicros,
    contentType: metadata.system.contentType,
    headers,
    takesOneRange: version.composition === 'prefix',
    open: read,
  };
  return found.linkedTo === undefined ? { version, content } : { version, content, linkedTo: found.linkedTo };
}
