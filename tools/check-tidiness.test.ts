import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { findUntidiness } from './check-tidiness.ts';
import { type RepositoryFile, repositoryRoot } from './repository-files.ts';

const soundFile: RepositoryFile = { path: 'src/core/names.ts', text: 'export const nameBytesMax = 1024;\n' };
const soundRecord = '# 1. T\n\nStatus: accepted\n\n## Context\n\n## Decision\n\n## Consequences\n';

function messagesFor(path: string, text = ''): string {
  return findUntidiness([soundFile, { path, text }])
    .filter((finding) => finding.path === path)
    .map(({ line, message }) => `${line ?? 0}: ${message}`)
    .join('\n');
}

test('a tidy repository has no findings', () => {
  const files: RepositoryFile[] = [
    soundFile,
    { path: 'README.ko.md', text: 'cd ~/buckets' },
    { path: 'src/core/names.test.ts', text: '\n'.repeat(700) },
    { path: 'src/dialects/s3/common-prefixes.ts', text: 'export const commonPrefixes = [];' },
    { path: 'src/cli/print-table.ts', text: "console.log('table');" },
    { path: 'src/main.ts', text: "console.log('ready');" },
    { path: 'test/wire/vectors/Get_Vanilla.req', text: 'GET /photos/home/a.jpg HTTP/1.1' },
    { path: 'docs/adr/0001-toolchain.md', text: soundRecord },
  ];
  assert.deepEqual(findUntidiness(files), []);
});

test('a file name that is not in kebab-case is reported', () => {
  assert.match(messagesFor('src/core/objectStore.ts'), /not in kebab-case/);
  assert.match(messagesFor('src/Core/names.ts'), /not in kebab-case/);
  assert.equal(messagesFor('test/clients/README.md'), '');
  assert.match(messagesFor('test/acceptance/put_object.test.ts'), /not in kebab-case/);
});

test('a name that says nothing is reported', () => {
  for (const name of [
    'utils',
    'xml-utils',
    'helpers',
    'common',
    'common-types',
    'upload-manager',
    'helper.test',
  ]) {
    assert.match(messagesFor(`src/core/${name}.ts`), /says nothing/, name);
  }
  assert.match(messagesFor('src/common/names.ts'), /says nothing/);
  assert.match(
    messagesFor('src/core/uploads.ts', '\nexport class UploadManager {}'),
    /^2: UploadManager says/,
  );
  assert.match(messagesFor('src/core/uploads.ts', 'function pathHelper() {}'), /pathHelper says nothing/);
});

test('a barrel is reported', () => {
  assert.match(messagesFor('src/core/index.ts'), /is a barrel/);
});

test('a file that is too long is reported', () => {
  assert.match(messagesFor('src/core/model.ts', 'x\n'.repeat(401)), /401 lines, at most 400/);
  assert.equal(messagesFor('src/core/model.ts', 'x\n'.repeat(400)), '');
  assert.match(messagesFor('src/core/model.test.ts', 'x\n'.repeat(701)), /701 lines, at most 700/);
  assert.match(messagesFor('test/support/server.ts', 'x\n'.repeat(701)), /701 lines, at most 700/);
});

test('writing to the console is reported', () => {
  assert.match(messagesFor('src/core/model.ts', "\nconsole.log('x');"), /^2: writes to the console/);
});

test('a note left behind is reported', () => {
  for (const note of ['TO DO', 'FIX ME', 'XX X']) {
    const word = note.replace(' ', '');
    assert.match(messagesFor('README.md', `text\n<!-- ${word}: later -->`), new RegExp(`^2: ${word}`));
  }
});

test('a folder of a machine and the host of a registry are reported', () => {
  const user = 'someone';
  for (const path of [
    `${'/home'}/${user}/x`,
    `${'/root'}/${user}`,
    `${'/Users'}/${user}/x`,
    `C:\\${'Users'}\\${user}`,
  ]) {
    assert.match(messagesFor('CONTRIBUTING.md', `run it in ${path}`), /somebody's machine/, path);
  }
  assert.match(messagesFor('.npmrc', `registry=https://registry.${user}.org/`), /names a package registry/);
  assert.match(messagesFor('package-lock.json', `"resolved": ${'"'}https://x"`), /names a package registry/);
});

test('a decision record without one of its parts is reported', () => {
  for (const part of ['Status: accepted', '## Context', '## Decision', '## Consequences']) {
    const text = soundRecord.replace(part, '');
    assert.ok(messagesFor('docs/adr/0001-toolchain.md', text).includes(`has no`), part);
    assert.ok(messagesFor('docs/adr/0001-toolchain.md', text).includes(part), part);
  }
  assert.match(messagesFor('docs/adr/toolchain.md', soundRecord), /is not named like/);
});

test('two decision records with one number are reported', () => {
  const findings = findUntidiness([
    soundFile,
    { path: 'docs/adr/0001-one.md', text: soundRecord },
    { path: 'docs/adr/0001-two.md', text: soundRecord },
  ]);
  assert.deepEqual(findings, [{ path: 'docs/adr/0001-two.md', message: 'the number 0001 is taken' }]);
});

test('a scan of nothing fails', () => {
  assert.match(findUntidiness([])[0]?.message ?? '', /no file was scanned/);
});

// These rules are the linter's; planting violations here proves that its configuration really applies to src/.
test('Biome reports functions over 70 lines, barrels and promises nobody waits for', () => {
  const planted = {
    'src/core/long.ts': `export function f(): void {\n${'  g();\n'.repeat(71)}}\n`,
    'src/core/all.ts': "export * from './names.ts';\n",
    'src/core/barrel.ts': "export { a } from './names.ts';\n",
    'src/core/floating.ts': 'async function f(): Promise<void> {}\nexport function g(): void {\n  f();\n}\n',
    'src/core/sound.ts': 'export const sound = 1;\n',
  };
  const output = lint(planted);
  assert.match(output, /long\.ts.* lint\/complexity\/noExcessiveLinesPerFunction/);
  assert.match(output, /all\.ts.* lint\/performance\/noReExportAll/);
  assert.match(output, /barrel\.ts.* lint\/performance\/noBarrelFile/);
  assert.match(output, /floating\.ts.* lint\/nursery\/noFloatingPromises/);
  assert.doesNotMatch(output, /sound\.ts/);
});

function lint(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'gotgan-lint-'));
  try {
    for (const name of ['biome.json', '.gitignore'])
      copyFileSync(join(repositoryRoot, name), join(folder, name));
    mkdirSync(join(folder, 'src', 'core'), { recursive: true });
    for (const [path, text] of Object.entries(files)) writeFileSync(join(folder, path), text);
    const biome = join(repositoryRoot, 'node_modules', '.bin', 'biome');
    const { error, stdout, stderr } = spawnSync(biome, ['lint', '--colors=off'], {
      cwd: folder,
      encoding: 'utf8',
    });
    assert.equal(error, undefined);
    return stdout + stderr;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
