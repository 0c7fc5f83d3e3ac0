/** Signatures made by python-swiftclient 4.11.0 (`swift tempurl`) and, for the base64 form and forms, by Python's `hmac`. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseQuery } from '../kernel/query-parameters.ts';
import {
  isFormSigned,
  readTempUrl,
  type TempUrlDigest,
  type TempUrlKey,
  type TempUrlTarget,
  verifyTempUrl,
} from './temp-url.ts';

const keys: readonly TempUrlKey[] = [
  { value: 'another key', scope: 'account' },
  { value: 'mykey', scope: 'container' },
];
const ALL: ReadonlySet<TempUrlDigest> = new Set<TempUrlDigest>(['sha1', 'sha256', 'sha512']);
const now = { nowMicros: 1_900_000_000_000_000, digests: ALL };
const target: TempUrlTarget = {
  method: 'GET',
  apiVersion: 'v1',
  account: 'AUTH_account',
  container: 'c',
  object: 'o',
  remoteAddress: '10.1.2.3',
};
const verified = { scope: 'container', expiresSeconds: 2_000_000_000 };

function verify(query: string, changes: Partial<TempUrlTarget> = {}, context = now, offered = keys) {
  const parameters = readTempUrl(parseQuery(query));
  assert.ok(parameters !== undefined);
  return verifyTempUrl(parameters, { ...target, ...changes }, offered, context);
}

const OF_SPACE = {
  sha1: '6c31eb1882a6f430f1e2e30c011aa20667659958',
  sha256: '8ef8596831d01b4768a5f996e86ac3d19224e16ddeab236fd2f047a5f9e574ed',
  sha512: 'sha512:8yEd8OjKfDfFvrRKjbKdRPZ1KAqqg9FWi0Bxep8y1-mTxllj5YD8kkUiGwredmqGVVear0wel9B2iGO_8narog',
};
const OF_PREFIX = '68786b931ccd43453cd63d88afa8bee752f32305af1ffbca4367744ffa2101ff';
const OF_RANGE = 'f208596e791bd52516b1358f4951d923b4ec5fbd7e42f9a3202b572fc4fb02c9';
const OF_ROOT = 'e53090298dd4dc4e7c0cc5131c83d758a2066643fd577a55840b977284ada2aa';
const OF_BASE64 = 'sha256:FZ6nTdNrTjiafbflGpUbOxIMyO_sNtPAlYWPWcFtmXY=';

for (const [digest, signature] of Object.entries(OF_SPACE)) {
  test(`a link signed with ${digest}`, () => {
    const query = `temp_url_sig=${signature}&temp_url_expires=2000000000`;
    const object = 'o with space';
    assert.deepEqual(verify(query, { object }), verified);
    assert.deepEqual(verify(query, { object, method: 'HEAD' }), verified);
    for (const method of ['PUT', 'POST', 'DELETE', 'COPY']) {
      assert.equal(verify(query, { object, method }), undefined);
    }
    assert.equal(verify(query, { object: 'o' }), undefined);
    assert.equal(verify(query, { object, container: 'd' }), undefined);
    assert.equal(verify(query, { object, apiVersion: 'v1.0' }), undefined);
    assert.equal(verify(query, { object }, { ...now, nowMicros: 2_000_000_000_000_001 }), undefined);
    const others = new Set([...ALL].filter((other) => other !== digest));
    assert.equal(verify(query, { object }, { ...now, digests: others }), undefined);
    assert.equal(verify(query, { object }, now, keys.slice(0, 1)), undefined);
    assert.equal(verify(query, { object }, now, []), undefined);
  });
}

test('a signature in base64 of either alphabet', () => {
  assert.deepEqual(verify(`temp_url_sig=${OF_BASE64}&temp_url_expires=2000000000`), verified);
  const plain = OF_BASE64.replaceAll('_', '%2F').replaceAll('=', '');
  assert.deepEqual(verify(`temp_url_sig=${plain}&temp_url_expires=2000000000`), verified);
});

test('a link for a prefix', () => {
  const query = `temp_url_sig=${OF_PREFIX}&temp_url_expires=2000000000&temp_url_prefix=pre`;
  assert.deepEqual(verify(query, { method: 'PUT', object: 'prefix/o' }), verified);
  assert.equal(verify(query, { method: 'PUT', object: 'other' }), undefined);
  assert.equal(verify(query, { object: 'prefix/o' }), undefined);
  const root = `temp_url_sig=${OF_ROOT}&temp_url_expires=2000000000&temp_url_prefix=`;
  for (const object of ['o', 'a/b', '']) assert.deepEqual(verify(root, { object }), verified);
  assert.equal(verify(root, { object: '', container: '' }), undefined);
});

test('a link for a range of addresses, its time in ISO 8601', () => {
  const query = `temp_url_sig=${OF_RANGE}&temp_url_expires=2033-05-18T03:33:20Z&temp_url_ip_range=10.0.0.0/8`;
  assert.deepEqual(verify(query), verified);
  assert.equal(verify(query, { remoteAddress: '11.0.0.1' }), undefined);
  assert.equal(verify(query.replace('&temp_url_ip_range=10.0.0.0/8', '')), undefined);
  assert.equal(verify(query.replace('10.0.0.0/8', 'anywhere')), undefined);
});

test('half a link is none that holds, and a request without one is no link', () => {
  assert.equal(readTempUrl(parseQuery('format=json&temp_url_prefix=x')), undefined);
  assert.equal(verify('temp_url_expires=2000000000'), undefined);
  assert.equal(verify(`temp_url_sig=${OF_RANGE}`), undefined);
  assert.equal(verify(`temp_url_sig=${OF_RANGE}&temp_url_expires=soon`), undefined);
});

test('nothing that is made up verifies', () => {
  fc.assert(
    fc.property(fc.string(), fc.oneof(fc.string(), fc.constant('2000000000')), (signature, expires) => {
      const parameters = { signature, expires, prefix: undefined, ipRange: undefined };
      assert.equal(verifyTempUrl(parameters, target, keys, now), undefined);
    }),
  );
});

test('an upload form is signed over its fields', () => {
  const form = {
    path: '/v1/AUTH_account/c/pre_',
    redirect: 'https://example.com/done',
    maxFileSize: '1024',
    maxFileCount: '2',
    expires: '2000000000',
    signature: 'b91af08d6ba675926a8a4ade3cf3c6971b36fbeb4adde524b94fee3e0bb6acf5',
  };
  assert.ok(isFormSigned(form, keys, now));
  assert.ok(isFormSigned({ ...form, signature: '29215aa8c58579c6049b82ed8ffbf837065c4df2' }, keys, now));
  for (const change of [{ maxFileSize: '1025' }, { redirect: '' }, { path: '/v1/AUTH_account/c' }]) {
    assert.equal(isFormSigned({ ...form, ...change }, keys, now), false);
  }
  assert.equal(isFormSigned(form, keys, { ...now, nowMicros: 2_000_000_000_000_001 }), false);
});
