/** Quotas of accounts, by region, and of buckets. What they mean stands in `core/quotas.ts`. */
import type { Bucket } from '../../../core/model.ts';
import { type Quota, quotaDocument, quotaOf } from '../../../core/quotas.ts';
import type { AdminServices } from '../admin-call.ts';
import { AdminError } from '../admin-errors.ts';
import { defineAdminOperation } from '../define-admin-operation.ts';
import type { Members } from '../read-json.ts';
import { resolveAccount } from '../resolve-names.ts';

/** What is left out has no limit; without a region, in all of them. */
const members = { region: 'optional text', bytes: 'optional number', objects: 'optional number' } as const;

/** Throws InvalidRequest. */
function readQuota({ bytes, objects }: Members<typeof members>): Quota {
  for (const [name, value] of Object.entries({ bytes, objects })) {
    if (value === undefined || (Number.isSafeInteger(value) && value >= 0)) continue;
    throw new AdminError(400, 'InvalidRequest', `${name} must be a whole number that is not negative.`);
  }
  return { ...(bytes !== undefined && { bytes }), ...(objects !== undefined && { objects }) };
}

async function regionsOf(
  { readStatus }: AdminServices,
  region: string | undefined,
): Promise<readonly string[]> {
  const { regions } = await readStatus();
  if (region === undefined) return regions;
  if (regions.includes(region)) return [region];
  throw new AdminError(404, 'NoSuchRegion', `There is no region ${region}: ${regions.join(', ')}.`);
}

async function findBucket(
  store: AdminServices['store'],
  account: string,
  name: string,
  region: string | undefined,
): Promise<Bucket> {
  const page = await store.listBuckets({ account, prefix: name, after: '', limit: 1 });
  const found = page.buckets.filter(
    (bucket) => bucket.name === name && (region === undefined || bucket.place === region),
  );
  const [only, second] = found;
  if (only === undefined) throw new AdminError(404, 'NoSuchBucket', `The account has no bucket ${name}.`);
  if (second === undefined) return only;
  const places = found.map(({ place }) => place).join(', ');
  throw new AdminError(
    409,
    'AmbiguousBucket',
    `The account has a bucket ${name} in each of ${places}: name the region.`,
  );
}

export const quotaOperations = [
  defineAdminOperation({
    name: 'GetAccountQuota',
    summary: 'Shows how much an account may hold, by region; what is not shown has no limit.',
    method: 'GET',
    resource: '/accounts/{account}/quota',
    async run(services, _sent, call) {
      const { id } = await resolveAccount(services.identity, call);
      const regions = await regionsOf(services, undefined);
      const settings = await Promise.all(regions.map((region) => services.store.readAccount(id, region)));
      const quotas = regions.map((region, index) => ({
        region,
        ...quotaOf(settings[index] ?? { documents: {} }),
      }));
      return { quotas };
    },
  }),
  defineAdminOperation({
    name: 'PutAccountQuota',
    summary: 'Limits how much an account may hold in a region, or in each of them.',
    method: 'PUT',
    resource: '/accounts/{account}/quota',
    members,
    async run(services, sent, call) {
      const quota = readQuota(sent);
      const { id } = await resolveAccount(services.identity, call);
      const regions = await regionsOf(services, sent.region);
      for (const region of regions) await services.store.updateAccount(id, region, quotaDocument(quota));
      return { quotas: regions.map((region) => ({ region, ...quota })) };
    },
  }),
  defineAdminOperation({
    name: 'PutBucketQuota',
    summary: 'Limits how much a bucket may hold. The region tells buckets of one name apart.',
    method: 'PUT',
    resource: '/accounts/{account}/buckets/{bucket}/quota',
    members,
    async run({ identity, store }, sent, call) {
      const quota = readQuota(sent);
      const { id } = await resolveAccount(identity, call);
      const bucket = await findBucket(store, id, call.parameter('bucket'), sent.region);
      await store.updateBucket(bucket, { documents: quotaDocument(quota) });
      return { quota: { bucket: bucket.name, region: bucket.place, ...quota } };
    },
  }),
];
