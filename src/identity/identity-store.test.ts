import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createMemoryStore, type MemoryStore } from '../../test/support/memory-engine.ts';
import { createSystemEntropy } from '../lib/entropy.ts';
import { IdentityError, type IdentityErrorCode } from './identity-errors.ts';
import { createIdentityStore, type IdentityStore } from './identity-store.ts';
import { createMasterKey } from './master-key.ts';

const entropy = createSystemEntropy();
const keys = new Map([[1, Buffer.alloc(32, 7)]]);

function openStore(store: MemoryStore, masterKeys = keys): IdentityStore {
  const { metadata } = store.openEngine();
  let micros = 1_700_000_000_000_000;
  const clock = { nowMicros: () => (micros += 1) };
  const identity = createIdentityStore({
    metadata,
    masterKey: createMasterKey(masterKeys, entropy),
    clock,
    entropy,
  });
  // Requests begin with a fresh view: here each lookup is a request.
  const fresh = <A extends unknown[], R>(call: (...args: A) => R) => {
    return (...args: A): R => {
      metadata.refresh();
      return call(...args);
    };
  };
  return {
    ...identity,
    findAccessKey: fresh(identity.findAccessKey),
    findAccount: fresh(identity.findAccount),
    findUserByEmail: fresh(identity.findUserByEmail),
    listAccounts: fresh(identity.listAccounts),
    listUsers: fresh(identity.listUsers),
  };
}

const failsWith = (code: IdentityErrorCode) => (error: unknown) =>
  error instanceof IdentityError && error.code === code;

async function createTenant(identity: IdentityStore, name = 'tenant') {
  const { account, rootUser } = await identity.createAccount({ name });
  const user = await identity.createUser({
    accountId: account.id,
    name: 'kim',
    displayName: 'Kim',
    email: '',
  });
  const key = await identity.createAccessKey({ holder: { userId: user.id } });
  return { account, rootUser, user, key };
}

