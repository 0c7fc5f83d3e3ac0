/** Rows of object listings. Hot: a page has up to 1,000 of them, so that text is put together directly. */
import type { ListedObject, ListingItem } from '../../core/model.ts';
import { etagOf } from '../../core/model.ts';
import type { ListEncoding } from './list-encoding.ts';
import { ownerXml } from './owner-xml.ts';
import type { S3Call } from './s3-call.ts';
import { lastModifiedXml } from './s3-flavours.ts';

/** `Contents` of all objects, then `CommonPrefixes` of all prefixes, as AWS orders them. */
export function listingRowsXml(
  items: readonly ListingItem[],
  encoding: ListEncoding,
  call: S3Call,
  showsOwner: boolean,
): string {
  const ownerOf = showsOwner ? rememberOwners(call) : () => '';
  const { flavour } = call;
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
      `${ownerOf(object.owner)}<StorageClass>STANDARD</StorageClass></Contents>`;
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

/** Owners of neighbouring rows are nearly always the same. */
function rememberOwners(call: S3Call): (owner: string) => string {
  let last: string | undefined;
  let xml = '';
  return (owner) => {
    if (owner !== last) {
      last = owner;
      xml = ownerXml(call, 'Owner', owner);
    }
    return xml;
  };
}
