import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createMemoryStore } from '../../test/support/memory-engine.ts';
import { type OpenIdentity, openIdentity } from '../../test/support/open-identity.ts';
import { IdentityError, type IdentityErrorCode } from './identity-errors.ts';
import type { CollectionDefinition } from './record-collection.ts';

interface Thing {
  readonly id: string;
  readonly accountId: string;
  readonly name: string;
  readonly tags: readonly string[];
}

const things: CollectionDefinition<Thing, 'name' | 'tag'> = {
  kind: 0xf0,
  noun: 'thing',
  account: ({ accountId }) => accountId,
  indexes: {
    name: { number: 1, isUnique: true, entries: ({ accountId, name }) => [[accountId, name]] },
    tag: { number: 2, entries: ({ accountId, tags }) => tags.map((tag) => [accountId, tag]) },
  },
};

const failsWith = (code: IdentityErrorCode) => (error: unknown) =>
  error instanceof IdentityError && error.code === code;

async function openThings(opened: OpenIdentity = openIdentity()) {
  const { identity } = opened;
  const collection = identity.collection(things);
  const { account } = await identity.createAccount({ name: 'tenant' });
  const thing = (id: string, more: Partial<Thing> = {}): Thing => ({
    id,
    accountId: account.id,
    name: `name of ${id}`,
    tags: [],
    ...more,
  });
  return { ...opened, collection, account, thing };
}

