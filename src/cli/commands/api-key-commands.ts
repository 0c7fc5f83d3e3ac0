import { adminPath } from '../admin-client.ts';
import {
  CliError,
  type CommandDeclaration,
  type CommandInput,
  cliExitCodes,
} from '../command-declaration.ts';
import {
  account,
  descriptionOption,
  firstOf,
  listCommand,
  placesIn,
  type RecordKind,
  recordCommand,
  removeCommand,
  server,
  switchCommand,
} from '../record-commands.ts';

const apiKeys: RecordKind = {
  word: 'api-key',
  noun: 'API key',
  member: 'apiKey',
  listMember: 'apiKeys',
  all: {
    arguments: [],
    options: [
      ...account.options,
      { flag: '--user', value: 'USER', summary: 'Id or name of the user that holds it' },
      { flag: '--service', value: 'SERVICE', summary: 'Id or name of the service that holds it' },
    ],
    path: (input) => `${account.path(input)}/api-keys`,
  },
  one: placesIn(server, 'api-keys', { name: 'API_KEY', summary: 'Id of the API key' }).one,
  columns: [
    { title: 'API KEY', member: 'id' },
    { title: 'NAME', member: 'name' },
    { title: 'HOLDER', member: 'holder' },
    { title: 'ENABLED', member: 'enabled' },
    { title: 'LOCKED', member: 'locked' },
    { title: 'CREATED', member: 'createdAt', kind: 'time' },
    { title: 'EXPIRES', member: 'expiresAt', kind: 'time' },
  ],
};

const newApiKeyColumns = [
  { title: 'API KEY', member: 'id' },
  { title: 'VALUE', member: 'value' },
];

function holderIn(input: CommandInput): string {
  const [user, service] = [input.option('--user'), input.option('--service')];
  if ((user === undefined) === (service === undefined)) {
    throw new CliError('Say who holds it: --user or --service.', cliExitCodes.usage);
  }
  return user === undefined ? `service:${service}` : `user:${user}`;
}

const ofHolder = {
  ...apiKeys.all,
  path: (input: CommandInput) => apiKeys.all.path(input) + adminPath`?holder=${holderIn(input)}`,
};

export const apiKeyCommands: readonly CommandDeclaration[] = [
  recordCommand(
    { ...apiKeys, columns: newApiKeyColumns },
    apiKeys.all,
    {
      word: 'add',
      summary: 'Make an API key for a user or a service and show its value, this once',
      arguments: [{ name: 'NAME', summary: 'Name of the API key' }],
      options: [
        descriptionOption,
        { flag: '--expires', value: 'TIME', summary: 'When it expires, in ISO 8601 (default: never)' },
      ],
      examples: [
        { line: 'gotgan api-key add ci --service builds', summary: 'for a service of your own account' },
      ],
    },
    (client, path, input) =>
      client.post(path, {
        holder: holderIn(input),
        name: firstOf(input),
        description: input.option('--description') ?? '',
        expiresAt: input.option('--expires'),
      }),
  ),
  listCommand(
    apiKeys,
    {
      word: 'list',
      summary: 'List the API keys of a user or a service, without their values',
    },
    ofHolder,
  ),
  removeCommand(apiKeys, { word: 'remove', summary: 'Remove an API key' }),
  switchCommand(apiKeys, 'disable', 'Refuse an API key from now on', { enabled: false }),
  switchCommand(apiKeys, 'enable', 'Accept it again', { enabled: true }),
];
