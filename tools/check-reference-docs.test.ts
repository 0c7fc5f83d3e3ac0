import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CommandDeclaration } from '../src/cli/command-declaration.ts';
import type { Setting } from '../src/config/setting.ts';
import { fillIn, findDifferences, renderCliPage, renderSettingsTable } from './check-reference-docs.ts';

const command: CommandDeclaration = {
  words: ['thing', 'add'],
  summary: 'Make a thing',
  details: 'It is new.',
  arguments: [{ name: 'NAME', summary: 'Its name' }],
  options: [
    { flag: '--kind', value: 'A|B', summary: 'One | other' },
    { flag: '--json', summary: 'JSON' },
  ],
  run: () => Promise.resolve(0),
};
const setting: Setting = { name: 'GOTGAN_THING', summary: 'A thing', fallback: 'x', parse: (text) => text };

test('a command has its usage, arguments and options', () => {
  const page = renderCliPage([command]);
  assert.match(
    page,
    /^## gotgan thing add\n\nMake a thing\.\nIt is new\.\n\n {4}gotgan thing add \[options\] NAME\n/m,
  );
  assert.match(
    page,
    /^\| `NAME` \| Its name \|\n\| `--kind A\|B` \| One \\\| other \|\n\| `--json` \| JSON \|$/m,
  );
});

test('a setting has its flag and its default, a secret no flag', () => {
  assert.match(renderSettingsTable([setting]), /^\| `GOTGAN_THING` `--thing` \| `x` \| A thing \|$/m);
  assert.match(renderSettingsTable([{ ...setting, isSecret: true }]), /^\| `GOTGAN_THING` \| `x` \|/m);
});

test('generated parts are put where they belong', () => {
  const page = 'a\n<!-- t -->\nold\n<!-- end of t -->\nb\n';
  assert.equal(fillIn(page, 't', 'new'), 'a\n<!-- t -->\nnew\n<!-- end of t -->\nb\n');
  assert.equal(fillIn('a\n', 't', 'new'), undefined);
});

test('a page that differs, is missing or has no place for tables is found', () => {
  const expected = new Map([
    ['same.md', 'x'],
    ['old.md', 'x'],
    ['missing.md', 'x'],
    ['plain.md', undefined],
  ]);
  const actual = new Map([
    ['same.md', 'x'],
    ['old.md', 'y'],
    ['plain.md', 'z'],
  ]);
  assert.deepEqual(
    findDifferences(expected, actual).map(({ path }) => path),
    ['old.md', 'missing.md', 'plain.md'],
  );
});
