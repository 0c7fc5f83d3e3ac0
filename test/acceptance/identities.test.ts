// Services, groups, roles, policies and API keys: made by the admin API and the command line, used from S3 on every worker.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { askAdmin } from '../support/ask-admin.ts';
import { IndependentSignerV2 } from '../support/independent-signer-v2.ts';
import { exchangeSigned } from '../support/raw-http.ts';
import { assertNoFailures, assertS3Error, connectS3 } from '../support/s3-client.ts';
import { runGotgan, type ServerProcess, startServer } from '../support/server-process.ts';

const BUCKET = 'shared-photos';
const OBJECTS = `arn:aws:s3:::${BUCKET}/*`;
const document = (...Statement: object[]) => ({ Version: '2012-10-17', Statement });
const READ = document({ Effect: 'Allow', Action: 's3:GetObject', Resource: OBJECTS });
const OWN = '/accounts/:own';

let server: ServerProcess;
let root: S3Client;
const folder = mkdtempSync(join(tmpdir(), 'gotgan-identities-'));
before(async () => {
  server = await startServer({ workers: 2 });
  root = connectS3(server);
  await root.send(new CreateBucketCommand({ Bucket: BUCKET }));
  await root.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'a', Body: 'picture' }));
});
after(async () => {
  assertNoFailures(server);
  await server?.dispose();
  rmSync(folder, { recursive: true });
});

const ask = (method: string, path: string, sent?: object) => askAdmin(server, method, path, sent);

async function refuses(status: number, code: string, call: Promise<unknown>): Promise<void> {
  await assert.rejects(call, (error: Error) => {
    assert.match(error.message, new RegExp(`: ${status} .*"code":"${code}"`));
    return true;
  });
}

async function run(...words: readonly string[]): Promise<string> {
  const ended = await runGotgan([...words, '--endpoint', server.controlUrl], {
    GOTGAN_ACCESS_KEY: server.accessKey,
    GOTGAN_SECRET_KEY: server.secretKey,
  });
  assert.deepEqual([ended.code, ended.stderr], [0, ''], words.join(' '));
  return ended.stdout;
}

interface ShownPair {
  readonly accessKey: string;
  readonly secretKey: string;
  readonly sessionToken?: string;
}

function connectAs({ accessKey, secretKey, sessionToken }: ShownPair): S3Client {
  return connectS3(server, {
    credentials: {
      accessKeyId: accessKey,
      secretAccessKey: secretKey,
      ...(sessionToken !== undefined && { sessionToken }),
    },
  });
}

/** Several connections, so that both workers are asked. */
async function assertAll(count: number, call: () => Promise<unknown>): Promise<void> {
  await Promise.all(Array.from({ length: count }, call));
}

const get = (s3: S3Client) => s3.send(new GetObjectCommand({ Bucket: BUCKET, Key: 'a' }));
const denied = { code: 'AccessDenied', status: 403 };

