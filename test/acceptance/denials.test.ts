// Denials over HTTP: kept before the answer leaves, explained to those who may know, on whichever worker is asked.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  CreateBucketCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { askAdmin } from '../support/ask-admin.ts';
import { IndependentSigner } from '../support/independent-signer.ts';
import { exchangeSigned } from '../support/raw-http.ts';
import { assertNoFailures, connectS3 } from '../support/s3-client.ts';
import { runGotgan, type ServerProcess, startServer } from '../support/server-process.ts';

const BUCKET = 'explained';
const OBJECTS = `arn:aws:s3:::${BUCKET}/*`;
const document = (...Statement: object[]) => ({ Version: '2012-10-17', Statement });

let server: ServerProcess;
before(async () => {
  server = await startServer({ workers: 2 });
  const root = connectS3(server);
  await root.send(new CreateBucketCommand({ Bucket: BUCKET }));
  await root.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'a', Body: 'x' }));
});
after(async () => {
  assertNoFailures(server);
  await server?.dispose();
});

interface Pair {
  readonly accessKey: string;
  readonly secretKey: string;
}

// biome-ignore lint/suspicious/noExplicitAny: answers are looked into member by member
type Json = any;

const ask = (method: string, path: string, sent?: object): Promise<Json> =>
  askAdmin(server, method, path, sent);

async function askAs(pair: Pair, path: string): Promise<{ status: number; json: Json }> {
  const [pathname = '', search] = path.split('?');
  const signer = new IndependentSigner(
    { accessKeyId: pair.accessKey, secret: pair.secretKey, region: 'KR1', service: 'gotgan' },
    new Date(),
  );
  const request = signer.byHeader({
    method: 'GET',
    host: new URL(server.controlUrl).host,
    path: `/admin/v1${pathname}`,
    ...(search === undefined ? {} : { query: [...new URLSearchParams(search)] }),
    body: Buffer.alloc(0),
  });
  const { status, body } = await exchangeSigned(server.controlUrl, request);
  return { status, json: JSON.parse(body.toString()) };
}

async function deny(
  { accessKey, secretKey }: Pair,
  command = new GetObjectCommand({ Bucket: BUCKET, Key: 'a' }),
) {
  const s3 = connectS3(server, { credentials: { accessKeyId: accessKey, secretAccessKey: secretKey } });
  const error = await s3.send(command).then(
    () => assert.fail('expected a denial'),
    (reason: unknown) => reason,
  );
  if (!(error instanceof S3ServiceException)) throw error;
  return error.$metadata.requestId ?? '';
}

async function addMember(account: string, name: string): Promise<Pair> {
  await ask('POST', `/accounts/${account}/users`, { name, role: 'member' });
  return (await ask('POST', `/accounts/${account}/users/${name}/keys`, {})).key;
}

test('a denied call is explained with its layers and the smallest change, which works', async () => {
  const pair = await addMember(':own', 'min');
  const { policy } = await ask('POST', '/accounts/:own/policies', {
    name: 'almost',
    document: document({ Sid: 'Write', Effect: 'Allow', Action: ['s3:PutObject'], Resource: OBJECTS }),
    attachedTo: ['user:min'],
  });
  const requestId = await deny(pair);
  for (let turn = 0; turn < 6; turn += 1) {
    const { denial } = await ask('GET', `/denials/${requestId}`);
    assert.equal(denial.requestId, requestId);
    assert.deepEqual(denial.action, { core: 'object:read', name: 's3:GetObject' });
    assert.deepEqual(
      [denial.cause, denial.bucket, denial.key, denial.allowedNow],
      ['nearly-allowed', BUCKET, 'a', false],
    );
    assert.equal(denial.principal.name, 'min');
    assert.deepEqual(
      denial.layers.map(({ layer }: Json) => layer),
      ['identity-policy', 'ownership', 'object-acl', 'default'],
    );
    const [statement] = denial.layers[0].statements;
    assert.deepEqual(
      [statement.sid, statement.match, statement.failed, statement.policy.name],
      ['Write', 'near', 'action', 'almost'],
    );
    assert.equal(denial.smallestChange.kind, 'statement');
    assert.deepEqual(denial.smallestChange.target, {
      what: 'policy',
      id: policy.id,
      name: 'almost',
      language: 'aws',
    });
    assert.deepEqual(denial.smallestChange.patch, [
      { op: 'add', path: '/Statement/0/Action/-', value: 's3:GetObject' },
    ]);
  }
  await ask('PATCH', '/accounts/:own/policies/almost', {
    document: document({ Effect: 'Allow', Action: ['s3:PutObject', 's3:GetObject'], Resource: OBJECTS }),
  });
  const { denial } = await ask('GET', `/denials/${requestId}`);
  assert.deepEqual([denial.allowedNow, denial.cause], [true, 'nearly-allowed']);
});

