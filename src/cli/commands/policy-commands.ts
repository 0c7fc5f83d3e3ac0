import { adminPath, clientOptions, connectAdmin } from '../admin-client.ts';
import { recordIn } from '../answers.ts';
import {
  type ArgumentDeclaration,
  type CommandDeclaration,
  type CommandInput,
  cliExitCodes,
} from '../command-declaration.ts';
import { printRemoval } from '../print-removal.ts';
import { type Column, printFields, printJson, printRows } from '../print-table.ts';
import { readDocument } from '../read-document.ts';
import { accountIn, accountOption } from './user-commands.ts';

const columns: readonly Column[] = [
  { title: 'POLICY', member: 'id' },
  { title: 'NAME', member: 'name' },
  { title: 'LANGUAGE', member: 'language' },
  { title: 'ATTACHED TO', member: 'attachedTo' },
  { title: 'CREATED', member: 'createdAt', kind: 'time' },
];

const policy: ArgumentDeclaration = { name: 'POLICY', summary: 'Id or name of the policy' };
const file: ArgumentDeclaration = { name: 'FILE', summary: 'The document, JSON (- reads standard input)' };
const subject: ArgumentDeclaration = {
  name: 'SUBJECT',
  summary: 'user:NAME, service:NAME, group:NAME, role:NAME, or public; ids will do for names',
};
const options = [accountOption, ...clientOptions];

const allOf = (input: CommandInput): string => adminPath`/accounts/${accountIn(input)}/policies`;
const pathOf = (input: CommandInput): string => allOf(input) + adminPath`/${input.arguments[0] ?? ''}`;
const attachmentOf = (input: CommandInput): string =>
  pathOf(input) + adminPath`/attachments/${input.arguments[1] ?? ''}`;

const add: CommandDeclaration = {
  words: ['policy', 'add'],
  summary: 'Store a policy',
  arguments: [{ name: 'NAME', summary: 'Name of the policy' }, file],
  options: [
    accountOption,
    { flag: '--language', value: 'LANGUAGE', summary: 'aws, ibm or scp (default: aws)' },
    { flag: '--attach', value: 'SUBJECT', summary: 'Attach it at once: user:NAME, service:NAME and so on' },
    { flag: '--description', value: 'TEXT', summary: 'What it is for' },
    ...clientOptions,
  ],
  examples: [
    {
      line: 'gotgan policy add read-photos photos.json --attach user:kim',
      summary: 'and give it to somebody',
    },
  ],
  async run(input, context) {
    const attach = input.option('--attach');
    const answer = await connectAdmin(input, context).post(allOf(input), {
      name: input.arguments[0] ?? '',
      description: input.option('--description') ?? '',
      language: input.option('--language') ?? 'aws',
      document: readDocument(input.arguments[1] ?? ''),
      attachedTo: attach === undefined ? [] : [attach],
    });
    printFields(recordIn(answer, 'policy'), columns, input, context);
    return cliExitCodes.ok;
  },
};

const list: CommandDeclaration = {
  words: ['policy', 'list'],
  summary: 'List the policies of an account, or those of somebody',
  arguments: [{ ...subject, isOptional: true }],
  options,
  async run(input, context) {
    const [of] = input.arguments;
    const client = connectAdmin(input, context);
    const path = allOf(input);
    const policies =
      of === undefined
        ? await client.listAll(path, 'policies')
        : (await client.get(path + adminPath`?limit=1000&subject=${of}`))['policies'];
    printRows(Array.isArray(policies) ? policies : [], columns, input, context);
    return cliExitCodes.ok;
  },
};

const show: CommandDeclaration = {
  words: ['policy', 'show'],
  summary: 'Write the document of a policy',
  arguments: [policy],
  options,
  async run(input, context) {
    const found = recordIn(await connectAdmin(input, context).get(pathOf(input)), 'policy');
    printJson(input.has('--json') ? found : found['document'], context);
    return cliExitCodes.ok;
  },
};

const set: CommandDeclaration = {
  words: ['policy', 'set'],
  summary: 'Give a policy another document, from the next request on',
  arguments: [policy, file],
  options,
  async run(input, context) {
    const document = readDocument(input.arguments[1] ?? '');
    const answer = await connectAdmin(input, context).patch(pathOf(input), { document });
    printFields(recordIn(answer, 'policy'), columns, input, context);
    return cliExitCodes.ok;
  },
};

const attach: CommandDeclaration = {
  words: ['policy', 'attach'],
  summary: 'Attach a policy to somebody, from the next request on',
  arguments: [policy, subject],
  options,
  async run(input, context) {
    const answer = await connectAdmin(input, context).put(attachmentOf(input), {});
    printFields(answer, [{ title: 'ATTACHED TO', member: 'subject' }], input, context);
    return cliExitCodes.ok;
  },
};

const detach: CommandDeclaration = {
  words: ['policy', 'detach'],
  summary: 'Take a policy away from somebody',
  arguments: [policy, subject],
  options,
  async run(input, context) {
    await connectAdmin(input, context).delete(attachmentOf(input));
    printRemoval('attachment of policy', input, context);
    return cliExitCodes.ok;
  },
};

const remove: CommandDeclaration = {
  words: ['policy', 'remove'],
  summary: 'Remove a policy',
  arguments: [policy],
  options,
  async run(input, context) {
    await connectAdmin(input, context).delete(pathOf(input));
    printRemoval('policy', input, context);
    return cliExitCodes.ok;
  },
};

export const policyCommands: readonly CommandDeclaration[] = [add, list, show, set, attach, detach, remove];