describe('services', () => {
  test('have what policies say, on every worker from the next request on', async () => {
    const { service } = await ask('POST', `${OWN}/services`, { name: 'builds', description: 'nightly' });
    assert.match(service.id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    const { key } = await ask('POST', `${OWN}/services/builds/keys`, {});
    const [listed] = (await ask('GET', `${OWN}/services/${service.id}/keys`)).keys;
    assert.deepEqual([listed.accessKey, listed.secretKey], [key.accessKey, undefined]);
    const s3 = connectAs(key);
    await assertS3Error(get(s3), denied);
    const made = await ask('POST', `${OWN}/policies`, {
      name: 'read photos',
      document: READ,
      attachedTo: ['service:builds'],
    });
    assert.deepEqual(made.policy.attachedTo, [`service:${service.id}`]);
    await assertAll(8, () => get(s3));
    await assertS3Error(s3.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: 'a' })), denied);
    const forbid = document({ Effect: 'Deny', Action: 's3:*', Resource: '*' });
    await ask('PATCH', `${OWN}/policies/read photos`, { document: forbid });
    await assertAll(8, () => assertS3Error(get(s3), denied));
    await ask('PATCH', `${OWN}/policies/${made.policy.id}`, { document: READ });
    await assertAll(8, () => get(s3));
    await ask('DELETE', `${OWN}/policies/${made.policy.id}/attachments/service:builds`);
    await assertAll(8, () => assertS3Error(get(s3), denied));
    const again = await ask('PUT', `${OWN}/policies/${made.policy.id}/attachments/service:builds`);
    assert.deepEqual(again, { subject: `service:${service.id}`, isNew: true });
    await assertAll(8, () => get(s3));
    await ask('PATCH', `${OWN}/services/builds`, { enabled: false });
    await assertAll(8, () => assertS3Error(get(s3), denied));
    await ask('PATCH', `${OWN}/services/builds`, { enabled: true, locked: true });
    await refuses(409, 'RecordLocked', ask('DELETE', `${OWN}/services/builds`));
    await ask('PATCH', `${OWN}/services/builds`, { locked: false });
    await ask('DELETE', `${OWN}/services/builds`);
    await assertAll(8, () => assertS3Error(get(s3), { code: 'InvalidAccessKeyId', status: 403 }));
    const { policy } = await ask('GET', `${OWN}/policies/${made.policy.id}`);
    assert.deepEqual(policy.attachedTo, []);
    await ask('DELETE', `${OWN}/policies/${made.policy.id}`);
    await refuses(404, 'NoSuchRecord', ask('GET', `${OWN}/policies/${made.policy.id}`));
  });

  test('whose names repeat are named by id', async () => {
    const { service } = await ask('POST', `${OWN}/services`, { name: 'twin' });
    await ask('POST', `${OWN}/services`, { name: 'twin' });
    await refuses(404, 'NoSuchRecord', ask('DELETE', `${OWN}/services/twin`));
    await ask('DELETE', `${OWN}/services/${service.id}`);
    await ask('DELETE', `${OWN}/services/twin`);
    const { services } = await ask('GET', `${OWN}/services`);
    assert.deepEqual(services, []);
  });
});

describe('groups', () => {
  test('give their members what is attached to them', async () => {
    await ask('POST', `${OWN}/users`, { name: 'min', role: 'member' });
    const { key } = await ask('POST', `${OWN}/users/min/keys`, {});
    const s3 = connectAs(key);
    const { group } = await ask('POST', `${OWN}/groups`, { name: 'readers' });
    await refuses(409, 'RecordTaken', ask('POST', `${OWN}/groups`, { name: 'readers' }));
    const { policy } = await ask('POST', `${OWN}/policies`, {
      document: READ,
      attachedTo: ['group:readers'],
    });
    await assertS3Error(get(s3), denied);
    const { member } = await ask('PUT', `${OWN}/groups/readers/members/user:min`);
    await assertAll(8, () => get(s3));
    const { members } = await ask('GET', `${OWN}/groups/${group.id}/members`);
    assert.deepEqual(
      members.map((one: { member: string }) => one.member),
      [member],
    );
    await ask('PATCH', `${OWN}/groups/readers`, { name: 'lookers' });
    assert.equal((await ask('GET', `${OWN}/groups`)).groups[0].name, 'lookers');
    const { policies } = await ask('GET', `${OWN}/policies?subject=group:lookers`);
    assert.deepEqual(
      policies.map(({ id }: { id: string }) => id),
      [policy.id],
    );
    await ask('DELETE', `${OWN}/groups/lookers/members/user:min`);
    await assertAll(8, () => assertS3Error(get(s3), denied));
    await ask('PUT', `${OWN}/groups/lookers/members/user:min`);
    await assertAll(8, () => get(s3));
    await ask('DELETE', `${OWN}/groups/lookers`);
    await assertAll(8, () => assertS3Error(get(s3), denied));
    await ask('DELETE', `${OWN}/policies/${policy.id}`);
    await refuses(
      404,
      'NoSuchSubject',
      ask('PUT', `${OWN}/policies/x/attachments/user:min`).catch((error) => {
        // The policy is looked for first.
        assert.match(String(error), /NoSuchRecord/);
        return ask('POST', `${OWN}/policies`, { document: READ, attachedTo: ['group:lookers'] });
      }),
    );
  });

  test('and policies are refused with a sentence when they are wrong', async () => {
    const wrong = document({ Effect: 'Allow', Action: 's3:GetObjekt', Resource: '*' });
    await refuses(400, 'InvalidPolicy', ask('POST', `${OWN}/policies`, { document: wrong }));
    const send = (sent: object) => ask('POST', `${OWN}/policies`, sent);
    await refuses(400, 'InvalidRequest', send({ document: 'text' }));
    await refuses(400, 'InvalidRequest', send({ document: READ, language: 'xacml' }));
    await refuses(404, 'NoSuchSubject', send({ document: READ, attachedTo: ['nobody'] }));
    await refuses(404, 'NoSuchSubject', send({ document: READ, attachedTo: ['user:nobody'] }));
  });
});

