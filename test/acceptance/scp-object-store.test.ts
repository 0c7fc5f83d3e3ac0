// The object store as Samsung Cloud Platform shows it (build specification scp.md, sections 6 and 12): policies of buckets in the
// platform's language, tenant-colon-bucket paths, host names. And denials of its services explained like all others.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  CreateBucketCommand,
  GetBucketPolicyCommand,
  GetBucketPolicyStatusCommand,
  GetObjectCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
  S3Client,
  type S3ServiceException,
} from '@aws-sdk/client-s3';
import { askAdmin } from '../support/ask-admin.ts';
import { exchange } from '../support/raw-http.ts';
import { askScp, type ScpAnswer, type ScpKey } from '../support/scp-client.ts';
import { allow, keyOf, trusting } from '../support/scp-parties.ts';
import { type ServerProcess, startServer } from '../support/server-process.ts';

const STORE_HOST = 'object-store.kr-west1.e.example.test';

let server: ServerProcess;
let root: ScpKey;
let team: string;
let boss: ScpKey;
let guest: ScpKey;
let guestId: string;

before(async () => {
  server = await startServer({
    env: {
      GOTGAN_REGIONS: `KR1;scp=kr-west1;scp-host=${STORE_HOST}`,
      GOTGAN_SCP_BASE_DOMAIN: 'e.example.test',
    },
  });
  root = { accessKeyId: server.accessKey, secretKey: server.secretKey };
  team = (await askAdmin(server, 'POST', '/accounts', { name: 'team' })).account.id;
  const others = (await askAdmin(server, 'POST', '/accounts', { name: 'others' })).account.id;
  boss = await scpKeyOf(team, 'boss', 'admin');
  guest = await scpKeyOf(others, 'lee', 'member');
  guestId = others;
});
after(() => server.dispose());

/** Made through IAM, by a key that the administrator has made first. */
async function scpKeyOf(account: string, name: string, role: string): Promise<ScpKey> {
  await askAdmin(server, 'POST', `/accounts/${account}/users`, { name, role });
  const { key } = await askAdmin(server, 'POST', `/accounts/${account}/users/${name}/keys`, {});
  const made = await ask(
    'POST',
    '/iam/v1/access-keys',
    { accessKeyId: key.accessKey, secretKey: key.secretKey },
    {
      access_key_type: 'PERMANENT',
    },
  );
  assert.equal(made.status, 201, made.text);
  return { accessKeyId: made.json.access_key.access_key, secretKey: made.json.access_key.secret_key };
}

const ask = (method: string, path: string, key?: ScpKey, body?: object): Promise<ScpAnswer> =>
  askScp(server.controlUrl, method, `/scp${path}`, {
    nowMillis: Date.now(),
    ...(key === undefined ? {} : { key }),
    ...(body === undefined ? {} : { body }),
  });

function s3({ accessKeyId, secretKey, sessionToken }: ScpKey): S3Client {
  return new S3Client({
    endpoint: server.storageUrl,
    region: 'kr-west1',
    forcePathStyle: true,
    credentials: {
      accessKeyId,
      secretAccessKey: secretKey,
      ...(sessionToken === undefined ? {} : { sessionToken }),
    },
    maxAttempts: 1,
  });
}

const fault = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'done',
    (error: S3ServiceException) => error.name,
  );

