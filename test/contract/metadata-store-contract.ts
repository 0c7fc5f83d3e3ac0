/** What every metadata store must do (design, section 6). Run against each engine by metadata-store.test.ts. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import type {
  Check,
  CommitOutcome,
  CommitRequest,
  MetadataStore,
  Put,
  Row,
  Version,
} from '../../src/storage/contract/metadata-store.ts';
import type { StorageEngine } from '../../src/storage/contract/storage-engine.ts';
import { StorageFull } from '../../src/storage/contract/storage-errors.ts';
import type { EngineHarness, EngineKind } from './engines.ts';

const NONE = Buffer.alloc(0);
const bytes = (text: string): Buffer => Buffer.from(text);

let prefixCount = 0;
/** Keys of one test, so that tests can share a store. */
function freshPrefix(): Buffer {
  prefixCount += 1;
  const prefix = Buffer.alloc(5, 0x10);
  prefix.writeUInt32BE(prefixCount, 1);
  return prefix;
}

function endOf(prefix: Buffer): Buffer {
  const end = Buffer.from(prefix);
  end.writeUInt32BE(end.readUInt32BE(1) + 1, 1);
  return end;
}

type Change = Partial<Pick<CommitRequest, 'checks' | 'puts' | 'deletes' | 'effect'>>;

async function submit(
  store: MetadataStore,
  change: Change,
): Promise<{ outcome: CommitOutcome; id: Version }> {
  const id = store.newCommitId();
  const outcome = await store.commit({ checks: [], puts: [], deletes: [], ...change, id });
  store.refresh();
  return { outcome, id };
}

async function put(store: MetadataStore, ...puts: Put[]): Promise<Version> {
  const { outcome, id } = await submit(store, { puts });
  assert.equal(outcome, 'committed');
  return id;
}

async function versionOf(store: MetadataStore, key: Buffer): Promise<Version | null> {
  return (await store.get(key))?.version ?? null;
}

const texts = (rows: readonly Row[]): string[] => rows.map((row) => row.key.toString('hex'));

