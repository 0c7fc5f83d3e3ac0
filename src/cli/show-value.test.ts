import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { renderRows } from './print-table.ts';
import { cellsOf, showBytes, showDuration, showValue } from './show-value.ts';

describe('values for people', () => {
  test('sizes have a unit and three digits at most', () => {
    const sizes: readonly (readonly [number, string])[] = [
      [0, '0 B'],
      [1023, '1023 B'],
      [1024, '1.0 KiB'],
      [1536, '1.5 KiB'],
      [10_240, '10 KiB'],
      [1024 ** 2 - 1, '1.0 MiB'],
      [5 * 1024 ** 3, '5.0 GiB'],
      [2 ** 60, '1.0 EiB'],
    ];
    for (const [bytes, text] of sizes) assert.equal(showBytes(bytes), text);
  });

  test('durations have their two largest units', () => {
    assert.deepEqual([0, 59, 60, 3661, 90_000, 86_400].map(showDuration), [
      '0 s',
      '59 s',
      '1 min',
      '1 h 1 min',
      '1 d 1 h',
      '1 d',
    ]);
  });

  test('control characters never reach a terminal or break a line', () => {
    for (const forPerson of [true, false]) {
      assert.equal(showValue('a\u001b[2J\n\tb\u009b', 'text', forPerson), 'a\\x1b[2J\\x0a\\x09b\\x9b');
      assert.equal(showValue('\u0007', 'time', forPerson), '\\x07');
    }
  });

  test('wide letters take two cells, accents none', () => {
    assert.deepEqual(['abc', '곳간', '日本', 'e\u0301', '😀', ''].map(cellsOf), [3, 4, 4, 1, 2, 0]);
  });
});

describe('renderRows', () => {
  const columns = [
    { title: 'NAME', member: 'name' },
    { title: 'SIZE', member: 'bytes', kind: 'bytes' },
    { title: 'X', member: 'x' },
  ] as const;
  const rows = [
    { name: '곳간', bytes: 1536, x: true },
    { name: 'plain', bytes: 7, x: '' },
  ];

  test('aligns for people', () => {
    const lines = ['NAME      SIZE  X', '곳간   1.5 KiB  yes', 'plain      7 B  -', ''];
    assert.equal(renderRows(rows, columns, true), lines.join('\n'));
  });

  test('separates by tabs, and leaves numbers whole, for pipes', () => {
    assert.equal(renderRows(rows, columns, false), 'NAME\tSIZE\tX\n곳간\t1536\tyes\nplain\t7\t-\n');
  });
});
