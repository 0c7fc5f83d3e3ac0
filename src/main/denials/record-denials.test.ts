import assert from 'node:assert/strict';
import { test } from 'node:test';
import { denialLimits } from '../../config/limits.ts';
import type { Call } from '../../dialects/kernel/dialect.ts';
import { DenialRecorder } from './record-denials.ts';

const refused = { step: 'other', error: new Error('no') } as const;
const answer = { status: 403, headers: [], body: null };

function openRecorder() {
  const lines: string[] = [];
  const recorder = new DenialRecorder({
    append: async (line, text = JSON.stringify(line)) => void lines.push(text),
  });
  const record = (rawPath: string, receivedAtMicros: number) => {
    const request = { remoteAddress: '192.0.2.1', method: 'GET', rawPath, receivedAtMicros };
    const call = { requestId: `id-${lines.length}`, request } as unknown as Call;
    return recorder.record('s3', 'GetObject', call, answer, refused);
  };
  return { lines, record };
}

test('a line holds what the denial is found by, and is cut where it is too long', async () => {
  const { lines, record } = openRecorder();
  assert.equal(await record('/a/b', 1), true);
  assert.equal(await record(`/${'x'.repeat(denialLimits.lineBytesMax)}`, 2), true);
  const [whole, cut] = lines.map((line) => JSON.parse(line));
  assert.deepEqual([whole.id, whole.path, whole.cause, whole.status], ['id-0', '/a/b', 'refused', 403]);
  assert.deepEqual([cut.id, cut.path.length, cut.atMicros], ['id-1', 1024, 2]);
});

test('beyond the bound of a second denials are counted, and told of by the next line', async () => {
  const { lines, record } = openRecorder();
  const kept: boolean[] = [];
  for (let turn = 0; turn < denialLimits.perSecondMax + 5; turn += 1) kept.push(await record('/a', turn));
  assert.equal(kept.filter((isKept) => isKept).length, denialLimits.perSecondMax);
  assert.equal(await record('/a', 1_000_000), true);
  assert.equal(JSON.parse(lines.at(-1) ?? '').leftOut, 5);
});
