// The part of IAM that the other services of Samsung Cloud Platform stand on (build specification scp.md, section 5): access keys, roles
// with trust policies, policies, SAML providers, endpoints. And the way the vendor's Terraform client takes (section 9, item 11).
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { type ClockedServer, startClockedServer } from '../support/clocked-server.ts';
import { SamlProvider } from '../support/saml-provider.ts';
import { assertScpError, type ScpKey } from '../support/scp-client.ts';
import {
  type Ask,
  addScpAccount,
  addScpRole,
  addScpUser,
  allow,
  asker,
  assume,
  type ScpUser,
  trusting,
} from '../support/scp-parties.ts';

let server: ClockedServer;
let ask: Ask;
let team: string;
let admin: ScpUser;
let member: ScpUser;

before(async () => {
  server = await startClockedServer(new Date('2026-11-21T00:00:00Z'));
  ask = asker(server);
  team = await addScpAccount(server, 'team');
  admin = await addScpUser(server, team, 'boss', 'admin');
  member = await addScpUser(server, team, 'kim');
});
after(async () => {
  assert.deepEqual(server.bugs, []);
  await server.stop();
});

describe('ListAccessKeys, CreateAccessKey, ShowAccessKey, SetAccessKey, DeleteAccessKey', () => {
  it('give a user at most two keys, which sign everything', async () => {
    const made = await ask('POST', '/iam/v1/access-keys', member.key, {
      body: { access_key_type: 'PERMANENT', duration: 'P30D' },
    });
    assert.equal(made.status, 201, made.text);
    const key = made.json.access_key;
    assert.match(key.access_key, /^[0-9a-f]{32}$/);
    assert.notEqual(key.id, key.access_key);
    assert.equal(key.expiration_timestamp, '2026-12-21T00:00:00.000Z');
    const pair: ScpKey = { accessKeyId: key.access_key, secretKey: key.secret_key };
    assert.equal((await ask('GET', '/product/v1/products', pair)).status, 200);
    const client = new S3Client({
      endpoint: server.storageUrl,
      region: 'kr-west1',
      forcePathStyle: true,
      credentials: { accessKeyId: pair.accessKeyId, secretAccessKey: pair.secretKey },
      systemClockOffset: server.clock.millis - Date.now(),
      maxAttempts: 1,
    });
    await assert.rejects(client.send(new ListBucketsCommand({})), { name: 'AccessDenied' });
    const third = await ask('POST', '/iam/v1/access-keys', member.key, {
      body: { access_key_type: 'PERMANENT' },
    });
    assertScpError(third, 409, 'Conflict');
    const listed = await ask('GET', '/iam/v1/access-keys', member.key);
    assert.deepEqual([listed.json.count, listed.json.links], [2, []]);
    for (const each of listed.json.access_keys) assert.equal(each.secret_key, '');
    const shown = await ask('GET', `/iam/v1/access-keys/${key.id}`, member.key);
    assert.equal(shown.json.access_key.access_key, key.access_key);
    assertScpError(await ask('GET', `/iam/v1/access-keys/${key.access_key}`, member.key), 404, 'NotFound');
    assertScpError(await ask('GET', `/iam/v1/access-keys/${key.id}`, admin.key), 404, 'NotFound');
    assertScpError(await ask('DELETE', `/iam/v1/access-keys/${key.id}`, member.key), 409, 'Conflict');
    const off = await ask('PUT', `/iam/v1/access-keys/${key.id}`, member.key, {
      body: { is_enabled: false },
    });
    assert.equal(off.json.access_key.is_enabled, false);
    assertScpError(await ask('GET', '/product/v1/products', pair), 401, 'Unauthorized');
    const wrong = await ask('PUT', `/iam/v1/access-keys/${key.id}`, member.key, {
      body: { is_enabled: 'true' },
    });
    assertScpError(wrong, 400, 'ValidationError', /is_enabled/);
    assert.equal((await ask('DELETE', `/iam/v1/access-keys/${key.id}`, member.key)).status, 204);
  });

  it('refuse what is not offered, and sessions, which hold no keys', async () => {
    for (const body of [
      {},
      { access_key_type: 'TEMPORARY' },
      { access_key_type: 'PERMANENT', duration: 'P400D' },
    ]) {
      assertScpError(await ask('POST', '/iam/v1/access-keys', member.key, { body }), 400, 'ValidationError');
    }
    const role = await addScpRole(
      ask,
      admin,
      'Keyless',
      trusting({ SCP: [`srn:e::${team}:::iam:user/kim`] }),
    );
    const session = await assume(ask, member.key, role.indicator);
    assertScpError(await ask('GET', '/iam/v1/access-keys', session), 403, 'Forbidden');
  });
});

