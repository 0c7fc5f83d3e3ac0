import { adminPath, clientOptions, connectAdmin } from '../admin-client.ts';
import { recordIn } from '../answers.ts';
import {
  type ArgumentDeclaration,
  type CommandDeclaration,
  type CommandInput,
  cliExitCodes,
} from '../command-declaration.ts';
import { printRemoval } from '../print-removal.ts';
import { type Column, printFields, printRows } from '../print-table.ts';
import { accountIn, accountOption } from './user-commands.ts';

const columns: readonly Column[] = [
  { title: 'SERVICE', member: 'id' },
  { title: 'NAME', member: 'name' },
  { title: 'DESCRIPTION', member: 'description' },
  { title: 'ENABLED', member: 'enabled' },
  { title: 'LOCKED', member: 'locked' },
  { title: 'CREATED', member: 'createdAt', kind: 'time' },
];

const service: ArgumentDeclaration = { name: 'SERVICE', summary: 'Id or name of the service' };
const options = [accountOption, ...clientOptions];

const pathOf = (input: CommandInput): string =>
  adminPath`/accounts/${accountIn(input)}/services/${input.arguments[0] ?? ''}`;

const add: CommandDeclaration = {
  words: ['service', 'add'],
  summary: 'Make a service: an identity for programs, which has what policies say',
  arguments: [{ name: 'NAME', summary: 'Name of the service' }],
  options: [
    accountOption,
    { flag: '--description', value: 'TEXT', summary: 'What it is for' },
    ...clientOptions,
  ],
  examples: [
    { line: 'gotgan service add builds --account team', summary: 'then: gotgan key add --service builds' },
  ],
  async run(input, context) {
    const answer = await connectAdmin(input, context).post(
      adminPath`/accounts/${accountIn(input)}/services`,
      {
        name: input.arguments[0] ?? '',
        description: input.option('--description') ?? '',
      },
    );
    printFields(recordIn(answer, 'service'), columns, input, context);
    return cliExitCodes.ok;
  },
};

const list: CommandDeclaration = {
  words: ['service', 'list'],
  summary: 'List the services of an account',
  arguments: [],
  options,
  async run(input, context) {
    const path = adminPath`/accounts/${accountIn(input)}/services`;
    printRows(await connectAdmin(input, context).listAll(path, 'services'), columns, input, context);
    return cliExitCodes.ok;
  },
};

const remove: CommandDeclaration = {
  words: ['service', 'remove'],
  summary: 'Remove a service with its keys',
  arguments: [service],
  options,
  async run(input, context) {
    await connectAdmin(input, context).delete(pathOf(input));
    printRemoval('service', input, context);
    return cliExitCodes.ok;
  },
};

function changing(word: string, summary: string, change: object): CommandDeclaration {
  return {
    words: ['service', word],
    summary,
    arguments: [service],
    options,
    async run(input, context) {
      const answer = await connectAdmin(input, context).patch(pathOf(input), change);
      printFields(recordIn(answer, 'service'), columns, input, context);
      return cliExitCodes.ok;
    },
  };
}

export const serviceCommands: readonly CommandDeclaration[] = [
  add,
  list,
  remove,
  changing('disable', 'Refuse the keys of a service from now on', { enabled: false }),
  changing('enable', 'Accept them again', { enabled: true }),
  changing('lock', 'Let nobody change or remove a service until it is unlocked', { locked: true }),
  changing('unlock', 'Let it be changed and removed again', { locked: false }),
];
