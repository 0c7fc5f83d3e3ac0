import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findBoundaryViolations, importsOf } from './check-boundaries.ts';
import type { RepositoryFile } from './repository-files.ts';

const soundFile: RepositoryFile = {
  path: 'src/core/names.ts',
  text: "import { digest } from '../lib/digests.ts';\n",
};

function messagesFor(path: string, text: string): string[] {
  return findBoundaryViolations([soundFile, { path, text }])
    .filter((finding) => finding.path === path)
    .map(({ line, message }) => `${line}: ${message}`);
}

test('what the architecture allows is not reported', () => {
  const allowed: [string, string][] = [
    ['src/core/operations/put-object.ts', "import type { Bucket } from '../model.ts';"],
    [
      'src/core/object-store.ts',
      "import type { MetadataStore } from '../storage/contract/metadata-store.ts';",
    ],
    ['src/identity/tokens.ts', "import { now } from '../lib/clock.ts';"],
    ['src/storage/embedded/lmdb-metadata-store.ts', "import { open } from 'lmdb';"],
    ['src/dialects/kernel/wire.ts', "import type { Principal } from '../../identity/principal.ts';"],
    ['src/dialects/authn/sigv4.ts', "import type { Wire } from '../kernel/wire.ts';"],
    ['src/dialects/s3/operations/get-object.ts', "import { verify } from '../../authn/sigv4.ts';"],
    [
      'src/listener/accept-request.ts',
      "import { limits } from '../config/limits.ts';\nimport http from 'node:http';",
    ],
    ['src/cli/run-command.ts', "import { digest } from '../lib/digests.ts';"],
    ['src/main.ts', "import { open } from './storage/embedded/open.ts';\nconst env = process.env;"],
    ['src/core/names.test.ts', "import { startServer } from '../../test/support/start-server.ts';"],
    ['src/core/clocks.test.ts', "import { x } from './names.ts';\nconst started = Date.now();"],
    ['console/src/app.tsx', "import { useState } from 'react';\nimport { Shell } from './shell.tsx';"],
    ['src/lib/clock.ts', 'export const systemClock = { now: () => Date.now() };'],
  ];
  const files = allowed.map(([path, text]) => ({ path, text }));
  assert.deepEqual(findBoundaryViolations([soundFile, ...files]), []);
});

test('every forbidden direction is reported', () => {
  const forbidden: [string, string][] = [
    ['src/lib/ranges.ts', '../core/model.ts'],
    ['src/storage/contract/blob-store.ts', '../../core/model.ts'],
    ['src/storage/contract/blob-store.ts', '../embedded/file-blob-store.ts'],
    ['src/storage/embedded/file-blob-store.ts', '../distributed/blob-driver.ts'],
    ['src/core/model.ts', '../identity/principal.ts'],
    ['src/core/model.ts', '../storage/embedded/file-blob-store.ts'],
    ['src/core/model.ts', '../config/limits.ts'],
    ['src/identity/principal.ts', '../core/model.ts'],
    ['src/identity/principal.ts', '../dialects/kernel/wire.ts'],
    ['src/dialects/kernel/wire.ts', '../authn/sigv4.ts'],
    ['src/dialects/kernel/wire.ts', '../../storage/contract/blob-store.ts'],
    ['src/dialects/authn/sigv4.ts', '../../core/model.ts'],
    ['src/dialects/s3/s3-dialect.ts', '../swift/swift-dialect.ts'],
    ['src/dialects/s3/s3-dialect.ts', '../../listener/write-response.ts'],
    ['src/listener/write-response.ts', '../core/model.ts'],
    ['src/cli/run-command.ts', '../identity/principal.ts'],
    ['src/config/config.ts', '../core/model.ts'],
    ['src/core/model.ts', '../main.ts'],
    ['src/core/model.ts', '../../tools/check-boundaries.ts'],
    ['src/core/model.ts', '../../test/support/start-server.ts'],
    ['src/core/model.test.ts', '../../test/acceptance/put-object.test.ts'],
    ['src/core/model.test.ts', '../identity/principal.ts'],
  ];
  for (const [path, specifier] of forbidden) {
    const messages = messagesFor(path, `\nimport { x } from '${specifier}';\n`);
    assert.equal(messages.length, 1, `${path} -> ${specifier}`);
    assert.match(messages[0] ?? '', /^2: imports /);
  }
});

test('type, side-effect, re-exporting, multi-line and dynamic imports are seen', () => {
  const target = '../identity/principal.ts';
  for (const text of [
    `import type { Principal } from '${target}';`,
    `import '${target}';`,
    `export { principal } from '${target}';`,
    `export type * from "${target}";`,
    `import {\n  type Principal,\n  principal, // don't\n} from '${target}';`,
    `const { principal } = await import('${target}');`,
    `const { principal } = await import(\n  \`${target}\`\n);`,
    `type P = import('${target}').Principal;`,
  ]) {
    assert.equal(messagesFor('src/core/model.ts', text).length, 1, text);
    assert.deepEqual(
      importsOf(text).map(({ specifier }) => specifier),
      [target],
      text,
    );
  }
});

test('an import of a computed path is reported', () => {
  for (const path of ['name', ['`./$', '{name}.ts`'].join(''), "'./' + name"]) {
    assert.match(messagesFor('src/core/model.ts', `await import(${path});`).join(), /computed path/, path);
  }
});

test('packages that belong to one layer are reported elsewhere', () => {
  assert.match(
    messagesFor('src/core/model.ts', "import { open } from 'lmdb';").join(),
    /only the embedded engine/,
  );
  assert.match(
    messagesFor('src/identity/tokens.ts', "import http from 'node:http';").join(),
    /do not know HTTP/,
  );
  assert.match(messagesFor('src/core/model.ts', "import { x } from '#core/x.ts';").join(), /no path aliases/);
});

test('reading the environment, the clock or randomness is reported', () => {
  assert.match(messagesFor('src/core/model.ts', 'const region = process.env.REGION;').join(), /environment/);
  assert.match(messagesFor('src/core/model.ts', 'const now = Date.now();').join(), /clock/);
  assert.match(messagesFor('src/core/model.ts', 'const now = new Date();').join(), /clock/);
  assert.match(messagesFor('src/core/model.ts', 'const id = Math.random();').join(), /randomness/);
  assert.match(messagesFor('src/core/model.ts', 'const id = randomBytes(16);').join(), /randomness/);
});

test('a file in a folder the architecture does not know is reported', () => {
  assert.match(messagesFor('src/plugins/x.ts', '').join(), /no folder the architecture knows/);
  assert.match(messagesFor('src/server.ts', '').join(), /no folder the architecture knows/);
  assert.match(messagesFor('src/dialects/x.ts', '').join(), /no folder the architecture knows/);
});

test('the console imports nothing of the server and nothing of Node.js', () => {
  const path = 'console/src/s3/listing.ts';
  assert.match(
    messagesFor(path, "import { x } from '../../../src/lib/ranges.ts';").join(),
    /knows only itself/,
  );
  assert.match(messagesFor(path, "import { hash } from 'node:crypto';").join(), /knows only itself/);
});

test('a scan of nothing fails', () => {
  assert.match(findBoundaryViolations([])[0]?.message ?? '', /no source file/);
  assert.match(findBoundaryViolations([{ path: 'src/main.ts', text: '' }])[0]?.message ?? '', /no import/);
});
