import { clientOptions, readCredentialsOrExplain } from '../admin-client.ts';
import { type CommandDeclaration, cliExitCodes } from '../command-declaration.ts';
import { printFields, printJson } from '../print-table.ts';
import { statusCommand } from './status-command.ts';

const credentials: CommandDeclaration = {
  words: ['credentials'],
  summary: 'Show the root key pair that the first start has made',
  details: 'Reads a file that only the owner of the data directory may read; no server is needed.',
  arguments: [],
  options: clientOptions.filter(({ flag }) => flag !== '--endpoint'),
  run(input, context) {
    const { dataDirectory } = context.locateServer(input);
    const columns = [
      { title: 'Access key', member: 'accessKeyId' },
      { title: 'Secret key', member: 'secretKey' },
      { title: 'Account', member: 'accountId' },
      { title: 'User', member: 'userName' },
    ];
    printFields({ ...readCredentialsOrExplain(dataDirectory) }, columns, input, context);
    return Promise.resolve(cliExitCodes.ok);
  },
};

const version: CommandDeclaration = {
  words: ['version'],
  summary: 'Show the version of this program',
  arguments: [],
  options: [{ flag: '--json', summary: 'Write JSON instead of a line' }],
  run(input, context) {
    if (input.has('--json')) printJson({ name: 'gotgan', version: context.version }, context);
    else context.write(`gotgan ${context.version}\n`);
    return Promise.resolve(cliExitCodes.ok);
  },
};

export const serverCommands: readonly CommandDeclaration[] = [credentials, statusCommand, version];
