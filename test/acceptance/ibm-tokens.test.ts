/**
 * Operations CreateIamToken, CreateIamTokenByOldPath, ListIamKeys, GetOpenidConfiguration, GetOpenidConfigurationOfHost, GetUserInfo and
 * IntrospectToken; T1 to T4 of ibm-cos.md, section 13, with `ibm-cloud-sdk-core`, and the checks of tokens with `jose`.
 */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { BaseService, IamAuthenticator } from 'ibm-cloud-sdk-core';
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify, SignJWT } from 'jose';
import { askAdmin } from '../support/ask-admin.ts';
import { disposeWithoutSecrets } from '../support/assert-no-secrets.ts';
import {
  APIKEY_GRANT,
  accessTokenFor,
  addIbmAccount,
  addIbmUser,
  askToken,
  claimsOf,
  failureOf,
  type IbmAccount,
  ibmClients,
} from '../support/ibm-world.ts';
import { addTenant, type Tenant } from '../support/keystone-client.ts';
import { type ServerProcess, startServer } from '../support/server-process.ts';

let server: ServerProcess;
let account: IbmAccount;
let tenant: Tenant;
before(async () => {
  server = await startServer({ workers: 2, env: { GOTGAN_LOG_LEVEL: 'trace' } });
  account = await addIbmAccount(server, 'tokens');
  tenant = await addTenant(server, 'others');
});
after(() => disposeWithoutSecrets(server));

const userInfo = (token: string) =>
  fetch(new URL('/identity/userinfo', server.controlUrl), {
    headers: { Connection: 'close', Authorization: `Bearer ${token}` },
  });

describe('T1, T2, T4: tokens by ibm-cloud-sdk-core', () => {
  test('one POST without Authorization, and claims in the order of IBM’s', async () => {
    const authenticator = new IamAuthenticator({ apikey: account.owner.apiKey, url: server.controlUrl });
    const service = new BaseService({ authenticator, serviceUrl: server.controlUrl });
    const call = () =>
      (
        service as unknown as { createRequest(parameters: object): Promise<{ result: unknown }> }
      ).createRequest({
        options: { url: '/identity/userinfo', method: 'GET' },
        defaultOptions: { serviceUrl: server.controlUrl, headers: {} },
      });
    const first = (await call()).result as { jti: string };
    const second = (await call()).result as { jti: string };
    assert.equal(first.jti, second.jti, 'the token is used again');

    const token = await accessTokenFor(server, account.owner.apiKey);
    assert.deepEqual(Object.keys(decodeProtectedHeader(token)), ['kid', 'alg']);
    assert.match(decodeProtectedHeader(token).kid ?? '', /^\d{12}$/);
    const claims = claimsOf(token);
    assert.deepEqual(
      Object.keys(claims).join(' '),
      'iam_id id realmid jti identifier given_name family_name name email sub authn account iat exp iss grant_type ' +
        'scope client_id acr amr',
    );
    assert.deepEqual(Object.keys(claims.account), ['valid', 'bss', 'ims_user_id', 'frozen', 'ims']);
    assert.match(claims.iam_id, /^IBMid-[0-9A-Z]{10}$/);
    assert.equal(claims.account.bss, account.id);
    assert.equal(claims.exp - claims.iat, 3600);
    assert.equal(claims.iss, `${server.controlUrl}/identity`);
    assert.equal(claims.client_id, 'default');
    const keys = createRemoteJWKSet(new URL('/identity/keys', server.controlUrl));
    await jwtVerify(token, keys, { algorithms: ['RS256'], issuer: claims.iss });
  });

  test('with /identity/token in the address, a client of its own and a scope', async () => {
    const authenticator = new IamAuthenticator({
      apikey: account.owner.apiKey,
      url: `${server.controlUrl}/identity/token`,
      clientId: 'bx',
      clientSecret: 'bx',
      scope: 'openid email',
    });
    const request: { headers?: Record<string, string> } = {};
    await authenticator.authenticate(request);
    const token = (request.headers?.['Authorization'] ?? '').slice('Bearer '.length);
    assert.equal(claimsOf(token).client_id, 'bx');
    assert.equal(claimsOf(token).scope, 'ibm openid email');
    const refreshed = await askToken(
      server,
      { grant_type: 'refresh_token', refresh_token: authenticator.getRefreshToken() },
      { client: 'bx:bx' },
    );
    assert.equal(refreshed.status, 200);
    assert.equal(claimsOf(refreshed.json.access_token).iam_id, account.owner.iamId);
  });

  test('T4: a wrong API key is said in our words', async () => {
    const { identity } = ibmClients(server, 'w'.repeat(44));
    const failure = await failureOf(identity.listServiceIds({}));
    assert.equal(failure.status, 400);
    assert.equal(failure.body.errorCode, 'BXNIM0415E');
    assert.match(failure.message, /Provided API key could not be found/);
    assert.equal(failure.body.context.url, undefined);
    assert.ok(failure.body.context.requestId);
  });
});

