import assert from 'node:assert/strict';
import { describe, it, mock } from 'node:test';
import { StorageFailure, StorageFull } from '../contract/storage-errors.ts';
import type { LmdbDriver } from './lmdb-driver.ts';
import { type CheckedWrite, LmdbWriter } from './lmdb-writer.ts';
import { StorageHealth } from './storage-health.ts';

interface FakeDriver {
  readonly driver: LmdbDriver;
  /** Each transaction ends with the next of these, or stays open when there is none. */
  readonly answers: (boolean | { code: number })[];
  submitted: number;
}

function fakeDriver(...answers: (boolean | { code: number })[]): FakeDriver {
  const fake = { answers, submitted: 0 };
  function batch(action: () => void): Promise<boolean> {
    fake.submitted += 1;
    action();
    const answer = fake.answers.shift();
    if (answer === undefined) return new Promise(() => undefined);
    if (typeof answer === 'boolean') return Promise.resolve(answer);
    const commitError = Promise.reject(Object.assign(new Error('as the driver says'), answer));
    commitError.catch(() => undefined);
    return Promise.reject(
      Object.assign(new Error('Commit failed (see commitError for details)'), { commitError }),
    );
  }
  const driver = { batch, put: async () => true, remove: async () => true } as unknown as LmdbDriver;
  return Object.assign(fake, { driver });
}

const ENOSPC = { code: 28 };
const EIO = { code: 5 };
const MDB_MAP_FULL = { code: -30792 };
const MDB_BAD_TXN = { code: -30782 };

function openWriter(fake: FakeDriver, { isExhausted = false } = {}) {
  const failures: StorageFailure[] = [];
  const health = new StorageHealth((failure) => failures.push(failure));
  const released: number[] = [];
  const writer = new LmdbWriter(fake.driver, health, {
    releaseBallast: async () => void released.push(fake.submitted),
    isExhausted: async () => isExhausted,
  });
  return { writer, health, failures, released };
}

const request: CheckedWrite = { id: 1, checks: [], puts: [], deletes: [] };

describe('LmdbWriter', () => {
  it('reports a full disk as such, and goes on', async () => {
    for (const answer of [ENOSPC, MDB_MAP_FULL, MDB_BAD_TXN]) {
      const { writer, failures } = openWriter(fakeDriver(answer, true));
      await assert.rejects(writer.write(request), StorageFull);
      assert.equal(await writer.write(request), true);
      assert.deepEqual(failures, []);
      writer.stop();
    }
  });

  it('takes a write cut short by a full disk for what it is: the driver calls it an I/O error', async () => {
    const { writer, failures, released } = openWriter(fakeDriver(EIO, true), { isExhausted: true });
    assert.equal(await writer.writeOnBallast(request), true);
    assert.deepEqual([released, failures], [[1], []]);
    writer.stop();
  });

  it('tries once more on the ballast what must go on, and only then', async () => {
    const { writer, released } = openWriter(fakeDriver(ENOSPC, true, true, ENOSPC, ENOSPC));
    assert.equal(await writer.writeOnBallast(request), true);
    assert.deepEqual(released, [1]);
    assert.equal(await writer.writeOnBallast(request), true);
    assert.deepEqual(released, [1]);
    await assert.rejects(writer.writeOnBallast(request), StorageFull);
    writer.stop();
  });

  it('ends everything with the first failure, also what is under way, and submits nothing any more', async () => {
    const fake = fakeDriver();
    const { writer, failures } = openWriter(fake);
    const silent = writer.write(request);
    fake.answers.push(EIO);
    const failing = writer.write(request);
    await assert.rejects(failing, StorageFailure);
    await assert.rejects(silent, (error) => error === failures[0]);
    await assert.rejects(writer.write(request), (error) => error === failures[0]);
    await assert.rejects(writer.writeOnBallast(request), (error) => error === failures[0]);
    assert.equal(fake.submitted, 2);
    assert.equal(failures.length, 1);
    assert.match(failures[0]?.message ?? '', /could not be made durable: as the driver says/);
    await writer.idle();
    writer.stop();
  });

  it('acknowledges nothing after a failure elsewhere', async () => {
    const fake = fakeDriver();
    const { writer, health } = openWriter(fake);
    fake.answers.push(true);
    const write = writer.write(request);
    const failure = health.fail('A blob could not be flushed', EIO);
    await assert.rejects(write, (error) => error === failure);
    writer.stop();
  });

  it('fails when the driver falls silent, after a minute in which this process was running', async () => {
    mock.timers.enable({ apis: ['setInterval'] });
    try {
      const { writer, failures } = openWriter(fakeDriver());
      const write = writer.write(request);
      const outcome = write.catch((error: unknown) => error);
      mock.timers.tick(60_000);
      assert.deepEqual(failures, []);
      mock.timers.tick(5_000);
      assert.ok((await outcome) instanceof StorageFailure);
      assert.equal(failures.length, 1);
      writer.stop();
    } finally {
      mock.timers.reset();
    }
  });
});
