import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Bucket } from '../../core/model.ts';
import type { Action } from '../../identity/actions.ts';
import { parseQuery } from '../kernel/query-parameters.ts';
import { ibmAttribute } from './ibm-attributes.ts';

const bucket: Bucket = {
  id: 1,
  account: 'a'.repeat(32),
  place: 'KR1',
  name: 'bucket',
  createdAtMicros: 0,
  versioning: 'unversioned',
  claimed: true,
  documents: {},
  recordVersion: 1,
};
const names = [
  'accountid',
  'servicename',
  'servicetype',
  'serviceinstance',
  'region',
  'resourcegroupid',
  'resourcetype',
  'resource',
  'path',
  'prefix',
  'delimiter',
  'anything',
];

type Target = Parameters<typeof ibmAttribute>[1]['target'];

function attributesOf(action: Action, target: Target, query = ''): Record<string, string | undefined> {
  const call = {
    query: parseQuery(query),
    instanceOf: () => 'instance of the bucket',
    ibmRegionOf: () => 'us-south',
    resourceGroupOf: (instance: string) => `group of the ${instance}`,
  };
  const found = names.map((name) => [name, ibmAttribute(name, { action, target }, call)] as const);
  return Object.fromEntries(found.filter(([, value]) => value !== undefined));
}

const service = { servicename: 'cloud-object-storage', servicetype: 'service' };
const ofBucket = {
  ...service,
  accountid: bucket.account,
  serviceinstance: 'instance of the bucket',
  region: 'us-south',
  resourcegroupid: 'group of the instance of the bucket',
  resourcetype: 'bucket',
  resource: 'bucket',
};

test('a listing of buckets is about an instance and about no bucket', () => {
  const target = {
    kind: 'service',
    account: 'a',
    instance: 'named instance',
    bucketName: undefined,
  } as const;
  assert.deepEqual(attributesOf('account:list-buckets', target), {
    ...service,
    accountid: 'a',
    serviceinstance: 'named instance',
    resourcegroupid: 'group of the named instance',
  });
});

test('a listing that is about no instance is not about the default one', () => {
  const target = { kind: 'service', account: 'a', instance: undefined, bucketName: undefined } as const;
  assert.deepEqual(attributesOf('account:list-buckets', target), {
    ...service,
    accountid: 'a',
    serviceinstance: '',
  });
});

test('a new bucket has a name', () => {
  const target = { kind: 'service', account: 'a', instance: 'x', bucketName: 'new' } as const;
  const { resourcetype, resource } = attributesOf('bucket:create', target);
  assert.deepEqual([resourcetype, resource], ['bucket', 'new']);
});

test('prefix and delimiter are those of listings, and empty when none is sent', () => {
  const target = { kind: 'bucket', bucket, key: undefined } as const;
  assert.deepEqual(attributesOf('bucket:list-objects', target, 'prefix=a/'), {
    ...ofBucket,
    prefix: 'a/',
    delimiter: '',
  });
  assert.deepEqual(attributesOf('bucket:head', target, 'prefix=a/'), ofBucket);
});

test('objects have a path', () => {
  const target = { kind: 'bucket', bucket, key: 'a/b' } as const;
  assert.deepEqual(attributesOf('object:read', target), { ...ofBucket, path: 'a/b' });
});
