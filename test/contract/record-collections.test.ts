/** Collections of identity records on an engine with real limits: the rest is tested beside their source. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { IdentityError } from '../../src/identity/identity-errors.ts';
import { openIdentity } from '../support/open-identity.ts';
import { createEmbeddedHarness } from './engines.ts';

it('records are found by long values, listed and removed', async () => {
  const harness = await createEmbeddedHarness();
  try {
    const { metadata } = await harness.openEngine();
    const { identity } = openIdentity({ openEngine: () => ({ metadata }) });
    const { account } = await identity.createAccount({ name: 'tenant' });
    const collection = identity.collection({
      kind: 0xf0,
      noun: 'thing',
      account: (_thing: { readonly id: string; readonly name: string }) => account.id,
      indexes: { name: { number: 1, isUnique: true, entries: ({ name }) => [[name]] } },
    });
    const longest = '가'.repeat(600);
    const { version } = await collection.create({ id: 'a', name: longest });
    await collection.create({ id: 'b', name: 'short' });
    const [first, second] = (await collection.list('name', [], { limit: 5 })).items;
    assert.deepEqual([first?.record.id, second?.record.name], ['b', longest]);
    await assert.rejects(
      collection.create({ id: 'c', name: longest }),
      (error) => error instanceof IdentityError && error.code === 'RecordTaken',
    );
    await collection.remove('a', version);
    assert.equal(await collection.findBy('name', [longest]), undefined);
    assert.equal(await identity.removeAccount(account.id, async () => true), true);
    assert.deepEqual((await collection.list('name', [], { limit: 5 })).items, []);
  } finally {
    await harness.dispose();
  }
});
