/** What commands are given: the world of the process, and where the configured server is. */
import {
  CliError,
  type CommandContext,
  type CommandInput,
  cliExitCodes,
} from '../cli/command-declaration.ts';
import type { Config, PlaceConfig } from '../config/config.ts';
import { ConfigError } from '../config/load-config.ts';
import { urlOfAddress } from './banner.ts';
import { loadFor } from './serve-command.ts';

export function createCommandContext(
  world: Omit<CommandContext, 'locateServer' | 'locateStorage'>,
): CommandContext {
  return {
    ...world,
    locateServer(input) {
      const config = loadOrExplain(input, world);
      const configured =
        config.publicEndpoints.control ?? urlOfAddress(config.controlAddress, config.tls !== undefined);
      return {
        endpoint: parseEndpoint(input.option('--endpoint') ?? configured).origin,
        region: config.places[0]?.name ?? '',
        dataDirectory: config.dataDirectory,
      };
    },
    locateStorage(input) {
      const config = loadOrExplain(input, world);
      const { dataDirectory } = config;
      const given = input.option('--endpoint');
      const asked = input.option('--region');
      if (given !== undefined) {
        const region = asked ?? config.places[0]?.name ?? '';
        return { endpoint: parseEndpoint(given).href, region, dataDirectory };
      }
      const place = findPlace(config, asked);
      const isTls = config.tls !== undefined;
      const storage = config.publicEndpoints.storage ?? urlOfAddress(config.storageAddress, isTls);
      const endpoint = place.address === undefined ? storage : urlOfAddress(place.address, isTls);
      return {
        endpoint,
        region: place.name,
        dataDirectory,
        ...(place.host === undefined ? {} : { host: `${place.host}:${config.storageAddress.port}` }),
      };
    },
  };
}

function loadOrExplain(input: CommandInput, { environment }: Pick<CommandContext, 'environment'>): Config {
  try {
    return loadFor(input, environment).config;
  } catch (error) {
    if (error instanceof ConfigError) throw new CliError(error.problems.join('\n'), cliExitCodes.usage);
    throw error;
  }
}

/** `asked`: by any of its names. Default: the first. */
function findPlace({ places }: Config, asked: string | undefined): PlaceConfig {
  const wanted = asked?.toLowerCase();
  const found = places.find(
    ({ name, ibmName, scpName }) =>
      wanted === undefined || [name, ibmName, scpName].some((known) => known?.toLowerCase() === wanted),
  );
  if (found !== undefined) return found;
  const names = places.map(({ name }) => name).join(', ');
  throw new CliError(`There is no region ${asked} (GOTGAN_REGIONS: ${names}).`, cliExitCodes.usage);
}

function parseEndpoint(text: string): URL {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new CliError(
      `--endpoint is "${text}": expected a URL such as http://127.0.0.1:9001.`,
      cliExitCodes.usage,
    );
  }
  return url;
}
