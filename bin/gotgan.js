#!/usr/bin/env node
// The door to Gotgan. It makes sure that the server runs on Node.js 24 or newer: an older Node.js hands over to the
// one that `npm ci` installs beside the sources. Kept to ES2018 and CommonJS, so that an old Node.js can still read it.
'use strict';

const fs = require('fs');
const path = require('path');

const NODE_MAJOR_MIN = 24;
const root = path.join(__dirname, '..');

function fail(sentence) {
  process.stderr.write(`gotgan: ${sentence}\n`);
  process.exit(1);
}

/** Runs this file again under the given Node.js, passing on signals, and ends as that process ended. */
function handOver(nodeBinary) {
  const child = require('child_process').spawn(nodeBinary, process.argv.slice(1), { stdio: 'inherit' });
  // A terminal sends its keyboard signals to the whole process group: the child already has them.
  const terminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR2']) {
    const sentByTerminal = terminal && (signal === 'SIGINT' || signal === 'SIGQUIT');
    process.on(signal, () => {
      if (!sentByTerminal) child.kill(signal);
    });
  }
  child.on('error', (error) => fail(`cannot run ${nodeBinary}: ${error.message}`));
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

function start() {
  // A clone has the sources, the published package only what was built from them.
  const main = [path.join(root, 'src', 'main.ts'), path.join(root, 'dist', 'main.js')].find((file) =>
    fs.existsSync(file),
  );
  if (main === undefined) {
    fail(`neither src/main.ts nor dist/main.js is in ${root}: this copy is incomplete.`);
    return;
  }
  require('module').enableCompileCache();
  import(require('url').pathToFileURL(main).href).catch((error) => {
    process.stderr.write(`${(error && error.stack) || error}\n`);
    process.exit(1);
  });
}

if (Number(process.versions.node.split('.')[0]) >= NODE_MAJOR_MIN) {
  start();
} else {
  const bundled = path.join(
    root,
    'node_modules',
    'node',
    'bin',
    process.platform === 'win32' ? 'node.exe' : 'node',
  );
  if (fs.existsSync(bundled)) handOver(bundled);
  else fail(`Node.js ${NODE_MAJOR_MIN} or newer is needed, and this is ${process.version}.`);
}
