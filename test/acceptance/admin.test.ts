// The admin API over HTTP: who may use it, what it answers, and that every worker knows the result at once.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { CreateBucketCommand, DeleteBucketCommand, ListBucketsCommand } from '@aws-sdk/client-s3';
import { IndependentSigner } from '../support/independent-signer.ts';
import { exchangeSigned, type SentRequest } from '../support/raw-http.ts';
import { assertS3Error, connectS3 } from '../support/s3-client.ts';
import { type ServerProcess, startServer } from '../support/server-process.ts';

interface Pair {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

interface Answer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  // biome-ignore lint/suspicious/noExplicitAny: answers are looked into member by member
  readonly json: any;
}

interface Asking {
  readonly pair?: Pair;
  readonly region?: string;
  readonly service?: string;
  readonly at?: Date;
  readonly query?: readonly (readonly [string, string])[];
  readonly payload?: string;
  readonly changes?: SentRequest;
}

let server: ServerProcess;
before(async () => {
  server = await startServer({ workers: 2 });
});
after(() => server?.dispose());

async function ask(method: string, path: string, document?: unknown, asking: Asking = {}): Promise<Answer> {
  const { pair = server.credentials, region = 'KR1', service = 'gotgan', at = new Date() } = asking;
  const signer = new IndependentSigner(
    { accessKeyId: pair.accessKeyId, secret: pair.secretAccessKey, region, service },
    at,
  );
  const text = typeof document === 'string' ? document : JSON.stringify(document);
  const request = signer.byHeader(
    {
      method,
      host: new URL(server.controlUrl).host,
      path: `/admin/v1${path}`,
      ...(asking.query === undefined ? {} : { query: asking.query }),
      body: Buffer.from(document === undefined ? '' : text),
    },
    asking.payload,
  );
  const { status, headers, body } = await exchangeSigned(server.controlUrl, request, asking.changes);
  return { status, headers, json: body.length === 0 ? undefined : JSON.parse(body.toString()) };
}

function assertError(
  { status, headers, json }: Answer,
  wanted: number,
  code: string,
  message?: RegExp,
): void {
  assert.deepEqual([status, json?.error?.code], [wanted, code], JSON.stringify(json));
  assert.equal(json.error.requestId, headers.get('x-request-id'));
  assert.equal(headers.get('content-type'), 'application/json');
  assert.match(json.error.message, message ?? /\S.*\.$/);
}

async function addTenant(name: string): Promise<{ id: string; pair: Pair }> {
  const { json } = await ask('POST', '/accounts', { name });
  const { json: made } = await ask('POST', `/accounts/${name}/users/:root/keys`, {});
  return {
    id: json.account.id,
    pair: { accessKeyId: made.key.accessKey, secretAccessKey: made.key.secretKey },
  };
}

describe('proofs', () => {
  it('are asked for', async () => {
    const response = await fetch(`${server.controlUrl}/admin/v1/accounts`);
    assert.equal(response.status, 401);
    assert.equal(response.headers.get('www-authenticate'), 'AWS4-HMAC-SHA256');
    const { error } = (await response.json()) as { error: { code: string } };
    assert.equal(error.code, 'NotAuthenticated');
  });

  it('must be for this service, a region that is served, this time and this body', async () => {
    assertError(await ask('GET', '/accounts', undefined, { service: 's3' }), 403, 'WrongService');
    assertError(await ask('GET', '/accounts', undefined, { region: 'mars-1' }), 403, 'WrongRegion');
    assert.equal((await ask('GET', '/accounts', undefined, { region: 'us-east-1' })).status, 200);
    const old = new Date(Date.now() - 16 * 60_000);
    assertError(await ask('GET', '/accounts', undefined, { at: old }), 403, 'RequestTimeTooSkewed');
    const wrongSecret = { ...server.credentials, secretAccessKey: 'wrong' };
    assertError(await ask('GET', '/accounts', undefined, { pair: wrongSecret }), 403, 'SignatureMismatch');
    const unknown = { ...server.credentials, accessKeyId: 'nobody' };
    assertError(await ask('GET', '/accounts', undefined, { pair: unknown }), 403, 'UnknownAccessKey');
    const unsigned = await ask('POST', '/accounts', { name: 'x' }, { payload: 'UNSIGNED-PAYLOAD' });
    assertError(unsigned, 400, 'UnsignedBody');
    const changes = { body: Buffer.from('{"name":"y"}') };
    assertError(await ask('POST', '/accounts', { name: 'x' }, { changes }), 400, 'BodyMismatch');
  });

  it('of anybody but the root of the server are not enough', async () => {
    const { pair } = await addTenant('not-admin');
    await ask('POST', '/accounts/:own/users', { name: 'clerk' });
    const made = await ask('POST', '/accounts/:own/users/clerk/keys', {});
    const clerk = { accessKeyId: made.json.key.accessKey, secretAccessKey: made.json.key.secretKey };
    for (const other of [pair, clerk]) {
      assertError(await ask('GET', '/accounts', undefined, { pair: other }), 403, 'AccessDenied');
      assertError(await ask('POST', '/accounts', { name: 'z' }, { pair: other }), 403, 'AccessDenied');
      assertError(
        await ask('DELETE', '/accounts/not-admin', undefined, { pair: other }),
        403,
        'AccessDenied',
      );
    }
  });
});

