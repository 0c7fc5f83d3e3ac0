import assert from 'node:assert/strict';
import { test } from 'node:test';
import { completeLockFile, findLockFileGaps, type LockFile } from './check-lock-file.ts';

const complete: LockFile = {
  packages: {
    '': {},
    'node_modules/linter': {
      version: '2.0.0',
      dev: true,
      optionalDependencies: { '@linter/linux-x64': '2.0.0' },
    },
    'node_modules/@linter/linux-x64': { version: '2.0.0', dev: true, optional: true },
  },
};

function lacking(name: string, version: string): LockFile {
  const linter = { version: '2.0.0', dev: true, optionalDependencies: { [name]: version } };
  return { packages: { '': {}, 'node_modules/linter': linter } };
}

test('a complete lock file has no findings', () => {
  assert.deepEqual(findLockFileGaps(complete), []);
});

test('a platform package that is not locked is reported, and can be added', () => {
  const lock = lacking('@linter/binding-linux-arm-musleabihf', '2.0.0');
  assert.match(findLockFileGaps(lock)[0]?.message ?? '', /lacks @linter\/binding-linux-arm-musleabihf@2.0.0/);
  const completed = completeLockFile(lock);
  assert.deepEqual(findLockFileGaps(completed), []);
  assert.deepEqual(completed.packages['node_modules/@linter/binding-linux-arm-musleabihf'], {
    version: '2.0.0',
    cpu: ['arm'],
    dev: true,
    libc: ['musl'],
    optional: true,
    os: ['linux'],
  });
});

test('a platform package wanted in a range of versions is not guessed', () => {
  assert.throws(() => completeLockFile(lacking('@linter/win32-x64', '^2.0.0')), /not one version/);
});

test('the host of a registry is reported', () => {
  const packages = {
    '': {},
    'node_modules/linter': { version: '2.0.0', resolved: 'https://packages.example/l.tgz' },
  };
  assert.match(
    findLockFileGaps({ packages })[0]?.message ?? '',
    /names the registry of node_modules\/linter/,
  );
});

test('a lock file without packages fails', () => {
  assert.match(findLockFileGaps({ packages: {} })[0]?.message ?? '', /locks no package/);
});
