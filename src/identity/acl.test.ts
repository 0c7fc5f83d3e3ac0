import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  type AclFormatError,
  aclGroups,
  aclOf,
  aclPermissions,
  decodeAcl,
  decodeGrants,
  encodeAcl,
  type Grant,
  privateAcl,
} from './acl.ts';
import { cannedAclNames, cannedBucketAcl, cannedObjectAcl } from './canned-acls.ts';

const A = 'a'.repeat(32);
const B = 'b'.repeat(32);

const accountIds = fc.stringMatching(/^[0-9a-f]{32}$/);
const grantees: fc.Arbitrary<Grant['grantee']> = fc.oneof(
  fc.constantFrom(...aclGroups).map((group) => ({ kind: 'group', group }) as const),
  accountIds.map((account) => ({ kind: 'account', account }) as const),
);
const grants: fc.Arbitrary<Grant> = fc
  .tuple(grantees, fc.constantFrom(...aclPermissions))
  .map(([grantee, permission]) => ({ grantee, permission }));

test('the stored form is the one documented', () => {
  const acl = aclOf([
    { grantee: { kind: 'account', account: B }, permission: 'FULL_CONTROL' },
    { grantee: { kind: 'group', group: 'all-users' }, permission: 'READ' },
    { grantee: { kind: 'group', group: 'authenticated-users' }, permission: 'WRITE' },
    { grantee: { kind: 'group', group: 'log-delivery' }, permission: 'READ_ACP' },
    { grantee: { kind: 'account', account: A }, permission: 'WRITE_ACP' },
  ]);
  assert.equal(
    encodeAcl(acl, A),
    `{"v":1,"g":[["R","all"],["W","auth"],["RA","log"],["F","${B}"],["WA","${A}"]]}`,
  );
});

test('a list that says no more than ownership is not stored; an empty one and any other is', () => {
  assert.equal(encodeAcl(privateAcl(A), A), null);
  assert.deepEqual(decodeAcl(undefined, A), privateAcl(A));
  assert.equal(encodeAcl(aclOf([]), A), '{"v":1,"g":[]}');
  assert.deepEqual(decodeAcl('{"v":1,"g":[]}', A), { grants: [] });
  assert.notEqual(encodeAcl(privateAcl(B), A), null);
  const twice = [...privateAcl(A).grants, ...privateAcl(A).grants];
  assert.notEqual(encodeAcl(aclOf(twice), A), null);
});

test('what is stored is read back, groups first and otherwise in order', () => {
  fc.assert(
    fc.property(fc.array(grants, { maxLength: 100 }), (list) => {
      const document = encodeAcl(aclOf(list), A);
      const back = decodeAcl(document ?? undefined, A).grants;
      const groupsOf = (some: readonly Grant[]) => some.filter(({ grantee }) => grantee.kind === 'group');
      const accountsOf = (some: readonly Grant[]) => some.filter(({ grantee }) => grantee.kind === 'account');
      assert.deepEqual(back, [...groupsOf(list), ...accountsOf(list)]);
    }),
  );
});

test('a document of another form is refused rather than taken for an empty list', () => {
  const documents = [
    '',
    '[]',
    'null',
    '{"g":[]}',
    '{"v":2,"g":[]}',
    '{"v":1}',
    '{"v":1,"g":[["R"]]}',
    '{"v":1,"g":[["X","all"]]}',
    '{"v":1,"g":[["R","everybody"]]}',
    `{"v":1,"g":[["R","${A.toUpperCase()}"]]}`,
  ];
  for (const document of documents) {
    assert.throws(
      () => decodeGrants(document),
      (error: AclFormatError) => error.name === 'AclFormatError',
      document,
    );
  }
});

test('canned lists of buckets', () => {
  const stored = Object.fromEntries(
    cannedAclNames.map((name) => [name, encodeAcl(cannedBucketAcl(name, A), A)]),
  );
  assert.deepEqual(stored, {
    private: null,
    'public-read': `{"v":1,"g":[["R","all"],["F","${A}"]]}`,
    'public-read-write': `{"v":1,"g":[["R","all"],["W","all"],["F","${A}"]]}`,
    'authenticated-read': `{"v":1,"g":[["R","auth"],["F","${A}"]]}`,
    'bucket-owner-read': null,
    'bucket-owner-full-control': null,
    'log-delivery-write': `{"v":1,"g":[["W","log"],["RA","log"],["F","${A}"]]}`,
  });
});

test('canned lists of objects in a bucket of another account, and in one of their own', () => {
  const foreign = (name: 'bucket-owner-read' | 'bucket-owner-full-control') =>
    encodeAcl(cannedObjectAcl(name, B, A), B);
  assert.equal(foreign('bucket-owner-read'), `{"v":1,"g":[["F","${B}"],["R","${A}"]]}`);
  assert.equal(foreign('bucket-owner-full-control'), `{"v":1,"g":[["F","${B}"],["F","${A}"]]}`);
  assert.equal(encodeAcl(cannedObjectAcl('bucket-owner-read', A, A), A), null);
  assert.equal(encodeAcl(cannedObjectAcl('bucket-owner-full-control', A, A), A), null);
  assert.equal(
    encodeAcl(cannedObjectAcl('public-read', B, A), B),
    encodeAcl(cannedBucketAcl('public-read', B), B),
  );
});
