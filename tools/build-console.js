// Builds the web console (console/) into console/dist, when its sources or its libraries have changed since the last time.
// Runs after every install and before every start, under whatever Node.js is there; a machine that cannot build it (no
// development dependencies) keeps what is there, and a server without a console says so at its address.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join(root, 'console');
const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
const output = join(folder, 'dist');
const stampFile = join(output, '.built-from');
const COMPRESSED = /\.(?:html|js|css|svg)$/;

function filesIn(directory) {
  return readdirSync(directory, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(directory, entry.name);
      if (directory === folder && entry.name.startsWith('dist')) return [];
      return entry.isDirectory() ? filesIn(path) : [path];
    });
}

/** Of everything that the result depends on. */
function fingerprint() {
  const hash = createHash('sha256');
  for (const path of [...filesIn(folder), join(root, 'package-lock.json')]) {
    hash
      .update(`${path.slice(root.length)}\0`)
      .update(readFileSync(path))
      .update('\0');
  }
  return hash.digest('hex');
}

/** Whoever comes second finds what the first one has put there, made of the same sources. */
function putInPlace(temporary) {
  const old = join(folder, `dist-old-${process.pid}`);
  try {
    if (existsSync(output)) renameSync(output, old);
    renameSync(temporary, output);
  } catch (error) {
    if (!existsSync(join(output, 'index.html'))) throw error;
  }
  rmSync(old, { recursive: true, force: true });
  rmSync(temporary, { recursive: true, force: true });
}

/** Into a folder of its own, which then takes the place of the old one: several may build beside each other. */
function build(stamp) {
  const temporary = join(folder, `dist-${process.pid}`);
  const { status } = spawnSync(
    join(root, 'node_modules', '.bin', process.platform === 'win32' ? 'node.cmd' : 'node'),
    [vite, 'build', folder, '--outDir', temporary, '--logLevel', 'error'],
    { stdio: ['ignore', 'inherit', 'inherit'], shell: process.platform === 'win32' },
  );
  if (status !== 0) {
    rmSync(temporary, { recursive: true, force: true });
    return false;
  }
  for (const path of filesIn(temporary).filter((name) => COMPRESSED.test(name))) {
    const content = readFileSync(path);
    writeFileSync(`${path}.gz`, gzipSync(content, { level: 9 }));
    writeFileSync(
      `${path}.br`,
      brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }),
    );
  }
  writeFileSync(join(temporary, '.built-from'), stamp);
  putInPlace(temporary);
  return true;
}

if (existsSync(vite)) {
  const stamp = fingerprint();
  if (!existsSync(stampFile) || readFileSync(stampFile, 'utf8') !== stamp) {
    process.stderr.write('gotgan: building the web console …\n');
    if (!build(stamp))
      process.stderr.write('gotgan: the web console could not be built; all else works without it.\n');
  }
}
