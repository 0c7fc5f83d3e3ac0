import { adminPath, clientOptions, connectAdmin } from '../admin-client.ts';
import { recordIn } from '../answers.ts';
import {
  type ArgumentDeclaration,
  CliError,
  type CommandDeclaration,
  type CommandInput,
  cliExitCodes,
  type OptionDeclaration,
} from '../command-declaration.ts';
import { printRemoval } from '../print-removal.ts';
import { type Column, printFields, printRows } from '../print-table.ts';
import { accountIn, accountOption } from './user-commands.ts';

const columns: readonly Column[] = [
  { title: 'ACCESS KEY', member: 'accessKey' },
  { title: 'USER', member: 'userId' },
  { title: 'SERVICE', member: 'serviceId' },
  { title: 'ENABLED', member: 'enabled' },
  { title: 'CREATED', member: 'createdAt', kind: 'time' },
];

const newColumns: readonly Column[] = [
  { title: 'ACCESS KEY', member: 'accessKey' },
  { title: 'SECRET KEY', member: 'secretKey' },
];

const accessKey: ArgumentDeclaration = { name: 'ACCESS_KEY', summary: 'The access key' };

const ownerOptions: readonly OptionDeclaration[] = [
  accountOption,
  {
    flag: '--user',
    value: 'USER',
    summary: 'Id or name of the user (default: the root user of the account)',
  },
  { flag: '--service', value: 'SERVICE', summary: 'Id or name of a service, instead of a user' },
];

/** `:root` is the root user of the account. */
function keysPath(input: CommandInput): string {
  const [user, service] = [input.option('--user'), input.option('--service')];
  if (service === undefined) return adminPath`/accounts/${accountIn(input)}/users/${user ?? ':root'}/keys`;
  if (user !== undefined) throw new CliError('Give --user or --service, not both.', cliExitCodes.usage);
  return adminPath`/accounts/${accountIn(input)}/services/${service}/keys`;
}

const add: CommandDeclaration = {
  words: ['key', 'add'],
  summary: 'Make an access-key pair for a user or a service and show its secret, this once',
  arguments: [],
  options: [...ownerOptions, ...clientOptions],
  examples: [
    { line: 'gotgan key add', summary: "for the caller's own root user" },
    { line: 'gotgan key add --account team --user kim', summary: 'for a user of another account' },
  ],
  async run(input, context) {
    const answer = await connectAdmin(input, context).post(keysPath(input), {});
    printFields(recordIn(answer, 'key'), newColumns, input, context);
    return cliExitCodes.ok;
  },
};

const list: CommandDeclaration = {
  words: ['key', 'list'],
  summary: 'List the access keys of a user or a service, without their secrets',
  arguments: [],
  options: [...ownerOptions, ...clientOptions],
  async run(input, context) {
    const { keys } = await connectAdmin(input, context).get(keysPath(input));
    printRows(Array.isArray(keys) ? keys : [], columns, input, context);
    return cliExitCodes.ok;
  },
};

const remove: CommandDeclaration = {
  words: ['key', 'remove'],
  summary: 'Remove an access key',
  arguments: [accessKey],
  options: clientOptions,
  async run(input, context) {
    await connectAdmin(input, context).delete(adminPath`/keys/${input.arguments[0] ?? ''}`);
    printRemoval('access key', input, context);
    return cliExitCodes.ok;
  },
};

function switching(word: 'enable' | 'disable', summary: string): CommandDeclaration {
  return {
    words: ['key', word],
    summary,
    arguments: [accessKey],
    options: clientOptions,
    async run(input, context) {
      const path = adminPath`/keys/${input.arguments[0] ?? ''}`;
      const answer = await connectAdmin(input, context).patch(path, { enabled: word === 'enable' });
      printFields(recordIn(answer, 'key'), columns, input, context);
      return cliExitCodes.ok;
    },
  };
}

export const keyCommands: readonly CommandDeclaration[] = [
  add,
  list,
  remove,
  switching('disable', 'Refuse an access key from now on'),
  switching('enable', 'Accept it again'),
];
