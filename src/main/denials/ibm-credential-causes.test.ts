import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { credentialCause } from './ibm-credential-causes.ts';

const IBM_ID = '3f2b8c1e-5a4d-4e6f-9a7b-0c1d2e3f4a5b';
const OTHER_ID = 'tx0123456789abcdef01234-006920a1b2';
const TOKEN_URL = 'https://iam.example/identity/token';

function subCodeOf(id: string, code: string, details: object): unknown {
  const [cause] = credentialCause({ id, atMicros: 1e15, fault: { code, details } }, TOKEN_URL);
  return cause?.evidence === undefined ? undefined : Object.entries(cause.evidence)[0]?.[1];
}

describe('proofs that did not hold, in the words of IBM Cloud', () => {
  const ofPairs = [
    ['SignatureMismatch', 'hmac-signature'],
    ['RequestTimeTooSkewed', 'clock-skew'],
    ['RequestExpired', 'presign-expired'],
  ] as const;
  for (const [code, subCode] of ofPairs) {
    test(`${code}: only of its own key pairs`, () => {
      assert.equal(subCodeOf(IBM_ID, code, {}), subCode);
      assert.equal(subCodeOf(OTHER_ID, code, {}), undefined);
    });
  }

  test('a key that nobody has: where it may have been one of IBM, or is an API key', () => {
    const unknown = (id: string, accessKeyId: string) => subCodeOf(id, 'UnknownAccessKey', { accessKeyId });
    assert.equal(unknown(IBM_ID, 'AKIAIOSFODNN7EXAMPLE'), 'hmac-unknown-key');
    assert.equal(unknown(OTHER_ID, '0123456789abcdef'.repeat(2)), 'hmac-unknown-key');
    assert.equal(unknown(OTHER_ID, `k3_-${'_'.repeat(40)}`), 'hmac-looks-like-apikey');
    assert.equal(unknown(OTHER_ID, 'AKIAIOSFODNN7EXAMPLE'), undefined);
  });

  test('a token is always one of IBM', () => {
    assert.equal(subCodeOf(OTHER_ID, 'RefusedBearer', { fault: 'token-forged' }), 'token-forged');
  });
});
