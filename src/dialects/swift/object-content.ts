/** The bytes of an object, ready to be sent in whatever parts a request asks for. */
import type { Bucket, ObjectVersion } from '../../core/model.ts';
import type { GetObjectInput, ObjectStore } from '../../core/object-store.ts';
import { contentLocation } from './link-headers.ts';
import { objectHeaders, shownEtag, swiftEtag } from './object-headers.ts';
import type { Content } from './send-content.ts';

export async function openContent(
  store: Pick<ObjectStore, 'pinObject'>,
  bucket: Bucket,
  key: string,
  options: Pick<GetObjectInput, 'asStored' | 'mayRead' | 'versionId'>,
): Promise<{ readonly version: ObjectVersion; readonly content: Content }> {
  const found = await store.pinObject({ bucket, key, ...options });
  const { version, read } = found;
  const { size, lastModifiedMicros, metadata } = version;
  return {
    version,
    content: {
      size,
      etag: swiftEtag(version),
      shownEtag: shownEtag(version, bucket),
      lastModifiedMicros,
      contentType: metadata.system.contentType,
      headers: [...objectHeaders(version, bucket), ...contentLocation(found)],
      open: read,
    },
  };
}
