/** How links are shown (nhn-openstack.md, sections 9.2 and 21.4). */
import { type LinkTarget, linkOf } from '../../core/composition/composition-documents.ts';
import type { Bucket, ListedObject, ObjectMetadata, ObjectVersion } from '../../core/model.ts';
import type { FoundObject } from '../../core/object-store.ts';
import { encodeStrictPath } from '../../lib/percent-encoding.ts';
import { accountNameOf } from './addressing.ts';
import { swiftVersionId } from './version-ids.ts';

export function pathOf({ account, bucket, key }: LinkTarget): string {
  return encodeStrictPath(`/v1/${accountNameOf(account)}/${bucket}/${key}`);
}

/** Of a read that has come to its object by a link, or to the current one of several versions. */
export function contentLocation({ linkedTo, version }: FoundObject, bucket: Bucket): string[] {
  if (linkedTo !== undefined) {
    const { bucket: target, key } = linkedTo;
    return ['Content-Location', pathOf({ account: target.account, bucket: target.name, key })];
  }
  const path = versionPath(version, bucket);
  return path === undefined ? [] : ['Content-Location', path];
}

/** Of what has versions besides; undefined: of none. */
function versionPath({ key, versionId }: ListedObject, bucket: Bucket): string | undefined {
  if (bucket.versioning === 'unversioned' || versionId === undefined || versionId === 'null')
    return undefined;
  const path = pathOf({ account: bucket.account, bucket: bucket.name, key });
  return `${path}?version-id=${swiftVersionId(versionId)}`;
}

/** Members of a listing: in Swift a name stands for its current version as a link does for its target. */
export function versionMembers(object: ListedObject, bucket: Bucket): Record<string, string | boolean> {
  const path = versionPath(object, bucket);
  return path === undefined ? {} : { symlink_path: path, version_symlink: true };
}

/** Where a POST to a link should have gone. */
export function locationOf({ metadata }: Pick<ObjectVersion, 'metadata'>): string[] {
  const target = linkOf(metadata);
  return target === undefined ? [] : ['Location', pathOf(target)];
}

/** Of the link itself. */
export function pushLink(
  headers: string[],
  { metadata }: ObjectVersion,
  bucket: Pick<Bucket, 'account'>,
): void {
  const target = linkOf(metadata);
  if (target === undefined) return;
  headers.push('X-Symlink-Target', encodeStrictPath(`${target.bucket}/${target.key}`));
  if (target.account !== bucket.account) {
    headers.push('X-Symlink-Target-Account', accountNameOf(target.account));
  }
  if (target.etag !== undefined) headers.push('X-Symlink-Target-Etag', target.etag);
  if (target.bytes !== undefined) headers.push('X-Symlink-Target-Bytes', `${target.bytes}`);
}

/** Members of a listing. */
export function linkMembers(metadata: ObjectMetadata): Record<string, string | number> {
  const target = linkOf(metadata);
  if (target === undefined) return {};
  return {
    symlink_path: pathOf(target),
    ...(target.etag !== undefined && { symlink_etag: target.etag }),
    ...(target.bytes !== undefined && { symlink_bytes: target.bytes }),
    ...(target.joinedMd5 !== undefined && { slo_etag: `"${target.joinedMd5}"` }),
  };
}