describe('sessions of roles', () => {
  async function openSession(more: object = {}): Promise<ShownPair> {
    return (await ask('POST', `${OWN}/roles/backup/sessions`, { name: 'one', ...more })).session;
  }

  before(async () => {
    const { role } = await ask('POST', `${OWN}/roles`, { name: 'backup', maxSessionSeconds: 7200 });
    assert.deepEqual([role.name, role.maxSessionSeconds, role.trustPolicy], ['backup', 7200, {}]);
    await ask('POST', `${OWN}/policies`, { name: 'backup', document: READ, attachedTo: ['role:backup'] });
  });

  test('have what the role has, through headers and links, and only with their token', async () => {
    const session = await openSession();
    const s3 = connectAs(session);
    await assertAll(8, () => get(s3));
    await assertS3Error(s3.send(new ListObjectsV2Command({ Bucket: BUCKET })), denied);
    const link = await getSignedUrl(s3, new GetObjectCommand({ Bucket: BUCKET, Key: 'a' }));
    assert.match(link, /X-Amz-Security-Token=/);
    assert.equal(await (await fetch(link)).text(), 'picture');
    const { accessKey, secretKey, sessionToken = '' } = session;
    const unknown = { code: 'InvalidAccessKeyId', status: 403 };
    await assertS3Error(get(connectAs({ accessKey, secretKey })), unknown);
    const invalid = { code: 'InvalidToken', status: 400 };
    await assertS3Error(get(connectAs({ accessKey, secretKey, sessionToken: `${sessionToken}x` })), invalid);
    const other = await openSession();
    await assertS3Error(
      get(connectAs({ accessKey, secretKey, sessionToken: other.sessionToken ?? '' })),
      invalid,
    );
    const permanent = { accessKey: server.accessKey, secretKey: server.secretKey, sessionToken };
    await assertS3Error(get(connectAs(permanent)), invalid);
    const wrongSecret = { ...session, secretKey: 'wrong' };
    await assertS3Error(get(connectAs(wrongSecret)), { code: 'SignatureDoesNotMatch', status: 403 });
    const stripped = new URL(link);
    stripped.searchParams.delete('X-Amz-Security-Token');
    assert.match(await (await fetch(stripped)).text(), /<Code>SignatureDoesNotMatch</);
  });

  test('sign in version 2 as well, with the token among the signed headers', async () => {
    const { accessKey, secretKey, sessionToken = '' } = await openSession();
    const signer = new IndependentSignerV2({ accessKeyId: accessKey, secret: secretKey }, new Date());
    const { host } = new URL(server.storageUrl);
    const asked = { method: 'GET', host, path: `/${BUCKET}/a` };
    const send = async (headers: Record<string, string>, changes = {}) =>
      exchangeSigned(server.storageUrl, signer.byHeader({ ...asked, headers }), changes);
    const good = await send({ 'x-amz-security-token': sessionToken });
    assert.deepEqual([good.status, good.body.toString()], [200, 'picture']);
    assert.equal((await send({})).element('Code'), 'InvalidAccessKeyId');
    assert.equal((await send({ 'x-amz-security-token': 'other' })).element('Code'), 'InvalidToken');
    const linked = signer.byQuery({ ...asked, headers: { 'x-amz-security-token': sessionToken } }, 60);
    const { 'x-amz-security-token': moved, ...headers } = linked.headers;
    assert.equal(moved, sessionToken);
    const target = `${linked.target}&x-amz-security-token=${encodeURIComponent(sessionToken)}`;
    const followed = await exchangeSigned(server.storageUrl, { ...linked, target, headers });
    assert.equal(followed.status, 200, followed.body.toString());
  });

  test('are limited by a policy of their own, and end with the role', async () => {
    const policy = document({ Effect: 'Allow', Action: 's3:PutObject', Resource: OBJECTS });
    const limited = await openSession({ policy, durationSeconds: 900 });
    await assertS3Error(get(connectAs(limited)), denied);
    const long = openSession({ durationSeconds: 7201 });
    await refuses(400, 'InvalidValue', long);
    await ask('PATCH', `${OWN}/roles/backup`, { maxSessionSeconds: 900, description: 'shorter' });
    assert.equal((await ask('GET', `${OWN}/roles`)).roles[0].maxSessionSeconds, 900);
    const session = connectAs(await openSession());
    await get(session);
    await ask('DELETE', `${OWN}/roles/backup`);
    await assertAll(8, () => assertS3Error(get(session), { code: 'InvalidAccessKeyId', status: 403 }));
  });
});

