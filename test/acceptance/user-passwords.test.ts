// Passwords and roles of users as an operator gives them: by the command line and by SetUserPassword of the admin API.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { askAdmin } from '../support/ask-admin.ts';
import { addTenant, askKeystone, type Tenant } from '../support/keystone-client.ts';
import { assertS3Error, connectS3 } from '../support/s3-client.ts';
import { runGotgan, type ServerProcess, startServer } from '../support/server-process.ts';

let server: ServerProcess;
let tenant: Tenant;
before(async () => {
  server = await startServer();
  tenant = await addTenant(server, 'acme');
});
after(() => server?.dispose());

function run(input: string, ...words: readonly string[]) {
  return runGotgan(
    [...words, '--endpoint', server.controlUrl, '--account', 'acme'],
    { GOTGAN_ACCESS_KEY: server.accessKey, GOTGAN_SECRET_KEY: server.secretKey },
    input,
  );
}

async function canLogIn(username: string, password: string): Promise<boolean> {
  const body = { auth: { tenantName: 'acme', passwordCredentials: { username, password } } };
  return (await askKeystone(server, 'POST', '/v2.0/tokens', { body })).status === 200;
}

describe('gotgan user', () => {
  it('add --password and set-password read it from standard input', async () => {
    const added = await run(
      'first password\n',
      'user',
      'add',
      'kim',
      '--password',
      '--role',
      'member',
      '--json',
    );
    assert.equal(added.code, 0, added.stderr);
    assert.equal(JSON.parse(added.stdout).role, 'member');
    assert.equal(await canLogIn('kim', 'first password'), true);
    const changed = await run('second password\nnot this line', 'user', 'set-password', 'kim');
    assert.equal(changed.code, 0, changed.stderr);
    assert.doesNotMatch(changed.stdout + changed.stderr, /second/);
    assert.equal(await canLogIn('kim', 'first password'), false);
    assert.equal(await canLogIn('kim', 'second password'), true);
  });

  it('refuses in words what is no password, no role, no user', async () => {
    const cases: readonly (readonly [string, readonly string[], RegExp])[] = [
      ['short\n', ['set-password', 'root'], /password is not usable: expected 8 to 256 printable characters/],
      ['', ['set-password', 'root'], /password is not usable/],
      ['long enough\n', ['set-password', 'nobody'], /There is no user nobody/],
      ['', ['add', 'lee', '--role', 'king'], /Role must be one of admin, operator, member/],
    ];
    for (const [input, words, message] of cases) {
      const refused = await run(input, 'user', ...words);
      assert.equal(refused.code, 1);
      assert.match(refused.stderr, message);
    }
  });
});

it('a member makes keys, but owns nothing of the account', async () => {
  const pairOf = async (role: 'member' | 'operator') => {
    const { user } = await askAdmin(server, 'POST', `/accounts/${tenant.id}/users`, {
      name: `${role}-1`,
      role,
    });
    const { key } = await askAdmin(server, 'POST', `/accounts/${tenant.id}/users/${user.id}/keys`, {});
    return connectS3(server, {
      credentials: { accessKeyId: key.accessKey, secretAccessKey: key.secretKey },
    });
  };
  const bucket = new CreateBucketCommand({ Bucket: 'whose-is-it' });
  await assertS3Error((await pairOf('member')).send(bucket), { code: 'AccessDenied', status: 403 });
  await (await pairOf('operator')).send(bucket);
});