describe('who may know of a denial', () => {
  let requestId = '';
  let stranger: Pair;
  let neighbour: Pair;
  let denied: Pair;
  before(async () => {
    await ask('POST', '/accounts', { name: 'elsewhere' });
    denied = await addMember('elsewhere', 'visitor');
    stranger = (await ask('POST', '/accounts/elsewhere/users/:root/keys', {})).key;
    neighbour = await addMember(':own', 'neighbour');
    await ask('POST', '/accounts/elsewhere/policies', {
      name: 'secret',
      document: document({ Effect: 'Allow', Action: 's3:PutObject', Resource: OBJECTS }),
      attachedTo: ['user:visitor'],
    });
    await connectS3(server).send(
      new PutBucketPolicyCommand({
        Bucket: BUCKET,
        Policy: JSON.stringify(
          document({ Effect: 'Allow', Principal: '*', Action: 's3:PutObject', Resource: OBJECTS }),
        ),
      }),
    );
    requestId = await deny(denied);
  });

  test('the one who was refused sees its own side', async () => {
    const { status, json } = await askAs(denied, `/denials/${requestId}`);
    assert.equal(status, 200, JSON.stringify(json));
    const hidden = json.denial.layers.filter(({ reason }: Json) => reason.startsWith('not shown'));
    assert.deepEqual(
      hidden.map(({ layer }: Json) => layer),
      ['ownership', 'bucket-policy', 'object-acl', 'default'],
    );
    assert.equal(json.denial.smallestChange, undefined, 'what the bucket says is not theirs to change');
  });

  test('the account that owns the bucket sees what the bucket says, and no policy of a stranger', async () => {
    const clerk = (await ask('POST', '/accounts/:own/users', { name: 'clerk' })).user;
    const { key } = await ask('POST', `/accounts/:own/users/${clerk.name}/keys`, {});
    const { json } = await askAs(key, `/denials/${requestId}`);
    const layers = json.denial.layers as Json[];
    assert.match(layers.find(({ layer }) => layer === 'identity-policy').reason, /^not shown/);
    assert.equal(layers.find(({ layer }) => layer === 'bucket-policy').statements[0].failed, 'action');
    assert.equal(JSON.stringify(json).includes('secret'), false);
    assert.equal(json.denial.smallestChange.target.what, 'bucket-policy');
    const listed = await askAs(key, `/denials?bucket=${BUCKET}`);
    assert.ok(listed.json.denials.some((one: Json) => one.requestId === requestId));
  });

  test('nobody else learns that there was one', async () => {
    for (const pair of [stranger, neighbour]) {
      const known = await askAs(pair, `/denials/${requestId}`);
      const unknown = await askAs(pair, '/denials/tx000000000000000000000-0000000000');
      assert.equal(known.status, 404);
      const { requestId: _, ...error } = known.json.error;
      const { requestId: __, ...other } = unknown.json.error;
      assert.deepEqual(error, other);
      const { json } = await askAs(pair, '/denials');
      assert.equal(
        json.denials.some((one: Json) => one.requestId === requestId),
        false,
      );
    }
    const anonymous = await fetch(`${server.controlUrl}/admin/v1/denials/${requestId}`);
    assert.equal(anonymous.status, 401);
  });
});

