import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SwiftError } from './swift-errors.ts';
import { WriteLimiter, type WriteRates } from './write-limiter.ts';

const SECOND = 1_000_000;
const START = 1_700_000_000 * SECOND;
const rates: WriteRates = { accountPerSecond: 4, containerPerSecond: 0, delaySecondsMax: 0, status: 429 };

function refusal(act: () => unknown): readonly [number, readonly string[]] {
  try {
    act();
  } catch (error) {
    if (error instanceof SwiftError) return [error.status, error.headers];
    throw error;
  }
  throw new Error('not refused');
}

describe('WriteLimiter', () => {
  it('takes the writes of a second at once, then as many as the rate has', () => {
    const limiter = new WriteLimiter(rates);
    for (let count = 0; count < 4; count += 1) assert.equal(limiter.take('a', 'c', START), 0);
    assert.deepEqual(
      refusal(() => limiter.take('a', 'c', START)),
      [429, ['Retry-After', '1']],
    );
    assert.equal(limiter.take('b', 'c', START), 0, 'of another account');
    assert.equal(limiter.take('a', 'c', START + SECOND / 4), 0);
    refusal(() => limiter.take('a', 'c', START + SECOND / 4));
    for (let count = 0; count < 4; count += 1) assert.equal(limiter.take('a', '', START + 9 * SECOND), 0);
    refusal(() => limiter.take('a', '', START + 9 * SECOND));
  });

  it('lets wait for as long as it may, and counts nothing that it refuses', () => {
    const limiter = new WriteLimiter({ ...rates, delaySecondsMax: 1, status: 498 });
    const waits = Array.from({ length: 8 }, () => limiter.take('a', '', START) / SECOND);
    assert.deepEqual(waits, [0, 0, 0, 0, 0.25, 0.5, 0.75, 1]);
    for (let count = 0; count < 20; count += 1) {
      assert.deepEqual(
        refusal(() => limiter.take('a', '', START)),
        [498, ['Retry-After', '1']],
      );
    }
    assert.equal(limiter.take('a', '', START + SECOND / 4), SECOND);
  });

  it('counts containers apart, and for the account, too', () => {
    const limiter = new WriteLimiter({ ...rates, containerPerSecond: 2 });
    for (const container of ['c', 'c', 'd']) limiter.take('a', container, START);
    refusal(() => limiter.take('a', 'c', START));
    limiter.take('a', 'd', START);
    refusal(() => limiter.take('a', 'e', START));
    refusal(() => limiter.take('a', '', START));
  });

  it('limits nothing at 0, and forgets the idle without harm', () => {
    const off = new WriteLimiter({ ...rates, accountPerSecond: 0 });
    for (let count = 0; count < 100; count += 1) assert.equal(off.take('a', 'c', START), 0);
    const limiter = new WriteLimiter(rates);
    for (let count = 0; count < 3000; count += 1) limiter.take(`${count}`, '', START);
    for (let count = 0; count < 4; count += 1) limiter.take('busy', '', START + SECOND * 2);
    refusal(() => limiter.take('busy', '', START + SECOND * 2));
  });
});
