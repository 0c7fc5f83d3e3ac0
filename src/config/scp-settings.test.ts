import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { loadConfig } from './load-config.ts';

const load = (environment: Record<string, string>) =>
  loadConfig({
    flags: new Map(),
    environment,
    processorCores: 1,
    workingDirectory: '/srv',
  }).config.scp;

describe('settings of the Samsung Cloud Platform dialect', () => {
  it('have the defaults of the specification', () => {
    assert.deepEqual(load({}), {
      offering: 'e',
      region: 'kr-west1',
      signatureWindowMillis: 900_000,
      signatureReplayCache: false,
      versions: [],
      enforceNotBefore: false,
      samlRequiresSignature: false,
      samlRequireRoleAttribute: true,
      spEntityId: 'urn:scp:sts:e',
      roleAttributeNames: ['https://aws.amazon.com/SAML/Attributes/Role', 'Role'],
      clockSkewSeconds: 60,
      maxAssertionAgeSeconds: 300,
      rateLimit: 10,
    });
  });

  it('change what they say', () => {
    const scp = load({
      GOTGAN_SCP_OFFERING: 's',
      GOTGAN_SCP_BASE_DOMAIN: 'S.Example.Test',
      GOTGAN_SCP_VERSIONS: 'sts-1.2=current, sts-1.1=2027-06-30,iam-1.4=supported',
      GOTGAN_SCP_STS_ROLE_ATTRIBUTE_NAMES: 'roles',
      GOTGAN_SCP_VERSIONS_ENFORCE_NOT_BEFORE: 'on',
    });
    assert.equal(scp.spEntityId, 'urn:scp:sts:s');
    assert.equal(scp.baseDomain, 's.example.test');
    assert.deepEqual(scp.roleAttributeNames, ['https://s.example.test/SAML/Attributes/Role', 'roles']);
    assert.deepEqual(scp.versions, [
      { service: 'sts', version: '1.2', state: 'current' },
      { service: 'sts', version: '1.1', notBefore: '2027-06-30' },
      { service: 'iam', version: '1.4', state: 'supported' },
    ]);
    assert.equal(scp.enforceNotBefore, true);
  });

  it('are refused when they are wrong, by name', () => {
    const wrong: readonly (readonly [string, string])[] = [
      ['GOTGAN_SCP_OFFERING', 'E:1'],
      ['GOTGAN_SCP_BASE_DOMAIN', 'a.test,b.test'],
      ['GOTGAN_SCP_VERSIONS', 'sts-1.2=gone'],
      ['GOTGAN_SCP_VERSIONS', 'sts-1.2=2027-02-30'],
      ['GOTGAN_SCP_VERSIONS', 'billing-1.0=current'],
      ['GOTGAN_SCP_STS_RATE_LIMIT', '0'],
      ['GOTGAN_SCP_SIGNATURE_WINDOW_MILLIS', '86400001'],
      ['GOTGAN_SCP_STS_SP_ENTITY_ID', 'with blanks'],
    ];
    for (const [name, value] of wrong) {
      assert.throws(
        () => load({ [name]: value }),
        (error: Error) => error.message.startsWith(`${name} is `),
        `${name}=${value}`,
      );
    }
  });
});
