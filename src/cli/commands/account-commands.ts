import { adminPath, clientOptions, connectAdmin } from '../admin-client.ts';
import { recordIn } from '../answers.ts';
import { type ArgumentDeclaration, type CommandDeclaration, cliExitCodes } from '../command-declaration.ts';
import { printRemoval } from '../print-removal.ts';
import { type Column, printFields, printRows } from '../print-table.ts';

const columns: readonly Column[] = [
  { title: 'ACCOUNT', member: 'id' },
  { title: 'NAME', member: 'name' },
  { title: 'ENABLED', member: 'enabled' },
  { title: 'CREATED', member: 'createdAt', kind: 'time' },
];

const account: ArgumentDeclaration = { name: 'ACCOUNT', summary: 'Id or name of the account' };

const add: CommandDeclaration = {
  words: ['account', 'add'],
  summary: 'Make an account together with its root user',
  details: 'Give it a key pair with `gotgan key add --account NAME`.',
  arguments: [{ name: 'NAME', summary: 'Name of the account' }],
  options: [
    { flag: '--id', value: 'ID', summary: '32 hexadecimal characters (default: generated)' },
    ...clientOptions,
  ],
  examples: [
    { line: 'gotgan account add team', summary: 'an account, whose id is generated' },
    { line: 'gotgan account add team --json | jq -r .id', summary: 'its id, for a script' },
  ],
  async run(input, context) {
    const [name = ''] = input.arguments;
    const id = input.option('--id');
    const answer = await connectAdmin(input, context).post('/accounts', {
      name,
      ...(id === undefined ? {} : { id }),
    });
    printFields(recordIn(answer, 'account'), columns, input, context);
    return cliExitCodes.ok;
  },
};

const list: CommandDeclaration = {
  words: ['account', 'list'],
  summary: 'List accounts',
  arguments: [],
  options: clientOptions,
  async run(input, context) {
    printRows(await connectAdmin(input, context).listAll('/accounts', 'accounts'), columns, input, context);
    return cliExitCodes.ok;
  },
};

const remove: CommandDeclaration = {
  words: ['account', 'remove'],
  summary: 'Remove an account with its users and keys; its buckets must be gone',
  arguments: [account],
  options: clientOptions,
  async run(input, context) {
    await connectAdmin(input, context).delete(adminPath`/accounts/${input.arguments[0] ?? ''}`);
    printRemoval('account', input, context);
    return cliExitCodes.ok;
  },
};

function switching(word: 'enable' | 'disable', summary: string): CommandDeclaration {
  return {
    words: ['account', word],
    summary,
    arguments: [account],
    options: clientOptions,
    async run(input, context) {
      const path = adminPath`/accounts/${input.arguments[0] ?? ''}`;
      const answer = await connectAdmin(input, context).patch(path, { enabled: word === 'enable' });
      printFields(recordIn(answer, 'account'), columns, input, context);
      return cliExitCodes.ok;
    },
  };
}

export const accountCommands: readonly CommandDeclaration[] = [
  add,
  list,
  remove,
  switching('disable', 'Refuse the keys of an account from now on; its data stay'),
  switching('enable', 'Accept them again'),
];
