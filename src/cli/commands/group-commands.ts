import type { CommandDeclaration } from '../command-declaration.ts';
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

const groups: RecordKind = {
  word: 'group',
  member: 'group',
  listMember: 'groups',
  ...placesIn(account, 'groups', { name: 'GROUP', summary: 'Id or name of the group' }),
  columns: [
    { title: 'GROUP', member: 'id' },
    { title: 'NAME', member: 'name' },
    { title: 'DESCRIPTION', member: 'description' },
    { title: 'CREATED', member: 'createdAt', kind: 'time' },
  ],
};

const members: RecordKind = {
  word: 'group',
  noun: 'member of group',
  listMember: 'members',
  ...placesIn(groups.one, 'members', {
    name: 'MEMBER',
    summary: 'user:NAME or service:NAME; ids will do for names',
  }),
  columns: [
    { title: 'MEMBER', member: 'member' },
    { title: 'ADDED', member: 'addedAt', kind: 'time' },
  ],
};

export const groupCommands: readonly CommandDeclaration[] = [
  recordCommand(
    groups,
    groups.all,
    {
      word: 'add',
      summary: 'Make a group: what is attached to it, its members have',
      arguments: [{ name: 'NAME', summary: 'Name of the group' }],
      options: [descriptionOption],
    },
    (client, path, input) =>
      client.post(path, { name: firstOf(input), description: input.option('--description') ?? '' }),
  ),
  listCommand(groups, { word: 'list', summary: 'List the groups of an account' }),
  listCommand(members, { word: 'members', summary: 'List who is in a group' }),
  recordCommand(
    { ...members, columns: members.columns.slice(0, 1) },
    members.one,
    {
      word: 'add-member',
      summary: 'Put a user or a service into a group',
      examples: [{ line: 'gotgan group add-member readers user:kim', summary: 'from the next request on' }],
    },
    (client, path) => client.put(path, {}),
  ),
  removeCommand(members, { word: 'remove-member', summary: 'Take somebody out of a group' }),
  removeCommand(groups, { word: 'remove', summary: 'Remove a group; its members stay' }),
];
