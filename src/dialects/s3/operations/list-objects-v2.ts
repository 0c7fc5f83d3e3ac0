/**
 * ListObjectsV2. A continuation token wins over `start-after`; both are shown as sent. An empty token counts as none
 * but is shown (Ceph's s3-tests expect it).
 */
import type { ListingPage, ListingQuery } from '../../../core/model.ts';
import { element, optionalElement } from '../../../lib/xml-writer.ts';
import { defineOperation } from '../../kernel/define-operation.ts';
import { chooseListEncoding, type ListEncoding } from '../list-encoding.ts';
import {
  decodeContinuationToken,
  encodeContinuationToken,
  readFlag,
  readPageLimit,
} from '../listing-parameters.ts';
import { listingRowsXml, ownersOf } from '../listing-rows.ts';
import { loadOwners, type OwnerXml } from '../owner-xml.ts';
import { resultDocument } from '../result-document.ts';
import type { S3Call, S3Services } from '../s3-call.ts';

interface ListObjectsV2Input {
  readonly listing: ListingQuery;
  readonly encoding: ListEncoding;
  readonly startAfter: string | undefined;
  readonly token: string | undefined;
  readonly showsOwner: boolean;
}

interface ListObjectsV2Output {
  readonly input: ListObjectsV2Input;
  readonly page: ListingPage;
  readonly owners: OwnerXml | undefined;
}

export const listObjectsV2 = defineOperation<S3Call, S3Services, ListObjectsV2Input, ListObjectsV2Output>({
  name: 'ListObjectsV2',
  summary: 'Lists the objects of a bucket in the order of their keys, up to 1,000 in a page.',
  route: { method: 'GET', resource: 'bucket', query: ['list-type=2'] },
  permissions: [{ action: 'bucket:list-objects', on: 'bucket' }],
  body: { kind: 'none' },
  mutates: false,

  decode({ query }) {
    const token = query.get('continuation-token');
    const startAfter = query.get('start-after');
    return {
      listing: {
        prefix: query.get('prefix') ?? '',
        delimiter: query.get('delimiter') ?? '',
        after: token ? decodeContinuationToken('objects', token) : (startAfter ?? ''),
        limit: readPageLimit(query, 'max-keys'),
      },
      encoding: chooseListEncoding(query.get('encoding-type')),
      startAfter,
      token,
      showsOwner: readFlag(query, 'fetch-owner'),
    };
  },

  async run(services, input, call) {
    const page = await services.store.listObjects(call.bucket, input.listing);
    const owners = input.showsOwner ? await loadOwners(services, call, ownersOf(page.items)) : undefined;
    return { input, page, owners };
  },

  encode({ input: { listing, encoding, startAfter, token }, page, owners }, call) {
    const { show } = encoding;
    const showsDelimiter = listing.delimiter !== '' || call.flavour.listingShowsEmptyDelimiter;
    const nextToken = page.next === undefined ? undefined : encodeContinuationToken('objects', page.next);
    return resultDocument(
      call,
      'ListBucketResult',
      `${element('Name', call.bucketName)}<Prefix>${show(listing.prefix)}</Prefix>` +
        optionalElement('ContinuationToken', token) +
        optionalElement('NextContinuationToken', nextToken) +
        (startAfter === undefined ? '' : `<StartAfter>${show(startAfter)}</StartAfter>`) +
        `<KeyCount>${page.items.length}</KeyCount><MaxKeys>${listing.limit}</MaxKeys>` +
        (showsDelimiter ? `<Delimiter>${show(listing.delimiter)}</Delimiter>` : '') +
        (encoding.type === undefined ? '' : `<EncodingType>${encoding.type}</EncodingType>`) +
        `<IsTruncated>${page.isTruncated}</IsTruncated>` +
        listingRowsXml(page.items, encoding, call.flavour, owners),
    );
  },
});
