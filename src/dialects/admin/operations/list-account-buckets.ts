import type { Bucket } from '../../../core/model.ts';
import { type Quota, quotaOf } from '../../../core/quotas.ts';
import { defineOperation } from '../../kernel/define-operation.ts';
import type { AdminCall, AdminServices } from '../admin-call.ts';
import { type PageQuery, readPage } from '../read-page.ts';
import { isoTime, jsonResponse } from '../render-json.ts';
import { resolveAccount } from '../resolve-names.ts';

interface BucketFigures {
  readonly name: string;
  readonly region: string;
  readonly objects: number;
  readonly bytes: number;
  readonly versioning: string;
  readonly createdAt: string;
  readonly quota: Quota | undefined;
}

interface BucketFiguresPage {
  readonly buckets: readonly BucketFigures[];
  readonly next: string | undefined;
}

/** `{"buckets": [...], "next": "name"}`; `next` only when there are more. */
export const listAccountBuckets = defineOperation({
  name: 'ListAccountBuckets',
  summary: 'Lists the buckets of an account in all regions by name, with how much is in them.',
  route: { method: 'GET', resource: '/accounts/{account}/buckets' },
  permissions: [{ action: 'admin:read', on: 'account' }],
  body: { kind: 'none' },
  mutates: false,
  decode: (call: AdminCall): PageQuery => readPage(call),
  async run({ identity, store }: AdminServices, query: PageQuery, call): Promise<BucketFiguresPage> {
    const account = await resolveAccount(identity, call);
    const page = await store.listBuckets({ account: account.id, prefix: '', ...query });
    const buckets: BucketFigures[] = [];
    for (const bucket of page.buckets) buckets.push(await figuresOf(bucket, store));
    return { buckets, next: page.isTruncated ? page.buckets.at(-1)?.name : undefined };
  },
  encode: (page) => jsonResponse(200, page),
});

async function figuresOf(bucket: Bucket, store: AdminServices['store']): Promise<BucketFigures> {
  const { name, place, versioning, createdAtMicros } = bucket;
  const { objects, bytes } = await store.bucketUsage(bucket);
  const createdAt = isoTime(createdAtMicros);
  return { name, region: place, objects, bytes, versioning, createdAt, quota: quotaOf(bucket) };
}
