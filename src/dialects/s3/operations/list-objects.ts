/** ListObjects, version 1. `NextMarker` is there only with a delimiter, as at AWS: else the last key is the next marker. */
import type { ListingPage, ListingQuery } from '../../../core/model.ts';
import { element } from '../../../lib/xml-writer.ts';
import { defineOperation } from '../../kernel/define-operation.ts';
import { chooseListEncoding, type ListEncoding } from '../list-encoding.ts';
import { readPageLimit } from '../listing-parameters.ts';
import { listingRowsXml, ownersOf } from '../listing-rows.ts';
import { loadOwners, type OwnerXml } from '../owner-xml.ts';
import { resultDocument } from '../result-document.ts';
import type { S3Call, S3Services } from '../s3-call.ts';

interface ListObjectsInput {
  readonly listing: ListingQuery;
  readonly encoding: ListEncoding;
}

interface ListObjectsOutput {
  readonly input: ListObjectsInput;
  readonly page: ListingPage;
  readonly owners: OwnerXml;
}

export const listObjects = defineOperation<S3Call, S3Services, ListObjectsInput, ListObjectsOutput>({
  name: 'ListObjects',
  summary: 'Lists the objects of a bucket in the order of their keys; clients of today use ListObjectsV2.',
  route: { method: 'GET', resource: 'bucket' },
  permissions: [{ action: 'bucket:list-objects', on: 'bucket' }],
  body: { kind: 'none' },
  mutates: false,

  decode: ({ query }) => ({
    listing: {
      prefix: query.get('prefix') ?? '',
      delimiter: query.get('delimiter') ?? '',
      after: query.get('marker') ?? '',
      limit: readPageLimit(query, 'max-keys'),
    },
    encoding: chooseListEncoding(query.get('encoding-type')),
  }),

  async run(services, input, call) {
    const page = await services.store.listObjects(call.bucket, input.listing);
    return { input, page, owners: await loadOwners(services, call, ownersOf(page.items)) };
  },

  encode({ input: { listing, encoding }, page, owners }, call) {
    const { show } = encoding;
    const showsDelimiter = listing.delimiter !== '' || call.flavour.listingShowsEmptyDelimiter;
    const nextMarker = listing.delimiter === '' ? undefined : nextMarkerOf(page);
    return resultDocument(
      call,
      'ListBucketResult',
      `${element('Name', call.bucketName)}<Prefix>${show(listing.prefix)}</Prefix>` +
        `<Marker>${show(listing.after)}</Marker>` +
        (nextMarker === undefined ? '' : `<NextMarker>${show(nextMarker)}</NextMarker>`) +
        `<MaxKeys>${listing.limit}</MaxKeys>` +
        (showsDelimiter ? `<Delimiter>${show(listing.delimiter)}</Delimiter>` : '') +
        (encoding.type === undefined ? '' : `<EncodingType>${encoding.type}</EncodingType>`) +
        `<IsTruncated>${page.isTruncated}</IsTruncated>` +
        listingRowsXml(page.items, encoding, call.flavour, owners),
    );
  },
});

function nextMarkerOf(page: ListingPage): string | undefined {
  const last = page.isTruncated ? page.items.at(-1) : undefined;
  if (last === undefined) return undefined;
  return last.kind === 'prefix' ? last.prefix : last.object.key;
}