test('of many deletions the first that was denied is kept, and metrics count them', async () => {
  const { accessKey, secretKey } = await addMember(':own', 'sweeper');
  await ask('POST', '/accounts/:own/policies', {
    document: document({
      Effect: 'Allow',
      Action: 's3:DeleteObject',
      Resource: `arn:aws:s3:::${BUCKET}/tmp/*`,
    }),
    attachedTo: ['user:sweeper'],
  });
  const s3 = connectS3(server, { credentials: { accessKeyId: accessKey, secretAccessKey: secretKey } });
  const Objects = ['tmp/1', 'a', 'b'].map((Key) => ({ Key }));
  const { Errors, $metadata } = await s3.send(
    new DeleteObjectsCommand({ Bucket: BUCKET, Delete: { Objects } }),
  );
  assert.deepEqual(
    Errors?.map(({ Key, Code }) => `${Key} ${Code}`),
    ['a AccessDenied', 'b AccessDenied'],
  );
  const { denial } = await ask('GET', `/denials/${$metadata.requestId}`);
  assert.deepEqual([denial.status, denial.key, denial.action.name], [200, 'a', 's3:DeleteObject']);
  const metrics = await (await fetch(`${server.controlUrl}/metrics`)).text();
  const [, kept] = /^gotgan_denials_total\{outcome="kept"\} (\d+)$/m.exec(metrics) ?? [];
  assert.ok(Number(kept) > 0, kept);
});

describe('failed proofs', () => {
  test('say what is wrong with the credential', async () => {
    const { key } = await ask('POST', '/accounts/:own/users/:root/keys', {});
    const wrong = await deny({ accessKey: key.accessKey, secretKey: 'wrong' });
    const shown = (await ask('GET', `/denials/${wrong}`)).denial;
    assert.deepEqual([shown.cause, shown.code], ['signature-mismatch', 'SignatureDoesNotMatch']);
    assert.equal(shown.question, undefined);
    const { status } = await askAs(key, `/denials/${wrong}`);
    assert.equal(status, 200, 'the holder of the key');
    await ask('PATCH', `/keys/${key.accessKey}`, { enabled: false });
    const disabled = await deny(key);
    assert.equal((await ask('GET', `/denials/${disabled}`)).denial.cause, 'key-disabled');
    const unknown = await deny({ accessKey: 'nobody', secretKey: 'x' });
    const { denial } = await ask('GET', `/denials/${unknown}`);
    assert.deepEqual([denial.cause, denial.credential.cause], ['unknown-key', 'unknown-key']);
  });

  test('measure the skew of clocks', async () => {
    const { accessKey, secretKey } = server;
    const signer = new IndependentSigner(
      { accessKeyId: accessKey, secret: secretKey, region: 'KR1', service: 's3' },
      new Date(Date.now() - 3600_000),
    );
    const { host } = new URL(server.storageUrl);
    const request = signer.byHeader({ method: 'GET', host, path: `/${BUCKET}/a`, body: Buffer.alloc(0) });
    const answer = await exchangeSigned(server.storageUrl, request);
    const id = answer.headers.get('x-amz-request-id') ?? '';
    const { denial } = await ask('GET', `/denials/${id}`);
    assert.equal(denial.cause, 'clock-skew');
    assert.ok(Math.abs(denial.credential.skewSeconds + 3600) <= 2, String(denial.credential.skewSeconds));
    assert.match(denial.credential.advice, /seconds behind that of the server/);
  });
});

