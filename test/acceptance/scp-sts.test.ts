// STS of Samsung Cloud Platform (source document 003, part 2; build specification scp.md, sections 4 and 9), with a clock that the
// test moves: sessions on S3 through the AWS SDK, on Keystone and on the services themselves, to the second they expire.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import {
  CreateBucketCommand,
  GetObjectCommand,
  PutObjectCommand,
  S3Client,
  type S3ServiceException,
} from '@aws-sdk/client-s3';
import { type ClockedServer, startClockedServer } from '../support/clocked-server.ts';
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

const TODAY = new Date('2026-11-21T00:00:00Z');

let server: ClockedServer;
let ask: Ask;
let team: string;
let admin: ScpUser;
let member: ScpUser;
let stranger: ScpUser;
let role: Awaited<ReturnType<typeof addScpRole>>;

before(async () => {
  server = await startClockedServer(TODAY);
  ask = asker(server);
  team = await addScpAccount(server, 'team');
  admin = await addScpUser(server, team, 'boss', 'admin');
  member = await addScpUser(server, team, 'kim');
  stranger = await addScpUser(server, await addScpAccount(server, 'others'), 'lee', 'admin');
  const trust = trusting({
    SCP: [`srn:e::${team}:::iam:user/${member.id}`, `srn:e::${team}:::iam:user/boss`],
  });
  role = await addScpRole(ask, admin, 'BackupWriter', trust);
});
after(async () => {
  assert.deepEqual(server.bugs, []);
  await server.stop();
});

const assumeBody = (changes: object = {}) => ({
  role_indicator: role.indicator,
  role_session_name: 'backup',
  ...changes,
});

/** For one call each: the clock of the SDK is the server's until an answer brings the machine's. */
function s3(key: ScpKey): S3Client {
  const { accessKeyId, secretKey, sessionToken } = key;
  return new S3Client({
    endpoint: server.storageUrl,
    region: 'kr-west1',
    forcePathStyle: true,
    credentials: {
      accessKeyId,
      secretAccessKey: secretKey,
      ...(sessionToken === undefined ? {} : { sessionToken }),
    },
    systemClockOffset: server.clock.millis - Date.now(),
    maxAttempts: 1,
  });
}

async function s3Fault(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'done';
  } catch (error) {
    return (error as S3ServiceException).name;
  }
}

