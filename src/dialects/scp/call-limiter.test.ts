import assert from 'node:assert/strict';
import { it } from 'node:test';
import { CallLimiter } from './call-limiter.ts';
import { ScpError } from './scp-errors.ts';

let seconds = 1;
const clock = { nowMicros: () => seconds * 1_000_000 + 7 };

function ask(limiter: CallLimiter, address: string): 'taken' | 'refused' {
  try {
    limiter.admit(address);
    return 'taken';
  } catch (error) {
    assert.ok(error instanceof ScpError && error.code === 'TooManyRequests');
    return 'refused';
  }
}

it('every address has its own calls, anew each second', () => {
  seconds = 1;
  const limiter = new CallLimiter(2, clock, () => undefined);
  assert.deepEqual(
    ['a', 'a', 'a', 'b'].map((address) => ask(limiter, address)),
    ['taken', 'taken', 'refused', 'taken'],
  );
  seconds = 2;
  assert.equal(ask(limiter, 'a'), 'taken');
});

it('counts what other workers have let pass, and tells them of nothing else', () => {
  seconds = 1;
  const announced: string[] = [];
  const other = new CallLimiter(3, clock, () => assert.fail('what is told is not told again'));
  const limiter = new CallLimiter(3, clock, (address) => {
    announced.push(address);
    other.count(address);
  });
  assert.deepEqual(
    ['a', 'a', 'b', 'a', 'a'].map((address) => ask(limiter, address)),
    ['taken', 'taken', 'taken', 'taken', 'refused'],
  );
  assert.deepEqual(announced, ['a', 'a', 'b', 'a']);
  assert.equal(ask(other, 'a'), 'refused');
  seconds = 2;
  limiter.count('a');
  limiter.count('a');
  assert.deepEqual([ask(limiter, 'a'), ask(limiter, 'a')], ['taken', 'refused']);
});