export function describeMetadataStore(kind: EngineKind): void {
  describe(`metadata store: ${kind.name}`, () => {
    let harness: EngineHarness;
    let engine: StorageEngine;
    let store: MetadataStore;
    before(async () => {
      harness = await kind.create();
      engine = await harness.openEngine();
      store = engine.metadata;
    });
    after(() => harness.dispose());

    describe('reading', () => {
      it('lists keys in the order of unsigned bytes, in any range, in both directions', async () => {
        const keyBytes = fc.uint8Array({ minLength: 0, maxLength: 12 });
        const property = fc.asyncProperty(
          fc.uniqueArray(keyBytes, { maxLength: 40, selector: (key) => Buffer.from(key).toString('hex') }),
          keyBytes,
          keyBytes,
          fc.integer({ min: 1, max: 45 }),
          async (tails, low, high, limit) => {
            const prefix = freshPrefix();
            const keys = tails.map((tail) => Buffer.concat([prefix, tail]));
            await put(store, ...keys.map((key) => ({ key, value: key })));
            const [start, end] = [Buffer.concat([prefix, low]), Buffer.concat([prefix, high])];
            for (const range of [
              { start, end },
              { start: prefix, end: endOf(prefix) },
              { start, end: endOf(prefix) },
            ]) {
              const expected = keys
                .filter((key) => key.compare(range.start) >= 0 && key.compare(range.end) < 0)
                .sort(Buffer.compare)
                .map((key) => key.toString('hex'));
              assert.deepEqual(texts(await store.scan(range, limit)), expected.slice(0, limit));
              assert.deepEqual(
                texts(await store.scan(range, limit, 'reverse')),
                expected.toReversed().slice(0, limit),
              );
            }
          },
        );
        await fc.assert(property, { numRuns: 120 });
      });

      it('excludes the end and includes the start, also when no such key exists', async () => {
        const prefix = freshPrefix();
        const key = (text: string): Buffer => Buffer.concat([prefix, bytes(text)]);
        await put(store, ...['b', 'd', 'f'].map((text) => ({ key: key(text), value: bytes(text) })));
        const cases = [
          ['b', 'f', 'bd'],
          ['b', 'd', 'b'],
          ['a', 'c', 'b'],
          ['c', 'e', 'd'],
          ['b', 'b', ''],
          ['f', 'b', ''],
          ['g', 'h', ''],
          ['f', 'z', 'f'],
        ] as const;
        for (const [start, end, expected] of cases) {
          const range = { start: key(start), end: key(end) };
          const forward = await store.scan(range, 10);
          assert.equal(forward.map((row) => row.value.toString()).join(''), expected, `${start} to ${end}`);
          assert.deepEqual(texts(await store.scan(range, 10, 'reverse')), texts(forward).toReversed());
        }
      });

      it('gives rows with the value and the version of the commit that wrote it', async () => {
        const prefix = freshPrefix();
        const [one, two] = [Buffer.concat([prefix, bytes('1')]), Buffer.concat([prefix, bytes('2')])];
        const first = await put(store, { key: one, value: bytes('a') }, { key: two, value: bytes('b') });
        const second = await put(store, { key: two, value: bytes('c') });
        const rows = await store.scan({ start: prefix, end: endOf(prefix) }, 10);
        assert.deepEqual(
          rows.map((row) => [row.value.toString(), row.version]),
          [
            ['a', first],
            ['c', second],
          ],
        );
        const absent = Buffer.concat([prefix, bytes('0')]);
        assert.deepEqual(
          (await store.getMany([two, absent, one])).map((entry) => entry?.value.toString()),
          ['c', undefined, 'a'],
        );
      });

      it('joins values of any lengths in the order of their keys, unless one is absent', async () => {
        const prefix = freshPrefix();
        const keys = [0, 1, 2, 3].map((index) => Buffer.concat([prefix, Buffer.from([index])]));
        const values = [bytes('short'), Buffer.alloc(9000, 1), Buffer.alloc(0), Buffer.alloc(70_000, 2)];
        await put(store, ...keys.map((key, index) => ({ key, value: values[index] ?? NONE })));
        const joined = await store.getJoined([...keys, ...keys.toReversed()]);
        assert.ok(joined?.equals(Buffer.concat([...values, ...values.toReversed()])));
        await put(store, { key: keys[0] ?? NONE, value: bytes('other') });
        assert.equal(joined?.subarray(0, 5).toString(), 'short');
        assert.equal(await store.getJoined([keys[0] ?? NONE, prefix]), undefined);
        assert.equal((await store.getJoined([]))?.length, 0);
      });

      it('hands out bytes that stay valid', async () => {
        const prefix = freshPrefix();
        const keys = Array.from({ length: 50 }, (_, index) => Buffer.concat([prefix, Buffer.from([index])]));
        const contentOf = (index: number): Buffer => Buffer.alloc(100 + index * 700, index);
        await put(store, ...keys.map((key, index) => ({ key, value: contentOf(index) })));
        const kept = await Promise.all(keys.map((key) => store.get(key)));
        const rows = await store.scan({ start: prefix, end: endOf(prefix) }, 100);
        await put(store, ...keys.map((key) => ({ key, value: Buffer.alloc(40_000, 0xee) })));
        await store.scan({ start: prefix, end: endOf(prefix) }, 100);
        for (const [index, key] of keys.entries()) {
          assert.ok(kept[index]?.value.equals(contentOf(index)), `value ${index}`);
          assert.ok(rows[index]?.value.equals(contentOf(index)), `row ${index}`);
          assert.ok(rows[index]?.key.equals(key), `key of row ${index}`);
        }
      });
    });

    describe('committing', () => {
      it('commits exactly when every check holds, whatever their kinds and order, and otherwise writes nothing', async () => {
        const kinds = ['present', 'stale', 'absent', 'occupied', 'vanished'] as const;
        const isMet = { present: true, stale: false, absent: true, occupied: false, vanished: false };
        const prefix = freshPrefix();
        let count = 0;
        for (const first of kinds) {
          for (const second of kinds) {
            for (const third of kinds) {
              count += 1;
              const checks: Check[] = [];
              for (const [index, which] of [first, second, third].entries()) {
                const key = Buffer.concat([prefix, bytes(`${count}/${index}`)]);
                const version = which === 'absent' ? 0 : await put(store, { key, value: bytes('old') });
                if (which === 'stale') await put(store, { key, value: bytes('new') });
                if (which === 'vanished') await submit(store, { deletes: [key] });
                checks.push({ key, version: which === 'absent' || which === 'occupied' ? null : version });
              }
              const target = Buffer.concat([prefix, bytes(`${count}/target`)]);
              const victim = Buffer.concat([prefix, bytes(`${count}/victim`)]);
              await put(store, { key: victim, value: bytes('here') });
              const { outcome } = await submit(store, {
                checks,
                puts: [{ key: target, value: bytes('written') }],
                deletes: [victim],
              });
              const wanted = isMet[first] && isMet[second] && isMet[third];
              const label = `${first}, ${second}, ${third}`;
              assert.equal(outcome, wanted ? 'committed' : 'conflict', label);
              assert.equal((await store.get(target)) !== undefined, wanted, label);
              assert.equal((await store.get(victim)) === undefined, wanted, label);
            }
          }
        }
      });

      it('gives a key a new version with every write, also across delete and re-creation', async () => {
        const key = freshPrefix();
        const seen = new Set<Version>();
        for (let round = 0; round < 20; round += 1) {
          const version = await put(store, { key, value: bytes('same') });
          assert.equal(await versionOf(store, key), version);
          assert.ok(Number.isSafeInteger(version) && !seen.has(version));
          for (const old of seen) {
            const { outcome } = await submit(store, { checks: [{ key, version: old }], deletes: [key] });
            assert.equal(outcome, 'conflict');
          }
          seen.add(version);
          assert.equal((await submit(store, { deletes: [key] })).outcome, 'committed');
          assert.equal(await store.get(key), undefined);
        }
      });

      it('agrees with a model under random commits', async () => {
        const change = fc.record({
          checks: fc.array(fc.record({ key: fc.nat(7), holds: fc.boolean() }), { maxLength: 3 }),
          puts: fc.array(fc.record({ key: fc.nat(7), value: fc.uint8Array({ maxLength: 20 }) }), {
            maxLength: 4,
          }),
          deletes: fc.array(fc.nat(7), { maxLength: 3 }),
        });
        const property = fc.asyncProperty(fc.array(change, { maxLength: 12 }), async (changes) => {
          const prefix = freshPrefix();
          const keyOf = (index: number): Buffer => Buffer.concat([prefix, Buffer.from([index * 31])]);
          const model = new Map<number, { value: string; version: Version }>();
          for (const { checks, puts, deletes } of changes) {
            const { outcome, id } = await submit(store, {
              checks: checks.map(({ key, holds }) => {
                const current = model.get(key)?.version ?? null;
                return { key: keyOf(key), version: holds ? current : current === null ? 12_345 : null };
              }),
              puts: puts.map(({ key, value }) => ({ key: keyOf(key), value: Buffer.from(value) })),
              deletes: deletes.map(keyOf),
            });
            const wanted = checks.every(({ holds }) => holds);
            assert.equal(outcome, wanted ? 'committed' : 'conflict');
            if (!wanted) continue;
            for (const key of deletes) model.delete(key);
            for (const { key, value } of puts) {
              model.set(key, { value: Buffer.from(value).toString('hex'), version: id });
            }
          }
          const rows = await store.scan({ start: prefix, end: endOf(prefix) }, 100);
          assert.deepEqual(
            rows.map((row) => [row.key[5], row.value.toString('hex'), row.version]),
            [...model]
              .sort(([a], [b]) => a - b)
              .map(([key, { value, version }]) => [key * 31, value, version]),
          );
        });
        await fc.assert(property, { numRuns: 80 });
      });

      it('has exactly one winner among commits that check the same thing, in one worker and in two', async () => {
        const other = (await harness.openEngine()).metadata;
        const key = freshPrefix();
        let version: Version | null = null;
        for (let round = 0; round < 30; round += 1) {
          const contenders = Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? store : other));
          const ids = contenders.map((contender) => contender.newCommitId());
          const outcomes = await Promise.all(
            contenders.map((contender, index) =>
              contender.commit({
                id: ids[index] ?? 0,
                checks: [{ key, version }],
                puts: [{ key, value: bytes(String(index)) }],
                deletes: [],
              }),
            ),
          );
          const winners = outcomes.flatMap((outcome, index) => (outcome === 'committed' ? [index] : []));
          assert.equal(winners.length, 1, outcomes.join());
          other.refresh();
          const entry = await other.get(key);
          assert.equal(entry?.value.toString(), String(winners[0]));
          assert.equal(entry?.version, ids[winners[0] ?? 0]);
          version = entry?.version ?? null;
        }
      });

      it('shows a commit to another worker that refreshes after it was acknowledged', async () => {
        const other = (await harness.openEngine()).metadata;
        const key = freshPrefix();
        for (let round = 0; round < 100; round += 1) {
          await other.get(key); // holds a snapshot from before
          const id = store.newCommitId();
          await store.commit({ id, checks: [], puts: [{ key, value: bytes(String(round)) }], deletes: [] });
          other.refresh();
          assert.equal((await other.get(key))?.value.toString(), String(round));
        }
      });

      it('checks even when it has nothing to write, and accepts a commit of nothing', async () => {
        const key = freshPrefix();
        assert.equal((await submit(store, {})).outcome, 'committed');
        assert.equal((await submit(store, { checks: [{ key, version: null }] })).outcome, 'committed');
        const version = await put(store, { key, value: bytes('') });
        assert.equal((await store.get(key))?.value.length, 0);
        assert.equal((await submit(store, { checks: [{ key, version: null }] })).outcome, 'conflict');
        assert.equal((await submit(store, { checks: [{ key, version }] })).outcome, 'committed');
        assert.equal(
          (await submit(store, { deletes: [Buffer.concat([key, bytes('none')])] })).outcome,
          'committed',
        );
      });
    });

    describe('limits', () => {
      it('takes commits and values as large as they may be', async () => {
        const { limits } = store;
        const prefix = freshPrefix();
        const range = { start: prefix, end: endOf(prefix) };
        const longest = Buffer.concat([prefix, Buffer.alloc(limits.bytesPerKeyMax - prefix.length, 0xfe)]);
        const value = Buffer.alloc(limits.bytesPerValueMax, 7);
        await put(store, { key: longest, value });
        assert.ok((await store.get(longest))?.value.equals(value));
        assert.ok((await store.scan(range, 1))[0]?.value.equals(value));
        await submit(store, { deletes: [longest] });

        const keys = Array.from({ length: limits.keysPerCommitMax }, (_, index) => {
          return Buffer.concat([prefix, bytes(String(index).padStart(4, '0'))]);
        });
        const large = Buffer.alloc(Math.floor(limits.bytesPerCommitMax / keys.length) - keys[0]!.length, 5);
        const checks = keys.slice(0, limits.checksPerCommitMax).map((key) => ({ key, version: null }));
        const { outcome } = await submit(store, { checks, puts: keys.map((key) => ({ key, value: large })) });
        assert.equal(outcome, 'committed');
        assert.deepEqual(texts(await store.scan(range, 2000)), texts(keys.map((key) => ({ key }) as Row)));
        assert.equal((await submit(store, { deletes: keys })).outcome, 'committed');
        assert.deepEqual(await store.scan(range, 10), []);
      });

      it('refuses what is beyond them, and writes nothing of it', async () => {
        const { limits } = store;
        const prefix = freshPrefix();
        const key = Buffer.concat([prefix, bytes('k')]);
        const value = Buffer.alloc(0);
        const tooLong = Buffer.concat([prefix, Buffer.alloc(limits.bytesPerKeyMax)]);
        const repeat = <T>(count: number, item: T): T[] => Array.from({ length: count }, () => item);
        const mebibyte = { key, value: Buffer.alloc(limits.bytesPerValueMax) };
        const refused: Change[] = [
          { checks: repeat(limits.checksPerCommitMax + 1, { key, version: null }) },
          { puts: repeat(limits.keysPerCommitMax + 1, { key, value }) },
          { puts: repeat(500, { key, value }), deletes: repeat(limits.keysPerCommitMax - 499, key) },
          { puts: [{ key, value: Buffer.alloc(limits.bytesPerValueMax + 1) }] },
          { puts: repeat(limits.bytesPerCommitMax / limits.bytesPerValueMax, mebibyte) },
          { puts: [{ key: tooLong, value }] },
          { deletes: [tooLong] },
          { checks: [{ key: tooLong, version: null }] },
          { puts: [{ key: Buffer.alloc(0), value }] },
          { puts: [{ key: Buffer.from([0xff, 1]), value }] },
          { deletes: [Buffer.from([0xff, 1])] },
        ];
        for (const [index, change] of refused.entries()) {
          await assert.rejects(
            submit(store, { ...change, puts: [{ key, value }, ...(change.puts ?? [])] }),
            RangeError,
            `request ${index}`,
          );
        }
        store.refresh();
        assert.equal(await store.get(key), undefined);
      });
    });

    it('stops growing on a full disk, and goes on shrinking and reading', async () => {
      const key = freshPrefix();
      const other = Buffer.concat([key, bytes('other')]);
      await put(store, { key, value: bytes('before') });
      harness.setFull(true);
      await assert.rejects(submit(store, { puts: [{ key: other, value: bytes('more') }] }), StorageFull);
      await assert.rejects(
        submit(store, { effect: 'grow', puts: [{ key, value: bytes('more') }] }),
        StorageFull,
      );
      store.refresh();
      assert.equal((await store.get(key))?.value.toString(), 'before');
      assert.equal(await store.get(other), undefined);
      const tombstone = { key: other, value: bytes('gone') };
      assert.equal(
        (await submit(store, { effect: 'shrink', puts: [tombstone], deletes: [key] })).outcome,
        'committed',
      );
      assert.equal((await submit(store, { deletes: [other] })).outcome, 'committed');
      harness.setFull(false);
      await put(store, { key, value: bytes('after') });
    });

    it('never gives two workers one epoch or one commit id, and keeps a register of their lives', async () => {
      const [one, two] = await Promise.all([harness.openEngine(), harness.openEngine()]);
      assert.notEqual(one.epoch, two.epoch);
      const ids = [one, two].flatMap(({ metadata }) =>
        Array.from({ length: 100 }, () => metadata.newCommitId()),
      );
      assert.equal(new Set(ids).size, 200);
      const openEpochs = async (): Promise<number[]> => {
        engine.metadata.refresh();
        return engine.epochs.listOpen();
      };
      const closedEpochs = async (): Promise<number[]> => {
        engine.metadata.refresh();
        return engine.epochs.listClosed();
      };
      assert.ok((await openEpochs()).includes(one.epoch));
      await assert.rejects(engine.epochs.forget(one.epoch), RangeError);
      await engine.epochs.close(one.epoch);
      await engine.epochs.close(one.epoch);
      assert.ok(!(await openEpochs()).includes(one.epoch));
      assert.ok((await closedEpochs()).includes(one.epoch));
      assert.ok((await openEpochs()).includes(two.epoch));
      await engine.epochs.forget(one.epoch);
      await engine.epochs.forget(one.epoch);
      assert.ok(!(await closedEpochs()).includes(one.epoch));
      const three = await harness.openEngine();
      assert.ok(three.epoch > Math.max(one.epoch, two.epoch));
    });
  });
}