describe('AssumeRole', () => {
  it('answers the assumed role and its credentials, for fifteen minutes', async () => {
    const { answer } = await assume(ask, member.key, role.indicator);
    const { assumed_role_user: user, credentials } = answer.json;
    assert.deepEqual(Object.keys(answer.json), ['assumed_role_user', 'credentials']);
    assert.equal(user.assumed_role_id, `${role.id}:backup`);
    assert.equal(user.srn, `srn:e::${team}:::sts:assumed-role/BackupWriter/backup`);
    assert.match(credentials.access_key_id, /^[0-9a-f]{32}$/);
    assert.match(credentials.secret_access_key, /^[0-9a-f-]{36}$/);
    assert.match(credentials.session_token, /^scpst1\.[\w-]{43}$/);
    assert.equal(credentials.expiration, '2026-11-21T00:15:00.000Z');
    assert.equal(answer.headers['cache-control'], 'no-store');
    assert.equal(answer.headers['scp-api-version'], 'sts 1.1');
  });

  it('checks its body, member by member', async () => {
    const wrong: readonly (readonly [object, RegExp])[] = [
      [{ role_indicator: undefined }, /role_indicator: field required/],
      [{ role_indicator: null }, /role_indicator: field required/],
      [{ role_indicator: 'e:a:b' }, /role_indicator: .*32/],
      [{ role_indicator: `e:${team}` }, /role_indicator: /],
      [{ role_indicator: `e:${team}:a:b` }, /role_indicator: /],
      [{ role_indicator: `e:${team}:${'x'.repeat(256)}` }, /role_indicator: .*256/],
      [{ role_indicator: 7 }, /role_indicator: str/],
      [{ role_session_name: '' }, /role_session_name: .*1 to 64/],
      [{ role_session_name: undefined }, /role_session_name: field required/],
      [{ role_session_name: 'x'.repeat(65) }, /role_session_name/],
      [{ role_session_name: 'with blank' }, /role_session_name/],
      [{ role_session_name: 'sl/ash' }, /role_session_name/],
      [{ duration_seconds: 899 }, /duration_seconds: .*900/],
      [{ duration_seconds: 43_201 }, /duration_seconds/],
      [{ duration_seconds: 'long' }, /duration_seconds: .*integer/],
      [{ duration_seconds: 900.5 }, /duration_seconds: .*integer/],
      [{ duration_seconds: true }, /duration_seconds: .*integer/],
    ];
    for (const [changes, detail] of wrong) {
      const answer = await ask('POST', '/sts/v1/assume-role', member.key, { body: assumeBody(changes) });
      assertScpError(answer, 400, 'ValidationError', detail);
    }
    const both = await ask('POST', '/sts/v1/assume-role', member.key, { body: {} });
    assert.equal(both.json.errors[0].detail.length, 2);
    for (const body of ['', '[]', '{', '"x"', '{"a":'.repeat(40), Buffer.from([0x7b, 0xff, 0x7d])]) {
      assertScpError(await ask('POST', '/sts/v1/assume-role', member.key, { body }), 400, 'ValidationError');
    }
    const form = { body: 'a=b', headers: { 'Content-Type': 'application/x-www-form-urlencoded' } };
    assertScpError(
      await ask('POST', '/sts/v1/assume-role', member.key, form),
      400,
      'ValidationError',
      /Content-Type/,
    );
    const large = { body: JSON.stringify(assumeBody({ x: 'x'.repeat(262_144) })) };
    assertScpError(await ask('POST', '/sts/v1/assume-role', member.key, large), 413, 'PayloadTooLarge');
    const korean = await ask('POST', '/sts/v1/assume-role', member.key, {
      body: {},
      headers: { 'Accept-Language': 'ko-KR' },
    });
    assertScpError(korean, 400, 'ValidationError', /필수 항목/);
  });

  it('takes digits in a text, null for nothing, and members it does not know', async () => {
    for (const duration of ['900', null, undefined]) {
      await assume(ask, member.key, role.indicator, { duration_seconds: duration, whatever: { a: 1 } });
    }
    const { answer } = await assume(ask, member.key, role.indicator, { duration_seconds: 3600 });
    assert.equal(answer.json.credentials.expiration, '2026-11-21T01:00:00.000Z');
    const beyond = await ask('POST', '/sts/v1/assume-role', member.key, {
      body: assumeBody({ duration_seconds: 3601 }),
    });
    assertScpError(beyond, 400, 'ValidationError', /duration_seconds: .*3600/);
  });

  it('tells what is missing within the account, and nothing of others', async () => {
    const of = (indicator: string, key = member.key) =>
      ask('POST', '/sts/v1/assume-role', key, { body: assumeBody({ role_indicator: indicator }) });
    assertScpError(await of(`s:${team}:BackupWriter`), 404, 'NotFound');
    assertScpError(await of(`e:${team}:Nothing`), 404, 'NotFound');
    assertScpError(await of(`e:${stranger.accountId}:Nothing`), 403, 'Forbidden');
    assertScpError(await of(`e:${'f'.repeat(32)}:Nothing`), 403, 'Forbidden');
    assertScpError(await of(`e:${team}b:Nothing`), 403, 'Forbidden');
    const denied = await of(role.indicator, stranger.key);
    assertScpError(denied, 403, 'Forbidden');
    assert.deepEqual(denied.json.errors[0].response, {
      access_level: 'Permission',
      action_name: 'sts:AssumeRole',
      caused_auths: [],
      message: 'You do not have permission to do this.',
    });
  });

  it('needs a second side where the trust names the account alone', async () => {
    const trust = trusting({ Account: [team, stranger.accountId] });
    const shared = await addScpRole(ask, admin, 'Shared', trust);
    const of = async (user: ScpUser) =>
      (
        await ask('POST', '/sts/v1/assume-role', user.key, {
          body: assumeBody({ role_indicator: shared.indicator }),
        })
      ).status;
    assert.equal(await of(member), 403, 'a member without a policy');
    assert.equal(await of(admin), 200, 'an administrator of the account');
    assert.equal(await of(stranger), 200, 'the administrator of the other account');
    const guest = await addScpUser(server, stranger.accountId, 'guest');
    assert.equal(await of(guest), 403);
    const srn = `srn:e::${team}:::iam:role/Shared`;
    await server.inside(({ identity }) =>
      identity.policies.create({
        accountId: stranger.accountId,
        language: 'scp',
        document: JSON.stringify(allow(['sts:AssumeRole'], [srn])),
        attachedTo: [`user:${guest.id}`],
      }),
    );
    assert.equal(await of(guest), 200);
    await server.inside(({ identity }) =>
      identity.policies.create({
        accountId: team,
        language: 'scp',
        document: JSON.stringify(allow(['sts:AssumeRole'], [`srn:e::${team}:::iam:role/Oth*`])),
        attachedTo: [`user:${member.id}`],
      }),
    );
    assert.equal(await of(member), 403, 'a policy for other roles');
  });

  it('an explicit denial wins, in the trust policy and in the own one', async () => {
    const both = {
      Version: '2024-07-01',
      Statement: [
        ...trusting({ SCP: [`srn:e::${team}:::iam:user/kim`] }).Statement,
        { ...trusting({ Account: [team] }).Statement[0], Effect: 'Deny' },
      ],
    };
    const denied = await addScpRole(ask, admin, 'Denied', both);
    const body = assumeBody({ role_indicator: denied.indicator });
    assertScpError(await ask('POST', '/sts/v1/assume-role', member.key, { body }), 403, 'Forbidden');
    const late = trusting({ SCP: [`srn:e::${team}:::iam:user/kim`] }, 'sts:AssumeRole', {
      Condition: { DateLessThan: { 'scp:CurrentTime': ['2026-01-01T00:00:00Z'] } },
    });
    const expired = await addScpRole(ask, admin, 'Conditional', late);
    const conditional = assumeBody({ role_indicator: expired.indicator });
    assertScpError(
      await ask('POST', '/sts/v1/assume-role', member.key, { body: conditional }),
      403,
      'Forbidden',
    );
  });

  it('chained sessions last an hour at most', async () => {
    const trust = trusting({ SCP: [`srn:e::${team}:::iam:role/BackupWriter`] });
    const long = await addScpRole(ask, admin, 'Long', trust, allow(['object-store:*']), {
      max_session_duration: 43_200,
    });
    const session = await assume(ask, member.key, role.indicator);
    const chained = assumeBody({ role_indicator: long.indicator, duration_seconds: 3601 });
    assertScpError(
      await ask('POST', '/sts/v1/assume-role', session, { body: chained }),
      400,
      'ValidationError',
      /3600/,
    );
    const { answer } = await assume(ask, session, long.indicator, { duration_seconds: 3600 });
    assert.equal(answer.json.assumed_role_user.srn, `srn:e::${team}:::sts:assumed-role/Long/backup`);
  });

  it('answers as version 1.0 too, which says that it ends', async () => {
    const headers = { 'Scp-Api-Version': 'sts 1.0' };
    const answer = await ask('POST', '/sts/v1/assume-role', member.key, { body: assumeBody(), headers });
    assert.equal(answer.status, 200);
    assert.equal(answer.headers['scp-api-version'], 'sts 1.0');
    assert.equal(answer.headers['deprecation'], 'true');
    assert.equal(answer.headers['sunset'], 'Sun, 31 May 2026 00:00:00 GMT');
    for (const path of ['authenticate-token-with-context', 'role-keystone-token']) {
      assertScpError(await ask('POST', `/sts/v1/${path}`, member.key, { headers }), 404, 'NotFound');
    }
    const planned = { 'Scp-Api-Version': 'sts 1.2' };
    assertScpError(
      await ask('POST', '/sts/v1/assume-role', member.key, { headers: planned }),
      406,
      'UnsupportedApiVersion',
    );
  });
});