describe('SimulateCall', () => {
  const simulate = (sent: object) => ask('POST', '/simulate', sent).then(({ simulation }) => simulation);

  test('answers for a call what the call would', async () => {
    const pair = await addMember(':own', 'planner');
    const asked = { principal: 'user:planner', action: 's3:getobject', bucket: BUCKET, key: 'a' };
    const before = await simulate(asked);
    assert.deepEqual(
      [before.allowed, before.cause, before.smallestChange.kind],
      [false, 'nearly-allowed', 'grant'],
    );
    await deny(pair);
    const { document: made, target } = before.smallestChange;
    await ask('POST', '/accounts/:own/policies', {
      name: 'as told',
      document: made,
      attachedTo: [target.subject],
    });
    const then = await simulate(asked);
    assert.deepEqual([then.allowed, then.smallestChange], [true, undefined]);
    const s3 = connectS3(server, {
      credentials: { accessKeyId: pair.accessKey, secretAccessKey: pair.secretKey },
    });
    await s3.send(new GetObjectCommand({ Bucket: BUCKET, Key: 'a' }));
    const missing = await simulate({ ...asked, key: 'nothing' });
    assert.deepEqual([missing.allowed, missing.cause], [false, 'nothing-there']);
    const anonymous = await simulate({ ...asked, principal: 'public' });
    assert.deepEqual([anonymous.allowed, anonymous.cause], [false, 'anonymous']);
  });

  test('takes what the request would say, roles, and what is about no bucket', async () => {
    await ask('POST', '/accounts/:own/roles', { name: 'night' });
    await ask('POST', '/accounts/:own/policies', {
      document: document({
        Effect: 'Allow',
        Action: 's3:GetObject',
        Resource: OBJECTS,
        Condition: { IpAddress: { 'aws:SourceIp': '192.0.2.0/24' } },
      }),
      attachedTo: ['role:night'],
    });
    const asked = { principal: 'role:night', action: 'object:read', bucket: BUCKET, key: 'a' };
    const inside = { ...asked, conditions: { 'aws:SourceIp': '192.0.2.7' } };
    assert.equal((await simulate(inside)).allowed, true);
    const outside = await simulate({ ...asked, conditions: { 'aws:SourceIp': '198.51.100.1' } });
    assert.deepEqual(outside.smallestChange.patch, [
      {
        op: 'replace',
        path: '/Statement/0/Condition/IpAddress/aws:SourceIp',
        value: ['192.0.2.0/24', '198.51.100.1'],
      },
    ]);
    assert.equal((await simulate({ action: 's3:ListAllMyBuckets' })).allowed, true);
  });

  test('refuses what it cannot know, and strangers', async () => {
    for (const [wrong, code] of [
      [{ action: 's3:Nothing', bucket: BUCKET }, 'NoSuchAction'],
      [{ action: 's3:GetObject', bucket: 'nowhere', key: 'a' }, 'NoSuchBucket'],
      [{ action: 's3:GetObject', bucket: BUCKET, principal: 'user:nobody' }, 'NoSuchSubject'],
      [{ action: 's3:GetObject', bucket: BUCKET, conditions: { a: 1 } }, 'InvalidRequest'],
    ] as const) {
      await assert.rejects(ask('POST', '/simulate', wrong), new RegExp(code));
    }
  });

  test('and explains on the command line as a picture', async () => {
    const run = (...words: readonly string[]) =>
      runGotgan([...words, '--endpoint', server.controlUrl], {
        GOTGAN_ACCESS_KEY: server.accessKey,
        GOTGAN_SECRET_KEY: server.secretKey,
      });
    const requestId = await deny(await addMember(':own', 'shown'));
    const explained = await run('explain', requestId);
    assert.equal(explained.code, 0, explained.stderr);
    assert.match(explained.stdout, /^Denied: AccessDenied {2}GET \/explained\/a \(s3\)$/m);
    assert.match(explained.stdout, /^ {2}✘ default {15}no layer grants the action$/m);
    assert.match(
      explained.stdout,
      /^The smallest change that would allow it:\n {2}Attach a policy to user:/m,
    );
    assert.match(explained.stdout, /^Asked now, it would still be denied\.$/m);
    const simulated = await run(
      'simulate',
      's3:GetObject',
      '--principal',
      'user:shown',
      '--bucket',
      BUCKET,
      '--key',
      'a',
    );
    assert.deepEqual([simulated.code, simulated.stdout.split('\n')[0]], [1, 'Denied']);
    const mine = await run('simulate', 's3:GetObject', '--bucket', BUCKET, '--key', 'a', '--json');
    assert.deepEqual([mine.code, JSON.parse(mine.stdout).allowed], [0, true]);
    const listed = await run('denials', '--principal', 'user:shown');
    assert.match(
      listed.stdout,
      new RegExp(`\\t${requestId}\\tGetObject\\tnearly-allowed\\tshown\\t${BUCKET}\\ta$`, 'm'),
    );
    assert.match((await run('explain', 'nothing')).stderr, /There is no such denial/);
  });
});