test('API keys are made, listed, disabled and removed, and shown once', async () => {
  const { service } = await ask('POST', `${OWN}/services`, { name: 'caller' });
  const { apiKey } = await ask('POST', `${OWN}/api-keys`, {
    holder: 'service:caller',
    name: 'ci',
    expiresAt: '2099-01-01T00:00:00Z',
  });
  assert.match(apiKey.value, /^[\w-]{44}$/);
  const path = `${OWN}/api-keys?holder=service:${service.id}`;
  const [listed] = (await ask('GET', path)).apiKeys;
  assert.deepEqual([listed.id, listed.value, listed.fingerprint], [apiKey.id, undefined, undefined]);
  assert.equal(listed.expiresAt, '2099-01-01T00:00:00.000Z');
  const changed = await ask('PATCH', `/api-keys/${apiKey.id}`, { enabled: false, locked: true });
  assert.deepEqual([changed.apiKey.enabled, changed.apiKey.locked], [false, true]);
  await refuses(409, 'RecordLocked', ask('DELETE', `/api-keys/${apiKey.id}`));
  await ask('PATCH', `/api-keys/${apiKey.id}`, { locked: false });
  await ask('DELETE', `/api-keys/${apiKey.id}`);
  await refuses(404, 'NoSuchRecord', ask('DELETE', `/api-keys/${apiKey.id}`));
  await refuses(
    400,
    'InvalidRequest',
    ask('POST', `${OWN}/api-keys`, { holder: 'service:caller', name: 'x', expiresAt: 'soon' }),
  );
  await ask('DELETE', `${OWN}/services/${service.id}`);
});

