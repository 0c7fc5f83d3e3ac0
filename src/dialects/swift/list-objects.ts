/** The objects of a container, as this dialect pages through them (nhn-openstack.md, sections 9.2 and 9.3). */
import { type Bucket, etagOf, type ListedObject, type ListingItem } from '../../core/model.ts';
import type { ObjectStore } from '../../core/object-store.ts';
import { formatListingDate } from './dates.ts';
import { linkMembers, versionMembers } from './link-headers.ts';
import type { ListingParameters } from './listing-parameters.ts';
import type { ListingMembers, ListingRow } from './render-listing.ts';

type Lister = Pick<ObjectStore, 'listObjects'>;

export async function listObjects(
  store: Lister,
  bucket: Bucket,
  parameters: ListingParameters,
  { namesOnly }: { readonly namesOnly: boolean },
): Promise<ListingRow[]> {
  const { path, prefix, delimiter, marker, endMarker, limit, isReverse } = parameters;
  if (path !== undefined) return listPath(store, bucket, parameters, path);
  const page = await store.listObjects(bucket, {
    prefix,
    delimiter,
    after: marker,
    until: endMarker,
    limit,
    isReverse,
    withMetadata: !namesOnly,
  });
  return page.items.map((item) => (namesOnly ? nameRowOf(item) : rowOf(item, bucket)));
}

/** The oldest way of listing a folder: its direct members and the markers of its folders, and nothing rolled up. */
async function listPath(
  store: Lister,
  bucket: Bucket,
  { marker, endMarker, limit, isReverse }: ListingParameters,
  path: string,
): Promise<ListingRow[]> {
  const prefix = path === '' ? '' : `${path.replace(/\/+$/, '')}/`;
  const rows: ListingRow[] = [];
  for (let after: string | undefined = marker; after !== undefined && rows.length < limit; ) {
    const common = { prefix, delimiter: '/', until: endMarker, isReverse, withMetadata: true };
    const page = await store.listObjects(bucket, { ...common, after, limit: limit - rows.length + 1 });
    for (const item of page.items) {
      const found = item.kind === 'object' ? item : await folderMarker(store, bucket, item.prefix);
      if (found === undefined || found.object.key === prefix || rows.length === limit) continue;
      rows.push(rowOf(found, bucket));
    }
    after = page.next;
  }
  return rows;
}

async function folderMarker(
  store: Lister,
  bucket: Bucket,
  name: string,
): Promise<(ListingItem & { readonly kind: 'object' }) | undefined> {
  const query = { prefix: name, delimiter: '', after: '', limit: 1, withMetadata: true };
  const { items } = await store.listObjects(bucket, query);
  const [first] = items;
  return first?.kind === 'object' && first.object.key === name ? first : undefined;
}

const NO_MEMBERS = {};

function nameRowOf(item: ListingItem): ListingRow {
  if (item.kind === 'prefix') return { kind: 'subdir', name: item.prefix };
  return { kind: 'item', name: item.object.key, members: NO_MEMBERS };
}

function rowOf(item: ListingItem, bucket: Bucket): ListingRow {
  if (item.kind === 'prefix') return { kind: 'subdir', name: item.prefix };
  return { kind: 'item', name: item.object.key, members: membersOf(item.object, bucket) };
}

function membersOf(object: ListedObject, bucket: Bucket): ListingMembers {
  const { partCount, joinedMd5, stored, etagMd5 } = object;
  const plain = {
    hash: stored?.etagMd5 ?? etagMd5,
    bytes: object.size,
    content_type: object.metadata?.system.contentType ?? '',
    last_modified: formatListingDate(object.lastModifiedMicros),
  };
  if (object.composition === 'link') {
    return { ...plain, ...(object.metadata !== undefined && linkMembers(object.metadata)) };
  }
  const isWhole = joinedMd5 === undefined && partCount === undefined;
  // The usual row, without the spreads that cost more than all the rest of it.
  if (isWhole && bucket.versioning === 'unversioned') return plain;
  return {
    ...plain,
    ...versionMembers(object, bucket),
    ...(joinedMd5 !== undefined && { slo_etag: `"${joinedMd5}"` }),
    ...(partCount !== undefined && { s3_etag: `"${etagOf(object)}"` }),
  };
}
