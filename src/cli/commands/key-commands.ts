import { adminPath } from '../admin-client.ts';
import {
  CliError,
  type CommandDeclaration,
  type CommandInput,
  cliExitCodes,
  type OptionDeclaration,
} from '../command-declaration.ts';
import {
  account,
  listCommand,
  placesIn,
  type RecordKind,
  recordCommand,
  removeCommand,
  server,
  switchCommand,
} from '../record-commands.ts';

const ownerOptions: readonly OptionDeclaration[] = [
  ...account.options,
  {
    flag: '--user',
    value: 'USER',
    summary: 'Id or name of the user (default: the root user of the account)',
  },
  { flag: '--service', value: 'SERVICE', summary: 'Id or name of a service, instead of a user' },
];

/** `:root` is the root user of the account. */
function ofOwner(input: CommandInput): string {
  const [user, service] = [input.option('--user'), input.option('--service')];
  if (service === undefined) return adminPath`/users/${user ?? ':root'}/keys`;
  if (user !== undefined) throw new CliError('Give --user or --service, not both.', cliExitCodes.usage);
  return adminPath`/services/${service}/keys`;
}

const keys: RecordKind = {
  word: 'key',
  noun: 'access key',
  member: 'key',
  listMember: 'keys',
  all: {
    arguments: [],
    options: ownerOptions,
    path: (input) => account.path(input) + ofOwner(input),
  },
  one: placesIn(server, 'keys', { name: 'ACCESS_KEY', summary: 'The access key' }).one,
  columns: [
    { title: 'ACCESS KEY', member: 'accessKey' },
    { title: 'USER', member: 'userId' },
    { title: 'SERVICE', member: 'serviceId' },
    { title: 'ENABLED', member: 'enabled' },
    { title: 'CREATED', member: 'createdAt', kind: 'time' },
  ],
};

const newKeyColumns = [
  { title: 'ACCESS KEY', member: 'accessKey' },
  { title: 'SECRET KEY', member: 'secretKey' },
];

export const keyCommands: readonly CommandDeclaration[] = [
  recordCommand(
    { ...keys, columns: newKeyColumns },
    keys.all,
    {
      word: 'add',
      summary: 'Make an access-key pair for a user or a service and show its secret, this once',
      examples: [
        { line: 'gotgan key add', summary: "for the caller's own root user" },
        { line: 'gotgan key add --account team --user kim', summary: 'for a user of another account' },
      ],
    },
    (client, path) => client.post(path, {}),
  ),
  listCommand(keys, {
    word: 'list',
    summary: 'List the access keys of a user or a service, without their secrets',
  }),
  removeCommand(keys, { word: 'remove', summary: 'Remove an access key' }),
  switchCommand(keys, 'disable', 'Refuse an access key from now on', { enabled: false }),
  switchCommand(keys, 'enable', 'Accept it again', { enabled: true }),
];