describe('requests', () => {
  it('name what exists', async () => {
    assertError(await ask('GET', '/nothing'), 404, 'NotFound');
    assertError(await ask('GET', ''), 404, 'NotFound');
    const wrongMethod = await ask('PUT', '/accounts', {});
    assertError(wrongMethod, 405, 'MethodNotAllowed');
    assert.equal(wrongMethod.headers.get('allow'), 'GET, POST');
    assertError(
      await ask('GET', '/accounts/nobody/users'),
      404,
      'NoSuchAccount',
      /There is no account nobody\./,
    );
    assertError(await ask('DELETE', '/accounts/:own/users/nobody'), 404, 'NoSuchUser');
    assertError(await ask('DELETE', '/keys/nobody'), 404, 'NoSuchAccessKey');
  });

  it('have JSON bodies of known members', async () => {
    const wrong: readonly [unknown, RegExp][] = [
      ['{', /^The body is not JSON\.$/],
      ['\ufffd[]', /^The body is not JSON\.$/],
      ['[]', /^The body must be a JSON object\.$/],
      ['null', /^The body must be a JSON object\.$/],
      [{}, /^Name must be a string\.$/],
      [{ name: 7 }, /^Name must be a string\.$/],
      [{ name: 'a', id: null }, /^Id must be a string, or left out\.$/],
      [{ name: 'a', colour: 'red' }, /^Colour is not a member of this request\.$/],
    ];
    for (const [document, message] of wrong) {
      assertError(await ask('POST', '/accounts', document), 400, 'InvalidRequest', message);
    }
    assertError(
      await ask('POST', '/accounts', { name: 'a/b' }),
      400,
      'InvalidValue',
      /^name is not usable: expected /,
    );
    assertError(await ask('PATCH', '/accounts/:own', { enabled: 'no' }), 400, 'InvalidRequest');
    const half = await ask('POST', '/accounts/:own/users/:root/keys', { accessKey: 'x' });
    assertError(half, 400, 'InvalidRequest', /both accessKey and secretKey/);
    assertError(await ask('POST', '/accounts', { name: 'x'.repeat(70_000) }), 413, 'BodyTooLarge');
    assertError(await ask('GET', '/accounts', undefined, { query: [['limit', '0']] }), 400, 'InvalidRequest');
  });
});