describe('T3: expiry', () => {
  test('the SDK takes a new token in time and its caller sees no error', async () => {
    const short = await startServer({
      env: { GOTGAN_IAM_ACCESS_TOKEN_SECONDS: '20', GOTGAN_LOG_LEVEL: 'debug' },
    });
    try {
      const { owner } = await addIbmAccount(short, 'short');
      const { identity } = ibmClients(short, owner.apiKey);
      const seen: number[] = [];
      const tokensAsked = () =>
        short
          .logs()
          .split('\n')
          .filter((line) => /"operation":"CreateIamToken"/.test(line)).length;
      for (const wait of [0, 6000, 12_000]) {
        await pause(wait);
        await identity.listApiKeys({});
        await pause(600);
        seen.push(tokensAsked());
      }
      assert.equal(seen[0], seen[1], 'after 6 s the token is still used');
      assert.equal(seen[2], (seen[1] ?? 0) + 1, 'after 16 of 20 s there is a new one');
    } finally {
      await short.dispose();
    }
  });
});

describe('clients of the token service', () => {
  const apikeyForm = () => ({ grant_type: APIKEY_GRANT, apikey: account.owner.apiKey });

  test('nobody in particular gets no refresh token, bx does, and fields that say otherwise do not count', async () => {
    const anonymous = await askToken(server, apikeyForm());
    assert.equal(anonymous.json.refresh_token, 'not_supported');
    const { status, json, headers } = await askToken(
      server,
      { ...apikeyForm(), client_id: account.owner.apiKey, redirect_uri: '', refresh_token: '' },
      { client: 'bx:bx', path: '/oidc/token' },
    );
    assert.equal(status, 200);
    assert.equal(headers.get('cache-control'), 'no-store');
    assert.ok(headers.get('transaction-id'));
    assert.deepEqual(Object.keys(json), [
      'access_token',
      'refresh_token',
      'ims_user_id',
      'token_type',
      'expires_in',
      'expiration',
      'scope',
    ]);
    assert.deepEqual([json.token_type, json.expires_in], ['Bearer', 3600]);
    assert.equal(json.expiration, claimsOf(json.access_token).exp);
    const kube = await askToken(server, apikeyForm(), { client: 'kube:kube' });
    assert.ok(kube.json.id_token);
  });

  const refusals: readonly (readonly [string, Record<string, string>, string | undefined, number, string])[] =
    [
      ['an unknown client', { grant_type: APIKEY_GRANT, apikey: 'x' }, 'who:knows', 401, 'BXNIM0602E'],
      ['a wrong secret', { grant_type: APIKEY_GRANT, apikey: 'x' }, 'bx:wrong', 401, 'BXNIM0602E'],
      ['no grant type', {}, undefined, 400, 'BXNIM0109E'],
      ['an unknown grant', { grant_type: 'client_credentials' }, undefined, 400, 'BXNIM0106E'],
      [
        'a response type',
        { grant_type: APIKEY_GRANT, response_type: 'uaa', apikey: 'x' },
        undefined,
        400,
        'BXNIM0106E',
      ],
      ['no API key', { grant_type: APIKEY_GRANT, apikey: '' }, undefined, 400, 'BXNIM0109E'],
      [
        'a password without a client',
        { grant_type: 'password', username: 'a', password: 'b' },
        undefined,
        401,
        'BXNIM0308E',
      ],
      [
        'a wrong password',
        { grant_type: 'password', username: 'a@b.c', password: 'b' },
        'bx:bx',
        401,
        'BXNIM0602E',
      ],
      [
        'the literal not_supported',
        { grant_type: 'refresh_token', refresh_token: 'not_supported' },
        'bx:bx',
        400,
        'BXNIM0407E',
      ],
      [
        'a grant that is not offered',
        { grant_type: 'urn:ibm:params:oauth:grant-type:cr-token', cr_token: 'x' },
        undefined,
        400,
        'BXNIM0106E',
      ],
    ];
  for (const [what, form, client, status, code] of refusals) {
    test(`${what}: ${code}`, async () => {
      const answer = await askToken(server, form, client === undefined ? {} : { client });
      assert.deepEqual([answer.status, answer.json.errorCode], [status, code], JSON.stringify(answer.json));
      assert.equal(typeof answer.json.errorMessage, 'string');
      assert.equal(typeof answer.json.context.startTime, 'string');
    });
  }

  test('another type of body and another method', async () => {
    const url = new URL('/identity/token', server.controlUrl);
    const json = await fetch(url, {
      method: 'POST',
      body: '{}',
      headers: { 'Content-Type': 'application/json' },
    });
    assert.equal(json.status, 415);
    assert.equal((await fetch(url)).status, 405);
  });
});

