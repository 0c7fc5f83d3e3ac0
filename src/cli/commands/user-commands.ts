import { adminPath, clientOptions, connectAdmin } from '../admin-client.ts';
import { recordIn } from '../answers.ts';
import {
  type ArgumentDeclaration,
  type CommandDeclaration,
  type CommandInput,
  cliExitCodes,
  type OptionDeclaration,
} from '../command-declaration.ts';
import { printRemoval } from '../print-removal.ts';
import { type Column, printFields, printRows } from '../print-table.ts';

const columns: readonly Column[] = [
  { title: 'USER', member: 'id' },
  { title: 'NAME', member: 'name' },
  { title: 'DISPLAY NAME', member: 'displayName' },
  { title: 'E-MAIL', member: 'email' },
  { title: 'ROOT', member: 'isRoot' },
  { title: 'ROLE', member: 'role' },
  { title: 'ENABLED', member: 'enabled' },
  { title: 'CREATED', member: 'createdAt', kind: 'time' },
];

const user: ArgumentDeclaration = { name: 'USER', summary: 'Id or name of the user' };

export const accountOption: OptionDeclaration = {
  flag: '--account',
  value: 'ACCOUNT',
  summary: 'Id or name of the account (default: that of the caller)',
};

/** `:own` is the account of the caller. */
export const accountIn = (input: CommandInput): string => input.option('--account') ?? ':own';

const add: CommandDeclaration = {
  words: ['user', 'add'],
  summary: 'Make a user of an account',
  arguments: [{ name: 'NAME', summary: 'Name of the user' }],
  options: [
    accountOption,
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
    ...clientOptions,
  ],
  examples: [
    {
      line: 'gotgan user add kim --account team --email kim@example.com',
      summary: 'somebody who may be granted access',
    },
  ],
  async run(input, context) {
    const [name = ''] = input.arguments;
    const [displayName, email] = [input.option('--display-name'), input.option('--email')];
    const role = input.option('--role');
    const password = input.has('--password') ? await context.readSecret('Password: ') : undefined;
    const answer = await connectAdmin(input, context).post(adminPath`/accounts/${accountIn(input)}/users`, {
      name,
      ...(displayName === undefined ? {} : { displayName }),
      ...(email === undefined ? {} : { email }),
      ...(role === undefined ? {} : { role }),
      ...(password === undefined ? {} : { password }),
    });
    printFields(recordIn(answer, 'user'), columns, input, context);
    return cliExitCodes.ok;
  },
};

const list: CommandDeclaration = {
  words: ['user', 'list'],
  summary: 'List the users of an account',
  arguments: [],
  options: [accountOption, ...clientOptions],
  async run(input, context) {
    const path = adminPath`/accounts/${accountIn(input)}/users`;
    printRows(await connectAdmin(input, context).listAll(path, 'users'), columns, input, context);
    return cliExitCodes.ok;
  },
};

const setPassword: CommandDeclaration = {
  words: ['user', 'set-password'],
  summary: 'Give a user a password for the identity services',
  details:
    'Asks for it, or reads the first line of standard input. Tokens of the user from before are refused.',
  arguments: [user],
  options: [accountOption, ...clientOptions],
  async run(input, context) {
    const path = adminPath`/accounts/${accountIn(input)}/users/${input.arguments[0] ?? ''}/password`;
    const password = await context.readSecret('New password: ');
    const answer = await connectAdmin(input, context).put(path, { password });
    printFields(recordIn(answer, 'user'), columns, input, context);
    return cliExitCodes.ok;
  },
};

const remove: CommandDeclaration = {
  words: ['user', 'remove'],
  summary: 'Remove a user with its access keys',
  arguments: [user],
  options: [accountOption, ...clientOptions],
  async run(input, context) {
    const path = adminPath`/accounts/${accountIn(input)}/users/${input.arguments[0] ?? ''}`;
    await connectAdmin(input, context).delete(path);
    printRemoval('user', input, context);
    return cliExitCodes.ok;
  },
};

function switching(word: 'enable' | 'disable', summary: string): CommandDeclaration {
  return {
    words: ['user', word],
    summary,
    arguments: [user],
    options: [accountOption, ...clientOptions],
    async run(input, context) {
      const path = adminPath`/accounts/${accountIn(input)}/users/${input.arguments[0] ?? ''}`;
      const answer = await connectAdmin(input, context).patch(path, { enabled: word === 'enable' });
      printFields(recordIn(answer, 'user'), columns, input, context);
      return cliExitCodes.ok;
    },
  };
}

const roleArgument: ArgumentDeclaration = {
  name: 'ROLE',
  summary: 'What the user may do',
  choices: ['admin', 'operator', 'member'],
};

const setRole: CommandDeclaration = {
  words: ['user', 'set-role'],
  summary: 'Give a user another role in its account, from the next request on',
  arguments: [user, roleArgument],
  options: [accountOption, ...clientOptions],
  async run(input, context) {
    const [name = '', role = ''] = input.arguments;
    const path = adminPath`/accounts/${accountIn(input)}/users/${name}`;
    const answer = await connectAdmin(input, context).patch(path, { role });
    printFields(recordIn(answer, 'user'), columns, input, context);
    return cliExitCodes.ok;
  },
};

const guest: ArgumentDeclaration = {
  name: 'USER',
  summary: 'Id or e-mail address of a user of another account',
};

const guestColumns: readonly Column[] = [
  { title: 'USER', member: 'userId' },
  { title: 'ROLE', member: 'role' },
  { title: 'SINCE', member: 'createdAt', kind: 'time' },
];

const invite: CommandDeclaration = {
  words: ['user', 'invite'],
  summary: 'Give a user of another account a part in this one, or another role in it',
  arguments: [guest, roleArgument],
  options: [accountOption, ...clientOptions],
  examples: [
    {
      line: 'gotgan user invite kim@example.com member --account team',
      summary: 'kim can have tokens and keys for team',
    },
  ],
  async run(input, context) {
    const [name = '', role = ''] = input.arguments;
    const path = adminPath`/accounts/${accountIn(input)}/guests/${name}`;
    const answer = await connectAdmin(input, context).put(path, { role });
    printFields(recordIn(answer, 'guest'), guestColumns, input, context);
    return cliExitCodes.ok;
  },
};

const guests: CommandDeclaration = {
  words: ['user', 'guests'],
  summary: 'List the users of other accounts that have a part in this one',
  arguments: [],
  options: [accountOption, ...clientOptions],
  async run(input, context) {
    const path = adminPath`/accounts/${accountIn(input)}/guests`;
    printRows(await connectAdmin(input, context).listAll(path, 'guests'), guestColumns, input, context);
    return cliExitCodes.ok;
  },
};

const uninvite: CommandDeclaration = {
  words: ['user', 'uninvite'],
  summary: 'Take a part away again, with its tokens and keys',
  arguments: [guest],
  options: [accountOption, ...clientOptions],
  async run(input, context) {
    const path = adminPath`/accounts/${accountIn(input)}/guests/${input.arguments[0] ?? ''}`;
    await connectAdmin(input, context).delete(path);
    printRemoval('the part of user', input, context);
    return cliExitCodes.ok;
  },
};

export const userCommands: readonly CommandDeclaration[] = [
  add,
  list,
  setPassword,
  setRole,
  invite,
  guests,
  uninvite,
  remove,
  switching('disable', 'Refuse the keys of a user from now on'),
  switching('enable', 'Accept them again'),
];