describe('ListRoles, CreateRole, ShowRole, SetRole, SetRoleTrustPolicy, DeleteRole', () => {
  const trust = () => trusting({ SCP: [`srn:e::${team}:::iam:user/kim`] });

  it('keep what they are given', async () => {
    const role = await addScpRole(ask, admin, 'Writer', trust(), allow(['object-store:UploadObject']), {
      description: '쓰기 전용',
      max_session_duration: 7200,
    });
    const shown = (await ask('GET', `/iam/v1/roles/${role.id}`, admin.key)).json.role;
    assert.deepEqual(shown.assume_role_policy_document, trust());
    assert.deepEqual(
      [shown.name, shown.description, shown.max_session_duration, shown.account_id, shown.type],
      ['Writer', '쓰기 전용', 7200, team, 'USER_DEFINED'],
    );
    assert.deepEqual(
      shown.policies.map(({ id }: { id: string }) => id),
      [role.policyId],
    );
    const set = await ask('PUT', `/iam/v1/roles/${role.id}`, admin.key, {
      body: { description: 'other', max_session_duration: '3600' },
    });
    assert.deepEqual([set.json.role.description, set.json.role.max_session_duration], ['other', 3600]);
    const page = await ask('GET', '/iam/v1/roles?size=1&page=0', admin.key);
    assert.deepEqual([page.json.roles.length, page.json.size, page.json.page], [1, 1, 0]);
    const named = await ask('GET', '/iam/v1/roles?name=Writer', admin.key);
    assert.deepEqual([named.json.count, named.json.roles[0].id], [1, role.id]);
    const again = await ask('POST', '/iam/v1/roles', admin.key, {
      body: { name: 'Writer', assume_role_policy_document: trust(), policy_ids: [role.policyId] },
    });
    assertScpError(again, 409, 'Conflict');
    assert.equal((await ask('DELETE', `/iam/v1/roles/${role.id}`, admin.key)).status, 204);
    assertScpError(await ask('GET', `/iam/v1/roles/${role.id}`, admin.key), 404, 'NotFound');
  });

  it('refuse what section 8 refuses', async () => {
    const { policyId } = await addScpRole(ask, admin, 'Reference', trust());
    const good = { name: 'Other', assume_role_policy_document: trust(), policy_ids: [policyId] };
    const statement = trust().Statement[0];
    const document = (changes: object) => ({
      assume_role_policy_document: { Version: '2024-07-01', Statement: [{ ...statement, ...changes }] },
    });
    const wrong: readonly (readonly [object, RegExp])[] = [
      [{ name: undefined }, /name: field required/],
      [{ name: 'with blank' }, /name: /],
      [{ name: 'x'.repeat(65) }, /name: /],
      [{ description: 'x'.repeat(1001) }, /description: /],
      [{ max_session_duration: 3599 }, /max_session_duration: .*3600/],
      [{ max_session_duration: 43_201 }, /max_session_duration/],
      [{ policy_ids: [] }, /policy_ids/],
      [{ policy_ids: undefined }, /policy_ids: field required/],
      [{ policy_ids: 'x' }, /policy_ids/],
      [{ assume_role_policy_document: undefined }, /assume_role_policy_document: field required/],
      [{ assume_role_policy_document: { Version: '2012-10-17', Statement: [statement] } }, /2024-07-01/],
      [{ assume_role_policy_document: { Version: '2024-07-01', Statement: [] } }, /Statement/],
      [document({ Effect: 'Maybe' }), /Effect/],
      [document({ Principal: '*' }), /Principal/],
      [document({ Principal: { Account: ['*'] } }), /principal/],
      [document({ Principal: { SCP: ['srn:e:1234:::iam:user/abc'] } }), /principal/],
      [document({ Principal: { Account: Array.from({ length: 21 }, () => team) } }), /20/],
      [document({ Action: ['sts:Assume'] }), /Unknown action/],
      [document({ Action: 'sts:AssumeRole' }), /Action must be a list/],
      [document({ Resource: ['srn:e:::::object-store:bucket/a'] }), /Resource/],
      [document({ Condition: { StringEquals: { 'scp:Nonsense': ['x'] } } }), /condition key/],
    ];
    for (const [changes, detail] of wrong) {
      const answer = await ask('POST', '/iam/v1/roles', admin.key, { body: { ...good, ...changes } });
      assertScpError(answer, 400, 'ValidationError', detail);
    }
    const unknown = { ...good, policy_ids: ['f'.repeat(32)] };
    assertScpError(await ask('POST', '/iam/v1/roles', admin.key, { body: unknown }), 404, 'NotFound');
  });

  it('are for administrators of the account', async () => {
    for (const [method, path] of [
      ['GET', '/iam/v1/roles'],
      ['POST', '/iam/v1/roles'],
      ['GET', '/iam/v1/policies'],
      ['POST', '/iam/v1/policies'],
      ['GET', '/iam/v1/saml-providers'],
    ] as const) {
      const answer = await ask(method, path, member.key, method === 'POST' ? { body: {} } : {});
      assertScpError(answer, 403, 'Forbidden');
      assert.match(answer.json.errors[0].response.action_name, /^iam:/);
    }
  });
});

