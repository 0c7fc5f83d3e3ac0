// A worker that keeps what it has made of records answers, after every change, as one does that has kept nothing.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { createMemoryStore } from '../../test/support/memory-engine.ts';
import { openIdentity } from '../../test/support/open-identity.ts';
import type { MetadataStore } from '../storage/contract/metadata-store.ts';
import { identityKeys } from './identity-keys.ts';

const document = (Action: string) =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource: '*' }] });
const HOUR_MICROS = 3_600_000_000;

/** Whoever a credential may stand for, and one credential of every kind. */
async function openParties(store = createMemoryStore()) {
  const here = openIdentity(store);
  const there = openIdentity(store);
  const { identity } = here;
  const { account } = await identity.createAccount({ name: 'tenant' });
  const other = await identity.createAccount({ name: 'other' });
  const named = { accountId: account.id, displayName: '', email: '' };
  const user = await identity.createUser({ ...named, name: 'kim' });
  const { record: service } = await identity.services.create({ accountId: account.id, name: 'builds' });
  const { record: group } = await identity.groups.create({ accountId: account.id, name: 'all' });
  const { record: role } = await identity.roles.create({ accountId: account.id, name: 'nightly' });
  const { record: policy } = await identity.policies.create({
    accountId: account.id,
    language: 'aws',
    document: document('s3:GetObject'),
    attachedTo: [`group:${group.id}`, `role:${role.id}`],
  });
  await identity.tenancies.set(user.id, other.account.id, 'member');
  const keys = {
    user: await identity.createAccessKey({ holder: { userId: user.id } }),
    service: await identity.createAccessKey({ holder: { serviceId: service.id } }),
    abroad: await identity.createAccessKey({ holder: { userId: user.id }, accountId: other.account.id }),
  };
  const assume = () =>
    identity.assumeRole({ roleId: role.id, sessionName: 's', durationSeconds: 900, source: 'test' });
  const session = await assume();
  const issue = (accountId: string) =>
    identity.issueToken({
      userId: user.id,
      accountId,
      isScoped: true,
      methods: ['password'],
      expiresAtMicros: here.clock.micros + HOUR_MICROS,
      proven: { user: 0, account: 0 },
    });
  const apiKey = await identity.apiKeys.create({ holder: `user:${user.id}`, name: 'x' });
  const accessKeyIds = [...Object.values(keys).map(({ id }) => id), session.accessKeyId];
  const tokens = [await issue(account.id), await issue(other.account.id)].map(({ value }) => value);
  /** Functions are not compared. */
  const view = async (worker: typeof here) => {
    const seen = [];
    for (const id of accessKeyIds) seen.push(await worker.identity.findAccessKey(id));
    for (const token of tokens) seen.push(await worker.identity.findToken(token));
    seen.push(await worker.identity.apiKeys.authenticate(apiKey.value));
    return JSON.stringify(seen);
  };
  const fresh = () => {
    const opened = openIdentity(store);
    opened.clock.micros = here.clock.micros;
    return opened;
  };
  const passSeconds = (seconds: number) => {
    for (const worker of [here, there]) worker.passSeconds(seconds);
  };
  const revision = async () => {
    here.metadata.refresh();
    return (await here.metadata.get(identityKeys.revision()))?.version;
  };
  const parties = { account, other: other.account, user, service, group, role, policy, keys, session };
  return { ...parties, identity, there, view, fresh, passSeconds, revision, assume, issue };
}

type Parties = Awaited<ReturnType<typeof openParties>>;

