import type { CommandDeclaration } from '../command-declaration.ts';
import {
  firstOf,
  listCommand,
  placesIn,
  type RecordKind,
  recordCommand,
  removeCommand,
  server,
  switchCommand,
} from '../record-commands.ts';

const accounts: RecordKind = {
  word: 'account',
  member: 'account',
  listMember: 'accounts',
  ...placesIn(server, 'accounts', { name: 'ACCOUNT', summary: 'Id or name of the account' }),
  columns: [
    { title: 'ACCOUNT', member: 'id' },
    { title: 'NAME', member: 'name' },
    { title: 'ENABLED', member: 'enabled' },
    { title: 'CREATED', member: 'createdAt', kind: 'time' },
  ],
};

export const accountCommands: readonly CommandDeclaration[] = [
  recordCommand(
    accounts,
    accounts.all,
    {
      word: 'add',
      summary: 'Make an account together with its root user',
      details: 'Give it a key pair with `gotgan key add --account NAME`.',
      arguments: [{ name: 'NAME', summary: 'Name of the account' }],
      options: [{ flag: '--id', value: 'ID', summary: '32 hexadecimal characters (default: generated)' }],
      examples: [
        { line: 'gotgan account add team', summary: 'an account, whose id is generated' },
        { line: 'gotgan account add team --json | jq -r .id', summary: 'its id, for a script' },
      ],
    },
    (client, path, input) => client.post(path, { name: firstOf(input), id: input.option('--id') }),
  ),
  listCommand(accounts, { word: 'list', summary: 'List accounts' }),
  removeCommand(accounts, {
    word: 'remove',
    summary: 'Remove an account with its users and keys; its buckets must be gone',
  }),
  switchCommand(accounts, 'disable', 'Refuse the keys of an account from now on; its data stay', {
    enabled: false,
  }),
  switchCommand(accounts, 'enable', 'Accept them again', { enabled: true }),
];
