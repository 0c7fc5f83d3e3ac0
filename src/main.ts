/**
 * The composition root. One program, two roles: the process that a person or a supervisor starts (a command, or the server's
 * primary), and the workers that the primary forks. Only this file and src/main know every layer.
 */
import cluster from 'node:cluster';
import { readFileSync } from 'node:fs';

interface Program {
  readonly version: string;
}

function readVersion(): string {
  const program: Program = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  return program.version;
}

/** Secrets stay in this process: workers get what they need over their channel, and `ps e` shows nothing. */
function takeEnvironment(): Readonly<Record<string, string | undefined>> {
  const environment = { ...process.env };
  for (const name of Object.keys(process.env)) {
    if (name.startsWith('GOTGAN_')) delete process.env[name];
  }
  return environment;
}

async function runCommand(): Promise<number> {
  const [{ runCommandLine }, { commands }, { createCommandContext }, { readSecret }] = await Promise.all([
    import('./cli/run-command-line.ts'),
    import('./main/commands.ts'),
    import('./main/create-command-context.ts'),
    import('./cli/read-secret.ts'),
  ]);
  const context = createCommandContext({
    version: readVersion(),
    environment: takeEnvironment(),
    isTerminal: process.stdout.isTTY === true,
    write: (text) => process.stdout.write(text),
    readSecret,
    complain: (sentence) => process.stderr.write(`gotgan: ${sentence}\n`),
  });
  return runCommandLine(commands, process.argv.slice(2), context);
}

if (cluster.isWorker) {
  const { runWorker } = await import('./main/run-worker.ts');
  runWorker();
} else {
  process.exitCode = await runCommand();
  // The channel of whoever started us would keep the process.
  if (process.connected) process.disconnect();
}
