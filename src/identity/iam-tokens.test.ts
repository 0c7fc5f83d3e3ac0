import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { decodeProtectedHeader, SignJWT } from 'jose';
import { openIdentity } from '../../test/support/open-identity.ts';
import { createSystemEntropy } from '../lib/entropy.ts';
import type { TokenHolder } from './iam-claims.ts';
import { createIamService, type IamService } from './iam-service.ts';
import { IamSigningKeys, planRotation, type StoredSigningKey } from './iam-signing-keys.ts';
import { createMasterKey } from './master-key.ts';

const DAY = 86_400;

async function openService(
  settings = { accessSeconds: 3600, refreshSeconds: 3 * DAY, keyRotationSeconds: 30 * DAY },
) {
  const open = openIdentity();
  const { identity, clock, metadata, passSeconds } = open;
  const entropy = createSystemEntropy();
  const masterKey = createMasterKey(new Map([[1, Buffer.alloc(32, 7)]]), entropy);
  let issuer = 'http://here/identity';
  const context = { metadata, masterKey, clock, entropy };
  const service = createIamService({ context, identity, settings, issuer: () => issuer });
  const { account, rootUser } = await identity.createAccount({ name: 'acme' });
  const fresh = new Proxy(service, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== 'function') return method;
      return (...args: unknown[]) => {
        metadata.refresh();
        return Reflect.apply(method, target, args);
      };
    },
  }) as IamService;
  const holder: TokenHolder = { kind: 'user', account, user: rootUser, isServerAdmin: false };
  const issue = (more: object = {}) =>
    fresh.issue({
      holder,
      grantType: 'g',
      clientId: 'bx',
      scope: 'ibm openid',
      withRefreshToken: true,
      ...more,
    });
  const say = (text: string) => {
    issuer = text;
  };
  return { ...open, context, service: fresh, holder, issue, passSeconds, setIssuer: say };
}

const faultOf = async (service: IamService, token: string) => {
  const verdict = await service.verify(token);
  return verdict.kind === 'refused' ? verdict.fault : undefined;
};

describe('access tokens', () => {
  test('hold until their second of expiry, and say then when that was', async () => {
    const { service, issue, passSeconds } = await openService();
    const { accessToken, expiresAtSeconds } = await issue();
    assert.equal(await faultOf(service, accessToken), undefined);
    passSeconds(3599);
    assert.equal(await faultOf(service, accessToken), undefined);
    passSeconds(1);
    const verdict = await service.verify(accessToken);
    assert.deepEqual(verdict.kind === 'refused' && [verdict.fault, verdict.expiredAtSeconds], [
      'token-expired',
      expiresAtSeconds,
    ]);
  });

  test('are refused under another issuer, also when they were seen before', async () => {
    const { service, issue, setIssuer } = await openService();
    const { accessToken } = await issue();
    assert.equal(await faultOf(service, accessToken), undefined);
    setIssuer('http://elsewhere/identity');
    assert.equal(await faultOf(service, accessToken), 'token-wrong-issuer');
  });

  test('from a future of more than a minute are refused', async () => {
    const { service, issue, clock, context } = await openService();
    const { accessToken } = await issue();
    const keys = new IamSigningKeys(context, { rotationSeconds: 30 * DAY, tokenSecondsMax: 3600 });
    const { kid, privateKey } = await keys.current();
    const claims = JSON.parse(Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString());
    const sign = (changes: object) =>
      new SignJWT({ ...claims, ...changes }).setProtectedHeader({ kid, alg: 'RS256' }).sign(privateKey);
    const now = Math.floor(clock.micros / 1e6);
    assert.equal(await faultOf(service, await sign({ iat: now + 60 })), undefined);
    assert.equal(await faultOf(service, await sign({ iat: now + 62 })), 'token-not-yet-valid');
    assert.equal(await faultOf(service, await sign({ jti: 'not a uuid' })), 'token-malformed');
    assert.equal(
      await faultOf(service, await sign({ jti: '00000000-0000-4000-8000-000000000000' })),
      'token-key-revoked',
      'one that this server has no record of',
    );
  });

  test('keep the key that signed them until they have expired, and no longer', async () => {
    const { service, issue, passSeconds } = await openService();
    const { accessToken } = await issue();
    const first = decodeProtectedHeader(accessToken).kid;
    passSeconds(29 * DAY);
    await service.keepHouse();
    assert.equal((await service.publishedKeys()).length, 2, 'the next one is published a day ahead');
    assert.equal(decodeProtectedHeader((await issue()).accessToken).kid, first);
    passSeconds(DAY);
    const second = decodeProtectedHeader((await issue()).accessToken).kid;
    assert.notEqual(second, first);
    await service.keepHouse();
    assert.equal((await service.publishedKeys()).length, 2);
    passSeconds(3600);
    await service.keepHouse();
    assert.deepEqual(
      (await service.publishedKeys()).map(({ kid }) => kid),
      [second],
    );
    assert.equal(await faultOf(service, accessToken), 'token-forged', 'its key is not known any more');
  });
});

