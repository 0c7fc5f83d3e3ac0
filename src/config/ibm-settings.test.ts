import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { loadConfig } from './load-config.ts';

const load = (environment: Record<string, string>) =>
  loadConfig({
    flags: new Map(),
    environment,
    processorCores: 1,
    workingDirectory: '/srv',
  }).config.ibm;

describe('settings of the IBM Cloud dialect', () => {
  it('have the lifetimes of IBM', () => {
    assert.deepEqual(load({}), {
      accessSeconds: 3600,
      refreshSeconds: 259_200,
      keyRotationSeconds: 2_592_000,
      clients: [],
    });
  });

  it('change what they say', () => {
    const ibm = load({
      GOTGAN_IAM_ISSUER: 'https://iam.example.com/identity',
      GOTGAN_IAM_ACCESS_TOKEN_SECONDS: '30',
      GOTGAN_IAM_CLIENTS: 'ci:long-enough-1, other:with:colons-too',
    });
    assert.equal(ibm.issuer, 'https://iam.example.com/identity');
    assert.equal(ibm.accessSeconds, 30);
    assert.deepEqual(ibm.clients, [
      { id: 'ci', secret: 'long-enough-1' },
      { id: 'other', secret: 'with:colons-too' },
    ]);
  });

  for (const [name, value, expected] of [
    ['GOTGAN_IAM_ISSUER', 'https://iam.example.com', /ends in \/identity/],
    ['GOTGAN_IAM_ACCESS_TOKEN_SECONDS', '3601', /3600/],
    ['GOTGAN_IAM_REFRESH_TOKEN_SECONDS', '0', /1/],
  ] as const) {
    it(`refuse ${name}=${value}`, () => {
      assert.throws(() => load({ [name]: value }), expected);
    });
  }

  it('refuse clients without showing their secrets', () => {
    assert.throws(
      () => load({ GOTGAN_IAM_CLIENTS: 'ci:short' }),
      (error: Error) =>
        /GOTGAN_IAM_CLIENTS is not usable/.test(error.message) && !error.message.includes('short'),
    );
  });
});
