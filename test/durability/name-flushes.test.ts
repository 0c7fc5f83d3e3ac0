import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { startServer } from '../support/server-process.ts';
import { NameFlushes } from './name-flushes.ts';

const canTrace = spawnSync('strace', ['-qq', '-o', '/dev/null', 'true']).status === 0;

let root: string;
let names: NameFlushes | undefined;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'gotgan-root-'));
});

afterEach(() => {
  names?.dispose();
  names = undefined;
  rmSync(root, { recursive: true });
});

describe('names after a power cut', { skip: canTrace ? false : 'no strace' }, () => {
  it('keeps those whose folder was flushed after they were made, and takes the others', () => {
    mkdirSync(join(root, 'old'));
    names = new NameFlushes(root);
    const script = `
      const fs = require('node:fs');
      const [root] = process.argv.slice(1);
      const make = (name) => fs.closeSync(fs.openSync(root + '/' + name, 'w'));
      const flush = (name) => { const file = fs.openSync(root + '/' + name, 'r'); fs.fsyncSync(file); fs.closeSync(file); };
      make('old/flushed'); flush('old'); make('old/late'); flush('old/late');
      fs.mkdirSync(root + '/new'); make('new/leaf'); flush('new');
      fs.mkdirSync(root + '/whole'); make('whole/leaf'); flush('whole');
      make('draft'); fs.renameSync(root + '/draft', root + '/final'); flush('');
      fs.mkdirSync(root + '/lost'); make('lost/leaf'); flush('lost');
      make('old/flushed'); make('removed'); fs.unlinkSync(root + '/removed'); make('old/gone');
    `;
    const [program = '', ...args] = [...names.command, process.execPath, '-e', script, root];
    assert.equal(spawnSync(program, args, { stdio: 'inherit' }).status, 0);
    assert.equal(names.dropUnflushed(), 3);
    const left = readdirSync(root, { recursive: true, encoding: 'utf8' }).sort();
    assert.deepEqual(left, ['final', 'new', 'new/leaf', 'old', 'old/flushed', 'whole', 'whole/leaf']);
  });

  it('finds the metadata of a server that has just started flushed by name', async () => {
    names = new NameFlushes(root);
    const server = await startServer({ dataDirectory: join(root, 'data'), under: names.command });
    await server.kill9();
    names.dropUnflushed();
    assert.ok(existsSync(join(root, 'data', 'metadata', 'data.mdb')));
    assert.ok(existsSync(join(root, 'data', 'FORMAT')));
  });
});
