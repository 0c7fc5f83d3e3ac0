/** Rows of object listings. Hot: a page has up to 1,000 of them, so that text is put together directly. */
import type { ListedObject, ListingItem } from '../../core/model.ts';
import { etagOf } from '../../core/model.ts';
import type { ListEncoding } from './list-encoding.ts';
import type { OwnerXml } from './owner-xml.ts';
import { lastModifiedXml, type S3Flavour } from './s3-flavours.ts';

/** `Contents` of all objects, then `CommonPrefixes` of all prefixes, as AWS orders them. `owners`: shown when given. */
export function listingRowsXml(
  items: readonly ListingItem[],
  encoding: ListEncoding,
  flavour: S3Flavour,
  owners: OwnerXml | undefined,
): string {
  let contents = '';
  let prefixes = '';
  for (const item of items) {
    if (item.kind === 'prefix') {
      prefixes += prefixXml(encoding.show(item.prefix));
      continue;
    }
    const { object } = item;
    contents +=
      `<Contents><Key>${encoding.show(object.key)}</Key>` +
      `<LastModified>${lastModifiedXml(flavour, object.lastModifiedMicros)}</LastModified>` +
      `<ETag>&quot;${etagOf(object)}&quot;</ETag>${checksumKindXml(object)}<Size>${object.size}</Size>` +
      `${owners?.('Owner', object.owner) ?? ''}<StorageClass>STANDARD</StorageClass></Contents>`;
  }
  return contents + prefixes;
}

export function commonPrefixesXml(prefixes: readonly string[], encoding: ListEncoding): string {
  return prefixes.map((prefix) => prefixXml(encoding.show(prefix))).join('');
}

/** `ChecksumAlgorithm` and `ChecksumType` of an object or an upload, when it has one. */
export function checksumKindXml(row: Pick<ListedObject, 'checksumAlgorithm' | 'checksumType'>): string {
  if (row.checksumAlgorithm === undefined) return '';
  const type = row.checksumType === undefined ? '' : `<ChecksumType>${row.checksumType}</ChecksumType>`;
  return `<ChecksumAlgorithm>${row.checksumAlgorithm}</ChecksumAlgorithm>${type}`;
}

function prefixXml(shown: string): string {
  return `<CommonPrefixes><Prefix>${shown}</Prefix></CommonPrefixes>`;
}

/** Accounts whose names a page shows. */
export function* ownersOf(items: readonly ListingItem[]): Generator<string> {
  for (const item of items) if (item.kind === 'object') yield item.object.owner;
}
