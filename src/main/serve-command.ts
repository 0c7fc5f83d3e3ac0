/** `gotgan serve`: every setting but the secret ones is a flag. */
import { availableParallelism } from 'node:os';
import { type CommandDeclaration, type CommandInput, cliExitCodes } from '../cli/command-declaration.ts';
import { ConfigError, type LoadedConfig, loadConfig } from '../config/load-config.ts';
import type { Setting } from '../config/setting.ts';
import { flagOf, settingIds, settings } from '../config/settings.ts';

const flags: readonly { readonly name: string; readonly flag: string; readonly summary: string }[] =
  settingIds.flatMap((id) => {
    const declared: Setting = settings[id];
    const flag = flagOf(declared);
    if (flag === undefined) return [];
    const fallback = declared.fallbackShown ?? declared.fallback;
    const shown = fallback === undefined ? '' : ` (default: ${fallback})`;
    return [{ name: declared.name, flag, summary: `${declared.summary}${shown}` }];
  });

export const serveCommand: CommandDeclaration = {
  words: ['serve'],
  summary: 'Start the server',
  details:
    'Settings come from flags, from environment variables and from a configuration file, in this order; ' +
    'docs/configuration.md explains them.',
  arguments: [],
  options: [
    { flag: '--config', value: 'FILE', summary: 'Configuration file: one NAME=value per line' },
    ...flags.map(({ flag, summary }) => ({ flag, value: 'VALUE', summary })),
  ],
  async run(input, context) {
    let loaded: LoadedConfig;
    try {
      loaded = loadFor(input, context.environment);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      for (const problem of error.problems) context.complain(problem);
      return cliExitCodes.usage;
    }
    const { runServer } = await import('./run-server.ts');
    const { version, write, complain } = context;
    return runServer({ ...loaded, version, write, complain });
  },
};

/** Also for commands that only want to know where the server is. Throws `ConfigError`. */
export function loadFor(
  input: CommandInput,
  environment: Readonly<Record<string, string | undefined>>,
): LoadedConfig {
  const given = new Map<string, string>();
  for (const { name, flag } of flags) {
    const value = input.option(flag);
    if (value !== undefined) given.set(name, value);
  }
  return loadConfig({
    flags: given,
    environment,
    configurationFile: input.option('--config'),
    processorCores: availableParallelism(),
    workingDirectory: process.cwd(),
  });
}