describe('accounts, users and keys', () => {
  it('CreateAccount, ListAccounts by pages, DeleteAccount', async () => {
    const made = await ask('POST', '/accounts', { name: 'alpha', id: 'a'.repeat(32) });
    assert.equal(made.status, 201);
    assert.equal(made.json.account.id, 'a'.repeat(32));
    assert.equal(made.json.account.enabled, true);
    assert.match(made.json.account.createdAt, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    assert.deepEqual([made.json.rootUser.name, made.json.rootUser.isRoot], ['root', true]);
    assertError(await ask('POST', '/accounts', { name: 'alpha' }), 409, 'AccountNameTaken');
    assertError(await ask('POST', '/accounts', { name: 'beta', id: 'a'.repeat(32) }), 409, 'AccountIdTaken');
    await ask('POST', '/accounts', { name: 'alpine' });
    const first = await ask('GET', '/accounts', undefined, { query: [['limit', '1']] });
    assert.deepEqual([first.json.accounts.length, first.json.next], [1, 'alpha']);
    const second = await ask('GET', '/accounts', undefined, {
      query: [
        ['limit', '1'],
        ['after', 'alpha'],
      ],
    });
    assert.deepEqual([second.json.accounts[0].name, second.json.next], ['alpine', 'alpine']);
    for (const account of ['alpha', 'alpine']) {
      const removed = await ask('DELETE', `/accounts/${account}`);
      assert.deepEqual([removed.status, removed.json], [204, undefined]);
    }
    assertError(await ask('DELETE', '/accounts/alpha'), 404, 'NoSuchAccount');
    assertError(await ask('DELETE', '/accounts/root'), 409, 'RootIsPermanent');
  });

  it('refuses in words to remove an account that still has buckets', async () => {
    const { pair } = await addTenant('with-buckets');
    const s3 = connectS3(server, { credentials: pair });
    await s3.send(new CreateBucketCommand({ Bucket: 'still-there' }));
    const refused = await ask('DELETE', '/accounts/with-buckets');
    assertError(
      refused,
      409,
      'AccountNotEmpty',
      /^The account with-buckets still has buckets, such as still-there: remove them first\.$/,
    );
    await s3.send(new DeleteBucketCommand({ Bucket: 'still-there' }));
    assert.equal((await ask('DELETE', '/accounts/with-buckets')).status, 204);
    await assertS3Error(s3.send(new ListBucketsCommand({})), { code: 'InvalidAccessKeyId', status: 403 });
  });

  it('CreateUser, ListUsers, DeleteUser', async () => {
    await addTenant('people');
    const kim = { name: 'kim@example.com', displayName: '김', email: 'Kim@example.com' };
    const made = await ask('POST', '/accounts/people/users', kim);
    assert.equal(made.status, 201);
    const { user } = made.json;
    assert.deepEqual(
      [user.name, user.displayName, user.email, user.isRoot, user.enabled],
      ['kim@example.com', '김', 'Kim@example.com', false, true],
    );
    assertError(await ask('POST', '/accounts/people/users', kim), 409, 'UserNameTaken');
    assertError(
      await ask('POST', '/accounts/:own/users', { ...kim, email: 'kim@EXAMPLE.com' }),
      409,
      'EmailTaken',
    );
    const listed = await ask('GET', '/accounts/people/users');
    assert.deepEqual(
      listed.json.users.map(({ name }: { name: string }) => name),
      ['kim@example.com', 'root'],
    );
    assertError(await ask('DELETE', `/accounts/:own/users/${user.id}`), 404, 'NoSuchUser');
    assertError(await ask('DELETE', '/accounts/people/users/:root'), 409, 'RootIsPermanent');
    assert.equal((await ask('DELETE', `/accounts/people/users/${user.id}`)).status, 204);
  });

  it('CreateAccessKey, ListAccessKeys, DeleteAccessKey', async () => {
    await addTenant('keys');
    const made = await ask('POST', '/accounts/keys/users/:root/keys', {
      accessKey: 'MY.KEY',
      secretKey: 'my-secret',
    });
    assert.deepEqual([made.status, made.json.key.secretKey], [201, 'my-secret']);
    const again = await ask('POST', '/accounts/keys/users/:root/keys', {
      accessKey: 'MY.KEY',
      secretKey: 'x',
    });
    assertError(again, 409, 'AccessKeyTaken');
    const listed = await ask('GET', '/accounts/keys/users/:root/keys');
    assert.equal(listed.json.keys.length, 2);
    assert.equal(JSON.stringify(listed.json).includes('secret'), false);
    const s3 = connectS3(server, { credentials: { accessKeyId: 'MY.KEY', secretAccessKey: 'my-secret' } });
    await s3.send(new ListBucketsCommand({}));
    assert.equal((await ask('DELETE', '/keys/MY.KEY')).status, 204);
    await assertS3Error(s3.send(new ListBucketsCommand({})), { code: 'InvalidAccessKeyId', status: 403 });
    assertError(await ask('DELETE', `/keys/${server.accessKey}`), 409, 'RootIsPermanent');
  });

  it('UpdateAccount, UpdateUser and UpdateAccessKey shut out at the next request, on every worker', async () => {
    const { pair } = await addTenant('switches');
    const made = await ask('POST', '/accounts/switches/users', { name: 'lee' });
    const key = (await ask('POST', `/accounts/switches/users/${made.json.user.id}/keys`, {})).json.key;
    const lee = { accessKeyId: key.accessKey, secretAccessKey: key.secretKey };
    /** Each over a connection of its own, so that both workers are asked. */
    const isAccepted = async (credentials: Pair): Promise<boolean[]> => {
      const answers: boolean[] = [];
      for (let index = 0; index < 4; index += 1) {
        const s3 = connectS3(server, { credentials });
        answers.push(
          await s3.send(new ListBucketsCommand({})).then(
            () => true,
            () => false,
          ),
        );
        s3.destroy();
      }
      return answers;
    };
    const all = (value: boolean) => [value, value, value, value];
    const switches: readonly [string, readonly Pair[]][] = [
      ['/accounts/switches', [pair, lee]],
      ['/accounts/switches/users/lee', [lee]],
      [`/keys/${lee.accessKeyId}`, [lee]],
    ];
    for (const [path, pairs] of switches) {
      for (const enabled of [false, true]) {
        assert.equal((await ask('PATCH', path, { enabled })).status, 200, path);
        for (const credentials of pairs) assert.deepEqual(await isAccepted(credentials), all(enabled), path);
      }
    }
    assertError(await ask('PATCH', '/accounts/:own', { enabled: false }), 409, 'RootIsPermanent');
  });
});

it('GetStatus tells version, workers, regions and what is stored', async () => {
  const { status, json } = await ask('GET', '/status/');
  assert.equal(status, 200);
  assert.match(json.version, /^\d+\.\d+\.\d+$/);
  assert.deepEqual([json.workers.configured, json.workers.listening, json.regions], [2, 2, ['KR1']]);
  assert.ok(json.uptimeSeconds >= 0 && Date.parse(json.startedAt) <= Date.now());
  assert.deepEqual(Object.keys(json.store), ['accounts', 'buckets', 'objects', 'bytes', 'isPartial']);
});