describe('refresh tokens', () => {
  test('that were used stay good for a minute', async () => {
    const { service, issue, passSeconds } = await openService();
    const { refreshToken = '' } = await issue();
    const verdict = await service.findFamily(refreshToken, 'bx');
    assert.ok(verdict.kind === 'found');
    const renewed = await service.issue(
      { holder: (await issue()).holder, grantType: 'g', clientId: 'bx', scope: 's', withRefreshToken: true },
      { family: verdict.family, value: refreshToken },
    );
    passSeconds(59);
    assert.equal((await service.findFamily(refreshToken, 'bx')).kind, 'found');
    passSeconds(1);
    assert.equal((await service.findFamily(refreshToken, 'bx')).kind, 'invalid');
    assert.equal((await service.findFamily(renewed.refreshToken ?? '', 'bx')).kind, 'found');
    assert.equal((await service.findFamily(renewed.refreshToken ?? '', 'default')).kind, 'invalid');
  });

  test('end 72 hours after the login, however often they were renewed', async () => {
    const { service, issue, passSeconds } = await openService();
    const { refreshToken = '', holder } = await issue();
    passSeconds(2 * DAY);
    const verdict = await service.findFamily(refreshToken, 'bx');
    assert.ok(verdict.kind === 'found');
    const renewed = await service.issue(
      { holder, grantType: 'g', clientId: 'bx', scope: 's', withRefreshToken: true },
      { family: verdict.family, value: refreshToken },
    );
    passSeconds(DAY);
    assert.equal((await service.findFamily(renewed.refreshToken ?? '', 'bx')).kind, 'expired');
    assert.equal(await service.keepHouse(), false);
    assert.equal((await service.findFamily(renewed.refreshToken ?? '', 'bx')).kind, 'invalid', 'swept');
  });
});

describe('planRotation', () => {
  const key = (activeFromMicros: number): StoredSigningKey => ({
    kid: String(activeFromMicros),
    activeFromMicros,
    n: '',
    e: '',
    sealed: { keyId: 1, box: '', owner: '' },
  });
  const settings = { rotationSeconds: 30 * DAY, tokenSecondsMax: 3600 };
  const days = (count: number) => count * DAY * 1e6;

  test('makes the first key for now', () => {
    assert.deepEqual(planRotation([], 5, settings), { kept: [], activeFromMicros: 5 });
  });

  test('makes the next one a day ahead, once', () => {
    assert.equal(planRotation([key(0)], days(28.9), settings).activeFromMicros, undefined);
    assert.equal(planRotation([key(0)], days(29), settings).activeFromMicros, days(30));
    assert.equal(planRotation([key(0), key(days(30))], days(29), settings).activeFromMicros, undefined);
  });

  test('gives others a day to learn of a key that is late', () => {
    assert.equal(planRotation([key(0)], days(100), settings).activeFromMicros, days(101));
  });
});
