import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, it } from 'node:test';
import { readAuditLog } from './read-audit-log.ts';

const folder = mkdtempSync(join(tmpdir(), 'gotgan-audit-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const numbersOf = (events: readonly object[]): unknown[] => events.map((event) => ({ n: 0, ...event }).n);

it('is empty where nothing was written', async () => {
  assert.deepEqual(await readAuditLog(folder, undefined, 10), { events: [] });
});

it('is read from its end, whatever the length of its lines, and each event once', async () => {
  const count = 3000;
  const lines = Array.from({ length: count }, (_, n) =>
    JSON.stringify({ n, pad: 'é'.repeat((n * 37) % 211) }),
  );
  lines.splice(1500, 0, '{"cut', '');
  writeFileSync(join(folder, 'audit.log'), `${lines.join('\n')}\n{"unfinished":`);
  for (const limit of [1, 7, 1000]) {
    const seen: unknown[] = [];
    let before: number | undefined;
    let pages = 0;
    do {
      const page = await readAuditLog(folder, before, limit);
      assert.ok(page.events.length <= limit);
      seen.push(...numbersOf(page.events));
      before = page.next;
      pages += 1;
    } while (before !== undefined && pages < count + 5 && (limit > 1 || pages < 50));
    const expected = Array.from({ length: count }, (_, n) => count - 1 - n);
    assert.deepEqual(seen, expected.slice(0, seen.length));
    if (limit > 1) assert.equal(seen.length, count);
  }
});

it('takes a place behind the end, as after the log was renamed away, for the end', async () => {
  const { events } = await readAuditLog(folder, 1e12, 1);
  assert.deepEqual(numbersOf(events), [2999]);
});
