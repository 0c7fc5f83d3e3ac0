import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import { createMemoryStore } from '../../../test/support/memory-engine.ts';
import { createObjectStore } from '../../core/create-object-store.ts';
import type { Bucket } from '../../core/model.ts';
import type { ObjectStore } from '../../core/object-store.ts';
import { aclOf, encodeAcl, type Grant } from '../../identity/acl.ts';
import type { Action } from '../../identity/actions.ts';
import { cannedBucketAcl, cannedObjectAcl } from '../../identity/canned-acls.ts';
import { anonymousCaller, type Caller } from '../../identity/principal.ts';
import type { Permission } from '../kernel/define-operation.ts';
import { parseQuery } from '../kernel/query-parameters.ts';
import { authoriseCall, confirmAccess, decideOnObject } from './authorise-call.ts';

const A = 'a'.repeat(32);
const B = 'b'.repeat(32);
const KEY = 'a/key';
const NO_SUCH_KEY = { name: 'CoreError', code: 'NoSuchKey' };

let store: ObjectStore;
let lookups: string[];
let bucket: Bucket;

beforeEach(async () => {
  let drawn = 0;
  const entropy = {
    bytes(count: number) {
      drawn += 1;
      return Buffer.from(String(drawn).padStart(count, '0').slice(-count), 'latin1');
    },
  };
  const engine = createMemoryStore().openEngine();
  const real = createObjectStore({ engine, clock: { nowMicros: () => 1e15 }, entropy, settings: {} });
  lookups = [];
  store = {
    ...real,
    headObject(input) {
      lookups.push('headObject');
      return real.headObject(input);
    },
    updateBucket(changed, change) {
      lookups.push(`updateBucket ${Object.keys(change.documents ?? {})}`);
      return real.updateBucket(changed, change);
    },
  };
  bucket = await real.createBucket({ account: A, place: 'KR1', name: 'a-bucket' });
});

function callerOf(account: string): Caller {
  const user = {
    id: account,
    accountId: account,
    name: 'somebody',
    displayName: '',
    email: '',
    isRoot: false,
    enabled: true,
    createdAtMicros: 0,
  };
  return {
    principal: {
      kind: 'user',
      account: { id: account, name: 'an account', enabled: true, createdAtMicros: 0 },
      user,
      isServerAdmin: false,
    },
    proof: { kind: 'access-key', accessKeyId: account, scheme: 'sigv4' },
  };
}

const owner = callerOf(A);
const other = callerOf(B);

async function put(account: string, documents: Readonly<Record<string, string>> = {}, key = KEY) {
  await store.putObject({
    bucket,
    key,
    owner: account,
    metadata: { system: { contentType: 'text/plain' }, user: {}, documents },
    body: { source: { read: async () => null }, size: 0, expected: {} },
    conditions: {},
  });
}

async function setBucketAcl(acl: string | null) {
  bucket = await store.updateBucket(bucket, { documents: { acl } });
  lookups = [];
}

const reload = async () => {
  store.beginRequest().end();
  bucket = await store.findBucket({ caller: A, place: 'KR1', name: bucket.name });
};

const request = {
  method: 'GET',
  headers: { get: () => undefined, has: () => false, count: () => 0, names: () => [] },
  remoteAddress: '192.0.2.1',
  isSecure: false,
  receivedAtMicros: 0,
};

const callOf = (caller: Caller, query = '') => ({
  caller,
  bucket,
  key: KEY,
  query: parseQuery(query),
  place: 'KR1',
  bucketName: bucket.name,
  instanceId: undefined,
  instanceOf: () => 'an instance',
  ibmRegionOf: () => 'a region',
  scpRegion: 'a region',
  publicGrantsOf: () => undefined,
  resourceGroupOf: () => undefined,
  copySource: { bucket, key: KEY, versionId: undefined },
  request,
});