describe('ListPolicies, CreatePolicy, ShowPolicy, SetPolicy, DeletePolicy and their bindings', () => {
  it('keep documents of the platform, also with a Korean name', async () => {
    const document = allow(
      ['object-store:UploadObject', 'virtualserver:*'],
      ['srn:e:::::object-store:bucket/foo/*'],
    );
    const made = await ask('POST', '/iam/v1/policies', admin.key, {
      body: { policy_name: '업로드-전용', description: 'd', policy_version: { policy_document: document } },
    });
    assert.equal(made.status, 201, made.text);
    assert.match(made.json.id, /^[0-9a-f]{32}$/);
    assert.equal(made.json.srn, `srn:e::${team}:::iam:policy/${made.json.id}`);
    const shown = await ask('GET', `/iam/v1/policies/${made.json.id}`, admin.key);
    assert.deepEqual(shown.json.policy_versions[0].policy_document, document);
    const listed = await ask(
      'GET',
      `/iam/v1/policies?policy_name=${encodeURIComponent('업로드-전용')}`,
      admin.key,
    );
    assert.deepEqual([listed.json.count, listed.json.policies[0].id], [1, made.json.id]);
    const renamed = await ask('PUT', `/iam/v1/policies/${made.json.id}`, admin.key, {
      body: { policy_name: 'upload' },
    });
    assert.equal(renamed.json.policy_name, 'upload');
    assert.equal((await ask('DELETE', `/iam/v1/policies/${made.json.id}`, admin.key)).status, 204);
    assertScpError(await ask('GET', `/iam/v1/policies/${made.json.id}`, admin.key), 404, 'NotFound');
  });

  it('refuse documents that mean nothing', async () => {
    const of = (statement: object, version = '2024-07-01') => ({
      policy_name: 'wrong',
      policy_version: { policy_document: { Version: version, Statement: [statement] } },
    });
    const good = allow(['object-store:UploadObject']).Statement[0];
    for (const body of [
      {},
      { policy_name: 'ab', policy_version: { policy_document: allow(['*']) } },
      { policy_name: 'with blank', policy_version: { policy_document: allow(['*']) } },
      { policy_name: 'wrong', policy_version: {} },
      of({ ...good, Principal: { Account: [team] } }),
      of({ ...good, Resource: ['arn:aws:s3:::foo'] }),
      of({ ...good, Resource: ['srn:e::::object-store:bucket/foo'] }),
      of({ ...good, Resource: [] }),
      of({ ...good, Action: ['object-store:UploadObjekt'] }),
      of({ ...good, Action: ['nonsense'] }),
      of({ ...good, NotAction: ['*'] }),
      of({ ...good, NotResource: ['*'] }),
      of(good ?? {}, '2012-10-17'),
    ]) {
      assertScpError(await ask('POST', '/iam/v1/policies', admin.key, { body }), 400, 'ValidationError');
    }
  });

  it('ListRolePolicyBindings, AddRolePolicyBindings, RemoveRolePolicyBinding change what a role may do', async () => {
    const role = await addScpRole(ask, admin, 'Bound', trusting({ SCP: [`srn:e::${team}:::iam:user/kim`] }));
    const path = `/iam/v1/roles/${role.id}/policy-bindings`;
    const ids = (answer: { json: { policies: { id: string }[] } }) =>
      answer.json.policies.map(({ id }) => id).sort();
    const second = await ask('POST', '/iam/v1/policies', admin.key, {
      body: { policy_name: 'second', policy_version: { policy_document: allow(['*']) } },
    });
    assert.deepEqual(ids(await ask('GET', path, admin.key)), [role.policyId]);
    const added = await ask('POST', path, admin.key, { body: { policy_ids: [second.json.id] } });
    assert.deepEqual(ids(added), [role.policyId, second.json.id].sort());
    assert.equal((await ask('DELETE', `${path}/${role.policyId}`, admin.key)).status, 204);
    assert.deepEqual(ids(await ask('GET', path, admin.key)), [second.json.id]);
  });
});