describe('identity store', () => {
  it('finds a key with its secret, user and account, and nothing for unknown ids', async () => {
    const identity = openStore(createMemoryStore());
    const { account, user, key } = await createTenant(identity);
    for (let repeat = 0; repeat < 2; repeat += 1) {
      const found = await identity.findAccessKey(key.id);
      assert.equal(found?.secret, key.secretKey);
      assert.equal(found.unusable, undefined);
      assert.deepEqual(found.principal, { kind: 'user', account, user, isServerAdmin: false });
    }
    assert.match(key.id, /^[0-9a-f]{32}$/);
    assert.match(key.secretKey, /^[0-9a-f]{64}$/);
    assert.equal(await identity.findAccessKey('nobody'), undefined);
    assert.equal(await identity.findAccessKey(''), undefined);
  });

  it('stores no secret in the clear', async () => {
    const store = createMemoryStore();
    const identity = openStore(store);
    const { key } = await createTenant(identity);
    await identity.createRoot({
      userName: 'root',
      password: 'the-password',
      apiKey: 'the-api-key',
      pair: { accessKeyId: 'ROOT', secretKey: 'the-secret' },
    });
    const everything = Buffer.concat(store.rows().flatMap((row) => [row.key, row.value])).toString('latin1');
    for (const secret of [key.secretKey, 'the-password', 'the-api-key', 'the-secret']) {
      assert.equal(everything.includes(secret), false);
    }
    assert.equal(everything.includes('ROOT'), true);
  });

  it('lets disabling and removing take effect on the next request of another worker', async () => {
    const store = createMemoryStore();
    const here = openStore(store);
    const there = openStore(store);
    const { account, user, key } = await createTenant(here);
    const reasonThere = async () => (await there.findAccessKey(key.id))?.unusable;
    const versionThere = async () => (await there.findAccessKey(key.id))?.recordVersion;
    assert.equal(await reasonThere(), undefined);
    const version = await versionThere();

    await here.setAccessKeyEnabled(key.id, false);
    assert.equal(await reasonThere(), 'key-disabled');
    assert.notEqual(await versionThere(), version);
    await here.setAccessKeyEnabled(key.id, true);
    await here.setUserEnabled(user.id, false);
    assert.equal(await reasonThere(), 'user-disabled');
    await here.setAccountEnabled(account.id, false);
    assert.equal(await reasonThere(), 'account-disabled');
    await here.setUserEnabled(user.id, true);
    await here.setAccountEnabled(account.id, true);
    assert.equal(await reasonThere(), undefined);
    await here.removeAccessKey(key.id);
    assert.equal(await there.findAccessKey(key.id), undefined);
  });

  it('gives a name, an e-mail address and a key id to one only, also to concurrent callers', async () => {
    const store = createMemoryStore({ seed: 3, turnsMax: 4 });
    const workers = [openStore(store), openStore(store), openStore(store)];
    const first = workers[0]!;
    const { account } = await first.createAccount({ name: 'tenant' });
    const outcomes = await Promise.allSettled(
      workers.flatMap((identity) => [
        identity.createAccount({ name: 'wanted' }),
        identity.createUser({
          accountId: account.id,
          name: 'lee',
          displayName: '',
          email: 'lee@example.com',
        }),
      ]),
    );
    assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 2);
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') assert.ok(outcome.reason instanceof IdentityError);
    }
    const other = await first.createAccount({ name: 'other' });
    await first.createUser({ accountId: other.account.id, name: 'lee', displayName: '', email: '' });
    await assert.rejects(
      first.createUser({
        accountId: other.account.id,
        name: 'moon',
        displayName: '',
        email: 'LEE@example.com',
      }),
      failsWith('EmailTaken'),
    );
    const userId = other.rootUser.id;
    const pair = { accessKeyId: 'KEY', secretKey: 'secret' };
    await first.createAccessKey({ holder: { userId }, pair });
    await assert.rejects(first.createAccessKey({ holder: { userId }, pair }), failsWith('AccessKeyTaken'));
  });

  it('refuses values that no API could show', async () => {
    const identity = openStore(createMemoryStore());
    const { account, rootUser } = await identity.createAccount({ name: '테넌트 1' });
    for (const name of ['', ' a', 'a/b', 'a:b', 'a\nb', 'x'.repeat(65)]) {
      await assert.rejects(identity.createAccount({ name }), failsWith('InvalidValue'));
      const user = { accountId: account.id, name, displayName: '', email: '' };
      await assert.rejects(identity.createUser(user), failsWith('InvalidValue'));
    }
    for (const pair of [
      { accessKeyId: 'a/b', secretKey: 'x' },
      { accessKeyId: 'a', secretKey: 'x y' },
    ]) {
      await assert.rejects(
        identity.createAccessKey({ holder: { userId: rootUser.id }, pair }),
        failsWith('InvalidValue'),
      );
    }
    await assert.rejects(identity.createAccount({ name: 'b', id: 'XYZ' }), failsWith('InvalidValue'));
  });

  it('removes an account with everything in it, but only an empty one', async () => {
    const identity = openStore(createMemoryStore());
    const { account, key } = await createTenant(identity);
    assert.equal(
      await identity.removeAccount(account.id, async () => {
        assert.equal((await identity.findAccessKey(key.id))?.unusable, 'account-disabled');
        await assert.rejects(
          identity.createUser({ accountId: account.id, name: 'new', displayName: '', email: '' }),
          failsWith('AccountIsBeingRemoved'),
        );
        return false;
      }),
      false,
    );
    assert.equal((await identity.findAccessKey(key.id))?.unusable, undefined);
    assert.equal(await identity.removeAccount(account.id, () => Promise.resolve(true)), true);
    assert.equal(await identity.findAccessKey(key.id), undefined);
    assert.equal(await identity.findAccount('tenant'), undefined);
    assert.deepEqual(await identity.listUsers(account.id, '', 10), { users: [] });
    await createTenant(identity);
  });

  it('finds a user by e-mail address in any case, until the user is gone', async () => {
    const identity = openStore(createMemoryStore());
    const { account } = await createTenant(identity);
    const input = { accountId: account.id, name: 'lee', displayName: 'Lee', email: 'Lee@Example.com' };
    const lee = await identity.createUser(input);
    assert.deepEqual(await identity.findUserByEmail('lee@example.COM'), lee);
    for (const other of ['', 'lee', 'lee@example.org', `${'x'.repeat(5000)}@example.com`]) {
      assert.equal(await identity.findUserByEmail(other), undefined, other);
    }
    await identity.removeUser(lee.id);
    assert.equal(await identity.findUserByEmail('lee@example.com'), undefined);
  });

  it('never locks the operator out', async () => {
    const identity = openStore(createMemoryStore());
    const root = await identity.createRoot({
      userName: 'boss',
      pair: { accessKeyId: 'ROOT', secretKey: 'secret' },
    });
    const found = await identity.findAccessKey('ROOT');
    assert.equal(found?.principal.kind === 'user' && found.principal.isServerAdmin, true);
    for (const refused of [
      () => identity.removeAccount(root.account.id, () => Promise.resolve(true)),
      () => identity.setAccountEnabled(root.account.id, false),
      () => identity.removeUser(root.user.id),
      () => identity.setUserEnabled(root.user.id, false),
      () => identity.removeAccessKey('ROOT'),
      () => identity.setAccessKeyEnabled('ROOT', false),
    ]) {
      await assert.rejects(refused(), failsWith('RootIsPermanent'));
    }
    await identity.createAccessKey({ holder: { userId: root.user.id } });
    await identity.removeAccessKey('ROOT');
    assert.equal((await identity.createAccount({ name: 'other' })).rootUser.isRoot, true);
  });

  it('recognises a store made under another master key', async () => {
    const store = createMemoryStore();
    assert.equal(await openStore(store).hasRoot(), false);
    await openStore(store).createRoot({ userName: 'root', pair: { accessKeyId: 'R', secretKey: 's' } });
    assert.equal(await openStore(store).hasRoot(), true);
    await assert.rejects(openStore(store, new Map([[1, Buffer.alloc(32, 8)]])).hasRoot(), /does not open/);
    await assert.rejects(openStore(store, new Map([[2, Buffer.alloc(32, 8)]])).hasRoot(), /key 1 is missing/);
  });

  it('pages through names in their order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.stringMatching(/^[a-z가-힣0-9]{1,6}$/u), { maxLength: 12 }),
        fc.integer({ min: 1, max: 5 }),
        async (wanted, limit) => {
          const identity = openStore(createMemoryStore());
          const names = [...new Set(wanted.map((name) => name.normalize('NFC')))];
          for (const name of names) await identity.createAccount({ name });
          const listed: string[] = [];
          let after: string | undefined = '';
          while (after !== undefined) {
            const page = await identity.listAccounts(after, limit);
            assert.ok(page.accounts.length <= limit);
            listed.push(...page.accounts.map(({ name }) => name));
            after = page.next;
          }
          assert.deepEqual(
            listed,
            names.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))),
          );
        },
      ),
      { numRuns: 50 },
    );
  });
});