test('a proxy that changes the host is named by the signature doctor', async () => {
  const { accessKey, secretKey } = server;
  const identity = { accessKeyId: accessKey, secret: secretKey, region: 'KR1', service: 's3' };
  const signer = new IndependentSigner(identity, new Date());
  const path = `/${BUCKET}/a`;
  const signed = signer.byHeader({ method: 'GET', host: 's3.example.com:9000', path, body: Buffer.alloc(0) });
  assert.equal((await exchangeSigned(server.storageUrl, signed)).status, 200);
  const answer = await exchangeSigned(server.storageUrl, signed, { headers: { host: 's3.example.com' } });
  assert.equal(answer.element('Code'), 'SignatureDoesNotMatch');
  const { denial } = await ask('GET', `/denials/${answer.headers.get('x-amz-request-id')}`);
  assert.equal(denial.cause, 'signature-mismatch');
  assert.deepEqual([denial.signature.isKnown, denial.signature.rewrite], [true, 'host-with-port']);
  assert.equal(JSON.stringify(denial).includes(secretKey), false);
});

describe('ListDenials and GetDenial', () => {
  test('filter by principal, bucket, cause and time, newest first, page by page', async () => {
    const began = new Date().toISOString();
    const pair = await addMember(':own', 'often');
    for (let turn = 0; turn < 5; turn += 1) await deny(pair);
    const { denials, next } = await ask('GET', `/denials?principal=user:often&limit=3`);
    assert.equal(denials.length, 3);
    assert.ok(
      denials.every(({ principal, bucket }: Json) => principal.name === 'often' && bucket === BUCKET),
    );
    assert.deepEqual(
      denials.map(({ time }: Json) => time),
      denials
        .map(({ time }: Json) => time)
        .toSorted()
        .toReversed(),
    );
    const rest = await ask('GET', `/denials?principal=often&limit=3&after=${next}`);
    assert.deepEqual([rest.denials.length, rest.next], [2, undefined]);
    const since = await ask('GET', `/denials?since=${began}`);
    assert.equal(since.denials.length, 5);
    assert.equal((await ask('GET', '/denials?cause=clock-skew')).denials.length, 1);
    assert.equal((await ask('GET', '/denials?bucket=elsewhere')).denials.length, 0);
    for (const wrong of ['since=soon', 'after=x', 'limit=0']) {
      await assert.rejects(ask('GET', `/denials?${wrong}`), /400 .*InvalidRequest/);
    }
  });

  test('keep twenty a second of one source and principal, and count the rest', async () => {
    const pair = await addMember(':own', 'flood');
    await Promise.all(Array.from({ length: 150 }, () => deny(pair)));
    const { denials } = await ask('GET', `/denials?principal=user:flood&limit=1000`);
    assert.ok(denials.length >= 20 && denials.length < 150, String(denials.length));
  });

  test('survive a restart', async () => {
    const { denials } = await ask('GET', '/denials?principal=user:often');
    await server.restart();
    const { denial } = await ask('GET', `/denials/${denials[0].requestId}`);
    assert.equal(denial.principal.name, 'often');
  });
});