describe('ListSamlProviders, CreateSamlProvider, ShowSamlProvider, SetSamlProvider, DeleteSamlProviders', () => {
  const provider = new SamlProvider('https://idp.example.test/metadata');

  async function formOf(fields: Record<string, string>, file?: string) {
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.set(name, value);
    if (file !== undefined) form.set('file', new Blob([file], { type: 'text/xml' }), 'metadata.xml');
    const response = new Response(form);
    return {
      body: Buffer.from(await response.arrayBuffer()),
      headers: { 'Content-Type': response.headers.get('content-type') ?? '' },
    };
  }

  it('read the metadata when they are uploaded', async () => {
    const form = await formOf(
      { saml_provider_name: 'corp', federation_type: 'SAML', description: 'd' },
      provider.metadata(),
    );
    const made = await ask('POST', '/iam/v1/saml-providers', admin.key, form);
    assert.equal(made.status, 201, made.text);
    const { id } = made.json;
    assert.deepEqual(
      [made.json.idp_issuer_url, made.json.idp_sso_url, made.json.idp_cert_end, made.json.idp_file_name],
      [provider.issuer, `${provider.issuer}/sso`, '2040-01-01T00:00:00.000Z', 'metadata.xml'],
    );
    assert.equal(made.json.acs_url, `${server.controlUrl}/scp/sts/saml/acs/${id}`);
    assert.equal(made.json.idp_file_data, undefined);
    const shown = await ask('GET', `/iam/v1/saml-providers/${id}`, admin.key);
    assert.equal(shown.json.idp_file_data, provider.metadata());
    const again = await ask('POST', '/iam/v1/saml-providers', admin.key, form);
    assertScpError(again, 409, 'Conflict');
    const renewed = new SamlProvider('https://idp2.example.test/metadata');
    const set = await ask(
      'PUT',
      `/iam/v1/saml-providers/${id}`,
      admin.key,
      await formOf({ description: 'new' }, renewed.metadata()),
    );
    assert.deepEqual(
      [set.json.idp_issuer_url, set.json.description, set.json.acs_url],
      [renewed.issuer, 'new', made.json.acs_url],
    );
    const listed = await ask('GET', '/iam/v1/saml-providers', admin.key);
    assert.deepEqual([listed.json.count, listed.json.page, listed.json.saml_providers[0].id], [1, 0, id]);
    assertScpError(
      await ask('DELETE', '/iam/v1/saml-providers/bulk', admin.key, { body: { ids: [id, 'x'] } }),
      404,
      'NotFound',
    );
    assert.equal(
      (await ask('DELETE', '/iam/v1/saml-providers/bulk', admin.key, { body: { ids: [id] } })).status,
      204,
    );
    assertScpError(await ask('GET', `/iam/v1/saml-providers/${id}`, admin.key), 404, 'NotFound');
  });

  it('refuse what is no form, no metadata or no name', async () => {
    const post = (form: object) => ask('POST', '/iam/v1/saml-providers', admin.key, form);
    const named = { saml_provider_name: 'corp' };
    assertScpError(await post({ body: named }), 400, 'ValidationError', /multipart/);
    assertScpError(await post(await formOf(named)), 400, 'ValidationError', /file: field required/);
    assertScpError(
      await post(await formOf({}, provider.metadata())),
      400,
      'ValidationError',
      /saml_provider_name/,
    );
    assertScpError(
      await post(await formOf({ saml_provider_name: 'a b' }, provider.metadata())),
      400,
      'ValidationError',
    );
    assertScpError(
      await post(await formOf({ ...named, federation_type: 'OIDC' }, provider.metadata())),
      400,
      'ValidationError',
    );
    assertScpError(await post(await formOf({ ...named, file: 'text' })), 400, 'ValidationError', /file/);
    const twice = provider.metadata().replace('<md:EntityDescriptor', '<!DOCTYPE x><md:EntityDescriptor');
    assertScpError(await post(await formOf(named, twice)), 400, 'ValidationError', /document type/);
    const broken = await formOf(named, provider.metadata());
    assertScpError(await post({ ...broken, body: broken.body.subarray(0, 200) }), 400, 'ValidationError');
  });
});

