import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StacklessError } from './stackless-error.ts';

class Refused extends StacklessError {
  override readonly name = 'Refused';
}

test('an error without a stack leaves the stacks of others alone', () => {
  const { stackTraceLimit } = Error;
  const error = new Refused('not so');
  assert.ok(error instanceof Error);
  assert.equal(error.message, 'not so');
  assert.doesNotMatch(error.stack ?? '', /\n\s+at /);
  assert.equal(Error.stackTraceLimit, stackTraceLimit);
  assert.match(new Error('elsewhere').stack ?? '', /\n\s+at /);
});

test('a failure among them says where it came from', () => {
  assert.match(new StacklessError('broken', 2).stack ?? '', /stackless-error\.test/);
});
