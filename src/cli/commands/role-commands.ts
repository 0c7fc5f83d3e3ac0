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
import { readDocument } from '../read-document.ts';
import { accountIn, accountOption } from './user-commands.ts';

const columns: readonly Column[] = [
  { title: 'ROLE', member: 'id' },
  { title: 'NAME', member: 'name' },
  { title: 'DESCRIPTION', member: 'description' },
  { title: 'LONGEST SESSION', member: 'maxSessionSeconds', kind: 'duration' },
  { title: 'CREATED', member: 'createdAt', kind: 'time' },
];

const sessionColumns: readonly Column[] = [
  { title: 'ACCESS KEY', member: 'accessKey' },
  { title: 'SECRET KEY', member: 'secretKey' },
  { title: 'SESSION TOKEN', member: 'sessionToken' },
  { title: 'EXPIRES', member: 'expiresAt', kind: 'time' },
];

const role: ArgumentDeclaration = { name: 'ROLE', summary: 'Id or name of the role' };
const options = [accountOption, ...clientOptions];

const pathOf = (input: CommandInput): string =>
  adminPath`/accounts/${accountIn(input)}/roles/${input.arguments[0] ?? ''}`;

function secondsIn(input: CommandInput, flag: string): number | undefined {
  const text = input.option(flag);
  if (text === undefined) return undefined;
  if (!/^\d{1,6}$/.test(text)) throw new CliError(`${flag} is a number of seconds.`, cliExitCodes.usage);
  return Number(text);
}

const add: CommandDeclaration = {
  words: ['role', 'add'],
  summary: 'Make a role: what is attached to it, its sessions have until they expire',
  arguments: [{ name: 'NAME', summary: 'Name of the role' }],
  options: [
    accountOption,
    { flag: '--description', value: 'TEXT', summary: 'What it is for' },
    {
      flag: '--trust',
      value: 'FILE',
      summary: 'Who may assume it, in the language of the API that lets them (- reads standard input)',
    },
    {
      flag: '--max-session',
      value: 'SECONDS',
      summary: 'How long a session may last, 900 to 43200 (default: 3600)',
    },
    ...clientOptions,
  ],
  async run(input, context) {
    const trust = input.option('--trust');
    const maxSessionSeconds = secondsIn(input, '--max-session');
    const answer = await connectAdmin(input, context).post(adminPath`/accounts/${accountIn(input)}/roles`, {
      name: input.arguments[0] ?? '',
      description: input.option('--description') ?? '',
      ...(trust === undefined ? {} : { trustPolicy: readDocument(trust) }),
      ...(maxSessionSeconds === undefined ? {} : { maxSessionSeconds }),
    });
    printFields(recordIn(answer, 'role'), columns, input, context);
    return cliExitCodes.ok;
  },
};

const list: CommandDeclaration = {
  words: ['role', 'list'],
  summary: 'List the roles of an account',
  arguments: [],
  options,
  async run(input, context) {
    const path = adminPath`/accounts/${accountIn(input)}/roles`;
    printRows(await connectAdmin(input, context).listAll(path, 'roles'), columns, input, context);
    return cliExitCodes.ok;
  },
};

const assume: CommandDeclaration = {
  words: ['role', 'assume'],
  summary: 'Begin a session of a role and show its temporary key pair and token, this once',
  arguments: [role],
  options: [
    accountOption,
    { flag: '--session', value: 'NAME', summary: 'Name of the session (default: cli)' },
    { flag: '--seconds', value: 'SECONDS', summary: 'How long it lasts (default: 3600)' },
    {
      flag: '--policy',
      value: 'FILE',
      summary: 'Limit it to what this policy allows besides (- reads standard input)',
    },
    ...clientOptions,
  ],
  examples: [{ line: 'gotgan role assume backup --seconds 900', summary: 'for a quarter of an hour' }],
  async run(input, context) {
    const durationSeconds = secondsIn(input, '--seconds');
    const policy = input.option('--policy');
    const answer = await connectAdmin(input, context).post(`${pathOf(input)}/sessions`, {
      name: input.option('--session') ?? 'cli',
      ...(durationSeconds === undefined ? {} : { durationSeconds }),
      ...(policy === undefined ? {} : { policy: readDocument(policy) }),
    });
    printFields(recordIn(answer, 'session'), sessionColumns, input, context);
    return cliExitCodes.ok;
  },
};

const remove: CommandDeclaration = {
  words: ['role', 'remove'],
  summary: 'Remove a role and end its sessions',
  arguments: [role],
  options,
  async run(input, context) {
    await connectAdmin(input, context).delete(pathOf(input));
    printRemoval('role', input, context);
    return cliExitCodes.ok;
  },
};

export const roleCommands: readonly CommandDeclaration[] = [add, list, assume, remove];
