import type { ArgumentDeclaration, CommandDeclaration } from '../command-declaration.ts';
import {
  account,
  firstOf,
  listCommand,
  placesIn,
  type RecordKind,
  recordCommand,
  removeCommand,
  switchCommand,
} from '../record-commands.ts';

const users: RecordKind = {
  word: 'user',
  member: 'user',
  listMember: 'users',
  ...placesIn(account, 'users', { name: 'USER', summary: 'Id or name of the user' }),
  columns: [
    { title: 'USER', member: 'id' },
    { title: 'NAME', member: 'name' },
    { title: 'DISPLAY NAME', member: 'displayName' },
    { title: 'E-MAIL', member: 'email' },
    { title: 'ROOT', member: 'isRoot' },
    { title: 'ROLE', member: 'role' },
    { title: 'ENABLED', member: 'enabled' },
    { title: 'CREATED', member: 'createdAt', kind: 'time' },
  ],
};

const guests: RecordKind = {
  word: 'user',
  noun: 'the part of user',
  member: 'guest',
  listMember: 'guests',
  ...placesIn(account, 'guests', {
    name: 'USER',
    summary: 'Id or e-mail address of a user of another account',
  }),
  columns: [
    { title: 'USER', member: 'userId' },
    { title: 'ROLE', member: 'role' },
    { title: 'SINCE', member: 'createdAt', kind: 'time' },
  ],
};

const role: ArgumentDeclaration = {
  name: 'ROLE',
  summary: 'What the user may do',
  choices: ['admin', 'operator', 'member'],
};

const add = recordCommand(
  users,
  users.all,
  {
    word: 'add',
    summary: 'Make a user of an account',
    arguments: [{ name: 'NAME', summary: 'Name of the user' }],
    options: [
      { flag: '--display-name', value: 'TEXT', summary: 'Name as shown to people' },
      { flag: '--email', value: 'ADDRESS', summary: 'E-mail address, unique in the server' },
      {
        flag: '--role',
        value: 'ROLE',
        summary: 'admin, operator or member of the account (default: operator)',
      },
      {
        flag: '--password',
        summary: 'Ask for a password for the identity services, or read it from standard input',
      },
    ],
    examples: [
      {
        line: 'gotgan user add kim --account team --email kim@example.com',
        summary: 'somebody who may be granted access',
      },
    ],
  },
  async (client, path, input, context) =>
    client.post(path, {
      name: firstOf(input),
      displayName: input.option('--display-name'),
      email: input.option('--email'),
      role: input.option('--role'),
      password: input.has('--password') ? await context.readSecret('Password: ') : undefined,
    }),
);

const setPassword = recordCommand(
  users,
  users.one,
  {
    word: 'set-password',
    summary: 'Give a user a password for the identity services',
    details:
      'Asks for it, or reads the first line of standard input. Tokens of the user from before are refused.',
  },
  async (client, path, _input, context) =>
    client.put(`${path}/password`, { password: await context.readSecret('New password: ') }),
);

export const userCommands: readonly CommandDeclaration[] = [
  add,
  listCommand(users, { word: 'list', summary: 'List the users of an account' }),
  setPassword,
  recordCommand(
    users,
    users.one,
    {
      word: 'set-role',
      summary: 'Give a user another role in its account, from the next request on',
      arguments: [role],
    },
    (client, path, input) => client.patch(path, { role: input.arguments[1] }),
  ),
  recordCommand(
    guests,
    guests.one,
    {
      word: 'invite',
      summary: 'Give a user of another account a part in this one, or another role in it',
      arguments: [role],
      examples: [
        {
          line: 'gotgan user invite kim@example.com member --account team',
          summary: 'kim can have tokens and keys for team',
        },
      ],
    },
    (client, path, input) => client.put(path, { role: input.arguments[1] }),
  ),
  listCommand(guests, {
    word: 'guests',
    summary: 'List the users of other accounts that have a part in this one',
  }),
  removeCommand(guests, { word: 'uninvite', summary: 'Take a part away again, with its tokens and keys' }),
  removeCommand(users, { word: 'remove', summary: 'Remove a user with its access keys' }),
  switchCommand(users, 'disable', 'Refuse the keys of a user from now on', { enabled: false }),
  switchCommand(users, 'enable', 'Accept them again', { enabled: true }),
];
