import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

const reporter = join(import.meta.dirname, 'test-reporter.ts');

function runTests(source: string): { lastLine: string; status: number | null } {
  const folder = mkdtempSync(join(tmpdir(), 'gotgan-reporter-'));
  try {
    writeFileSync(join(folder, 'planted.test.mjs'), `import { test } from 'node:test';\n${source}`);
    // A runner inside a runner would speak the outer one's protocol.
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    const args = ['--test', `--test-reporter=${reporter}`, '*.test.mjs'];
    const { stdout, status } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8', env });
    return { lastLine: stdout.trimEnd().split('\n').at(-1) ?? '', status };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('the last line counts what passed and failed', () => {
  const source = "test('a', () => {}); test('b', () => {}); test('c', { skip: true }, () => {});";
  assert.deepEqual(runTests(source), { lastLine: '2 passed, 0 failed', status: 0 });
  assert.deepEqual(runTests(`${source} test('d', () => { throw new Error('planted'); });`), {
    lastLine: '2 passed, 1 failed',
    status: 1,
  });
});

test('a cancelled test counts as failed', () => {
  const { lastLine, status } = runTests(
    "test('a', { timeout: 5 }, () => new Promise((r) => setTimeout(r, 200)));",
  );
  assert.deepEqual({ lastLine, status }, { lastLine: '0 passed, 1 failed', status: 1 });
});

test('a run without a test fails', () => {
  assert.deepEqual(runTests("test('a', { skip: true }, () => {});"), {
    lastLine: '0 passed, 0 failed',
    status: 1,
  });
});

test('a file that ends before it has reported everything fails', () => {
  const { lastLine, status } = runTests("test('a', () => {}); test('b', () => process.reallyExit(0));");
  assert.match(lastLine, /^\d passed, 1 failed$/);
  assert.equal(status, 1);
});
