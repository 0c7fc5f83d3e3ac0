import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createProgressLine, renderProgress } from './progress-line.ts';

test('a bar where the end is known, a count where it is not', () => {
  assert.equal(renderProgress('versions', 12, undefined), 'versions: 12');
  assert.equal(renderProgress('blobs', 1, 4), `[${'#'.repeat(8)}${'.'.repeat(22)}] 25%  blobs: 1 of 4`);
  assert.equal(renderProgress('blobs', 9, 4), `[${'#'.repeat(30)}] 100%  blobs: 9 of 4`);
});

test('it writes over itself at a terminal, seldom, and nothing elsewhere', () => {
  const written: string[] = [];
  const write = (text: string): void => {
    written.push(text);
  };
  const piped = createProgressLine({ isTerminal: false, write });
  piped.show('blobs', 1, 2);
  piped.clear();
  assert.equal(written.length, 0);
  const shown = createProgressLine({ isTerminal: true, write });
  for (let done = 0; done < 1000; done += 1) shown.show('blobs', done, 1000);
  shown.clear();
  assert.ok(written.length >= 1 && written.length < 100);
  assert.ok(written.every((text) => text.startsWith('\r')));
});
