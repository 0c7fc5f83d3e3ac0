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
  { title: 'GROUP', member: 'id' },
  { title: 'NAME', member: 'name' },
  { title: 'DESCRIPTION', member: 'description' },
  { title: 'CREATED', member: 'createdAt', kind: 'time' },
];

const memberColumns: readonly Column[] = [
  { title: 'MEMBER', member: 'member' },
  { title: 'ADDED', member: 'addedAt', kind: 'time' },
];

const group: ArgumentDeclaration = { name: 'GROUP', summary: 'Id or name of the group' };
const member: ArgumentDeclaration = {
  name: 'MEMBER',
  summary: 'user:NAME or service:NAME; ids will do for names',
};
const options = [accountOption, ...clientOptions];

const pathOf = (input: CommandInput): string =>
  adminPath`/accounts/${accountIn(input)}/groups/${input.arguments[0] ?? ''}`;

const add: CommandDeclaration = {
  words: ['group', 'add'],
  summary: 'Make a group: what is attached to it, its members have',
  arguments: [{ name: 'NAME', summary: 'Name of the group' }],
  options: [
    accountOption,
    { flag: '--description', value: 'TEXT', summary: 'What it is for' },
    ...clientOptions,
  ],
  async run(input, context) {
    const answer = await connectAdmin(input, context).post(adminPath`/accounts/${accountIn(input)}/groups`, {
      name: input.arguments[0] ?? '',
      description: input.option('--description') ?? '',
    });
    printFields(recordIn(answer, 'group'), columns, input, context);
    return cliExitCodes.ok;
  },
};

const list: CommandDeclaration = {
  words: ['group', 'list'],
  summary: 'List the groups of an account',
  arguments: [],
  options,
  async run(input, context) {
    const path = adminPath`/accounts/${accountIn(input)}/groups`;
    printRows(await connectAdmin(input, context).listAll(path, 'groups'), columns, input, context);
    return cliExitCodes.ok;
  },
};

const members: CommandDeclaration = {
  words: ['group', 'members'],
  summary: 'List who is in a group',
  arguments: [group],
  options,
  async run(input, context) {
    const path = `${pathOf(input)}/members`;
    printRows(await connectAdmin(input, context).listAll(path, 'members'), memberColumns, input, context);
    return cliExitCodes.ok;
  },
};

const memberPath = (input: CommandInput): string =>
  pathOf(input) + adminPath`/members/${input.arguments[1] ?? ''}`;

const addMember: CommandDeclaration = {
  words: ['group', 'add-member'],
  summary: 'Put a user or a service into a group',
  arguments: [group, member],
  options,
  examples: [{ line: 'gotgan group add-member readers user:kim', summary: 'from the next request on' }],
  async run(input, context) {
    const answer = await connectAdmin(input, context).put(memberPath(input), {});
    printFields(answer, memberColumns.slice(0, 1), input, context);
    return cliExitCodes.ok;
  },
};

const removeMember: CommandDeclaration = {
  words: ['group', 'remove-member'],
  summary: 'Take somebody out of a group',
  arguments: [group, member],
  options,
  async run(input, context) {
    await connectAdmin(input, context).delete(memberPath(input));
    printRemoval('member of group', input, context);
    return cliExitCodes.ok;
  },
};

const remove: CommandDeclaration = {
  words: ['group', 'remove'],
  summary: 'Remove a group; its members stay',
  arguments: [group],
  options,
  async run(input, context) {
    await connectAdmin(input, context).delete(pathOf(input));
    printRemoval('group', input, context);
    return cliExitCodes.ok;
  },
};

export const groupCommands: readonly CommandDeclaration[] = [
  add,
  list,
  members,
  addMember,
  removeMember,
  remove,
];
