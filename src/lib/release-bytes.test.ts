import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { releaseBytes } from './release-bytes.ts';

test('a large buffer of its own is empty afterwards', () => {
  const bytes = randomBytes(64 * 1024);
  const { buffer } = bytes;
  releaseBytes(bytes);
  assert.deepEqual([bytes.length, buffer.byteLength], [0, 0]);
});

test('what shares its memory with others keeps its bytes', () => {
  const whole = Buffer.alloc(64 * 1024, 'a');
  const pooled = Buffer.from('pooled');
  releaseBytes(whole.subarray(0, 32 * 1024));
  releaseBytes(pooled);
  assert.deepEqual([whole.length, whole[0], pooled.toString()], [64 * 1024, 0x61, 'pooled']);
});
