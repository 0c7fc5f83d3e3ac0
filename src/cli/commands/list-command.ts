/** `gotgan ls`: buckets, or what is in one, over the S3 API. Pages are shown as they arrive. */
import { decodePercent } from '../../lib/percent-encoding.ts';
import type { XmlElement } from '../../lib/xml-reader.ts';
import {
  CliError,
  type CommandContext,
  type CommandDeclaration,
  type CommandInput,
  cliExitCodes,
} from '../command-declaration.ts';
import { type Column, printRows, type Row, renderRows } from '../print-table.ts';
import { showBytes } from '../show-value.ts';
import { childrenOf, connectStorage, type StorageClient, storageOptions, textIn } from '../storage-client.ts';

const PAGE = '1000';

const bucketColumns: readonly Column[] = [
  { title: 'CREATED', member: 'createdAt', kind: 'time' },
  { title: 'REGION', member: 'region' },
  { title: 'BUCKET', member: 'name' },
];

const objectColumns: readonly Column[] = [
  { title: 'MODIFIED', member: 'modifiedAt', kind: 'time', cellsMin: 19 },
  { title: 'SIZE', member: 'bytes', kind: 'bytes', cellsMin: 8 },
  { title: 'NAME', member: 'shown' },
];

export const listCommand: CommandDeclaration = {
  words: ['ls'],
  summary: 'List buckets, or the objects and folders in a bucket',
  details:
    'A prefix that ends with a slash is a folder, and its content is shown. The first 1,000 entries are shown, or all of ' +
    'them with --all.',
  arguments: [{ name: 'BUCKET[/PREFIX]', summary: 'What to list (default: the buckets)', isOptional: true }],
  options: [
    { flag: '--recursive', summary: 'Show every object below, and no folders' },
    { flag: '--all', summary: 'Show more than the first 1,000 entries' },
    ...storageOptions,
  ],
  examples: [
    { line: 'gotgan ls', summary: 'the buckets of the account' },
    { line: 'gotgan ls photos/2026/', summary: 'what is in a folder' },
    { line: 'gotgan ls --recursive --all photos', summary: 'every object of a bucket' },
    { line: 'gotgan ls --region JP1 --json', summary: 'the buckets of another region, as JSON' },
  ],
  async run(input, context) {
    const client = connectStorage(input, context);
    const target = (input.arguments[0] ?? '').replace(/^s3:\/\//, '');
    if (target === '') await listBuckets(client, input, context);
    else await listObjects(client, target, input, context);
    return cliExitCodes.ok;
  },
};

async function listBuckets(
  client: StorageClient,
  input: CommandInput,
  context: CommandContext,
): Promise<void> {
  const rows: Row[] = [];
  for (let token: string | undefined = ''; token !== undefined; ) {
    const page: XmlElement = await client.get('', {
      'max-buckets': PAGE,
      ...(token === '' ? {} : { 'continuation-token': token }),
    });
    const buckets = childrenOf(page, 'Buckets').flatMap((list) => childrenOf(list, 'Bucket'));
    for (const bucket of buckets) {
      rows.push({
        name: textIn(bucket, 'Name'),
        region: textIn(bucket, 'BucketRegion') || client.region,
        createdAt: textIn(bucket, 'CreationDate'),
      });
    }
    token = textIn(page, 'ContinuationToken') || undefined;
  }
  if (rows.length === 0 && context.isTerminal && !input.has('--json')) {
    context.write(`There are no buckets in region ${client.region} yet.\n`);
    return;
  }
  printRows(rows, bucketColumns, input, context);
}

async function listObjects(
  client: StorageClient,
  target: string,
  input: CommandInput,
  context: CommandContext,
): Promise<void> {
  const slash = target.indexOf('/');
  const bucket = slash < 0 ? target : target.slice(0, slash);
  const prefix = slash < 0 ? '' : target.slice(slash + 1);
  const isRecursive = input.has('--recursive');
  const printer = input.has('--json') ? jsonPrinter(context) : tablePrinter(context);
  let entries = 0;
  for (let token: string | undefined = ''; token !== undefined; ) {
    const page: XmlElement = await client.get(bucket, {
      'list-type': '2',
      'encoding-type': 'url',
      'max-keys': PAGE,
      prefix,
      ...(isRecursive ? {} : { delimiter: '/' }),
      ...(token === '' ? {} : { 'continuation-token': token }),
    });
    const rows = entriesOf(page, isRecursive ? '' : prefix.slice(0, prefix.lastIndexOf('/') + 1));
    entries += rows.length;
    token = textIn(page, 'IsTruncated') === 'true' ? textIn(page, 'NextContinuationToken') : undefined;
    if (entries === 0 && token === undefined && prefix !== '') {
      throw new CliError(`Nothing in ${bucket} begins with ${prefix}.`);
    }
    printer.add(rows);
    if (token !== undefined && !input.has('--all')) {
      printer.end();
      context.complain(`These are the first ${entries} entries: --all shows the rest.`);
      return;
    }
  }
  printer.end();
}

/** Objects and folders of a page, in the order of their names. `folder` is left off what is shown. */
function entriesOf(page: XmlElement, folder: string): Row[] {
  const objects = childrenOf(page, 'Contents').map((object) => ({
    key: decodePercent(textIn(object, 'Key')),
    bytes: Number(textIn(object, 'Size')),
    modifiedAt: textIn(object, 'LastModified'),
    etag: textIn(object, 'ETag').replaceAll('"', ''),
    storageClass: textIn(object, 'StorageClass'),
  }));
  const folders = childrenOf(page, 'CommonPrefixes').map((found) => ({
    key: decodePercent(textIn(found, 'Prefix')),
    isFolder: true,
  }));
  return [...objects, ...folders]
    .sort((left, right) => Buffer.compare(Buffer.from(left.key), Buffer.from(right.key)))
    .map((entry) => ({ ...entry, shown: entry.key.slice(folder.length) || './' }));
}

interface EntryPrinter {
  add(rows: readonly Row[]): void;
  end(): void;
}

/** Page by page: what a person waits for is seen at once, and a listing of any length takes the memory of a page. */
function tablePrinter(context: CommandContext): EntryPrinter {
  let [isFirst, objects, folders, bytes] = [true, 0, 0, 0];
  return {
    add(rows) {
      const text = renderRows(rows, objectColumns, context.isTerminal);
      context.write(isFirst ? text : text.slice(text.indexOf('\n') + 1));
      isFirst = false;
      for (const row of rows) {
        if (row['isFolder'] === true) folders += 1;
        else objects += 1;
        bytes += typeof row['bytes'] === 'number' ? row['bytes'] : 0;
      }
    },
    end() {
      if (!context.isTerminal) return;
      const parts = [count(objects, 'object'), ...(folders === 0 ? [] : [count(folders, 'folder')])];
      context.write(`${parts.join(', ')}, ${showBytes(bytes)}\n`);
    },
  };
}

function count(number: number, noun: string): string {
  return `${number.toLocaleString('en-US')} ${noun}${number === 1 ? '' : 's'}`;
}

function jsonPrinter(context: CommandContext): EntryPrinter {
  let isFirst = true;
  return {
    add(rows) {
      for (const { shown: _shown, ...row } of rows) {
        context.write(`${isFirst ? '[\n' : ',\n'}  ${JSON.stringify(row)}`);
        isFirst = false;
      }
    },
    end: () => context.write(isFirst ? '[]\n' : '\n]\n'),
  };
}
