// Services, groups, roles, policies, API keys and sessions: who has what, from which moment on, on every worker.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createMemoryStore } from '../../test/support/memory-engine.ts';
import { openIdentity } from '../../test/support/open-identity.ts';
import { evaluateAccess } from './evaluate-access.ts';
import { IdentityError, type IdentityErrorCode } from './identity-errors.ts';
import { identityKeys } from './identity-keys.ts';
import type { IdentityStore } from './identity-store.ts';
import type { Principal } from './principal.ts';

const failsWith = (code: IdentityErrorCode) => (error: unknown) =>
  error instanceof IdentityError && error.code === code;

const document = (...Statement: unknown[]) => JSON.stringify({ Version: '2012-10-17', Statement });
const READ = document({ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' });
const NO_READ = document({ Effect: 'Deny', Action: 's3:GetObject', Resource: '*' });

async function openTenant() {
  const store = createMemoryStore();
  const here = openIdentity(store);
  const there = openIdentity(store);
  const { account, rootUser } = await here.identity.createAccount({ name: 'tenant' });
  const policyOf = (document: string, attachedTo: Parameters<IdentityStore['policies']['attach']>[1][]) =>
    here.identity.policies.create({ accountId: account.id, language: 'aws', document, attachedTo });
  const mayRead = (principal: Principal) =>
    evaluateAccess({
      principal,
      action: 'object:read',
      resource: { account: account.id, bucket: 'photos', key: 'x' },
    }).allowed;
  /** As another worker sees it. */
  const keyMayRead = async (id: string) => {
    const found = await there.identity.findAccessKey(id);
    return found === undefined ? undefined : found.unusable === undefined && mayRead(found.principal);
  };
  return { store, here, there, identity: here.identity, account, rootUser, policyOf, mayRead, keyMayRead };
}

describe('services', () => {
  it('hold keys, own nothing, and have what policies say from the next request on', async () => {
    const { identity, account, policyOf, keyMayRead, there } = await openTenant();
    const { record: service } = await identity.services.create({ accountId: account.id, name: 'builds' });
    const key = await identity.createAccessKey({ holder: { serviceId: service.id }, mintedBy: 'ibm' });
    const found = await there.identity.findAccessKey(key.id);
    assert.deepEqual(
      [found?.principal.kind, found?.flavour, found?.secret],
      ['service', 'ibm', key.secretKey],
    );
    assert.equal(await keyMayRead(key.id), false);
    const { record: policy } = await policyOf(READ, [`service:${service.id}`]);
    assert.equal(await keyMayRead(key.id), true);
    await identity.policies.update(policy.id, { document: NO_READ });
    assert.equal(await keyMayRead(key.id), false);
    await identity.policies.update(policy.id, { document: READ });
    assert.equal(await keyMayRead(key.id), true);
    await identity.policies.detach(policy.id, `service:${service.id}`);
    assert.equal(await keyMayRead(key.id), false);
    await identity.policies.attach(policy.id, `service:${service.id}`);
    assert.equal(await keyMayRead(key.id), true);
    await identity.policies.remove(policy.id);
    assert.equal(await keyMayRead(key.id), false);
  });

  it('are refused when disabled, and gone with all that is theirs when removed', async () => {
    const { identity, account, policyOf, there } = await openTenant();
    const { record: service } = await identity.services.create({ accountId: account.id, name: 'builds' });
    const subject = `service:${service.id}` as const;
    const key = await identity.createAccessKey({ holder: { serviceId: service.id } });
    const apiKey = await identity.apiKeys.create({ holder: subject, name: 'first' });
    const { record: policy } = await policyOf(READ, [subject]);
    const { record: group } = await identity.groups.create({ accountId: account.id, name: 'all' });
    await identity.groups.addMember(group.id, subject);
    await identity.services.update(service.id, { enabled: false });
    assert.equal((await there.identity.findAccessKey(key.id))?.unusable, 'service-disabled');
    assert.equal((await there.identity.apiKeys.authenticate(apiKey.value))?.unusable, 'service-disabled');
    await identity.services.update(service.id, { enabled: true, locked: true });
    await assert.rejects(identity.services.remove(service.id), failsWith('RecordLocked'));
    await assert.rejects(identity.services.update(service.id, { name: 'x' }), failsWith('RecordLocked'));
    await identity.services.update(service.id, { locked: false });
    await identity.services.remove(service.id);
    assert.equal(await there.identity.findAccessKey(key.id), undefined);
    assert.equal(await there.identity.apiKeys.authenticate(apiKey.value), undefined);
    assert.deepEqual((await identity.policies.get(policy.id))?.record.attachedTo, []);
    assert.deepEqual((await identity.groups.listMembers(group.id, { limit: 9 })).items, []);
    assert.equal(await identity.findPrincipal(subject), undefined);
  });
});

describe('users', () => {
  it('who own keep what they own beside policies, and a deny counts for them as well', async () => {
    const { identity, account, policyOf, keyMayRead } = await openTenant();
    const user = await identity.createUser({
      accountId: account.id,
      name: 'kim',
      displayName: '',
      email: '',
    });
    const key = await identity.createAccessKey({ holder: { userId: user.id } });
    assert.equal(await keyMayRead(key.id), true);
    const { record: deny } = await policyOf(NO_READ, [`user:${user.id}`]);
    assert.equal(await keyMayRead(key.id), false);
    await identity.policies.remove(deny.id);
    assert.equal(await keyMayRead(key.id), true);
  });

  it('who are members have what their groups have', async () => {
    const { identity, account, policyOf, keyMayRead } = await openTenant();
    const input = { accountId: account.id, name: 'min', displayName: '', email: '', role: 'member' } as const;
    const user = await identity.createUser(input);
    const key = await identity.createAccessKey({ holder: { userId: user.id } });
    const { record: group } = await identity.groups.create({ accountId: account.id, name: 'readers' });
    await policyOf(READ, [`group:${group.id}`]);
    assert.equal(await keyMayRead(key.id), false);
    assert.equal(await identity.groups.addMember(group.id, `user:${user.id}`), true);
    assert.equal(await identity.groups.addMember(group.id, `user:${user.id}`), false);
    assert.equal(await keyMayRead(key.id), true);
    const [of] = await identity.groups.listGroupsOf(account.id, `user:${user.id}`);
    assert.equal(of?.record.name, 'readers');
    assert.equal(await identity.groups.removeMember(group.id, `user:${user.id}`), true);
    assert.equal(await keyMayRead(key.id), false);
    await identity.groups.addMember(group.id, `user:${user.id}`);
    await identity.groups.remove(group.id);
    assert.equal(await keyMayRead(key.id), false);
    await assert.rejects(
      identity.groups.addMember(group.id, 'user:00000000000000000000000000000000'),
      failsWith('NoSuchSubject'),
    );
    await assert.rejects(identity.groups.addMember(group.id, 'group:x'), failsWith('NoSuchSubject'));
  });

  it('have tokens with their grants', async () => {
    const { identity, account, policyOf, mayRead, there, here } = await openTenant();
    const input = { accountId: account.id, name: 'min', displayName: '', email: '', role: 'member' } as const;
    const user = await identity.createUser(input);
    const { value } = await identity.issueToken({
      userId: user.id,
      isScoped: true,
      methods: ['password'],
      expiresAtMicros: here.clock.micros + 1e9,
      proven: { user: 0, account: 0 },
    });
    const may = async () => mayRead((await there.identity.findToken(value))!.principal);
    assert.equal(await may(), false);
    await policyOf(READ, [`user:${user.id}`]);
    assert.equal(await may(), true);
  });
});

describe('policies', () => {
  it('are refused when they cannot be read, and when nobody is called so', async () => {
    const { policyOf, identity, account } = await openTenant();
    await assert.rejects(policyOf('{', []), failsWith('InvalidPolicy'));
    await assert.rejects(
      policyOf(document({ Effect: 'Allow', Action: 's3:GetObjekt', Resource: '*' }), []),
      failsWith('InvalidPolicy'),
    );
    await assert.rejects(
      policyOf(READ, ['user:00000000000000000000000000000000']),
      failsWith('NoSuchSubject'),
    );
    const named = { accountId: account.id, language: 'aws', document: READ, name: 'one' } as const;
    const { record, version } = await identity.policies.create(named);
    await assert.rejects(identity.policies.create(named), failsWith('RecordTaken'));
    await identity.policies.update(record.id, { name: 'two' }, version);
    await assert.rejects(
      identity.policies.update(record.id, { name: 'three' }, version),
      failsWith('RecordChanged'),
    );
    await assert.rejects(identity.policies.update(record.id, { document: '[]' }), failsWith('InvalidPolicy'));
    assert.equal((await identity.policies.findByName(account.id, 'two'))?.record.id, record.id);
  });

  it('cost accounts without any nothing but one look', async () => {
    const { identity, rootUser, there } = await openTenant();
    const key = await identity.createAccessKey({ holder: { userId: rootUser.id } });
    await there.identity.findAccessKey(key.id);
    const reads: number[] = [];
    const { metadata } = there;
    const get = metadata.get.bind(metadata);
    metadata.get = (key) => {
      reads.push(1);
      return get(key);
    };
    const getMany = metadata.getMany.bind(metadata);
    metadata.getMany = (keys) => {
      reads.push(keys.length);
      return getMany(keys);
    };
    metadata.scan = () => assert.fail('nothing is to be looked for');
    await there.identity.findAccessKey(key.id);
    assert.deepEqual(reads, [1]);
    await identity.createAccount({ name: 'somebody else' });
    await there.identity.findAccessKey(key.id);
    await there.identity.findAccessKey(key.id);
    assert.deepEqual(reads, [1, 1, 4, 1]);
  });
});

describe('API keys', () => {
  it('speak for their holder until they expire, are disabled or removed', async () => {
    const { identity, rootUser, there, here } = await openTenant();
    const holder = `user:${rootUser.id}` as const;
    const expiresAtMicros = here.clock.micros + 60e6;
    const { value, record } = await identity.apiKeys.create({ holder, name: 'ci', expiresAtMicros });
    assert.match(value, /^[\w-]{44}$/);
    const found = await there.identity.apiKeys.authenticate(value);
    assert.deepEqual(
      [found?.principal.kind, found?.apiKey.id, found?.unusable],
      ['user', record.id, undefined],
    );
    await identity.apiKeys.update(record.id, { enabled: false });
    assert.equal((await there.identity.apiKeys.authenticate(value))?.unusable, 'key-disabled');
    await identity.apiKeys.update(record.id, { enabled: true, locked: true });
    await assert.rejects(identity.apiKeys.remove(record.id), failsWith('RecordLocked'));
    there.passSeconds(61);
    assert.equal((await there.identity.apiKeys.authenticate(value))?.unusable, 'expired');
    await identity.apiKeys.update(record.id, { locked: false });
    assert.deepEqual((await identity.apiKeys.list(holder, { limit: 5 })).items.length, 1);
    await identity.apiKeys.remove(record.id);
    assert.equal(await there.identity.apiKeys.authenticate(value), undefined);
    for (const wrong of ['', 'x', 'nobody-has-this-key', 'a'.repeat(300), 'with blank']) {
      assert.equal(await there.identity.apiKeys.authenticate(wrong), undefined);
    }
  });

  it('are not stored, and one value is one key', async () => {
    const { identity, rootUser, store } = await openTenant();
    const holder = `user:${rootUser.id}` as const;
    await identity.apiKeys.create({ holder, name: 'given', value: 'a-value-that-was-given' });
    await assert.rejects(
      identity.apiKeys.create({ holder, name: 'again', value: 'a-value-that-was-given' }),
      failsWith('RecordTaken'),
    );
    await assert.rejects(
      identity.apiKeys.create({ holder: 'service:00000000-0000-4000-8000-000000000000', name: 'x' }),
      failsWith('NoSuchSubject'),
    );
    const everything = Buffer.concat(store.rows().flatMap((row) => [row.key, row.value]));
    assert.equal(everything.includes('a-value-that-was-given'), false);
  });

  it('of the first start are found', async () => {
    const { identity } = openIdentity();
    const pair = { accessKeyId: 'ROOT', secretKey: 'secret' };
    const { user } = await identity.createRoot({ userName: 'root', apiKey: 'given-at-first', pair });
    const found = await identity.apiKeys.authenticate('given-at-first');
    assert.equal(found?.principal.kind === 'user' && found.principal.user.id, user.id);
  });
});

describe('sessions of roles', () => {
  async function openSession() {
    const tenant = await openTenant();
    const { identity, account, policyOf } = tenant;
    const { record: role } = await identity.roles.create({ accountId: account.id, name: 'nightly' });
    await policyOf(READ, [`role:${role.id}`]);
    const input = {
      roleId: role.id,
      sessionName: 'run-1',
      durationSeconds: 900,
      source: 'user:somebody',
      mintedBy: 'scp',
    } as const;
    return { ...tenant, role, input };
  }

  it('have what the role has, need their token, and end by time', async () => {
    const { identity, input, keyMayRead, there, store } = await openSession();
    const issued = await identity.assumeRole(input);
    const found = await there.identity.findAccessKey(issued.accessKeyId);
    assert.equal(found?.session?.tokenMatches(issued.sessionToken), true);
    assert.equal(found?.session?.tokenMatches(`${issued.sessionToken}x`), false);
    assert.equal(found?.session?.tokenMatches(''), false);
    assert.equal(found?.principal.kind, 'role-session');
    assert.equal(await keyMayRead(issued.accessKeyId), true);
    const everything = Buffer.concat(store.rows().flatMap((row) => [row.key, row.value]));
    assert.equal(everything.includes(issued.sessionToken), false);
    there.passSeconds(901);
    assert.equal((await there.identity.findAccessKey(issued.accessKeyId))?.unusable, 'expired');
    assert.equal(await there.identity.sweepTokens(), false);
    assert.equal(await there.identity.findAccessKey(issued.accessKeyId), undefined);
  });

  it('end at once with their role, their account, or by themselves', async () => {
    const { identity, input, there, account, role } = await openSession();
    const [first, second] = [await identity.assumeRole(input), await identity.assumeRole(input)];
    await identity.removeAccessKey(first.accessKeyId);
    assert.equal(await there.identity.findAccessKey(first.accessKeyId), undefined);
    await identity.setAccountEnabled(account.id, false);
    assert.equal((await there.identity.findAccessKey(second.accessKeyId))?.unusable, 'account-disabled');
    await assert.rejects(identity.assumeRole(input), failsWith('LoginRefused'));
    await identity.setAccountEnabled(account.id, true);
    assert.equal((await there.identity.findAccessKey(second.accessKeyId))?.unusable, undefined);
    await identity.roles.remove(role.id);
    assert.equal(await there.identity.findAccessKey(second.accessKeyId), undefined);
  });

  it('are limited by a policy of their own, and by what the role allows of time', async () => {
    const { identity, input, keyMayRead } = await openSession();
    const onlyWrite = document({ Effect: 'Allow', Action: 's3:PutObject', Resource: '*' });
    const limited = await identity.assumeRole({
      ...input,
      sessionPolicy: { language: 'aws', document: onlyWrite },
    });
    assert.equal(await keyMayRead(limited.accessKeyId), false);
    await assert.rejects(
      identity.assumeRole({ ...input, sessionPolicy: { language: 'aws', document: '{}' } }),
      failsWith('InvalidPolicy'),
    );
    for (const durationSeconds of [0, -1, 3601, Number.NaN, 60.5]) {
      await assert.rejects(identity.assumeRole({ ...input, durationSeconds }), failsWith('InvalidValue'));
    }
    for (const sessionName of ['', 'a b', 'x'.repeat(65)]) {
      await assert.rejects(identity.assumeRole({ ...input, sessionName }), failsWith('InvalidValue'));
    }
  });
});

it('goes with the account', async () => {
  const { identity, account, policyOf, store } = await openTenant();
  const { record: service } = await identity.services.create({ accountId: account.id, name: 'builds' });
  const { record: role } = await identity.roles.create({ accountId: account.id, name: 'nightly' });
  const { record: group } = await identity.groups.create({ accountId: account.id, name: 'all' });
  await identity.groups.addMember(group.id, `service:${service.id}`);
  const key = await identity.createAccessKey({ holder: { serviceId: service.id } });
  await identity.apiKeys.create({ holder: `service:${service.id}`, name: 'x' });
  await policyOf(READ, [`role:${role.id}`, `group:${group.id}`]);
  assert.equal(await identity.removeAccount(account.id, () => Promise.resolve(true)), true);
  assert.equal(await identity.findAccessKey(key.id), undefined);
  const left = store.rows().map(({ key: row }) => row.toString('hex'));
  assert.deepEqual(left, [identityKeys.revision().toString('hex')]);
});