describe('policies of buckets in the language of the platform', () => {
  const policy = (principal: unknown, resource = 'srn:e:::::object-store:bucket/shared/*') =>
    JSON.stringify({
      Version: '2024-07-01',
      Statement: [{ ...allow(['object-store:UploadObject'], [resource]).Statement[0], Principal: principal }],
    });

  it('are kept as sent and decide', async () => {
    await s3(boss).send(new CreateBucketCommand({ Bucket: 'shared' }));
    const put = new PutObjectCommand({ Bucket: 'shared', Key: 'a', Body: 'x' });
    assert.equal(await fault(s3(guest).send(put)), 'AccessDenied');
    const text = policy({ scp: [`srn:e::${guestId}:::iam:user/lee`] });
    await s3(boss).send(new PutBucketPolicyCommand({ Bucket: 'shared', Policy: text }));
    assert.equal((await s3(boss).send(new GetBucketPolicyCommand({ Bucket: 'shared' }))).Policy, text);
    const status = await s3(boss).send(new GetBucketPolicyStatusCommand({ Bucket: 'shared' }));
    assert.equal(status.PolicyStatus?.IsPublic, false);
    assert.equal(await fault(s3(guest).send(put)), 'done');
    assert.equal(
      await fault(s3(guest).send(new GetObjectCommand({ Bucket: 'shared', Key: 'b' }))),
      'AccessDenied',
    );
  });

  it('know the region as the platform calls it, in S3 and in its own services', async () => {
    const condition = (region: string) => ({
      Condition: { StringEquals: { 'scp:RequestedRegion': [region] } },
    });
    const text = (region: string) => {
      const { Statement, Version } = JSON.parse(policy('*'));
      return JSON.stringify({ Version, Statement: [{ ...Statement[0], ...condition(region) }] });
    };
    const all = await ask('POST', '/iam/v1/policies', boss, {
      policy_name: 'regions',
      policy_version: { policy_document: allow(['object-store:*']) },
    });
    for (const [region, outcome] of [
      ['KR-West1', 'done'],
      ['KR1', 'AccessDenied'],
    ] as const) {
      await s3(boss).send(new PutBucketPolicyCommand({ Bucket: 'shared', Policy: text(region) }));
      const put = new PutObjectCommand({ Bucket: 'shared', Key: 'a', Body: 'x' });
      assert.equal(await fault(s3(guest).send(put)), outcome, region);
      const call = { principal: 'public', action: 's3:PutObject', bucket: 'shared', key: 'a' };
      const { simulation } = await askAdmin(server, 'POST', '/simulate', call);
      assert.equal(simulation.allowed, outcome === 'done', region);
      const name = `In-${region}`;
      const trust = trusting(
        { SCP: [`srn:e::${team}:::iam:user/boss`] },
        'sts:AssumeRole',
        condition(region),
      );
      const role = await ask('POST', '/iam/v1/roles', boss, {
        name,
        assume_role_policy_document: trust,
        policy_ids: [all.json.id],
      });
      assert.equal(role.status, 202, role.text);
      const body = { role_indicator: `e:${team}:${name}`, role_session_name: 'x' };
      const assumed = await ask('POST', '/sts/v1/assume-role', boss, body);
      assert.equal(assumed.status, outcome === 'done' ? 200 : 403, assumed.text);
    }
  });

  it('are refused when they are about another bucket, and where the language is another', async () => {
    const foreign = policy('*', 'srn:e:::::object-store:bucket/other/*');
    const put = (key: ScpKey, Policy: string) =>
      s3(key).send(new PutBucketPolicyCommand({ Bucket: 'shared', Policy }));
    assert.equal(await fault(put(boss, foreign)), 'MalformedPolicy');
    await s3(root).send(new CreateBucketCommand({ Bucket: 'roots' }));
    const own = policy('*', 'srn:e:::::object-store:bucket/roots/*');
    // A pair of the administrator's, made through no cloud's interface, speaks as AWS does.
    assert.equal(
      await fault(s3(root).send(new PutBucketPolicyCommand({ Bucket: 'roots', Policy: own }))),
      'MalformedPolicy',
    );
    const aws = JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: 'arn:aws:s3:::shared/*' },
      ],
    });
    assert.equal(await fault(put(boss, aws)), 'done');
  });
});

describe('addresses', () => {
  it('name the account before the bucket, and may encode the colon', async () => {
    // What the guest has written is the guest's to give.
    await s3(boss).send(new PutObjectCommand({ Bucket: 'shared', Key: 'mine', Body: 'x' }));
    for (const path of [`/${team}:shared/mine`, `/${team}%3Ashared/mine`]) {
      const response = await fetch(server.storageUrl + path);
      assert.deepEqual([response.status, await response.text()], [200, 'x'], path);
    }
    assert.equal((await fetch(`${server.storageUrl}/${guestId}:shared/mine`)).status, 404);
  });

  it('of the platform answer in its way, whatever key there is', async () => {
    const { json } = await ask('GET', '/iam/v1/endpoints', root);
    const types = json.endpoints.map((each: { service_type: string }) => each.service_type);
    assert.deepEqual(types, ['scp-iam', 'scp-sts', 'scp-product', 'object-store']);
    const answer = await exchange(
      server.storageUrl,
      `GET /nothing-here HTTP/1.1\r\nHost: ${STORE_HOST}\r\nConnection: close\r\n\r\n`,
    );
    assert.equal(answer.status, 404);
    assert.match(
      answer.body.toString(),
      /^<\?xml version="1\.0" encoding="UTF-8"\?><Error><Code>NoSuchBucket</,
    );
  });
});