describe('a session', () => {
  it('needs its token on the services, in one of three headers', async () => {
    const { sessionToken, ...pair } = await assume(ask, member.key, role.indicator);
    const status = async (headers: Record<string, string>) =>
      (await ask('GET', '/product/v1/products', pair, { headers })).status;
    for (const name of ['Scp-Session-Token', 'X-Auth-Token', 'X-Amz-Security-Token']) {
      assert.equal(await status({ [name]: sessionToken }), 200, name);
      assert.equal(await status({ [name]: `${sessionToken}x` }), 401, name);
    }
    assert.equal(await status({}), 401);
    assert.equal(await status({ 'Scp-Session-Token': sessionToken, 'X-Auth-Token': 'other' }), 401);
    const another = await assume(ask, member.key, role.indicator);
    assert.equal(await status({ 'Scp-Session-Token': another.sessionToken }), 401);
    const permanent = async (headers: Record<string, string>) =>
      (await ask('GET', '/product/v1/products', member.key, { headers })).status;
    assert.equal(await permanent({ 'X-Auth-Token': 'anything' }), 200);
    assert.equal(await permanent({ 'Scp-Session-Token': sessionToken }), 401);
  });

  it('signs S3 until the second it expires', async () => {
    const session = await assume(ask, member.key, role.indicator);
    await s3(session).send(new CreateBucketCommand({ Bucket: 'photos' }));
    await s3(session).send(new PutObjectCommand({ Bucket: 'photos', Key: 'a b.txt', Body: 'hello' }));
    const get = new GetObjectCommand({ Bucket: 'photos', Key: 'a b.txt' });
    const { sessionToken: _, ...pair } = session;
    assert.equal(await s3Fault(s3(pair).send(get)), 'InvalidAccessKeyId');
    assert.equal(await s3Fault(s3({ ...session, sessionToken: 'wrong' }).send(get)), 'InvalidToken');
    server.passSeconds(899);
    assert.equal(await s3Fault(s3(session).send(get)), 'done');
    assert.equal((await ask('GET', '/product/v1/products', session)).status, 200);
    server.passSeconds(1);
    assert.equal(await s3Fault(s3(session).send(get)), 'ExpiredToken');
    assertScpError(await ask('GET', '/product/v1/products', session), 401, 'Unauthorized');
  });

  it('has what the policies of its role say, as they are now', async () => {
    const reader = await addScpRole(
      ask,
      admin,
      'Reader',
      trusting({ SCP: [`srn:e::${team}:::iam:user/kim`] }),
      allow(['object-store:DownloadObject'], ['srn:e:::::object-store:bucket/photos/*']),
    );
    const session = await assume(ask, member.key, reader.indicator);
    const get = new GetObjectCommand({ Bucket: 'photos', Key: 'a b.txt' });
    const put = new PutObjectCommand({ Bucket: 'photos', Key: 'new', Body: 'x' });
    assert.equal(await s3Fault(s3(session).send(get)), 'done');
    assert.equal(await s3Fault(s3(session).send(put)), 'AccessDenied');
    const document = allow(['object-store:UploadObject'], ['srn:e:::::object-store:bucket/photos/*']);
    const changed = await ask('PUT', `/iam/v1/policies/${reader.policyId}`, admin.key, {
      body: { policy_version: { policy_document: document } },
    });
    assert.equal(changed.status, 200, changed.text);
    assert.equal(await s3Fault(s3(session).send(put)), 'done');
    assert.equal(await s3Fault(s3(session).send(get)), 'AccessDenied');
    assert.equal((await ask('DELETE', `/iam/v1/roles/${reader.id}`, admin.key)).status, 204);
    assert.equal(await s3Fault(s3(session).send(put)), 'InvalidAccessKeyId');
    assertScpError(await ask('GET', '/product/v1/products', session), 401, 'Unauthorized');
  });

  it('is not ended by another trust policy', async () => {
    const session = await assume(ask, member.key, role.indicator);
    const other = { assume_role_policy_document: trusting({ SCP: [`srn:e::${team}:::iam:user/boss`] }) };
    assert.equal(
      (await ask('PUT', `/iam/v1/roles/${role.id}/trust-policy`, admin.key, { body: other })).status,
      200,
    );
    assert.equal((await ask('GET', '/product/v1/products', session)).status, 200);
    assertScpError(
      await ask('POST', '/sts/v1/assume-role', member.key, { body: assumeBody() }),
      403,
      'Forbidden',
    );
    const back = {
      assume_role_policy_document: trusting({
        SCP: [`srn:e::${team}:::iam:user/${member.id}`, `srn:e::${team}:::iam:user/boss`],
      }),
    };
    await ask('PUT', `/iam/v1/roles/${role.id}/trust-policy`, admin.key, { body: back });
  });
});