async function ask(
  caller: Caller,
  action: Action,
  options: { key?: string; query?: string; on?: Permission['on'] } = {},
) {
  store.beginRequest().end();
  const { key = KEY, query = '', on = 'object' } = options;
  const call = { ...callOf(caller, query), key, copySource: { bucket, key, versionId: undefined } };
  return (await authoriseCall(store, call, { permissions: [{ action, on }] })).allowed;
}

const publicRead = encodeAcl(cannedBucketAcl('public-read', A), A);
const publicReadWrite = encodeAcl(cannedBucketAcl('public-read-write', A), A);

describe('reading', () => {
  test('costs the bucket’s owner no look at the object', async () => {
    await put(A);
    for (const action of ['object:read', 'object:read-acl', 'object:write-acl', 'object:write'] as const) {
      assert.equal(await ask(owner, action), true, action);
    }
    assert.equal(
      await ask(owner, 'object:read', { key: 'missing' }),
      true,
      'NoSuchKey is the operation’s to say',
    );
    assert.deepEqual(lookups, []);
  });

  test('needs a grant of the object for others, and one look', async () => {
    await put(A);
    assert.equal(await ask(other, 'object:read'), false);
    assert.equal(await ask(anonymousCaller, 'object:read'), false);
    assert.deepEqual(lookups, ['headObject', 'headObject']);
    await put(A, { acl: encodeAcl(cannedObjectAcl('authenticated-read', A, A), A) ?? '' });
    assert.equal(await ask(other, 'object:read'), true);
    assert.equal(await ask(other, 'object:read', { on: 'source' }), true);
    assert.equal(await ask(anonymousCaller, 'object:read'), false);
    assert.equal(await ask(other, 'object:write-acl'), false);
  });

  test('what is not there is denied, unless the caller may list', async () => {
    for (const query of ['', 'versionId=null']) {
      assert.equal(await ask(other, 'object:read', { key: 'missing', query }), false, query);
    }
    await setBucketAcl(publicRead);
    for (const caller of [other, anonymousCaller]) {
      await assert.rejects(ask(caller, 'object:read', { key: 'missing' }), NO_SUCH_KEY);
      await assert.rejects(ask(caller, 'object:read-acl', { key: 'missing' }), NO_SUCH_KEY);
      assert.equal(await ask(caller, 'object:write', { key: 'missing' }), false);
    }
  });
});

describe('objects of other accounts', () => {
  test('mark the bucket before the first is written, once', async () => {
    await setBucketAcl(publicReadWrite);
    assert.equal(await ask(owner, 'object:write'), true);
    assert.equal(await ask(anonymousCaller, 'object:write'), true, 'belongs to the bucket’s account');
    assert.deepEqual(lookups, []);
    assert.equal(await ask(other, 'object:write'), true);
    assert.deepEqual(lookups, ['updateBucket foreign-objects']);
    await reload();
    assert.equal(await ask(other, 'object:write'), true);
    assert.deepEqual(lookups, ['updateBucket foreign-objects']);
  });

  test('a denied write marks nothing', async () => {
    assert.equal(await ask(other, 'object:write'), false);
    assert.deepEqual(lookups, []);
  });

  test('are not the bucket owner’s to read, unless granted, but its to delete', async () => {
    await setBucketAcl(publicReadWrite);
    await ask(other, 'object:write');
    await put(B);
    await put(A, {}, 'own');
    // The mark stays when the list that made it possible goes.
    await setBucketAcl(null);
    await reload();
    assert.equal(await ask(owner, 'object:read'), false);
    assert.equal(await ask(owner, 'object:read', { on: 'source' }), false);
    assert.equal(await ask(owner, 'object:write-acl'), false);
    assert.equal(await ask(owner, 'object:read', { key: 'own' }), true);
    await assert.rejects(ask(owner, 'object:read', { key: 'missing' }), NO_SUCH_KEY);
    assert.equal(await ask(owner, 'object:delete'), true);
    assert.equal(await ask(other, 'object:read'), true);
    assert.equal(await ask(other, 'object:delete'), false);
    await put(B, { acl: encodeAcl(cannedObjectAcl('bucket-owner-full-control', B, A), B) ?? '' });
    assert.equal(await ask(owner, 'object:read'), true);
    assert.equal(await ask(owner, 'object:write-acl'), true);
  });

  test('uploads belong to the account that began them', async () => {
    await setBucketAcl(publicReadWrite);
    const metadata = { system: { contentType: 'text/plain' }, user: {}, documents: {} };
    const upload = await store.createUpload({ bucket, key: KEY, owner: B, initiator: B, metadata });
    const query = `uploadId=${upload.uploadId}`;
    for (const action of ['object:list-parts', 'object:abort-upload'] as const) {
      assert.equal(await ask(other, action, { query }), true);
      assert.equal(await ask(owner, action, { query }), true);
      assert.equal(await ask(callerOf('c'.repeat(32)), action, { query }), false);
      assert.equal(await ask(anonymousCaller, action, { query }), false);
    }
  });
});

