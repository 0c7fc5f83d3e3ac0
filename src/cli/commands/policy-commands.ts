import { adminPath, clientOptions, connectAdmin } from '../admin-client.ts';
import { recordIn } from '../answers.ts';
import {
  type ArgumentDeclaration,
  type CommandDeclaration,
  type CommandInput,
  cliExitCodes,
} from '../command-declaration.ts';
import { printJson } from '../print-table.ts';
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

const policies: RecordKind = {
  word: 'policy',
  member: 'policy',
  listMember: 'policies',
  ...placesIn(account, 'policies', { name: 'POLICY', summary: 'Id or name of the policy' }),
  columns: [
    { title: 'POLICY', member: 'id' },
    { title: 'NAME', member: 'name' },
    { title: 'LANGUAGE', member: 'language' },
    { title: 'ATTACHED TO', member: 'attachedTo' },
    { title: 'CREATED', member: 'createdAt', kind: 'time' },
  ],
};

const file: ArgumentDeclaration = { name: 'FILE', summary: 'The document, JSON (- reads standard input)' };
const subject: ArgumentDeclaration = {
  name: 'SUBJECT',
  summary: 'user:NAME, service:NAME, group:NAME, role:NAME, or public; ids will do for names',
};

const attachments = {
  word: 'policy',
  noun: 'attachment of policy',
  ...placesIn(policies.one, 'attachments', subject),
  columns: [{ title: 'ATTACHED TO', member: 'subject' }],
};

const ofSubject = {
  ...policies.all,
  path(input: CommandInput): string {
    const [asked] = input.arguments;
    return policies.all.path(input) + (asked === undefined ? '' : adminPath`?subject=${asked}`);
  },
};

const show: CommandDeclaration = {
  words: ['policy', 'show'],
  summary: 'Write the document of a policy',
  arguments: policies.one.arguments,
  options: [...policies.one.options, ...clientOptions],
  async run(input, context) {
    const answer = await connectAdmin(input, context).get(policies.one.path(input));
    const found = recordIn(answer, 'policy');
    printJson(input.has('--json') ? found : found['document'], context);
    return cliExitCodes.ok;
  },
};

export const policyCommands: readonly CommandDeclaration[] = [
  recordCommand(
    policies,
    policies.all,
    {
      word: 'add',
      summary: 'Store a policy',
      arguments: [{ name: 'NAME', summary: 'Name of the policy' }, file],
      options: [
        { flag: '--language', value: 'LANGUAGE', summary: 'aws, ibm or scp (default: aws)' },
        {
          flag: '--attach',
          value: 'SUBJECT',
          summary: 'Attach it at once: user:NAME, service:NAME and so on',
        },
        descriptionOption,
      ],
      examples: [
        {
          line: 'gotgan policy add read-photos photos.json --attach user:kim',
          summary: 'and give it to somebody',
        },
      ],
    },
    (client, path, input) => {
      const attach = input.option('--attach');
      return client.post(path, {
        name: firstOf(input),
        description: input.option('--description') ?? '',
        language: input.option('--language') ?? 'aws',
        document: readDocument(input.arguments[1] ?? ''),
        attachedTo: attach === undefined ? [] : [attach],
      });
    },
  ),
  listCommand(
    policies,
    {
      word: 'list',
      summary: 'List the policies of an account, or those of somebody',
      arguments: [{ ...subject, isOptional: true }],
    },
    ofSubject,
  ),
  show,
  recordCommand(
    policies,
    policies.one,
    { word: 'set', summary: 'Give a policy another document, from the next request on', arguments: [file] },
    (client, path, input) => client.patch(path, { document: readDocument(input.arguments[1] ?? '') }),
  ),
  recordCommand(
    attachments,
    attachments.one,
    { word: 'attach', summary: 'Attach a policy to somebody, from the next request on' },
    (client, path) => client.put(path, {}),
  ),
  removeCommand(attachments, { word: 'detach', summary: 'Take a policy away from somebody' }),
  removeCommand(policies, { word: 'remove', summary: 'Remove a policy' }),
];