describe('a Keystone token of a role', () => {
  it('works on Swift with what the role may do, and no longer than the role is there', async () => {
    const { Version, Statement } = allow(
      ['object-store:*'],
      ['srn:e:::::object-store:bucket/swift-box', 'srn:e:::::object-store:bucket/swift-box/*'],
    );
    const Condition = { StringEquals: { 'scp:RequestedRegion': ['kr-west1'] } };
    const document = { Version, Statement: [{ ...Statement[0], Condition }] };
    const policy = await ask('POST', '/iam/v1/policies', boss, {
      policy_name: 'swift',
      policy_version: { policy_document: document },
    });
    const role = await ask('POST', '/iam/v1/roles', boss, {
      name: 'Swift',
      assume_role_policy_document: trusting({ SCP: [`srn:e::${team}:::iam:user/boss`] }),
      policy_ids: [policy.json.id],
    });
    const assumed = await ask('POST', '/sts/v1/assume-role', boss, {
      role_indicator: `e:${team}:Swift`,
      role_session_name: 'swift',
    });
    const answer = await ask('POST', '/sts/v1/role-keystone-token', keyOf(assumed));
    assert.equal(answer.status, 200, answer.text);
    const token = answer.json.keystone_token.id;
    const swift = async (method: string, path: string, body?: string) => {
      const response = await fetch(`${server.storageUrl}/v1/AUTH_${team}${path}`, {
        method,
        headers: { 'X-Auth-Token': token },
        ...(body === undefined ? {} : { body }),
      });
      return { status: response.status, text: await response.text() };
    };
    assert.equal((await swift('PUT', '/swift-box')).status, 201);
    assert.equal((await swift('PUT', '/swift-box/a.txt', 'hello')).status, 201);
    assert.deepEqual(await swift('GET', '/swift-box/a.txt'), { status: 200, text: 'hello' });
    assert.equal((await swift('GET', '/shared')).status, 403);
    assert.equal((await swift('PUT', '/another-box')).status, 403);
    await ask('DELETE', `/iam/v1/roles/${role.json.role.id}`, boss);
    assert.equal((await swift('GET', '/swift-box/a.txt')).status, 401);
  });
});

describe('denials', () => {
  const explained = async (answer: ScpAnswer) =>
    (await askAdmin(server, 'GET', `/denials/${answer.json.errors[0].request_id}`)).denial;

  it('are found by their req- id: the proof', async () => {
    const unsigned = await ask('GET', '/product/v1/products');
    assert.equal((await explained(unsigned)).cause, 'missing-header');
    const wrong = await ask('GET', '/product/v1/products', { ...root, secretKey: 'wrong' });
    assert.equal((await explained(wrong)).cause, 'signature-mismatch');
  });

  it('the trust policy of a role', async () => {
    const policy = await ask('POST', '/iam/v1/policies', boss, {
      policy_name: 'all',
      policy_version: { policy_document: allow(['object-store:*']) },
    });
    const role = await ask('POST', '/iam/v1/roles', boss, {
      name: 'Backup',
      assume_role_policy_document: trusting({ SCP: [`srn:e::${team}:::iam:user/boss`] }),
      policy_ids: [policy.json.id],
    });
    assert.equal(role.status, 202, role.text);
    const body = { role_indicator: `e:${team}:Backup`, role_session_name: 'x' };
    const denied = await ask('POST', '/sts/v1/assume-role', guest, body);
    assert.equal(denied.status, 403);
    const denial = await explained(denied);
    assert.equal(denial.operation, 'AssumeRole');
    const layers = JSON.stringify(denial);
    assert.match(layers, /trust-policy/);
    assert.match(layers, /the trust policy does not allow it/);
  });

  it('a version, and an assertion', async () => {
    const saml = await ask('POST', '/sts/v1/assume-role-with-saml', boss, {
      role_indicator: `e:${team}:Backup`,
      principal_indicator: `e:${team}:nobody`,
      saml_assertion: 'x',
    });
    assert.equal(saml.status, 404);
    const refused = await ask('POST', '/sts/v1/assume-role-with-saml', undefined, {
      role_indicator: `e:${team}:Backup`,
      principal_indicator: `e:${team}:nobody`,
      saml_assertion: 'x',
    });
    assert.equal((await explained(refused)).operation, 'AssumeRoleWithSAML');
  });
});
