import { adminPath, clientOptions, connectAdmin } from '../admin-client.ts';
import { recordIn } from '../answers.ts';
import {
  type ArgumentDeclaration,
  CliError,
  type CommandDeclaration,
  type CommandInput,
  cliExitCodes,
} from '../command-declaration.ts';
import { printRemoval } from '../print-removal.ts';
import { type Column, printFields, printRows } from '../print-table.ts';
import { accountIn, accountOption } from './user-commands.ts';

const columns: readonly Column[] = [
  { title: 'API KEY', member: 'id' },
  { title: 'NAME', member: 'name' },
  { title: 'HOLDER', member: 'holder' },
  { title: 'ENABLED', member: 'enabled' },
  { title: 'LOCKED', member: 'locked' },
  { title: 'CREATED', member: 'createdAt', kind: 'time' },
  { title: 'EXPIRES', member: 'expiresAt', kind: 'time' },
];

const newColumns: readonly Column[] = [
  { title: 'API KEY', member: 'id' },
  { title: 'VALUE', member: 'value' },
];

const apiKey: ArgumentDeclaration = { name: 'API_KEY', summary: 'Id of the API key' };

const holderOptions = [
  accountOption,
  { flag: '--user', value: 'USER', summary: 'Id or name of the user that holds it' },
  { flag: '--service', value: 'SERVICE', summary: 'Id or name of the service that holds it' },
];

function holderIn(input: CommandInput): string {
  const [user, service] = [input.option('--user'), input.option('--service')];
  if ((user === undefined) === (service === undefined)) {
    throw new CliError('Say who holds it: --user or --service.', cliExitCodes.usage);
  }
  return user === undefined ? `service:${service}` : `user:${user}`;
}

const add: CommandDeclaration = {
  words: ['api-key', 'add'],
  summary: 'Make an API key for a user or a service and show its value, this once',
  arguments: [{ name: 'NAME', summary: 'Name of the API key' }],
  options: [
    ...holderOptions,
    { flag: '--description', value: 'TEXT', summary: 'What it is for' },
    { flag: '--expires', value: 'TIME', summary: 'When it expires, in ISO 8601 (default: never)' },
    ...clientOptions,
  ],
  examples: [
    { line: 'gotgan api-key add ci --service builds', summary: 'for a service of your own account' },
  ],
  async run(input, context) {
    const expiresAt = input.option('--expires');
    const answer = await connectAdmin(input, context).post(
      adminPath`/accounts/${accountIn(input)}/api-keys`,
      {
        holder: holderIn(input),
        name: input.arguments[0] ?? '',
        description: input.option('--description') ?? '',
        ...(expiresAt === undefined ? {} : { expiresAt }),
      },
    );
    printFields(recordIn(answer, 'apiKey'), newColumns, input, context);
    return cliExitCodes.ok;
  },
};

const list: CommandDeclaration = {
  words: ['api-key', 'list'],
  summary: 'List the API keys of a user or a service, without their values',
  arguments: [],
  options: [...holderOptions, ...clientOptions],
  async run(input, context) {
    const path = adminPath`/accounts/${accountIn(input)}/api-keys?limit=1000&holder=${holderIn(input)}`;
    const { apiKeys } = await connectAdmin(input, context).get(path);
    printRows(Array.isArray(apiKeys) ? apiKeys : [], columns, input, context);
    return cliExitCodes.ok;
  },
};

const remove: CommandDeclaration = {
  words: ['api-key', 'remove'],
  summary: 'Remove an API key',
  arguments: [apiKey],
  options: clientOptions,
  async run(input, context) {
    await connectAdmin(input, context).delete(adminPath`/api-keys/${input.arguments[0] ?? ''}`);
    printRemoval('API key', input, context);
    return cliExitCodes.ok;
  },
};

function switching(word: 'enable' | 'disable', summary: string): CommandDeclaration {
  return {
    words: ['api-key', word],
    summary,
    arguments: [apiKey],
    options: clientOptions,
    async run(input, context) {
      const path = adminPath`/api-keys/${input.arguments[0] ?? ''}`;
      const answer = await connectAdmin(input, context).patch(path, { enabled: word === 'enable' });
      printFields(recordIn(answer, 'apiKey'), columns, input, context);
      return cliExitCodes.ok;
    },
  };
}

export const apiKeyCommands: readonly CommandDeclaration[] = [
  add,
  list,
  remove,
  switching('disable', 'Refuse an API key from now on'),
  switching('enable', 'Accept it again'),
];
