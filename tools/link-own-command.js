// Makes `npx gotgan` run this clone. npm links the commands of dependencies into node_modules/.bin, but not the
// package's own, and npx then goes the long way round. Runs after every install, under whatever Node.js is there.
import { existsSync, rmSync, symlinkSync } from 'node:fs';

const link = new URL('../node_modules/.bin/gotgan', import.meta.url);
if (process.platform !== 'win32' && existsSync(new URL('.', link))) {
  rmSync(link, { force: true });
  symlinkSync('../../bin/gotgan.js', link);
}