describe('CreateObjectStoreAuthorization', () => {
  const EMPTY = createHash('sha256').digest('hex');
  const amzDate = (millis: number) => `${new Date(millis).toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`;
  const body = (changes: object = {}) => ({
    method: 'GET',
    url: `${server.storageUrl}/photos/a%20b.txt`,
    x_amz_content_sha256: EMPTY,
    x_amz_date: amzDate(server.clock.millis),
    ...changes,
  });
  const authorize = (key: ScpKey, changes: object = {}) =>
    ask('POST', '/sts/v1/object-store-authorization', key, { body: body(changes) });
  const send = (
    authorization: string,
    changes: Record<string, string> = {},
    path = '/photos/a%20b.txt',
    method = 'GET',
  ) =>
    fetch(`${server.storageUrl}${path}`, {
      method,
      headers: {
        Authorization: authorization,
        'x-amz-content-sha256': EMPTY,
        'x-amz-date': amzDate(server.clock.millis),
        ...changes,
      },
    });

  it('works for exactly the request that was signed, with and without the token', async () => {
    const session = await assume(ask, member.key, role.indicator);
    const answer = await authorize(session);
    assert.equal(answer.status, 200, answer.text);
    assert.deepEqual(Object.keys(answer.json), ['Authorization']);
    const authorization = answer.json.Authorization;
    assert.match(
      authorization,
      /^AWS4-HMAC-SHA256 Credential=[0-9a-f]{32}\/20261121\/kr-west1\/s3\/aws4_request, SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature=[0-9a-f]{64}$/,
    );
    const got = await send(authorization);
    assert.deepEqual([got.status, await got.text()], [200, 'hello']);
    assert.equal((await send(authorization, { 'x-amz-security-token': session.sessionToken })).status, 200);
    assert.equal((await send(authorization, { 'x-amz-security-token': 'wrong' })).status, 400);
    assert.equal((await send(authorization, {}, '/photos/other')).status, 403);
    assert.equal((await send(authorization, {}, '/photos/a%20b.txt?x=1')).status, 403);
    assert.equal((await send(authorization, {}, '/photos/a%20b.txt', 'HEAD')).status, 403);
    const later = amzDate(server.clock.millis + 1000);
    assert.equal((await send(authorization, { 'x-amz-date': later })).status, 403);
    // The same key signs nothing else without its token.
    const { sessionToken: _, ...pair } = session;
    const get = new GetObjectCommand({ Bucket: 'photos', Key: 'a b.txt' });
    assert.equal(await s3Fault(s3(pair).send(get)), 'InvalidAccessKeyId');
    server.passSeconds(60);
    const stillSigned = amzDate(server.clock.millis - 60_000);
    assert.equal((await send(authorization, { 'x-amz-date': stillSigned })).status, 200);
    server.passSeconds(841);
    assert.equal(
      (await send(authorization, { 'x-amz-date': amzDate(server.clock.millis - 901_000) })).status,
      403,
    );
  });

  it('ends with its session', async () => {
    const session = await assume(ask, member.key, role.indicator);
    server.passSeconds(600);
    const authorization = (await authorize(session)).json.Authorization;
    const signedAt = amzDate(server.clock.millis);
    assert.equal((await send(authorization)).status, 200);
    server.passSeconds(300);
    const answer = await send(authorization, { 'x-amz-date': signedAt });
    assert.match(await answer.text(), /<Code>ExpiredToken<\/Code>/);
  });

  it('is for sessions only, and checks what is to be signed', async () => {
    assertScpError(await authorize(member.key), 403, 'Forbidden');
    const session = await assume(ask, member.key, role.indicator);
    const { host } = new URL(server.storageUrl);
    const wrong: readonly (readonly [object, RegExp])[] = [
      [{ method: undefined }, /method: field required/],
      [{ method: 'PATCH' }, /method: .*GET, HEAD/],
      [{ url: 'https://elsewhere.example.test/x' }, /url: /],
      [{ url: `http://kim@${host}/photos/a` }, /url: /],
      [{ url: `http://${host}/photos/a#b` }, /url: /],
      [{ url: `ftp://${host}/photos/a` }, /url: /],
      [{ url: `http://${host}/${'x'.repeat(8192)}` }, /url: /],
      [{ url: '/photos/a' }, /url: /],
      [{ x_amz_content_sha256: 'abc' }, /x_amz_content_sha256: /],
      [{ x_amz_content_sha256: 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD' }, /x_amz_content_sha256: /],
      [{ x_amz_date: '2026-11-21' }, /x_amz_date: /],
      [{ x_amz_date: '20261321T000000Z' }, /x_amz_date: /],
      [{ x_amz_date: amzDate(server.clock.millis - 901_000) }, /x_amz_date: .*15 minutes/],
      [{ region: 'mars-1' }, /region: /],
      [{ service: 'ec2' }, /service: /],
    ];
    for (const [changes, detail] of wrong) {
      assertScpError(await authorize(session, changes), 400, 'ValidationError', detail);
    }
    const lower = await authorize(session, {
      method: 'get',
      region: 'KR1',
      x_amz_content_sha256: 'UNSIGNED-PAYLOAD',
    });
    assert.equal(lower.status, 200, lower.text);
  });
});

describe('AuthenticateTokenWithContext', () => {
  it('tells a session of itself, and the administrator of the server of any', async () => {
    const session = await assume(ask, member.key, role.indicator);
    const path = '/sts/v1/authenticate-token-with-context';
    const body = { session_token: session.sessionToken };
    const own = await ask('POST', path, session, { body });
    assert.equal(own.status, 200, own.text);
    assert.equal(own.json.authenticated, true);
    const { context } = own.json;
    assert.deepEqual(
      [context.account_id, context.role_name, context.session_name, context.access_key_id, context.source],
      [team, 'BackupWriter', 'backup', session.accessKeyId, 'assume-role'],
    );
    assert.equal(context.role_srn, `srn:e::${team}:::iam:role/BackupWriter`);
    assert.deepEqual(context.source_identity, { type: 'user', value: member.id });
    assert.equal(context.policy_ids.length, 1);
    const root = { accessKeyId: server.root.accessKeyId, secretKey: server.root.secretKey };
    const asRoot = await ask('POST', path, root, { body: { ...body, access_key_id: session.accessKeyId } });
    assert.deepEqual(asRoot.json, own.json);
    assertScpError(await ask('POST', path, root, { body }), 401, 'Unauthorized');
    assertScpError(await ask('POST', path, member.key, { body }), 403, 'Forbidden');
    assertScpError(await ask('POST', path, session, { body: { session_token: 'x' } }), 401, 'Unauthorized');
    assertScpError(
      await ask('POST', path, session, { body: { ...body, access_key_id: 'x' } }),
      401,
      'Unauthorized',
    );
    assertScpError(await ask('POST', path, session, { body: {} }), 400, 'ValidationError');
    server.passSeconds(900);
    const late = await ask('POST', path, root, { body: { ...body, access_key_id: session.accessKeyId } });
    assertScpError(late, 401, 'Unauthorized');
  });
});

describe('RoleKeystoneToken', () => {
  const keystone = (path: string, token: string, method = 'GET', headers = {}) =>
    fetch(`${server.controlUrl}${path}`, { method, headers: { 'X-Auth-Token': token, ...headers } });

  it('is a token of v2.0 and v3 that dies with the session', async () => {
    const session = await assume(ask, member.key, role.indicator);
    const answer = await ask('POST', '/sts/v1/role-keystone-token', session, { body: {} });
    assert.equal(answer.status, 200, answer.text);
    const { keystone_token: token } = answer.json;
    assert.equal(answer.headers['x-subject-token'], token.id);
    assert.deepEqual([token.project_id, token.user_id], [team, `${role.id}:backup`]);
    assert.equal(token.expires_at, session.answer.json.credentials.expiration);
    const v2 = await keystone(`/v2.0/tokens/${token.id}`, token.id);
    assert.equal(v2.status, 200);
    const { access } = (await v2.json()) as {
      access: { token: { tenant: { id: string } }; user: { name: string } };
    };
    assert.deepEqual([access.token.tenant.id, access.user.name], [team, 'BackupWriter/backup']);
    const v3 = await keystone('/v3/auth/tokens', token.id, 'GET', { 'X-Subject-Token': token.id });
    assert.equal(v3.status, 200);
    assert.equal((await keystone('/v2.0/tenants', token.id)).status, 200);
    const exchanged = await fetch(`${server.controlUrl}/v3/auth/tokens`, {
      method: 'POST',
      body: JSON.stringify({ auth: { identity: { methods: ['token'], token: { id: token.id } } } }),
    });
    assert.equal(exchanged.status, 201, await exchanged.text());
    const again = exchanged.headers.get('x-subject-token') ?? '';
    server.passSeconds(899);
    assert.equal((await keystone('/v2.0/tenants', again)).status, 200);
    server.passSeconds(1);
    assert.equal((await keystone('/v2.0/tenants', token.id)).status, 401);
    assert.equal((await keystone('/v2.0/tenants', again)).status, 401);
  });

  it('is void as soon as the role is gone, and not for permanent keys', async () => {
    const gone = await addScpRole(ask, admin, 'Gone', trusting({ SCP: [`srn:e::${team}:::iam:user/kim`] }));
    const session = await assume(ask, member.key, gone.indicator);
    const answer = await ask('POST', '/sts/v1/role-keystone-token', session);
    const { id } = answer.json.keystone_token;
    assert.equal((await keystone('/v2.0/tenants', id)).status, 200);
    await ask('DELETE', `/iam/v1/roles/${gone.id}`, admin.key);
    assert.equal((await keystone('/v2.0/tenants', id)).status, 401);
    assertScpError(await ask('POST', '/sts/v1/role-keystone-token', member.key), 403, 'Forbidden');
  });
});
