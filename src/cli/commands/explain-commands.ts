import { adminPath, clientOptions, connectAdmin } from '../admin-client.ts';
import { recordIn } from '../answers.ts';
import { CliError, type CommandDeclaration, cliExitCodes } from '../command-declaration.ts';
import { type Column, printJson, printRows } from '../print-table.ts';
import { readDocument, readText } from '../read-document.ts';
import { account } from '../record-commands.ts';
import { renderExplanation } from '../render-explanation.ts';

/** The first one proposed. Throws CliError when there is none. */
function repairIn(denial: Readonly<Record<string, unknown>>): unknown {
  const { candidates } = denial;
  for (const candidate of Array.isArray(candidates) ? candidates : []) {
    const { repair } = candidate as { readonly repair?: unknown };
    if (repair !== undefined) return repair;
  }
  throw new CliError(
    'No policy of IBM Cloud is proposed for this denial: see the whole explanation.',
    cliExitCodes.failed,
  );
}

const explain: CommandDeclaration = {
  words: ['explain'],
  summary: 'Say why a call was denied, and the smallest change that would have allowed it',
  details:
    'Takes the request id that the answer carried (x-amz-request-id, x-trans-id, X-Openstack-Request-Id). Denials are kept for 30 days.',
  arguments: [{ name: 'REQUEST_ID', summary: 'The request id of the denied call' }],
  options: [
    { flag: '--repair', summary: 'Print only the policy that would allow the call, as IBM Cloud takes it' },
    ...clientOptions,
  ],
  examples: [
    {
      line: 'gotgan explain txd6f0c1a2b3c4d5e6f7a8b-0069aa0f00',
      summary: 'a call that was answered with AccessDenied',
    },
  ],
  async run(input, context) {
    const answer = await connectAdmin(input, context).get(adminPath`/denials/${input.arguments[0] ?? ''}`);
    const denial = recordIn(answer, 'denial');
    if (input.has('--repair')) context.write(`${JSON.stringify(repairIn(denial))}\n`);
    else if (input.has('--json')) printJson(denial, context);
    else context.write(renderExplanation(denial, context.isTerminal));
    return cliExitCodes.ok;
  },
};

const simulate: CommandDeclaration = {
  words: ['simulate'],
  summary: 'Say whether a call would be allowed, and why, without making it',
  arguments: [{ name: 'ACTION', summary: 'As policies call it: s3:GetObject' }],
  options: [
    ...account.options,
    {
      flag: '--principal',
      value: 'SUBJECT',
      summary: 'user:NAME, service:NAME, role:NAME, or public for nobody known (default: the caller)',
    },
    { flag: '--bucket', value: 'BUCKET', summary: 'What it is about' },
    { flag: '--key', value: 'KEY', summary: 'And which object in it' },
    { flag: '--version-id', value: 'ID', summary: 'And which version of it' },
    { flag: '--region', value: 'REGION', summary: 'Region of the bucket (default: the first)' },
    {
      flag: '--conditions',
      value: 'FILE',
      summary: 'What the request says of itself, a JSON object such as {"aws:SourceIp": "192.0.2.1"}',
    },
    {
      flag: '--bucket-policy',
      value: 'FILE',
      summary:
        'A policy that counts in place of the one of the bucket, without being stored; an empty file for none',
    },
    {
      flag: '--policy',
      value: 'FILE',
      summary:
        'A policy of the principal that is not stored, besides those that are, or in place of --policy-id',
    },
    { flag: '--policy-id', value: 'POLICY', summary: 'Id or name of the policy that --policy stands for' },
    {
      flag: '--language',
      value: 'LANGUAGE',
      summary: 'Of a --policy that stands for none: aws, ibm or scp (default: aws)',
    },
    ...clientOptions,
  ],
  examples: [
    {
      line: 'gotgan simulate s3:PutObject --principal user:kim --bucket photos --key a.jpg',
      summary: 'may kim store it?',
    },
    {
      line: 'gotgan simulate s3:GetObject --principal public --bucket photos --key a.jpg --bucket-policy draft.json',
      summary: 'and with this policy?',
    },
  ],
  async run(input, context) {
    const options = [
      ['account', '--account'],
      ['principal', '--principal'],
      ['bucket', '--bucket'],
      ['key', '--key'],
      ['versionId', '--version-id'],
      ['region', '--region'],
      ['policyId', '--policy-id'],
      ['language', '--language'],
    ] as const;
    const given = options.flatMap(([member, flag]) => {
      const value = input.option(flag);
      return value === undefined ? [] : [[member, value] as const];
    });
    const conditions = input.option('--conditions');
    const drafts = [
      ['bucketPolicy', '--bucket-policy'],
      ['policy', '--policy'],
    ] as const;
    const drafted = drafts.flatMap(([member, flag]) => {
      const path = input.option(flag);
      return path === undefined ? [] : [[member, readText(path)] as const];
    });
    const answer = await connectAdmin(input, context).post('/simulate', {
      action: input.arguments[0] ?? '',
      ...Object.fromEntries([...given, ...drafted]),
      ...(conditions === undefined ? {} : { conditions: readDocument(conditions) }),
    });
    const simulation = recordIn(answer, 'simulation');
    if (input.has('--json')) printJson(simulation, context);
    else context.write(renderExplanation(simulation, context.isTerminal));
    return simulation['allowed'] === true ? cliExitCodes.ok : cliExitCodes.failed;
  },
};

const columns: readonly Column[] = [
  { title: 'TIME', member: 'time', kind: 'time' },
  { title: 'REQUEST ID', member: 'requestId' },
  { title: 'OPERATION', member: 'operation' },
  { title: 'CAUSE', member: 'cause' },
  { title: 'WHO', member: 'who' },
  { title: 'BUCKET', member: 'bucket' },
  { title: 'KEY', member: 'key' },
];

const filters = [
  ['principal', '--principal', 'WHO', 'Only of this user, service, role or key'],
  ['bucket', '--bucket', 'BUCKET', 'Only about this bucket'],
  ['cause', '--cause', 'CAUSE', 'Only with this cause, such as not-allowed or clock-skew'],
  ['since', '--since', 'TIME', 'Only from then on, in ISO 8601'],
] as const;

const denials: CommandDeclaration = {
  words: ['denials'],
  summary: 'List denied calls, newest first',
  arguments: [],
  options: [
    ...filters.map(([, flag, value, summary]) => ({ flag, value, summary })),
    { flag: '--limit', value: 'NUMBER', summary: 'At most so many (default: 50)' },
    ...clientOptions,
  ],
  async run(input, context) {
    const query = new URLSearchParams({ limit: input.option('--limit') ?? '50' });
    for (const [name, flag] of filters) {
      const value = input.option(flag);
      if (value !== undefined) query.set(name, value);
    }
    const path = `/denials?${query.toString().replaceAll('+', '%20')}`;
    const { denials: found } = await connectAdmin(input, context).get(path);
    const rows = (Array.isArray(found) ? found : []).map((row: Record<string, unknown>) => {
      const { kind, name } = recordIn(row, 'principal');
      return input.has('--json') ? row : { ...row, who: name ?? kind };
    });
    printRows(rows, columns, input, context);
    return cliExitCodes.ok;
  },
};

export const explainCommands: readonly CommandDeclaration[] = [explain, simulate, denials];
