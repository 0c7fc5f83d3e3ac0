/**
 * ListBuckets: the caller's own buckets in the place of this address; at IBM those of one service instance in every place
 * (ibm-cos.md, section 9.4). Containers whose names are no legal bucket names are invisible from S3 (design, section 5). AWS
 * shows BucketRegion, Prefix and a token only to clients that page.
 */
import type { AccountId, Bucket, Place } from '../../../core/model.ts';
import { accountOf } from '../../../identity/principal.ts';
import { element, optionalElement, parent } from '../../../lib/xml-writer.ts';
import { defineOperation } from '../../kernel/define-operation.ts';
import type { QueryParameters } from '../../kernel/query-parameters.ts';
import { decodeContinuationToken, encodeContinuationToken } from '../listing-parameters.ts';
import { loadOwners, type OwnerXml } from '../owner-xml.ts';
import { resultDocument } from '../result-document.ts';
import type { S3Call, S3Services } from '../s3-call.ts';
import { invalidArgument, S3Error } from '../s3-errors.ts';
import { lastModifiedXml } from '../s3-flavours.ts';
import { listVisibleBuckets } from '../visible-buckets.ts';

const BUCKETS_MAX = 10_000;
const PAGING_PARAMETERS = ['max-buckets', 'continuation-token', 'prefix', 'bucket-region'];

interface ListBucketsInput {
  readonly account: AccountId;
  /** Undefined: of every place. */
  readonly place: Place | undefined;
  readonly prefix: string | undefined;
  readonly after: string;
  readonly limit: number;
  readonly region: string | undefined;
  readonly isPaged: boolean;
}

interface ListBucketsOutput {
  readonly input: ListBucketsInput;
  readonly buckets: readonly Bucket[];
  readonly isTruncated: boolean;
  readonly owners: OwnerXml;
}

export const listBuckets = defineOperation<S3Call, S3Services, ListBucketsInput, ListBucketsOutput>({
  name: 'ListBuckets',
  summary: 'Lists the buckets of the calling account, sorted by name.',
  route: { method: 'GET', resource: 'service' },
  permissions: [{ action: 'account:list-buckets', on: 'account' }],
  body: { kind: 'none' },
  mutates: false,

  decode({ query, caller, place, flavour }) {
    const token = query.get('continuation-token');
    return {
      // Anonymous callers own nothing; they are refused before anything runs.
      account: accountOf(caller) ?? '',
      place: flavour.listsBucketsOf === 'every-place' ? undefined : place,
      prefix: query.get('prefix'),
      after: token ? decodeContinuationToken('buckets', token) : '',
      limit: readBucketsLimit(query),
      region: query.get('bucket-region'),
      isPaged: PAGING_PARAMETERS.some((name) => query.has(name)),
    };
  },

  async run(services, input, call) {
    const { region } = input;
    if (region && !services.isNameOfPlace(region, call.place)) {
      throw invalidArgument(
        'bucket-region',
        region,
        `Argument value ${region} is not the AWS Region of this endpoint`,
      );
    }
    const owners = await loadOwners(services, call, [input.account]);
    const query = { ...input, prefix: input.prefix ?? '' };
    return { input, ...(await listVisibleBuckets(services, query, call)), owners };
  },

  encode({ input, buckets, isTruncated, owners }, call) {
    const last = isTruncated ? buckets.at(-1) : undefined;
    return resultDocument(
      call,
      'ListAllMyBucketsResult',
      owners('Owner', input.account) +
        parent('Buckets', buckets.map((bucket) => bucketXml(bucket, input.isPaged, call)).join('')) +
        optionalElement(
          'ContinuationToken',
          last === undefined ? undefined : encodeContinuationToken('buckets', last.name),
        ) +
        optionalElement('Prefix', input.prefix),
    );
  },
});

function readBucketsLimit(query: QueryParameters): number {
  const text = query.get('max-buckets');
  if (text === undefined || text === '') return BUCKETS_MAX;
  const limit = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (limit >= 1 && limit <= BUCKETS_MAX) return limit;
  throw new S3Error(
    'InvalidArgument',
    { ArgumentName: 'max-buckets', ArgumentValue: text },
    `Argument max-buckets must be an integer between 1 and ${BUCKETS_MAX}`,
  );
}

function bucketXml(bucket: Bucket, showsRegion: boolean, call: S3Call): string {
  return parent(
    'Bucket',
    element('Name', bucket.name) +
      element('CreationDate', lastModifiedXml(call.flavour, bucket.createdAtMicros)) +
      (showsRegion ? element('BucketRegion', bucket.place) : ''),
  );
}
