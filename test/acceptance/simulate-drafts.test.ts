// SimulateCall with policies that are not stored: the answer is that of the same call with them stored, and nothing is.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import {
  CreateBucketCommand,
  GetBucketPolicyCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { askAdmin } from '../support/ask-admin.ts';
import { IndependentSigner } from '../support/independent-signer.ts';
import { exchangeSigned } from '../support/raw-http.ts';
import { assertNoFailures, connectS3 } from '../support/s3-client.ts';
import { runGotgan, type ServerProcess, startServer } from '../support/server-process.ts';

const BUCKET = 'drafted';
const OBJECTS = `arn:aws:s3:::${BUCKET}/*`;
const documentOf = (...Statement: object[]) => JSON.stringify({ Version: '2012-10-17', Statement });
const openToAll = documentOf({ Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: OBJECTS });
const shut = documentOf({ Effect: 'Deny', Principal: '*', Action: 's3:GetObject', Resource: OBJECTS });

describe('SimulateCall with drafts', () => {
  let server: ServerProcess;
  before(async () => {
    server = await startServer({});
    const root = connectS3(server);
    await root.send(new CreateBucketCommand({ Bucket: BUCKET }));
    await root.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'a', Body: 'x' }));
    await askAdmin(server, 'POST', '/accounts/:own/users', { name: 'kim', role: 'member' });
  });
  after(async () => {
    assertNoFailures(server);
    await server?.dispose();
  });

  const read = { action: 's3:GetObject', bucket: BUCKET, key: 'a' };
  const simulate = (sent: object) =>
    askAdmin(server, 'POST', '/simulate', { ...read, ...sent }).then(({ simulation }) => simulation);
  const storedPolicy = async () => {
    const { Policy: policy } = await connectS3(server).send(new GetBucketPolicyCommand({ Bucket: BUCKET }));
    return policy;
  };

  test('answers as if the draft were the policy of the bucket, and stores nothing', async () => {
    assert.equal((await simulate({ principal: 'public' })).allowed, false);
    const open = await simulate({ principal: 'public', bucketPolicy: openToAll });
    assert.equal(open.allowed, true);
    assert.deepEqual(open.layers.at(-1).layer, 'bucket-policy');
    await assert.rejects(storedPolicy(), { name: 'NoSuchBucketPolicy' });

    await connectS3(server).send(new PutBucketPolicyCommand({ Bucket: BUCKET, Policy: openToAll }));
    assert.equal((await simulate({ principal: 'public' })).allowed, true);
    const denied = await simulate({ principal: 'public', bucketPolicy: shut });
    assert.deepEqual([denied.allowed, denied.cause], [false, 'explicit-deny']);
    const without = await simulate({ principal: 'public', bucketPolicy: ' \n' });
    assert.deepEqual([without.allowed, without.cause], [false, 'anonymous']);
    assert.equal(await storedPolicy(), openToAll);
  });

  test('proposes changes to the draft, not to what is stored', async () => {
    const draft = documentOf({ Effect: 'Allow', Principal: '*', Action: 's3:PutObject', Resource: OBJECTS });
    const {
      allowed,
      smallestChange,
      otherChanges = [],
    } = await simulate({
      principal: 'public',
      bucketPolicy: draft,
    });
    assert.equal(allowed, false);
    assert.deepEqual(smallestChange.says, { kind: 'sign-as-owner' });
    const changes: { target: { what: string }; patch?: object; says: object; sentence: string }[] = [
      smallestChange,
      ...otherChanges,
    ];
    const ofDraft = changes.find(({ target }) => target.what === 'bucket-policy');
    assert.deepEqual(ofDraft?.says, {
      kind: 'add-to-statement',
      statement: 1,
      element: 'actions',
      value: 's3:GetObject',
    });
    assert.equal(
      ofDraft.sentence,
      'Add s3:GetObject to the actions of statement 1 of the policy of the bucket.',
    );
    assert.deepEqual(ofDraft?.patch, [
      { op: 'replace', path: '/Statement/0/Action', value: ['s3:PutObject', 's3:GetObject'] },
    ]);
  });

  test('refuses what could not be stored, with the reason', async () => {
    const elsewhere = documentOf({
      Effect: 'Allow',
      Principal: '*',
      Action: 's3:GetObject',
      Resource: 'arn:aws:s3:::other/*',
    });
    for (const [bucketPolicy, reason] of [
      ['{"Version": "2012-10-17",', /InvalidPolicy.*This policy contains invalid Json/],
      ['null', /InvalidPolicy.*the first byte must be '\{'/],
      [elsewhere, /InvalidPolicy.*Policy has invalid resource: statement 1/],
    ] as const) {
      await assert.rejects(simulate({ bucketPolicy }), reason);
    }
    const { bucket: _bucket, key: _key, ...noBucket } = read;
    await assert.rejects(
      askAdmin(server, 'POST', '/simulate', { ...noBucket, bucketPolicy: openToAll }),
      /InvalidRequest.*needs the member bucket/,
    );
  });

  test('takes policies of identities, beside those that are stored or in the place of one', async () => {
    const kim = { principal: 'user:kim', bucketPolicy: '' };
    const mayRead = documentOf({ Effect: 'Allow', Action: 's3:GetObject', Resource: OBJECTS });
    const mayList = documentOf({ Effect: 'Allow', Action: 's3:ListBucket', Resource: '*' });
    assert.equal((await simulate(kim)).allowed, false);
    assert.equal((await simulate({ ...kim, policy: mayRead })).allowed, true);
    const stored = { name: 'kims', document: JSON.parse(mayRead), attachedTo: ['user:kim'] };
    const { policy } = await askAdmin(server, 'POST', '/accounts/:own/policies', stored);
    assert.equal((await simulate({ ...kim, policy: mayList })).allowed, true);
    assert.equal((await simulate({ ...kim, policy: mayList, policyId: 'kims' })).allowed, false);
    assert.equal((await simulate({ ...kim, policy: mayList, policyId: policy.id })).allowed, false);
    assert.equal((await simulate(kim)).allowed, true);
    const everybody = { principal: 'public', bucketPolicy: '', policy: mayRead };
    assert.equal((await simulate(everybody)).allowed, true);
    for (const [wrong, code] of [
      [{ policy: '{' }, /InvalidPolicy/],
      [{ policy: mayRead, policyId: 'nothing' }, /NoSuchRecord/],
      [{ policy: mayRead, language: 'latin' }, /InvalidRequest/],
      [{ policyId: 'kims' }, /InvalidRequest/],
    ] as const) {
      await assert.rejects(simulate({ ...kim, ...wrong }), code);
    }
  });

  test('is for those who may read the policy in whose place the draft would stand', async () => {
    const { key } = await askAdmin(server, 'POST', '/accounts/:own/users/kim/keys', {});
    const asKim = async (sent: object) => {
      const secret = { accessKeyId: key.accessKey, secret: key.secretKey };
      const signer = new IndependentSigner({ ...secret, region: 'KR1', service: 'gotgan' }, new Date());
      const body = Buffer.from(JSON.stringify({ ...read, ...sent }));
      const host = new URL(server.controlUrl).host;
      const request = signer.byHeader({ method: 'POST', host, path: '/admin/v1/simulate', body });
      const answer = await exchangeSigned(server.controlUrl, request);
      const { error, simulation } = JSON.parse(answer.body.toString());
      return [answer.status, error?.code ?? simulation.allowed];
    };
    assert.deepEqual(await asKim({}), [200, true]);
    assert.deepEqual(await asKim({ bucketPolicy: shut }), [403, 'AccessDenied']);
    assert.deepEqual(await asKim({ policy: openToAll }), [403, 'AccessDenied']);
    const document = JSON.parse(
      documentOf({ Effect: 'Allow', Action: 's3:GetBucketPolicy', Resource: `arn:aws:s3:::${BUCKET}` }),
    );
    await askAdmin(server, 'POST', '/accounts/:own/policies', { document, attachedTo: ['user:kim'] });
    assert.deepEqual(await asKim({ bucketPolicy: shut }), [200, false]);
  });

  test('on the command line reads drafts from files', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'gotgan-drafts-'));
    try {
      const path = join(folder, 'draft.json');
      const run = () => {
        const words = ['simulate', 's3:GetObject', '--principal', 'public', '--bucket', BUCKET, '--key', 'a'];
        return runGotgan([...words, '--bucket-policy', path, '--endpoint', server.controlUrl], {
          GOTGAN_ACCESS_KEY: server.accessKey,
          GOTGAN_SECRET_KEY: server.secretKey,
        });
      };
      writeFileSync(path, openToAll);
      const open = await run();
      assert.deepEqual([open.code, open.stdout.split('\n')[0]], [0, 'Allowed'], open.stderr);
      writeFileSync(path, shut);
      const denied = await run();
      assert.deepEqual([denied.code, denied.stdout.split('\n')[0]], [1, 'Denied'], denied.stderr);
      writeFileSync(path, 'no policy');
      const refused = await run();
      assert.notEqual(refused.code, 0);
      assert.match(refused.stderr, /must be valid JSON/);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
