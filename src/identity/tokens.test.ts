import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createMemoryStore } from '../../test/support/memory-engine.ts';
import { openIdentity } from '../../test/support/open-identity.ts';
import { IdentityError } from './identity-errors.ts';
import type { IdentityStore } from './identity-store.ts';
import { userOfToken } from './token-user.ts';

const HOUR_MICROS = 3_600_000_000;

async function addUser(identity: IdentityStore) {
  const { account, rootUser } = await identity.createAccount({ name: 'tenant' });
  const user = await identity.createUser({ accountId: account.id, name: 'kim', displayName: '', email: '' });
  return { account, rootUser, user };
}

async function issue({ identity, clock }: ReturnType<typeof openIdentity>, userId: string) {
  return identity.issueToken({
    userId,
    isScoped: true,
    methods: ['password'],
    expiresAtMicros: clock.micros + HOUR_MICROS,
    proven: { user: 0, account: 0 },
  });
}

describe('tokens', () => {
  it('say who somebody is, on every worker, and are stored as a fingerprint only', async () => {
    const store = createMemoryStore();
    const one = openIdentity(store);
    const two = openIdentity(store);
    const { account, user } = await addUser(one.identity);
    const issued = await issue(one, user.id);
    assert.match(issued.value, /^1-[0-9a-f]{64}$/);
    const found = await two.identity.findToken(issued.value);
    assert.ok(found);
    assert.deepEqual([userOfToken(found).id, found.principal.account.id], [user.id, account.id]);
    assert.deepEqual([found?.methods, found?.isScoped, found?.auditId], [['password'], true, issued.auditId]);
    const secret = Buffer.from(issued.value.slice(2));
    one.metadata.refresh();
    const rows = await one.metadata.scan({ start: Buffer.of(0), end: Buffer.of(0xff) }, 1000);
    assert.ok(rows.length > 4);
    for (const { key, value } of rows) {
      assert.equal(Buffer.concat([key, value]).includes(secret), false);
      assert.equal(Buffer.concat([key, value]).includes(Buffer.from(secret.toString(), 'hex')), false);
    }
  });

  it('that nobody issued, or another master key made, are none', async () => {
    const open = openIdentity();
    const { user } = await addUser(open.identity);
    const { value } = await issue(open, user.id);
    const changed = value.slice(0, -1) + (value.endsWith('0') ? '1' : '0');
    for (const wrong of [
      '',
      '1-',
      changed,
      `7${value}`,
      `9${value.slice(1)}`,
      value.toUpperCase(),
      ` ${value}`,
    ]) {
      if (wrong === value) continue;
      assert.equal(await open.identity.findToken(wrong), undefined, wrong);
      assert.equal(await open.identity.revokeToken(wrong), false);
    }
    const otherKey = openIdentity(createMemoryStore(), new Map([[1, Buffer.alloc(32, 8)]]));
    assert.equal(await otherKey.identity.findToken(value), undefined);
  });

  it('expire to the microsecond and are swept away in slices', async () => {
    const open = openIdentity();
    const { user } = await addUser(open.identity);
    const { value } = await issue(open, user.id);
    for (let index = 0; index < 250; index += 1) await issue(open, user.id);
    open.clock.micros += HOUR_MICROS - 1;
    assert.ok(await open.identity.findToken(value));
    assert.equal(await open.identity.sweepTokens(), false);
    assert.ok(await open.identity.findToken(value), 'the sweep takes what has expired only');
    open.clock.micros += 1;
    assert.equal(await open.identity.findToken(value), undefined);
    open.metadata.refresh();
    const space = { start: Buffer.of(0x38), end: Buffer.of(0x3a) };
    assert.equal((await open.metadata.scan(space, 1000)).length, 502);
    assert.equal(await open.identity.sweepTokens(), true);
    assert.equal(await open.identity.sweepTokens(), false);
    open.metadata.refresh();
    assert.equal((await open.metadata.scan(space, 1000)).length, 0);
  });

  it('can be revoked once', async () => {
    const open = openIdentity();
    const { user } = await addUser(open.identity);
    const [kept, gone] = [await issue(open, user.id), await issue(open, user.id)];
    assert.equal(await open.identity.revokeToken(gone.value), true);
    assert.equal(await open.identity.revokeToken(gone.value), false);
    assert.equal(await open.identity.findToken(gone.value), undefined);
    assert.ok(await open.identity.findToken(kept.value));
    assert.equal((await open.metadata.scan({ start: Buffer.of(0x39), end: Buffer.of(0x3a) }, 9)).length, 1);
  });

  it('are void for ever after their user or account was disabled, got another password, or was removed', async () => {
    const changes: readonly ((
      identity: IdentityStore,
      userId: string,
      accountId: string,
    ) => Promise<unknown>)[] = [
      async (identity, userId) => {
        await identity.setUserEnabled(userId, false);
        return identity.setUserEnabled(userId, true);
      },
      async (identity, _userId, accountId) => {
        await identity.setAccountEnabled(accountId, false);
        return identity.setAccountEnabled(accountId, true);
      },
      (identity, userId) => identity.setUserPassword(userId, 'another password'),
      (identity, userId) => identity.removeUser(userId),
      (identity, _userId, accountId) => identity.removeAccount(accountId, () => Promise.resolve(true)),
    ];
    for (const change of changes) {
      const open = openIdentity();
      const { account, user } = await addUser(open.identity);
      const { value } = await issue(open, user.id);
      assert.ok(await open.identity.findToken(value));
      await change(open.identity, user.id, account.id);
      assert.equal(await open.identity.findToken(value), undefined, change.toString());
      // Nor can one be had for a proof from before.
      await assert.rejects(issue(open, user.id), (error) => {
        return error instanceof IdentityError && error.code === 'LoginRefused';
      });
    }
  });

  it('are refused while the account is being removed, and hold again when it is not', async () => {
    const open = openIdentity();
    const { account, user } = await addUser(open.identity);
    const { value } = await issue(open, user.id);
    let meanwhile: unknown = 'not asked';
    const removed = await open.identity.removeAccount(account.id, async () => {
      meanwhile = await open.identity.findToken(value);
      return false;
    });
    assert.deepEqual([removed, meanwhile], [false, undefined]);
    assert.ok(await open.identity.findToken(value));
  });
});
