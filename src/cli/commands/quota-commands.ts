import { adminPath, clientOptions, connectAdmin } from '../admin-client.ts';
import { recordIn } from '../answers.ts';
import {
  type ArgumentDeclaration,
  CliError,
  type CommandDeclaration,
  type CommandInput,
  cliExitCodes,
  type OptionDeclaration,
} from '../command-declaration.ts';
import { type Column, printFields, printRows, type Row } from '../print-table.ts';

const columns: readonly Column[] = [
  { title: 'REGION', member: 'region' },
  { title: 'BYTES', member: 'bytes', kind: 'bytes' },
  { title: 'OBJECTS', member: 'objects', kind: 'count' },
];

const account: ArgumentDeclaration = { name: 'ACCOUNT', summary: 'Id or name of the account' };
const target: readonly OptionDeclaration[] = [
  { flag: '--bucket', value: 'BUCKET', summary: 'Of this bucket instead of the whole account' },
  { flag: '--in', value: 'REGION', summary: 'In this region (default: in all of them)' },
];

function numberOf(input: CommandInput, flag: string): number | undefined {
  const text = input.option(flag);
  if (text === undefined) return undefined;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new CliError(`${flag} ${text}: give a whole number`, cliExitCodes.usage);
}

function pathOf(input: CommandInput): string {
  const [name = ''] = input.arguments;
  const bucket = input.option('--bucket');
  return bucket === undefined
    ? adminPath`/accounts/${name}/quota`
    : adminPath`/accounts/${name}/buckets/${bucket}/quota`;
}

const show: CommandDeclaration = {
  words: ['quota', 'show'],
  summary: 'Show how much an account may hold',
  details: 'Quotas of buckets are shown by `gotgan status --buckets --json` and by the admin API.',
  arguments: [account],
  options: clientOptions,
  async run(input, context) {
    const { quotas } = await connectAdmin(input, context).get(pathOf(input));
    printRows((quotas ?? []) as Row[], columns, input, context);
    return cliExitCodes.ok;
  },
};

const set: CommandDeclaration = {
  words: ['quota', 'set'],
  summary: 'Limit how much an account or a bucket may hold',
  details:
    'What is left out has no limit. Uploads beyond it are refused; what is there already stays. Workers know of each ' +
    "other's uploads after a second, so that as much as they take in within one may go beyond it.",
  arguments: [account],
  options: [
    { flag: '--bytes', value: 'BYTES', summary: 'Bytes of all versions of all objects' },
    { flag: '--objects', value: 'COUNT', summary: 'Current objects' },
    ...target,
    ...clientOptions,
  ],
  examples: [{ line: 'gotgan quota set team --bytes 1000000000000', summary: 'a terabyte in each region' }],
  async run(input, context) {
    const bytes = numberOf(input, '--bytes');
    const objects = numberOf(input, '--objects');
    if (bytes === undefined && objects === undefined) {
      throw new CliError(
        'Give --bytes, --objects or both; `gotgan quota remove` takes a quota away',
        cliExitCodes.usage,
      );
    }
    const region = input.option('--in');
    const document = {
      ...(region !== undefined && { region }),
      ...(bytes !== undefined && { bytes }),
      ...(objects !== undefined && { objects }),
    };
    const answer = await connectAdmin(input, context).put(pathOf(input), document);
    if (answer['quotas'] !== undefined) printRows(answer['quotas'] as Row[], columns, input, context);
    else printFields(recordIn(answer, 'quota'), columns, input, context);
    return cliExitCodes.ok;
  },
};

const remove: CommandDeclaration = {
  words: ['quota', 'remove'],
  summary: 'Take the quota of an account or a bucket away',
  arguments: [account],
  options: [...target, ...clientOptions],
  async run(input, context) {
    const region = input.option('--in');
    await connectAdmin(input, context).put(pathOf(input), region === undefined ? {} : { region });
    return cliExitCodes.ok;
  },
};

export const quotaCommands: readonly CommandDeclaration[] = [show, set, remove];
