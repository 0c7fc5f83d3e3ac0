/** `gotgan status`: what runs, what the disk has left, and who has stored how much. */
import { type AdminClient, adminPath, clientOptions, connectAdmin } from '../admin-client.ts';
import { recordIn } from '../answers.ts';
import {
  type CommandContext,
  type CommandDeclaration,
  type CommandInput,
  cliExitCodes,
} from '../command-declaration.ts';
import { type Column, printFields, printJson, type Row, renderRows } from '../print-table.ts';
import { createProgressLine } from '../progress-line.ts';
import { showBytes } from '../show-value.ts';

const accountColumns: readonly Column[] = [
  { title: 'ACCOUNT', member: 'name' },
  { title: 'BUCKETS', member: 'buckets', kind: 'count' },
  { title: 'OBJECTS', member: 'objects', kind: 'count' },
  { title: 'SIZE', member: 'bytes', kind: 'bytes' },
];

const bucketColumns: readonly Column[] = [
  { title: 'ACCOUNT', member: 'account' },
  { title: 'BUCKET', member: 'name' },
  { title: 'REGION', member: 'region' },
  { title: 'OBJECTS', member: 'objects', kind: 'count' },
  { title: 'SIZE', member: 'bytes', kind: 'bytes' },
];

export const statusCommand: CommandDeclaration = {
  words: ['status'],
  summary: 'Show version, workers, regions, disk, and how much each account has stored',
  details:
    'Objects and their sizes are exact. What the disk holds is measured at most every 10 seconds and may be more, since ' +
    'what was deleted goes a little later. Versions that are not current count.',
  arguments: [],
  options: [
    { flag: '--buckets', summary: 'Show every bucket' },
    { flag: '--account', value: 'ACCOUNT', summary: 'Show the buckets of this account only' },
    ...clientOptions,
  ],
  examples: [
    { line: 'gotgan status', summary: 'the server and its accounts' },
    { line: 'gotgan status --buckets', summary: 'how much is in each bucket' },
    { line: 'gotgan status --json | jq .disk.freeBytes', summary: 'one figure, for a script' },
  ],
  async run(input, context) {
    const client = connectAdmin(input, context);
    const status = await client.get('/status');
    const accounts = await readUsage(client, input, context);
    if (input.has('--json')) {
      printJson({ ...status, usage: accounts }, context);
      return cliExitCodes.ok;
    }
    printServer(status, input, context);
    context.write('\n');
    const isByBucket = input.has('--buckets') || input.option('--account') !== undefined;
    const rows = isByBucket
      ? accounts.flatMap(({ name, buckets }) => buckets.map((bucket) => ({ ...bucket, account: name })))
      : accounts.map(({ name, buckets, objects, bytes }) => ({
          name,
          buckets: buckets.length,
          objects,
          bytes,
        }));
    context.write(renderRows(rows, isByBucket ? bucketColumns : accountColumns, context.isTerminal));
    return cliExitCodes.ok;
  },
};

interface AccountUsage {
  readonly id: unknown;
  readonly name: unknown;
  readonly objects: number;
  readonly bytes: number;
  readonly buckets: readonly Row[];
}

async function readUsage(
  client: AdminClient,
  input: CommandInput,
  context: CommandContext,
): Promise<AccountUsage[]> {
  const asked = input.option('--account');
  const all = await client.listAll('/accounts', 'accounts');
  const accounts = asked === undefined ? all : all.filter(({ id, name }) => id === asked || name === asked);
  // Not among them: the server says so in its own words.
  if (asked !== undefined && accounts.length === 0) await client.get(adminPath`/accounts/${asked}/buckets`);
  const isShown = context.isTerminal && !input.has('--json');
  const progress = createProgressLine({ isTerminal: isShown, write: context.write });
  const usage: AccountUsage[] = [];
  try {
    for (const { id, name } of accounts) {
      progress.show('accounts', usage.length, accounts.length);
      const buckets = await client.listAll(adminPath`/accounts/${String(id)}/buckets`, 'buckets');
      usage.push({ id, name, objects: sum(buckets, 'objects'), bytes: sum(buckets, 'bytes'), buckets });
    }
  } finally {
    progress.clear();
  }
  return usage;
}

function sum(rows: readonly Row[], member: string): number {
  return rows.reduce((total, row) => total + Number(row[member] ?? 0), 0);
}

function printServer(status: Row, input: CommandInput, context: CommandContext): void {
  const forPerson = context.isTerminal;
  const [workers, disk, scrub] = ['workers', 'disk', 'scrub'].map((name) => recordIn(status, name));
  const { regions } = status;
  const findings = Array.isArray(scrub?.['findings']) ? scrub['findings'].length : 0;
  const fields: readonly (Column & { readonly value: unknown })[] = [
    field('Version', status['version']),
    field('Started', status['startedAt'], 'time'),
    field('Uptime', forPerson ? status['uptimeSeconds'] : `${String(status['uptimeSeconds'])} s`, 'duration'),
    field('Workers', `${String(workers?.['listening'])} of ${String(workers?.['configured'])}`),
    field('Restarts', workers?.['restarts'], 'count'),
    field('Regions', Array.isArray(regions) ? regions.join(', ') : ''),
    field('Metadata', disk?.['metadataBytes'], 'bytes'),
    field('Blobs', forPerson ? describeBlobs(disk ?? {}) : disk?.['blobBytes'], 'bytes'),
    field('Free', forPerson ? describeFree(disk ?? {}) : disk?.['freeBytes'], 'bytes'),
    field('Last scrubbed', scrub?.['completedAt'], 'time'),
    field('Damage found', findings === 0 ? 'none' : `${findings} findings: run gotgan check`),
  ];
  printFields(Object.fromEntries(fields.map(({ title, value }) => [title, value])), fields, input, context);
}

function field(title: string, value: unknown, kind: Column['kind'] = 'text') {
  return { title, member: title, kind, value };
}

function describeBlobs(disk: Row): string {
  const files = Number(disk['blobFiles'] ?? 0);
  const shown = `${showBytes(Number(disk['blobBytes'] ?? 0))} in ${files.toLocaleString('en-US')} files`;
  return disk['isPartial'] === true ? `more than ${shown}` : shown;
}

function describeFree(disk: Row): string {
  const [free, total] = [Number(disk['freeBytes'] ?? 0), Number(disk['totalBytes'] ?? 0)];
  const percent = total === 0 ? 0 : Math.floor((free / total) * 100);
  return `${showBytes(free)} of ${showBytes(total)} (${percent}%)`;
}
