import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { releaseBytes, releaseShare, shareBytes } from './release-bytes.ts';

const KIB = 1024;

test('a large buffer of its own is empty afterwards', () => {
  const bytes = randomBytes(64 * KIB);
  const { buffer } = bytes;
  releaseBytes(bytes);
  releaseBytes(bytes);
  assert.deepEqual([bytes.length, buffer.byteLength], [0, 0]);
});

test('what shares its memory with others keeps its bytes', () => {
  const whole = Buffer.alloc(64 * KIB, 'a');
  const pooled = Buffer.from('pooled');
  releaseBytes(whole.subarray(0, 32 * KIB));
  releaseBytes(pooled);
  assert.deepEqual([whole.length, whole[0], pooled.toString()], [64 * KIB, 0x61, 'pooled']);
});

test('shared memory goes with its last slice, in any order', () => {
  const whole = randomBytes(64 * KIB);
  shareBytes(whole);
  const [first, second] = [whole.subarray(0, 10 * KIB), whole.subarray(12 * KIB)];
  releaseBytes(second);
  releaseShare(whole, 2 * KIB);
  assert.equal(first.length, 10 * KIB);
  releaseBytes(first);
  assert.deepEqual([first.length, second.length, whole.length], [0, 0, 0]);
});