test('a bucket with the rule BucketOwnerEnforced has no lists, and no objects of others', async () => {
  const everything: Grant = { grantee: { kind: 'group', group: 'all-users' }, permission: 'FULL_CONTROL' };
  const acl = encodeAcl(aclOf([everything]), A);
  await put(A, { acl: acl ?? '' });
  await setBucketAcl(acl);
  assert.equal(await ask(anonymousCaller, 'object:read'), true);
  assert.equal(await ask(other, 'object:write'), true);
  bucket = await store.updateBucket(bucket, { documents: { 'object-ownership': 'BucketOwnerEnforced' } });
  assert.equal(await ask(anonymousCaller, 'object:read'), false);
  assert.equal(await ask(anonymousCaller, 'bucket:list-objects', { on: 'bucket' }), false);
  assert.equal(await ask(other, 'object:write'), false);
  assert.equal(await ask(owner, 'object:read'), true);
});

test('versions are asked for by their own actions; many keys one by one', async () => {
  await setBucketAcl(publicReadWrite);
  assert.equal(await ask(other, 'object:delete'), true);
  assert.equal(await ask(other, 'object:delete', { query: 'versionId=null' }), false);
  assert.equal(await ask(owner, 'object:delete', { query: 'versionId=null' }), true);
  assert.equal(await ask(other, 'object:delete', { on: 'each-object' }), true);
  const decide = (action: Action, versionId?: string) =>
    decideOnObject(callOf(other), action, { bucket, key: KEY, versionId }).allowed;
  assert.equal(decide('object:delete'), true);
  assert.equal(decide('object:delete', 'null'), false);
  assert.equal(decide('object:read'), false);
});

test('all permissions must be given', async () => {
  await put(A);
  await setBucketAcl(publicReadWrite);
  const call = callOf(other);
  const permissions: readonly Permission[] = [
    { action: 'object:write', on: 'object' },
    { action: 'object:read', on: 'source' },
  ];
  assert.equal((await authoriseCall(store, call, { permissions })).allowed, false);
  assert.equal((await authoriseCall(store, call, { permissions: permissions.slice(0, 1) })).allowed, true);
  assert.equal((await authoriseCall(store, call, { permissions: 'public' })).allowed, true);
});

test('an object that replaced the one looked at is asked about again', async () => {
  const current = async () => {
    store.beginRequest().end();
    return (await store.headObject({ bucket, key: KEY, conditions: {} })).version;
  };
  const confirm = (caller: Caller, action: Action, version: Awaited<ReturnType<typeof current>>) =>
    confirmAccess(callOf(caller), action, version);
  const denied = { name: 'S3Error', code: 'AccessDenied' };
  await put(A, { acl: publicRead ?? '' });
  const shown = await current();
  assert.equal(await ask(other, 'object:read'), true);
  confirm(other, 'object:read', shown);
  await put(A);
  const hidden = await current();
  assert.throws(() => confirm(other, 'object:read', hidden), denied);
  confirm(owner, 'object:read', hidden);
  confirm(owner, 'object:write-acl', hidden);
});
