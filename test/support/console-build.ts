/** The console as it is served; built when its sources have changed. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

export function buildConsole(): void {
  const script = join(import.meta.dirname, '..', '..', 'tools', 'build-console.js');
  execFileSync(process.execPath, [script], { stdio: 'inherit' });
}
