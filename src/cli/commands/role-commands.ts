import {
  CliError,
  type CommandDeclaration,
  type CommandInput,
  cliExitCodes,
} from '../command-declaration.ts';
import { readDocument } from '../read-document.ts';
import {
  account,
  descriptionOption,
  firstOf,
  listCommand,
  placesIn,
  type RecordKind,
  recordCommand,
  removeCommand,
} from '../record-commands.ts';

const roles: RecordKind = {
  word: 'role',
  member: 'role',
  listMember: 'roles',
  ...placesIn(account, 'roles', { name: 'ROLE', summary: 'Id or name of the role' }),
  columns: [
    { title: 'ROLE', member: 'id' },
    { title: 'NAME', member: 'name' },
    { title: 'DESCRIPTION', member: 'description' },
    { title: 'LONGEST SESSION', member: 'maxSessionSeconds', kind: 'duration' },
    { title: 'CREATED', member: 'createdAt', kind: 'time' },
  ],
};

const sessions: Pick<RecordKind, 'word' | 'member' | 'columns'> = {
  word: 'role',
  member: 'session',
  columns: [
    { title: 'ACCESS KEY', member: 'accessKey' },
    { title: 'SECRET KEY', member: 'secretKey' },
    { title: 'SESSION TOKEN', member: 'sessionToken' },
    { title: 'EXPIRES', member: 'expiresAt', kind: 'time' },
  ],
};

function secondsIn(input: CommandInput, flag: string): number | undefined {
  const text = input.option(flag);
  if (text === undefined) return undefined;
  if (!/^\d{1,6}$/.test(text)) throw new CliError(`${flag} is a number of seconds.`, cliExitCodes.usage);
  return Number(text);
}

function documentIn(input: CommandInput, flag: string): object | undefined {
  const path = input.option(flag);
  return path === undefined ? undefined : readDocument(path);
}

const add = recordCommand(
  roles,
  roles.all,
  {
    word: 'add',
    summary: 'Make a role: what is attached to it, its sessions have until they expire',
    arguments: [{ name: 'NAME', summary: 'Name of the role' }],
    options: [
      descriptionOption,
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
    ],
  },
  (client, path, input) =>
    client.post(path, {
      name: firstOf(input),
      description: input.option('--description') ?? '',
      trustPolicy: documentIn(input, '--trust'),
      maxSessionSeconds: secondsIn(input, '--max-session'),
    }),
);

const assume = recordCommand(
  sessions,
  roles.one,
  {
    word: 'assume',
    summary: 'Begin a session of a role and show its temporary key pair and token, this once',
    options: [
      { flag: '--session', value: 'NAME', summary: 'Name of the session (default: cli)' },
      { flag: '--seconds', value: 'SECONDS', summary: 'How long it lasts (default: 3600)' },
      {
        flag: '--policy',
        value: 'FILE',
        summary: 'Limit it to what this policy allows besides (- reads standard input)',
      },
    ],
    examples: [{ line: 'gotgan role assume backup --seconds 900', summary: 'for a quarter of an hour' }],
  },
  (client, path, input) =>
    client.post(`${path}/sessions`, {
      name: input.option('--session') ?? 'cli',
      durationSeconds: secondsIn(input, '--seconds'),
      policy: documentIn(input, '--policy'),
    }),
);

export const roleCommands: readonly CommandDeclaration[] = [
  add,
  listCommand(roles, { word: 'list', summary: 'List the roles of an account' }),
  assume,
  removeCommand(roles, { word: 'remove', summary: 'Remove a role and end its sessions' }),
];
