import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wireRequest } from '../../../test/support/wire-request.ts';
import { findProof } from './find-proof.ts';

function find(target: string, ...authorization: readonly string[]) {
  const headers = authorization.map((value) => ['authorization', value] as const);
  return findProof(wireRequest({ target, headers, at: new Date(0) }));
}

test('each proof by its mark', () => {
  assert.deepEqual(find('/'), { kind: 'none' });
  assert.deepEqual(find('/', ''), { kind: 'none' });
  assert.deepEqual(find('/', 'AWS4-HMAC-SHA256 Credential=x'), { kind: 'sigv4' });
  assert.deepEqual(find('/', 'aws4-hmac-sha256 Credential=x'), { kind: 'sigv4' });
  assert.deepEqual(find('/', 'AWS key:signature'), { kind: 'sigv2' });
  assert.deepEqual(find('/', 'Bearer abc'), { kind: 'bearer', token: 'abc' });
  assert.deepEqual(find('/?a=b&X-Amz-Algorithm=x'), { kind: 'sigv4-query' });
  assert.deepEqual(find('/?Signature=x&AWSAccessKeyId=y'), { kind: 'sigv2-query' });
});

test('marks inside other names and values are none', () => {
  assert.deepEqual(find('/?prefix=X-Amz-Algorithm&X-Amz-Algorithms=1&MySignature=2'), { kind: 'none' });
  assert.deepEqual(find('/?X-Amz-Signature=x'), { kind: 'none' });
  assert.deepEqual(find('/?xX-Amz-Algorithm=1&X-Amz-Algorithm'), { kind: 'sigv4-query' });
});

test('what is refused before anything is read', () => {
  assert.throws(() => find('/?X-Amz-Algorithm=x', 'AWS a:b'), { code: 'SeveralMechanisms' });
  assert.throws(() => find('/?X-Amz-Algorithm=x', ''), { code: 'SeveralMechanisms' });
  assert.throws(() => find('/?X-Amz-Algorithm=x&Signature=y'), { code: 'SeveralMechanisms' });
  assert.throws(() => find('/', 'AWS a:b', 'AWS a:b'), { code: 'DuplicateHeader' });
  assert.throws(() => find('/', 'AWS'), { code: 'UnsupportedAuthorization' });
  assert.throws(() => find('/', 'Basic eDp5'), { code: 'UnsupportedAuthorization' });
  assert.throws(() => find('/', 'AWS4-ECDSA-P256-SHA256 Credential=x'), { code: 'UnsupportedAlgorithm' });
});