describe('refresh tokens', () => {
  test('are of their client, are replaced, and stay good for racers', async () => {
    const form = { grant_type: APIKEY_GRANT, apikey: account.owner.apiKey };
    const { json: first } = await askToken(server, form, { client: 'bx:bx' });
    const renew = (refresh_token: string, client = 'bx:bx') =>
      askToken(server, { grant_type: 'refresh_token', refresh_token }, { client });
    assert.equal((await renew(first.refresh_token, 'kube:kube')).json.errorCode, 'BXNIM0407E');
    const one = await renew(first.refresh_token);
    const two = await renew(first.refresh_token);
    assert.deepEqual([one.status, two.status], [200, 200]);
    for (const { json } of [one, two]) assert.equal((await renew(json.refresh_token)).status, 200);
    const forged = `${first.refresh_token.slice(0, -1)}${first.refresh_token.endsWith('0') ? '1' : '0'}`;
    const refused = await renew(forged);
    assert.equal(refused.status, 400);
    assert.match(refused.json.errorMessage, /supplied token failed to validate/i);
  });

  test('end with their API key', async () => {
    const { identity } = ibmClients(server, account.owner.apiKey);
    const { result } = await identity.createApiKey({
      name: 'brief',
      iamId: account.owner.iamId,
      accountId: account.id,
    });
    const form = { grant_type: APIKEY_GRANT, apikey: result.apikey };
    const { json } = await askToken(server, form, { client: 'bx:bx' });
    assert.equal((await userInfo(json.access_token)).status, 200);
    await identity.disableApiKey({ id: result.id ?? '' });
    assert.equal((await userInfo(json.access_token)).status, 401, 'at once');
    const disabled = await askToken(server, form);
    assert.deepEqual(
      [disabled.json.errorCode, disabled.json.errorDetails],
      ['BXNIM0462E', 'apikey-disabled'],
    );
    await identity.enableApiKey({ id: result.id ?? '' });
    assert.equal((await userInfo(json.access_token)).status, 200);
    await identity.deleteApiKey({ id: result.id ?? '' });
    assert.equal((await userInfo(json.access_token)).status, 401);
    const refused = await askToken(
      server,
      { grant_type: 'refresh_token', refresh_token: json.refresh_token },
      { client: 'bx:bx' },
    );
    assert.equal(refused.json.errorCode, 'BXNIM0407E');
    assert.equal((await askToken(server, form)).json.errorCode, 'BXNIM0415E');
  });
});

