/** What commands are given: the world of the process, and where the configured server is. */
import { CliError, type CommandContext, cliExitCodes } from '../cli/command-declaration.ts';
import { ConfigError } from '../config/load-config.ts';
import { urlOfAddress } from './banner.ts';
import { loadFor } from './serve-command.ts';

export function createCommandContext(world: Omit<CommandContext, 'locateServer'>): CommandContext {
  return {
    ...world,
    locateServer(input) {
      try {
        const { config } = loadFor(input, world.environment);
        const configured =
          config.publicEndpoints.control ?? urlOfAddress(config.controlAddress, config.tls !== undefined);
        return {
          endpoint: originOf(input.option('--endpoint') ?? configured),
          region: config.places[0]?.name ?? '',
          dataDirectory: config.dataDirectory,
        };
      } catch (error) {
        if (error instanceof ConfigError) throw new CliError(error.problems.join('\n'), cliExitCodes.usage);
        throw error;
      }
    },
  };
}

function originOf(text: string): string {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new CliError(
      `--endpoint is "${text}": expected a URL such as http://127.0.0.1:9001.`,
      cliExitCodes.usage,
    );
  }
  return url.origin;
}
