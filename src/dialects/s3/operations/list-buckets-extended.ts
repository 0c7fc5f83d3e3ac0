/**
 * ListBucketsExtended of IBM (ibm-cos.md, section 9.4): pages by marker, and LocationConstraint of every bucket, which Terraform
 * splits at its dashes. Whoever is no client of IBM's and asks for it gets it, too, of all buckets of the account.
 */
import type { Bucket } from '../../../core/model.ts';
import { accountOf } from '../../../identity/principal.ts';
import { element, optionalElement, parent } from '../../../lib/xml-writer.ts';
import { defineOperation } from '../../kernel/define-operation.ts';
import { readPageLimit } from '../listing-parameters.ts';
import { loadOwners, type OwnerXml } from '../owner-xml.ts';
import { resultDocument } from '../result-document.ts';
import type { S3Call, S3Services } from '../s3-call.ts';
import { lastModifiedXml } from '../s3-flavours.ts';
import { ibmLocationOf } from '../storage-location.ts';
import { listVisibleBuckets, type VisibleBucketsQuery } from '../visible-buckets.ts';

interface ExtendedOutput {
  readonly input: VisibleBucketsQuery;
  readonly buckets: readonly (Bucket & { readonly location: string })[];
  readonly isTruncated: boolean;
  readonly owners: OwnerXml;
}

export const listBucketsExtended = defineOperation<S3Call, S3Services, VisibleBucketsQuery, ExtendedOutput>({
  name: 'ListBucketsExtended',
  summary: 'Lists the buckets of a service instance in every place, with their location and storage class.',
  route: { method: 'GET', resource: 'service', query: ['extended'] },
  permissions: [{ action: 'account:list-buckets', on: 'account' }],
  body: { kind: 'none' },
  mutates: false,

  decode: ({ query, caller }) => ({
    // Anonymous callers own nothing; they are refused before anything runs.
    account: accountOf(caller) ?? '',
    place: undefined,
    prefix: query.get('prefix') ?? '',
    after: query.get('marker') ?? '',
    limit: readPageLimit(query, 'max-keys'),
  }),

  async run(services, input, call) {
    const owners = await loadOwners(services, call, [input.account]);
    const { buckets, isTruncated } = await listVisibleBuckets(services, input, call);
    const located = buckets.map((bucket) => ({ ...bucket, location: ibmLocationOf(bucket, services) }));
    return { input, buckets: located, isTruncated, owners };
  },

  encode({ input: { account, prefix, after, limit }, buckets, isTruncated, owners }, call) {
    return resultDocument(
      call,
      'ListAllMyBucketsResult',
      owners('Owner', account) +
        element('IsTruncated', `${isTruncated}`) +
        element('MaxKeys', `${limit}`) +
        element('Prefix', prefix) +
        element('Marker', after) +
        optionalElement('NextMarker', isTruncated ? buckets.at(-1)?.name : undefined) +
        parent('Buckets', buckets.map((bucket) => bucketXml(bucket, call)).join('')),
    );
  },
});

/** There are no templates to create buckets from. */
function bucketXml(bucket: ExtendedOutput['buckets'][number], call: S3Call): string {
  return parent(
    'Bucket',
    element('Name', bucket.name) +
      element('CreationDate', lastModifiedXml(call.flavour, bucket.createdAtMicros)) +
      element('LocationConstraint', bucket.location) +
      element('CreationTemplateId', ''),
  );
}