describe('tokens that do not hold', () => {
  /** A copy of a good token, signed by somebody else or changed. */
  async function forge(kind: string): Promise<string> {
    const good = await accessTokenFor(server, account.owner.apiKey);
    const [header = '', payload = '', signature = ''] = good.split('.');
    const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
    const protectedHeader = JSON.parse(Buffer.from(header, 'base64url').toString());
    switch (kind) {
      case 'alg none': {
        const none = Buffer.from(JSON.stringify({ ...protectedHeader, alg: 'none' })).toString('base64url');
        return `${none}.${payload}.`;
      }
      case 'HS256 with our public key': {
        const { keys } = (await (await fetch(new URL('/identity/keys', server.controlUrl))).json()) as {
          keys: { n: string }[];
        };
        return new SignJWT(claimsOf(good))
          .setProtectedHeader({ ...protectedHeader, alg: 'HS256' })
          .sign(Buffer.from(keys[0]?.n ?? ''));
      }
      case 'another key of the same name':
        return new SignJWT(claimsOf(good)).setProtectedHeader(protectedHeader).sign(stranger);
      case 'an unknown key':
        return new SignJWT(claimsOf(good))
          .setProtectedHeader({ alg: 'RS256', kid: '200001010000' })
          .sign(stranger);
      case 'changed claims': {
        const other = { ...claimsOf(good), account: { valid: true, bss: tenant.id } };
        return `${header}.${Buffer.from(JSON.stringify(other)).toString('base64url')}.${signature}`;
      }
      default:
        return kind;
    }
  }

  for (const [kind, fault] of [
    ['alg none', 'token-forged'],
    ['HS256 with our public key', 'token-forged'],
    ['another key of the same name', 'token-forged'],
    ['an unknown key', 'token-forged'],
    ['changed claims', 'token-forged'],
    ['None', 'token-placeholder'],
    ['undefined', 'token-placeholder'],
    ['', 'token-placeholder'],
    ['a.b.c', 'token-malformed'],
    ['x'.repeat(20_000), 'token-malformed'],
  ] as const) {
    test(`${kind.slice(0, 30)}: ${fault}`, async () => {
      const response = await fetch(new URL('/v1/serviceids', server.controlUrl), {
        headers: { Authorization: `Bearer ${await forge(kind)}` },
      });
      const body = (await response.json()) as { errors: { details: string }[] };
      assert.deepEqual([response.status, body.errors[0]?.details], [401, fault]);
    });
  }

  test('of a user who is disabled, or an account', async () => {
    const user = await addIbmUser(server, tenant, 'kim', 'operator');
    const token = await accessTokenFor(server, user.apiKey);
    assert.equal((await userInfo(token)).status, 200);
    const { users } = await askAdmin(server, 'GET', `/accounts/${tenant.id}/users`);
    const { id } = users.find(({ name }: { name: string }) => name === 'kim');
    await askAdmin(server, 'PATCH', `/accounts/${tenant.id}/users/${id}`, { enabled: false });
    assert.equal((await userInfo(token)).status, 401);
    const refused = await askToken(server, { grant_type: APIKEY_GRANT, apikey: user.apiKey });
    assert.deepEqual(
      [refused.json.errorCode, refused.json.errorDetails],
      ['BXNIM0462E', 'identity-inactive'],
    );
  });
});

describe('discovery, and looking into tokens', () => {
  test('both addresses of the configuration say the same', async () => {
    const read = async (path: string) =>
      (await (await fetch(new URL(path, server.controlUrl))).json()) as Record<string, string>;
    const document = await read('/identity/.well-known/openid-configuration');
    assert.deepEqual(await read('/.well-known/openid-configuration'), document);
    assert.equal(document['issuer'], `${server.controlUrl}/identity`);
    assert.equal(document['jwks_uri'], `${server.controlUrl}/identity/keys`);
  });

  test('introspection tells a good token from a bad one', async () => {
    const ask = async (token: string) => {
      const url = new URL('/identity/introspect', server.controlUrl);
      return (await (await fetch(url, { method: 'POST', body: new URLSearchParams({ token }) })).json()) as {
        active: boolean;
        iam_id?: string;
      };
    };
    const good = await ask(await accessTokenFor(server, account.owner.apiKey));
    assert.deepEqual([good.active, good.iam_id], [true, account.owner.iamId]);
    assert.deepEqual(await ask('x.y.z'), { active: false });
  });
});

describe('rotation of the signing keys', () => {
  test('no call is dropped, and old tokens verify until they end', async () => {
    const rotating = await startServer({
      workers: 2,
      env: { GOTGAN_IAM_KEY_ROTATION_SECONDS: '4', GOTGAN_IAM_ACCESS_TOKEN_SECONDS: '20' },
    });
    try {
      const { owner } = await addIbmAccount(rotating, 'rotating');
      const kids = new Set<string>();
      const tokens: string[] = [];
      const end = Date.now() + 11_000;
      while (Date.now() < end) {
        const token = await accessTokenFor(rotating, owner.apiKey);
        tokens.push(token);
        kids.add(decodeProtectedHeader(token).kid ?? '');
        const keys = createRemoteJWKSet(new URL('/identity/keys', rotating.controlUrl));
        await jwtVerify(token, keys, { algorithms: ['RS256'] });
        const response = await fetch(new URL('/identity/userinfo', rotating.controlUrl), {
          headers: { Connection: 'close', Authorization: `Bearer ${tokens[0]}` },
        });
        assert.equal(response.status, 200, 'the first token still holds');
        await pause(200);
      }
      assert.ok(kids.size >= 3, `${kids.size} keys have signed`);
    } finally {
      await rotating.dispose();
    }
  });
});