describe('collection of records', () => {
  it('finds by id and by index, with versions that change with every write', async () => {
    const { collection, thing, account } = await openThings();
    const made = await collection.create(thing('a', { name: '가', tags: ['x', 'y'] }));
    assert.deepEqual(await collection.get('a'), made);
    assert.deepEqual(await collection.findBy('name', [account.id, '가']), made);
    assert.equal(await collection.findBy('name', [account.id, '나']), undefined);
    const changed = await collection.update('a', (before) => ({ ...before, name: '나', tags: ['y', 'z'] }));
    assert.notEqual(changed.version, made.version);
    assert.deepEqual(await collection.get('a'), changed);
    assert.equal(await collection.findBy('name', [account.id, '가']), undefined);
    assert.deepEqual((await collection.list('tag', [account.id, 'x'], { limit: 9 })).items, []);
    assert.deepEqual((await collection.list('tag', [account.id, 'z'], { limit: 9 })).items, [changed]);
    assert.deepEqual(await collection.remove('a'), changed.record);
    assert.equal(await collection.get('a'), undefined);
    assert.deepEqual((await collection.list('tag', [account.id], { limit: 9 })).items, []);
    const again = await collection.create(thing('a'));
    assert.notEqual(again.version, made.version);
    assert.deepEqual(await collection.getMany(['b', 'a']), [undefined, again]);
  });

  it('refuses an id, and an entry of an index without repetition, that another has', async () => {
    const { collection, thing } = await openThings();
    await collection.create(thing('a'));
    await collection.create(thing('b'));
    await assert.rejects(collection.create(thing('a', { name: 'other' })), failsWith('RecordTaken'));
    await assert.rejects(collection.create(thing('c', { name: 'name of a' })), failsWith('RecordTaken'));
    await assert.rejects(
      collection.update('b', (before) => ({ ...before, name: 'name of a' })),
      failsWith('RecordTaken'),
    );
    await collection.update('b', (before) => ({ ...before, tags: ['same name'] }));
  });

  it('changes and removes only the version that was expected', async () => {
    const { collection, thing } = await openThings();
    const { version } = await collection.create(thing('a'));
    const rename = (name: string) => (before: Thing) => ({ ...before, name });
    const { version: next } = await collection.update('a', rename('b'), version);
    await assert.rejects(collection.update('a', rename('c'), version), failsWith('RecordChanged'));
    await assert.rejects(collection.remove('a', version), failsWith('RecordChanged'));
    const same = await collection.update('a', (before) => before, next);
    assert.equal(same.version, next);
    await collection.remove('a', next);
    await assert.rejects(collection.remove('a'), failsWith('NoSuchRecord'));
    await assert.rejects(collection.update('a', rename('d')), failsWith('NoSuchRecord'));
  });

  it('changes several records in one commit, and reads in it what it has written', async () => {
    const { identity, collection, thing, account } = await openThings();
    await identity.change(async (change) => {
      const records = collection.in(change);
      await records.create(thing('a'));
      await records.create(thing('b'));
      await records.update('a', (before) => ({ ...before, name: 'free again' }));
      await records.create(thing('c', { name: 'name of a' }));
      assert.equal((await records.findBy('name', [account.id, 'name of a']))?.record.id, 'c');
      await records.remove('b');
      assert.equal(await records.find('b'), undefined);
    });
    assert.equal((await collection.get('a'))?.record.name, 'free again');
    assert.equal(await collection.get('b'), undefined);
    await assert.rejects(
      identity.change(async (change) => {
        await collection.in(change).remove('a');
        await collection.in(change).remove('b');
      }),
      failsWith('NoSuchRecord'),
    );
    assert.notEqual(await collection.get('a'), undefined);
  });

  it('lets one of several workers win', async () => {
    const store = createMemoryStore({ seed: 5, turnsMax: 4, unknownLost: 0.1 });
    const first = await openThings(openIdentity(store));
    const others = [openIdentity(store), openIdentity(store)].map(({ identity }) =>
      identity.collection(things),
    );
    const outcomes = await Promise.allSettled(
      [first.collection, ...others].map((collection, index) =>
        collection.create(first.thing(`${index}`, { name: 'wanted' })),
      ),
    );
    assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1);
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') assert.ok(failsWith('RecordTaken')(outcome.reason));
    }
  });

  it('goes with its account, and nothing is added to one that is being removed', async () => {
    const { identity, collection, thing, account, metadata } = await openThings();
    for (let index = 0; index < 120; index += 1) await collection.create(thing(`${index}`, { tags: ['x'] }));
    assert.equal(
      await identity.removeAccount(account.id, async () => {
        await assert.rejects(collection.create(thing('late')), failsWith('AccountIsBeingRemoved'));
        return true;
      }),
      true,
    );
    metadata.refresh();
    const rows = await metadata.scan({ start: Buffer.of(0x3a), end: Buffer.of(0x3c) }, 10);
    assert.deepEqual(rows, []);
    await assert.rejects(collection.create(thing('later')), failsWith('NoSuchAccount'));
  });

  it('refuses kinds and numbers that are taken, and values that keys cannot hold', async () => {
    const { identity, collection, thing } = await openThings();
    assert.throws(() => identity.collection({ ...things, noun: 'other' }), RangeError);
    const index = { number: 1, entries: () => [] };
    assert.throws(
      () => identity.collection({ ...things, kind: 0xf1, indexes: { name: index, tag: index } }),
      RangeError,
    );
    await assert.rejects(collection.create(thing('a', { name: 'a\0b' })), RangeError);
    const page = { after: '!', limit: 1 };
    await assert.rejects(collection.list('name', [], page), failsWith('InvalidValue'));
    await assert.rejects(
      collection.list('name', [], { after: 'A'.repeat(5000), limit: 1 }),
      failsWith('InvalidValue'),
    );
  });

  it('pages through an index in the order of its values', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(fc.stringMatching(/^[a-c가-다]{0,3}$/u), { maxLength: 3 }), { maxLength: 10 }),
        fc.integer({ min: 1, max: 4 }),
        async (lists, limit) => {
          const { collection, thing, account } = await openThings();
          const wanted: string[] = [];
          for (const [index, list] of lists.entries()) {
            const tags = [...new Set(list)];
            await collection.create(thing(`${index}`, { tags }));
            wanted.push(...tags.map((tag) => `${tag}\0${index}`));
          }
          const found: string[] = [];
          let after: string | undefined;
          do {
            const page = await collection.list('tag', [account.id], { after, limit });
            assert.ok(page.items.length <= limit);
            found.push(...page.items.map(({ record }) => record.id));
            after = page.next;
          } while (after !== undefined);
          const ordered = wanted.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
          assert.deepEqual(
            found,
            ordered.map((entry) => entry.split('\0')[1]),
          );
        },
      ),
      { numRuns: 60 },
    );
  });
});