/** Each shows in what somebody's credential stands for, when they come in this order. */
const changes: readonly (readonly [string, (parties: Parties) => Promise<unknown>])[] = [
  ['a key is disabled', (p) => p.identity.setAccessKeyEnabled(p.keys.user.id, false)],
  ['a key is enabled', (p) => p.identity.setAccessKeyEnabled(p.keys.user.id, true)],
  ['a service joins a group', (p) => p.identity.groups.addMember(p.group.id, `service:${p.service.id}`)],
  ['a policy is changed', (p) => p.identity.policies.update(p.policy.id, { document: document('s3:*') })],
  ['a policy is attached', (p) => p.identity.policies.attach(p.policy.id, `user:${p.user.id}`)],
  ['a service leaves a group', (p) => p.identity.groups.removeMember(p.group.id, `service:${p.service.id}`)],
  ['a policy is removed', (p) => p.identity.policies.remove(p.policy.id)],
  ['a user has another role', (p) => p.identity.setUserRole(p.user.id, 'member')],
  ['a user has another role abroad', (p) => p.identity.tenancies.set(p.user.id, p.other.id, 'operator')],
  ['a service is disabled', (p) => p.identity.services.update(p.service.id, { enabled: false })],
  ['a role has another name', (p) => p.identity.roles.update(p.role.id, { name: 'weekly' })],
  ['a user has another password', (p) => p.identity.setUserPassword(p.user.id, 'another password')],
  ['an account is disabled', (p) => p.identity.setAccountEnabled(p.account.id, false)],
  ['an account is enabled', (p) => p.identity.setAccountEnabled(p.account.id, true)],
  ['a user is disabled', (p) => p.identity.setUserEnabled(p.user.id, false)],
  ['a user is enabled', (p) => p.identity.setUserEnabled(p.user.id, true)],
  ['a session ends', async (p) => p.passSeconds(901)],
  ['sessions that have ended are swept', (p) => p.identity.sweepTokens()],
  ['a part abroad is taken away', (p) => p.identity.tenancies.remove(p.user.id, p.other.id)],
  ['a service is removed', (p) => p.identity.services.remove(p.service.id)],
  ['a key is removed', (p) => p.identity.removeAccessKey(p.keys.user.id)],
  ['a user is removed', (p) => p.identity.removeUser(p.user.id)],
];

it('every change shows with the next request of another worker', async () => {
  const parties = await openParties();
  const { view, there, fresh } = parties;
  let before = await view(there);
  for (const [what, change] of changes) {
    await change(parties);
    const seen = await view(there);
    assert.equal(seen, await view(fresh()), what);
    assert.notEqual(seen, before, what);
    before = seen;
  }
});

it('whatever comes in whatever order', async () => {
  const some = fc.array(fc.nat({ max: changes.length - 1 }), { minLength: 1, maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(some, async (chosen) => {
      const parties = await openParties();
      await parties.view(parties.there);
      for (const index of chosen) {
        const [what, change] = changes[index]!;
        // Of what is gone already, or not there any more to be changed.
        await change(parties).catch(() => undefined);
        assert.equal(await parties.view(parties.there), await parties.view(parties.fresh()), what);
      }
    }),
    { numRuns: 12 },
  );
});

it('a change that comes while a request looks shows with the next', async () => {
  const store = createMemoryStore();
  const { view, fresh, identity, user } = await openParties(store);
  const { metadata } = store.openEngine();
  let readsBefore = -1;
  const slow: MetadataStore = Object.assign(Object.create(metadata), {
    async getMany(asked: readonly Buffer[]) {
      const entries = await metadata.getMany(asked);
      if (readsBefore === 0) await identity.setUserRole(user.id, 'member');
      readsBefore -= 1;
      metadata.refresh();
      return entries;
    },
  });
  let isReached = true;
  for (let nth = 0; isReached; nth += 1) {
    await identity.setUserRole(user.id, 'admin');
    const there = openIdentity({ openEngine: () => ({ metadata: slow }) });
    readsBefore = nth;
    await view(there);
    isReached = readsBefore < 0;
    readsBefore = -1;
    assert.equal(await view(there), await view(fresh()), `after read ${nth}`);
    assert.ok(isReached || nth > 10);
  }
});

it('what begins for one is no change for the others', async () => {
  const { revision, assume, issue, identity, other } = await openParties();
  const before = await revision();
  assert.notEqual(before, undefined);
  await assume();
  const { value } = await issue(other.id);
  await identity.findToken(value);
  await identity.revokeToken(value);
  assert.equal(await revision(), before);
});
