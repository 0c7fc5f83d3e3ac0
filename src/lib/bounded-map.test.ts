import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BoundedMap } from './bounded-map.ts';

test('one too many takes the place of the one that was set longest ago', () => {
  const kept = new BoundedMap<string, number>(2);
  kept.set('a', 1).set('b', 2).set('a', 3);
  assert.deepEqual(
    [...kept],
    [
      ['b', 2],
      ['a', 3],
    ],
  );
  kept.set('c', 4);
  assert.deepEqual(
    [...kept],
    [
      ['a', 3],
      ['c', 4],
    ],
  );
});
