/** Quotas of accounts, by region, and of buckets. What they mean stands in `core/quotas.ts`. */
import type { Bucket } from '../../../core/model.ts';
import { type Quota, quotaDocument, quotaOf } from '../../../core/quotas.ts';
import { defineOperation } from '../../kernel/define-operation.ts';
import type { AdminCall, AdminOperation, AdminServices } from '../admin-call.ts';
import { AdminError } from '../admin-errors.ts';
import { BODY_BYTES_MAX, readJson } from '../read-json.ts';
import { jsonResponse } from '../render-json.ts';
import { resolveAccount } from '../resolve-names.ts';

interface Wanted {
  /** Undefined: every region. */
  readonly region: string | undefined;
  readonly quota: Quota;
}

const NONE: Wanted = { region: undefined, quota: {} };

/** `{"region", "bytes", "objects"}`, all of them optional: what is left out has no limit. Throws InvalidRequest. */
function readQuota(body: Buffer): Wanted {
  const { region, bytes, objects } = readJson(body, {
    region: 'optional text',
    bytes: 'optional number',
    objects: 'optional number',
  });
  for (const [name, value] of Object.entries({ bytes, objects })) {
    if (value === undefined || (Number.isSafeInteger(value) && value >= 0)) continue;
    throw new AdminError(400, 'InvalidRequest', `${name} must be a whole number that is not negative.`);
  }
  return {
    region,
    quota: { ...(bytes !== undefined && { bytes }), ...(objects !== undefined && { objects }) },
  };
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

interface ShownQuota extends Quota {
  readonly region: string;
}

const getAccountQuota = defineOperation({
  name: 'GetAccountQuota',
  summary: 'Shows how much an account may hold, by region; what is not shown has no limit.',
  route: { method: 'GET', resource: '/accounts/{account}/quota' },
  permissions: [{ action: 'admin:read', on: 'account' }],
  body: { kind: 'none' },
  mutates: false,
  decode: (_call: AdminCall) => undefined,
  async run(services: AdminServices, _input, call): Promise<readonly ShownQuota[]> {
    const { id } = await resolveAccount(services.identity, call);
    const regions = await regionsOf(services, undefined);
    const settings = await Promise.all(regions.map((region) => services.store.readAccount(id, region)));
    return regions.map((region, index) => ({ region, ...quotaOf(settings[index] ?? { documents: {} }) }));
  },
  encode: (quotas) => jsonResponse(200, { quotas }),
});

const putAccountQuota = defineOperation({
  name: 'PutAccountQuota',
  summary: 'Limits how much an account may hold in a region, or in each of them.',
  route: { method: 'PUT', resource: '/accounts/{account}/quota' },
  permissions: [{ action: 'admin:write', on: 'account' }],
  body: { kind: 'buffered', bytesMax: BODY_BYTES_MAX },
  mutates: true,
  decode: (_call: AdminCall): Wanted => NONE,
  decodeBody: readQuota,
  async run(services: AdminServices, { region, quota }: Wanted, call): Promise<readonly ShownQuota[]> {
    const { id } = await resolveAccount(services.identity, call);
    const regions = await regionsOf(services, region);
    for (const place of regions) await services.store.updateAccount(id, place, quotaDocument(quota));
    return regions.map((place) => ({ region: place, ...quota }));
  },
  encode: (quotas) => jsonResponse(200, { quotas }),
});

const putBucketQuota = defineOperation({
  name: 'PutBucketQuota',
  summary: 'Limits how much a bucket may hold. The region tells buckets of one name apart.',
  route: { method: 'PUT', resource: '/accounts/{account}/buckets/{bucket}/quota' },
  permissions: [{ action: 'admin:write', on: 'account' }],
  body: { kind: 'buffered', bytesMax: BODY_BYTES_MAX },
  mutates: true,
  decode: (_call: AdminCall): Wanted => NONE,
  decodeBody: readQuota,
  async run(services: AdminServices, { region, quota }: Wanted, call) {
    const { id } = await resolveAccount(services.identity, call);
    const bucket = await findBucket(services.store, id, call.parameter('bucket'), region);
    await services.store.updateBucket(bucket, { documents: quotaDocument(quota) });
    return { bucket: bucket.name, region: bucket.place, ...quota };
  },
  encode: (quota) => jsonResponse(200, { quota }),
});

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

export const quotaOperations: readonly AdminOperation[] = [getAccountQuota, putAccountQuota, putBucketQuota];