test('the operations by name: their audit lines say who did what', async () => {
  await ask('POST', `${OWN}/groups`, { name: 'audited' });
  const { readFileSync } = await import('node:fs');
  const lines = readFileSync(join(server.dataDirectory, 'audit.log'), 'utf8').trim().split('\n');
  const seen = new Set(lines.map((line) => JSON.parse(line).operation as string));
  for (const operation of [
    'CreateService',
    'UpdateService',
    'DeleteService',
    'CreateServiceKey',
    'CreateGroup',
    'UpdateGroup',
    'DeleteGroup',
    'AddGroupMember',
    'RemoveGroupMember',
    'CreateRole',
    'UpdateRole',
    'DeleteRole',
    'CreateRoleSession',
    'CreatePolicy',
    'UpdatePolicy',
    'DeletePolicy',
    'AttachPolicy',
    'DetachPolicy',
    'CreateApiKey',
    'UpdateApiKey',
    'DeleteApiKey',
  ]) {
    assert.ok(seen.has(operation), operation);
  }
  // What only reads leaves no line.
  for (const operation of [
    'ListServices',
    'ListServiceKeys',
    'ListGroups',
    'ListGroupMembers',
    'ListRoles',
    'ListPolicies',
    'GetPolicy',
    'ListApiKeys',
  ]) {
    assert.equal(seen.has(operation), false, operation);
  }
  assert.equal(
    lines.some((line) => /secretKey|sessionToken|"value"/.test(line)),
    false,
  );
});

test('the command line does all of it', async () => {
  const path = join(folder, 'policy.json');
  writeFileSync(path, JSON.stringify(READ));
  await run('service', 'add', 'robot', '--description', 'by hand');
  const key = JSON.parse(await run('key', 'add', '--service', 'robot', '--json'));
  await run('policy', 'add', 'reading', path, '--attach', 'service:robot');
  const s3 = connectAs(key);
  await get(s3);
  assert.match(await run('policy', 'list', 'service:robot'), /\treading\taws\tservice:/);
  assert.deepEqual(JSON.parse(await run('policy', 'show', 'reading')), READ);
  await run('policy', 'detach', 'reading', 'service:robot');
  await assertS3Error(get(s3), denied);
  await run('group', 'add', 'robots');
  await run('group', 'add-member', 'robots', 'service:robot');
  await run('policy', 'attach', 'reading', 'group:robots');
  await get(s3);
  assert.match(await run('group', 'members', 'robots'), /^service:/m);
  assert.match(await run('group', 'list'), /\trobots\t/);
  await run('group', 'remove-member', 'robots', 'service:robot');
  await assertS3Error(get(s3), denied);
  await run('role', 'add', 'visitor', '--max-session', '900');
  await run('policy', 'attach', 'reading', 'role:visitor');
  const session = JSON.parse(await run('role', 'assume', 'visitor', '--seconds', '900', '--json'));
  await get(connectAs(session));
  assert.match(await run('role', 'list'), /\tvisitor\t/);
  writeFileSync(path, JSON.stringify(document({ Effect: 'Deny', Action: 's3:*', Resource: '*' })));
  await run('policy', 'set', 'reading', path);
  await assertS3Error(get(connectAs(session)), denied);
  const apiKey = JSON.parse(await run('api-key', 'add', 'ci', '--service', 'robot', '--json'));
  assert.match(await run('api-key', 'disable', apiKey.id), /ENABLED\tno/);
  assert.match(await run('api-key', 'enable', apiKey.id), /ENABLED\tyes/);
  assert.match(await run('api-key', 'list', '--service', 'robot'), new RegExp(`^${apiKey.id}\t`, 'm'));
  await run('api-key', 'remove', apiKey.id);
  for (const word of ['lock', 'unlock', 'disable', 'enable']) await run('service', word, 'robot');
  assert.match(await run('key', 'list', '--service', 'robot'), new RegExp(`^${key.accessKey}\t`, 'm'));
  await run('role', 'remove', 'visitor');
  await run('group', 'remove', 'robots');
  await run('policy', 'remove', 'reading');
  await run('service', 'remove', 'robot');
  assert.equal(await run('service', 'list'), 'SERVICE\tNAME\tDESCRIPTION\tENABLED\tLOCKED\tCREATED\n');
});
