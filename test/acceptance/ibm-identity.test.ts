/**
 * Service IDs, API keys and settings of an account: T5 and T6 of ibm-cos.md, section 13, with `@ibm-cloud/platform-services`. Operations
 * CreateServiceId, ListServiceIds, GetServiceId, UpdateServiceId, DeleteServiceId, LockServiceId, UnlockServiceId, CreateApiKey,
 * ListApiKeys, GetApiKey, GetApiKeyDetails, UpdateApiKey, DeleteApiKey, LockApiKey, UnlockApiKey, DisableApiKey, EnableApiKey,
 * GetAccountSettings and UpdateAccountSettings.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
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
  type IbmClients,
  ibmClients,
} from '../support/ibm-world.ts';
import { type ServerProcess, startServer } from '../support/server-process.ts';

let server: ServerProcess;
let account: IbmAccount;
let other: IbmAccount;
let owner: IbmClients;
before(async () => {
  server = await startServer({ workers: 2, env: { GOTGAN_LOG_LEVEL: 'trace' } });
  account = await addIbmAccount(server, 'a-identity');
  other = await addIbmAccount(server, 'b-identity');
  owner = ibmClients(server, account.owner.apiKey);
});
after(() => disposeWithoutSecrets(server));

const raw = async (method: string, path: string, apikey: string, body?: object) => {
  const response = await fetch(new URL(path, server.controlUrl), {
    method,
    headers: { Connection: 'close', Authorization: `Bearer ${await accessTokenFor(server, apikey)}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    json: text === '' ? undefined : JSON.parse(text),
    headers: response.headers,
  };
};

describe('T5: service IDs', () => {
  test('from creation with an API key to removal', async () => {
    const { identity } = owner;
    const made = await identity.createServiceId({
      accountId: account.id,
      name: 'backup',
      description: 'nightly',
      apikey: { name: 'first key' },
    });
    assert.equal(made.status, 201);
    const { id = '', apikey, entity_tag: tag } = made.result;
    assert.match(id, /^ServiceId-[0-9a-f-]{36}$/);
    assert.equal(made.result.iam_id, `iam-${id}`);
    assert.match(
      made.result.crn ?? '',
      new RegExp(`^crn:v1:bluemix:public:iam-identity::a/${account.id}::serviceid:${id}$`),
    );
    assert.match(made.result.created_at ?? '', /^\d{4}-\d\d-\d\dT\d\d:\d\d\+0000$/);
    const value = apikey?.apikey ?? '';
    assert.match(value, /^[\w-]{44}$/);

    const claims = claimsOf(await accessTokenFor(server, value));
    assert.deepEqual(
      [claims.iam_id, claims.realmid, claims.sub, claims.sub_type, claims.name, claims.email],
      [`iam-${id}`, 'iam', id, 'ServiceId', 'backup', undefined],
    );
    assert.deepEqual(Object.keys(claims.account), ['valid', 'bss', 'frozen']);
    assert.deepEqual(claims.authn, { sub: id, iam_id: `iam-${id}`, sub_type: 'ServiceId', name: 'backup' });

    const shown = await identity.getServiceId({ id });
    assert.deepEqual([shown.status, shown.result.apikey], [200, undefined]);
    assert.equal((shown.headers as Record<string, unknown>)['etag'], tag);

    const stale = await failureOf(identity.updateServiceId({ id, ifMatch: '1-1', name: 'no' }));
    assert.equal(stale.status, 409);
    assert.equal(stale.body.errors[0].code, 'stale_version');
    const updated = await identity.updateServiceId({ id, ifMatch: tag ?? '', name: 'renamed' });
    assert.deepEqual(
      [updated.status, updated.result.name, updated.result.description],
      [200, 'renamed', 'nightly'],
    );
    assert.equal((await raw('PUT', `/v1/serviceids/${id}`, account.owner.apiKey, { name: 'x' })).status, 400);

    assert.equal(((await identity.lockServiceId({ id })).result as { locked?: boolean }).locked, true);
    assert.equal((await failureOf(identity.deleteServiceId({ id }))).status, 409);
    assert.equal((await failureOf(identity.updateServiceId({ id, ifMatch: '*', name: 'no' }))).status, 409);
    assert.equal(((await identity.unlockServiceId({ id })).result as { locked?: boolean }).locked, false);
    assert.equal((await identity.deleteServiceId({ id })).status, 204);
    assert.equal((await failureOf(identity.getServiceId({ id }))).status, 404);
    const gone = await askToken(server, { grant_type: APIKEY_GRANT, apikey: value });
    assert.equal(gone.json.errorCode, 'BXNIM0415E', 'its keys went with it');
  });

  test('are listed in pages, with and without the final slash, and by encoded CRN', async () => {
    const { identity } = owner;
    for (const name of ['one', 'two', 'three'])
      await identity.createServiceId({ accountId: account.id, name });
    const { result } = await identity.listServiceIds({ accountId: account.id, pagesize: 2 });
    assert.equal(result.serviceids.length, 2);
    const token = new URL(result.next ?? '').searchParams.get('pagetoken') ?? '';
    const rest = await identity.listServiceIds({ accountId: account.id, pagesize: 2, pagetoken: token });
    assert.deepEqual(
      rest.result.serviceids.map(({ name }) => name),
      ['two'],
    );
    const named = await identity.listServiceIds({ accountId: account.id, name: 'three' });
    assert.deepEqual(
      named.result.serviceids.map(({ name }) => name),
      ['three'],
    );
    assert.equal((await raw('GET', '/v1/serviceids/', account.owner.apiKey)).json.serviceids.length, 3);
    const crn = encodeURIComponent(named.result.serviceids[0]?.crn ?? '');
    assert.equal((await raw('GET', `/v1/serviceids/${crn}`, account.owner.apiKey)).json.name, 'three');
  });

  test('belong to their account, and need the right to manage identities', async () => {
    const { result } = await owner.identity.createServiceId({ accountId: account.id, name: 'mine' });
    const { id = '' } = result;
    const foreign = ibmClients(server, other.owner.apiKey).identity;
    assert.equal((await failureOf(foreign.getServiceId({ id }))).status, 404);
    assert.equal(
      (await failureOf(foreign.createServiceId({ accountId: account.id, name: 'x' }))).status,
      404,
    );
    const member = await addIbmUser(server, { id: account.id, name: 'a-identity' }, 'member', 'member');
    const { identity } = ibmClients(server, member.apiKey);
    assert.equal((await failureOf(identity.getServiceId({ id }))).status, 403);
    const made = await identity.createServiceId({ accountId: account.id, name: 'of the member' });
    assert.equal(made.status, 201, 'everybody may make one, and administers it');
    const own = made.result.id ?? '';
    assert.equal((await identity.updateServiceId({ id: own, ifMatch: '*', name: 'renamed' })).status, 200);
    const key = await identity.createApiKey({
      name: 'k',
      iamId: made.result.iam_id ?? '',
      accountId: account.id,
    });
    assert.equal(key.status, 201);
    assert.equal((await identity.deleteServiceId({ id: own })).status, 204);
    const token = await fetch(new URL('/v1/serviceids', server.controlUrl));
    assert.equal(token.status, 401);
  });
});

describe('T6: API keys', () => {
  test('are found by value, and listed without it', async () => {
    const { identity } = owner;
    const made = await identity.createApiKey({
      name: 'laptop',
      description: 'of the owner',
      iamId: account.owner.iamId,
      accountId: account.id,
    });
    assert.equal(made.status, 201);
    const { id = '', apikey: value = '', entity_tag: tag } = made.result;
    assert.match(id, /^ApiKey-[0-9a-f-]{36}$/);
    const found = await identity.getApiKeysDetails({ iamApiKey: value });
    assert.deepEqual([found.result.id, found.result.apikey], [id, '']);
    assert.equal((await failureOf(identity.getApiKeysDetails({ iamApiKey: 'z'.repeat(44) }))).status, 404);
    const listed = await identity.listApiKeys({
      iamId: account.owner.iamId,
      accountId: account.id,
      scope: 'entity',
    });
    assert.deepEqual(
      listed.result.apikeys.map(({ name, apikey }) => [name, apikey]),
      [
        ['first', ''],
        ['laptop', ''],
      ],
    );
    assert.equal((await identity.getApiKey({ id })).result.apikey, '');
    assert.equal((await failureOf(identity.updateApiKey({ id, ifMatch: '1-1', name: 'x' }))).status, 409);
    const renamed = await identity.updateApiKey({ id, ifMatch: tag ?? '', name: 'desktop' });
    assert.equal(renamed.result.name, 'desktop');
    await identity.lockApiKey({ id });
    assert.equal((await failureOf(identity.deleteApiKey({ id }))).status, 409);
    assert.equal(
      (await askToken(server, { grant_type: APIKEY_GRANT, apikey: value })).status,
      200,
      'it still works',
    );
    await identity.unlockApiKey({ id });
    assert.equal((await identity.disableApiKey({ id })).status, 204);
    assert.equal((await identity.getApiKey({ id })).result.disabled, true);
    assert.equal((await identity.enableApiKey({ id })).status, 204);
    assert.equal((await identity.deleteApiKey({ id })).status, 204);
  });

  test('may be given, stored for service IDs, and expire', async () => {
    const { identity } = owner;
    const service = (await identity.createServiceId({ accountId: account.id, name: 'stored' })).result;
    const given = 'an-own-value-of-the-client-0123456789abcdefg';
    const common = { iamId: service.iam_id ?? '', accountId: account.id };
    const made = await identity.createApiKey({ ...common, name: 'own', apikey: given, storeValue: true });
    assert.equal(made.result.apikey, given);
    assert.equal(
      (await identity.getApiKey({ id: made.result.id ?? '' })).result.apikey,
      given,
      'stored on demand',
    );
    const again = await failureOf(identity.createApiKey({ ...common, name: 'twice', apikey: given }));
    assert.equal(again.status, 409);
    const ofUser = { iamId: account.owner.iamId, name: 'x', storeValue: true };
    assert.equal((await failureOf(identity.createApiKey(ofUser))).status, 400);
    const expired = await raw('POST', '/v1/apikeys', account.owner.apiKey, {
      name: 'old',
      iam_id: common.iamId,
      account_id: account.id,
      expires_at: '2020-01-31T09:15+0000',
    });
    assert.equal(expired.json.expires_at, '2020-01-31T09:15+0000');
    const refused = await askToken(server, { grant_type: APIKEY_GRANT, apikey: expired.json.apikey });
    assert.equal(refused.json.errorCode, 'BXNIM0415E');
    const all = await identity.listApiKeys({ accountId: account.id, scope: 'account', type: 'serviceid' });
    assert.ok(all.result.apikeys.every(({ iam_id }) => iam_id.startsWith('iam-ServiceId-')));
    assert.ok(all.result.apikeys.length >= 2);
  });

  test('of others are theirs', async () => {
    const member = await addIbmUser(server, { id: account.id, name: 'a-identity' }, 'lee', 'member');
    const { identity } = ibmClients(server, member.apiKey);
    const own = await identity.listApiKeys({});
    assert.deepEqual(
      own.result.apikeys.map(({ name }) => name),
      ['first'],
    );
    const foreign = await failureOf(identity.createApiKey({ name: 'x', iamId: account.owner.iamId }));
    assert.equal(foreign.status, 403);
    const hidden = await identity.listApiKeys({ iamId: account.owner.iamId });
    assert.equal(hidden.result.apikeys.length, 0);
    const nobody = await failureOf(identity.createApiKey({ name: 'x', iamId: 'IBMid-0000000000' }));
    assert.equal(nobody.status, 404);
  });
});

describe('settings of the account', () => {
  test('say who makes service IDs, from where people log in, and how long tokens hold', async () => {
    const { owner: boss, id: accountId } = await addIbmAccount(server, 'c-identity');
    const { identity } = ibmClients(server, boss.apiKey);
    const before = await identity.getAccountSettings({ accountId });
    assert.equal(before.result.restrict_create_service_id, 'NOT_SET');
    const tag = before.result.entity_tag;
    const set = (changes: object) => identity.updateAccountSettings({ ifMatch: '*', accountId, ...changes });
    const updated = await identity.updateAccountSettings({
      ifMatch: tag,
      accountId,
      restrictCreateServiceId: 'RESTRICTED',
      systemAccessTokenExpirationInSeconds: '900',
    });
    assert.equal(updated.result.system_access_token_expiration_in_seconds, '900');
    const stale = await failureOf(identity.updateAccountSettings({ ifMatch: tag, accountId }));
    assert.equal(stale.status, 409);
    const claims = claimsOf(await accessTokenFor(server, boss.apiKey));
    assert.equal(claims.exp - claims.iat, 900);
    const member = await addIbmUser(server, { id: accountId, name: 'c-identity' }, 'kim', 'member');
    const restricted = ibmClients(server, member.apiKey).identity;
    assert.equal((await failureOf(restricted.createServiceId({ accountId, name: 'x' }))).status, 403);
    assert.equal((await failureOf(restricted.getAccountSettings({ accountId }))).status, 403);
    assert.equal((await failureOf(set({ systemAccessTokenExpirationInSeconds: '5' }))).status, 400);
    assert.equal((await failureOf(set({ allowedIpAddresses: 'nonsense' }))).status, 400);
    const token = await accessTokenFor(server, boss.apiKey);
    await set({ allowedIpAddresses: '192.0.2.0/24' });
    const outside = await askToken(server, { grant_type: APIKEY_GRANT, apikey: boss.apiKey });
    assert.deepEqual([outside.status, outside.json.errorCode], [400, 'BXNIM0513E']);
    // The token that is there still works, so the owner can undo it.
    const undo = await fetch(new URL(`/v1/accounts/${accountId}/settings/identity`, server.controlUrl), {
      method: 'PUT',
      headers: { Authorization: `Bearer ${token}`, 'If-Match': '*' },
      body: JSON.stringify({ allowed_ip_addresses: '' }),
    });
    assert.equal(undo.status, 200);
    await accessTokenFor(server, boss.apiKey);
  });
});
