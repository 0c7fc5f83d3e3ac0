import assert from 'node:assert/strict';
import { it } from 'node:test';
import { CallLimiter } from './call-limiter.ts';
import { ScpError } from './scp-errors.ts';

it('every address has its own calls, anew each second', () => {
  const limiter = new CallLimiter(2);
  const count = (remoteAddress: string, seconds: number) => {
    try {
      limiter.count({ remoteAddress, receivedAtMicros: seconds * 1_000_000 + 7 });
      return 'taken';
    } catch (error) {
      assert.ok(error instanceof ScpError && error.code === 'TooManyRequests');
      return 'refused';
    }
  };
  assert.deepEqual([count('a', 1), count('a', 1), count('a', 1)], ['taken', 'taken', 'refused']);
  assert.deepEqual([count('b', 1), count('a', 2)], ['taken', 'taken']);
});