describe('ListEndpoints, and the way of the Terraform client', () => {
  it('catalogue, discovery, signed call, with its spellings and an empty account', async () => {
    const authUrl = `${server.controlUrl}/scp/iam/v1`;
    const call = async (method: string, url: string) => {
      const timestamp = String(server.clock.millis);
      const { accessKeyId, secretKey } = member.key;
      const message = [method, url, timestamp, accessKeyId, '', 'Openapi'].join('');
      const response = await fetch(url, {
        method,
        headers: {
          'Scp-ClientType': 'Openapi',
          'Accept-Language': 'en-US',
          'Scp-AccountId': '',
          'Scp-AccessKey': accessKeyId,
          'Scp-Timestamp': timestamp,
          'Scp-Signature': createHmac('sha256', secretKey).update(message).digest('base64'),
          'Scp-API-Version': 'iam 1.4, product 1.0',
        },
      });
      return { status: response.status, json: (await response.json()) as Record<string, unknown> };
    };
    const { status, json } = await call('GET', `${authUrl}/endpoints`);
    assert.equal(status, 200, JSON.stringify(json));
    const endpoints = json['endpoints'] as { service_type: string; url: string; region: string }[];
    const urlOf = (type: string) => endpoints.find(({ service_type }) => service_type === type)?.url ?? '';
    assert.deepEqual(
      endpoints.map(({ service_type }) => service_type),
      ['scp-iam', 'scp-sts', 'scp-product', 'object-store'],
    );
    assert.equal(urlOf('object-store'), server.storageUrl);
    for (const type of ['scp-iam', 'scp-sts', 'scp-product']) {
      const discovered = await fetch(urlOf(type));
      assert.equal(discovered.status, 200, type);
      const { versions } = (await discovered.json()) as { versions: { id: string; not_before: string }[] };
      for (const { not_before } of versions) assert.match(not_before, /^(\d{4}-\d{2}-\d{2})?$/);
    }
    const product = await call('GET', `${urlOf('scp-product')}/v1/products/VPC`);
    assert.deepEqual([product.status, product.json['product_id']], [200, 'VPC']);
  });
});
