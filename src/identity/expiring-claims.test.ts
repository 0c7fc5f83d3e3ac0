import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createMemoryStore } from '../../test/support/memory-engine.ts';
import { openIdentity } from '../../test/support/open-identity.ts';
import { ExpiringClaims } from './expiring-claims.ts';
import { IdentityError } from './identity-errors.ts';

const KIND = 0x42;

async function open() {
  const store = createMemoryStore();
  const opened = openIdentity(store);
  const { account } = await opened.identity.createAccount({ name: 'team' });
  const claims = new ExpiringClaims(opened.identity, opened.clock, KIND, 'used proof');
  const inSeconds = (seconds: number) => opened.clock.micros + seconds * 1_000_000;
  return { ...opened, store, account, claims, inSeconds };
}

describe('claims that expire', () => {
  it('are made once, in all processes, until their time', async () => {
    const { claims, account, inSeconds, passSeconds, store, clock } = await open();
    const other = openIdentity(store);
    other.clock.micros = clock.micros;
    const elsewhere = new ExpiringClaims(other.identity, other.clock, KIND, 'used proof');
    assert.equal(await claims.claim(account.id, 'a', inSeconds(10)), true);
    assert.equal(await claims.claim(account.id, 'a', inSeconds(10)), false);
    assert.equal(await elsewhere.claim(account.id, 'a', inSeconds(10)), false);
    assert.deepEqual([await claims.holds('a'), await claims.holds('b')], [true, false]);
    passSeconds(10);
    assert.equal(await claims.holds('a'), false);
    assert.equal(await claims.claim(account.id, 'a', inSeconds(10)), true);
  });

  it('are one among many who try at once', async () => {
    const { claims, account, inSeconds } = await open();
    const tries = await Promise.all(
      Array.from({ length: 8 }, () => claims.claim(account.id, 'race', inSeconds(60))),
    );
    assert.equal(tries.filter(Boolean).length, 1);
  });

  it('are part of a change, and undone with it', async () => {
    const { claims, account, identity, inSeconds } = await open();
    const failing = identity.change(async (change) => {
      await claims.claimIn(change, account.id, 'x', inSeconds(60));
      throw new Error('something else is wrong');
    });
    await assert.rejects(failing, /something else/);
    assert.equal(await claims.holds('x'), false);
    await claims.claim(account.id, 'x', inSeconds(60));
    const taken = identity.change((change) => claims.claimIn(change, account.id, 'x', inSeconds(60)));
    await assert.rejects(taken, (error) => error instanceof IdentityError && error.code === 'RecordTaken');
  });

  it('are swept when they have ended, and no earlier', async () => {
    const { claims, account, inSeconds, passSeconds, identity } = await open();
    for (let index = 0; index < 130; index += 1) await claims.claim(account.id, `old ${index}`, inSeconds(5));
    await claims.claim(account.id, 'young', inSeconds(50));
    assert.equal(await claims.sweep(), false);
    passSeconds(6);
    assert.equal(await claims.sweep(), true);
    assert.equal(await claims.sweep(), false);
    assert.equal(await claims.holds('young'), true);
    // An account that is removed takes them along.
    assert.equal(await identity.removeAccount(account.id, async () => true), true);
    assert.equal(await claims.holds('young'), false);
  });
});
