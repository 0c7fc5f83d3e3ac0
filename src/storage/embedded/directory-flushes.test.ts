import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DirectoryFlushes } from './directory-flushes.ts';

interface Attempt {
  readonly path: string;
  end(code?: string): void;
}

function watched() {
  const attempts: Attempt[] = [];
  const flushes = new DirectoryFlushes(
    (path) =>
      new Promise((resolve, reject) => {
        const end = (code?: string): void =>
          code === undefined ? resolve() : reject(Object.assign(new Error(), { code }));
        attempts.push({ path, end });
      }),
  );
  return { attempts, flushes };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('DirectoryFlushes', () => {
  it('shares the next flush among all who ask during one, but never the one that runs', async () => {
    const { attempts, flushes } = watched();
    const order: string[] = [];
    const ask = (name: string) => flushes.flush('a').then(() => order.push(name));
    const asked = [ask('one'), ask('two'), ask('three')];
    assert.equal(attempts.length, 1);
    attempts[0]?.end();
    await turn();
    assert.deepEqual(order, ['one']);
    assert.equal(attempts.length, 2);
    asked.push(ask('four'));
    attempts[1]?.end();
    await turn();
    assert.deepEqual(order, ['one', 'two', 'three']);
    attempts[2]?.end();
    await Promise.all(asked);
    assert.equal(attempts.length, 3);
    void flushes.flush('a');
    assert.equal(attempts.length, 4);
  });

  it('does not hold up other directories', () => {
    const { attempts, flushes } = watched();
    void flushes.flush('a');
    void flushes.flush('b');
    assert.deepEqual(
      attempts.map(({ path }) => path),
      ['a', 'b'],
    );
  });

  it('fails with a failed flush everybody who waits, and tries nothing for them', async () => {
    const { attempts, flushes } = watched();
    const outcomes = Promise.allSettled([flushes.flush('a'), flushes.flush('a'), flushes.flush('a')]);
    attempts[0]?.end('EIO');
    assert.deepEqual(
      (await outcomes).map(({ status }) => status),
      ['rejected', 'rejected', 'rejected'],
    );
    assert.equal(attempts.length, 1);
    void flushes.flush('a');
    assert.equal(attempts.length, 2);
  });

  it('looks again for those who waited behind a flush of a directory that was not there', async () => {
    const { attempts, flushes } = watched();
    const gone = assert.rejects(flushes.flush('a'));
    const later = flushes.flush('a');
    attempts[0]?.end('ENOENT');
    await gone;
    await turn();
    attempts[1]?.end();
    await later;
    void flushes.flush('a');
    assert.equal(attempts.length, 3);
  });
});
