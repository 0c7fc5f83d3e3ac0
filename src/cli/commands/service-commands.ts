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
  switchCommand,
} from '../record-commands.ts';

const services: RecordKind = {
  word: 'service',
  member: 'service',
  listMember: 'services',
  ...placesIn(account, 'services', { name: 'SERVICE', summary: 'Id or name of the service' }),
  columns: [
    { title: 'SERVICE', member: 'id' },
    { title: 'NAME', member: 'name' },
    { title: 'DESCRIPTION', member: 'description' },
    { title: 'ENABLED', member: 'enabled' },
    { title: 'LOCKED', member: 'locked' },
    { title: 'CREATED', member: 'createdAt', kind: 'time' },
  ],
};

export const serviceCommands: readonly CommandDeclaration[] = [
  recordCommand(
    services,
    services.all,
    {
      word: 'add',
      summary: 'Make a service: an identity for programs, which has what policies say',
      arguments: [{ name: 'NAME', summary: 'Name of the service' }],
      options: [descriptionOption],
      examples: [
        {
          line: 'gotgan service add builds --account team',
          summary: 'then: gotgan key add --service builds',
        },
      ],
    },
    (client, path, input) =>
      client.post(path, { name: firstOf(input), description: input.option('--description') ?? '' }),
  ),
  listCommand(services, { word: 'list', summary: 'List the services of an account' }),
  removeCommand(services, { word: 'remove', summary: 'Remove a service with its keys' }),
  switchCommand(services, 'disable', 'Refuse the keys of a service from now on', { enabled: false }),
  switchCommand(services, 'enable', 'Accept them again', { enabled: true }),
  switchCommand(services, 'lock', 'Let nobody change or remove a service until it is unlocked', {
    locked: true,
  }),
  switchCommand(services, 'unlock', 'Let it be changed and removed again', { locked: false }),
];
