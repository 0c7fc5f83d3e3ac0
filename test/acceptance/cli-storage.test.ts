// What people ask of a running store at the terminal: `gotgan ls`, `gotgan status`, and completion by the real shells.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { after, before, describe, it } from 'node:test';
import { CreateBucketCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { assertNoFailures, connectS3 } from '../support/s3-client.ts';
import { runGotgan, type ServerProcess, startServer } from '../support/server-process.ts';

let server: ServerProcess;
let s3: S3Client;
let regions: string;
const LARGE_BYTES = 300_000;

before(async () => {
  regions = 'KR1,KR2=127.0.0.1:0,JP1=jp1.gotgan.test';
  server = await startServer({ env: { GOTGAN_REGIONS: regions } });
  // As an operator writes it: with the port.
  regions = regions.replace('127.0.0.1:0', new URL(server.regionUrl('KR2')).host);
  s3 = connectS3(server);
  await s3.send(new CreateBucketCommand({ Bucket: 'photos' }));
  const keys = ['readme', '2026/사진 1.jpg', '2026/a/b', '2026/\u001b[31m', 'old+new %.txt'];
  for (const Key of keys)
    await s3.send(new PutObjectCommand({ Bucket: 'photos', Key, Body: 'x'.repeat(10) }));
  await s3.send(new PutObjectCommand({ Bucket: 'photos', Key: 'large', Body: 'y'.repeat(LARGE_BYTES) }));
  const second = connectS3(server, { endpoint: server.regionUrl('KR2'), region: 'KR2' });
  await second.send(new CreateBucketCommand({ Bucket: 'in-kr2' }));
  second.destroy();
});
after(async () => {
  s3?.destroy();
  await server?.dispose();
  assertNoFailures(server);
});

function run(...args: readonly string[]) {
  return runGotgan(args, {
    GOTGAN_DATA_DIR: server.dataDirectory,
    GOTGAN_CONTROL_ADDRESS: new URL(server.controlUrl).host,
    GOTGAN_STORAGE_ADDRESS: new URL(server.storageUrl).host,
    GOTGAN_REGIONS: regions,
  });
}

async function runOk(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await run(...args);
  assert.deepEqual([code, stderr], [0, ''], args.join(' '));
  return stdout;
}

const namesIn = (table: string) =>
  table
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => line.split('\t').at(-1));

describe('gotgan ls', () => {
  it('lists the buckets of a region', async () => {
    const [titles, line] = (await runOk('ls')).split('\n').map((text) => text.split('\t'));
    assert.deepEqual(titles, ['CREATED', 'REGION', 'BUCKET']);
    assert.deepEqual(line?.slice(1), ['KR1', 'photos']);
    assert.deepEqual(namesIn(await runOk('ls', '--region', 'kr2')), ['in-kr2']);
    assert.equal(await runOk('ls', '--region', 'JP1', '--json'), '[]\n');
    assert.deepEqual(namesIn(await runOk('ls', '--endpoint', server.regionUrl('KR2'), '--region', 'KR2')), [
      'in-kr2',
    ]);
  });

  it('lists objects and folders, and what is in a folder', async () => {
    assert.deepEqual(namesIn(await runOk('ls', 'photos')), ['2026/', 'large', 'old+new %.txt', 'readme']);
    assert.deepEqual(namesIn(await runOk('ls', 's3://photos/2026/')), ['\\x1b[31m', 'a/', '사진 1.jpg']);
    assert.deepEqual(namesIn(await runOk('ls', 'photos/2026')), ['2026/']);
    assert.match(await runOk('ls', 'photos'), /^\d{4}-\d\d-\d\dT\S+Z\t300000\tlarge$/m);
    assert.equal(namesIn(await runOk('ls', '--recursive', 'photos')).length, 6);
    const listed = JSON.parse(await runOk('ls', 'photos', '--json'));
    assert.deepEqual(listed[0], { key: '2026/', isFolder: true });
    assert.deepEqual([listed[1].key, listed[1].bytes], ['large', LARGE_BYTES]);
  });

  it('shows a thousand entries, or all', async () => {
    await s3.send(new CreateBucketCommand({ Bucket: 'many' }));
    const keys = Array.from({ length: 1005 }, (_, index) => `key-${String(index).padStart(4, '0')}`);
    for (let start = 0; start < keys.length; start += 50) {
      const some = keys.slice(start, start + 50);
      await Promise.all(some.map((Key) => s3.send(new PutObjectCommand({ Bucket: 'many', Key, Body: '' }))));
    }
    const first = await run('ls', 'many');
    assert.equal(first.code, 0);
    assert.equal(first.stderr, 'gotgan: These are the first 1000 entries: --all shows the rest.\n');
    assert.deepEqual(namesIn(first.stdout), keys.slice(0, 1000));
    assert.deepEqual(namesIn(await runOk('ls', '--all', 'many')), keys);
    assert.equal(JSON.parse(await runOk('ls', '--all', '--json', 'many')).length, keys.length);
  });

  it('says what is wrong', async () => {
    const cases: readonly (readonly [readonly string[], number, string | RegExp])[] = [
      [['ls', 'absent'], 1, 'gotgan: There is no bucket absent in region KR1.\n'],
      [['ls', 'photos', '--region', 'KR2'], 1, 'gotgan: There is no bucket photos in region KR2.\n'],
      [['ls', 'photos/none'], 1, 'gotgan: Nothing in photos begins with none.\n'],
      [['ls', '--region', 'XX'], 64, 'gotgan: There is no region XX (GOTGAN_REGIONS: KR1, KR2, JP1).\n'],
      [['ls', '--endpoint', server.controlUrl], 1, /is not the storage address of a Gotgan server/],
      [['ls', '--endpoint', 'http://127.0.0.1:1'], 69, /No server answers at .* \(ECONNREFUSED\)\.\n$/],
      [['ls', 'Not_A_Name'], 1, 'gotgan: The specified bucket is not valid.\n'],
      [
        ['completion', 'tcsh'],
        64,
        /'tcsh' is invalid for argument 'SHELL'. Allowed choices are bash, zsh, fish/,
      ],
    ];
    for (const [args, code, message] of cases) {
      const ended = await run(...args);
      assert.deepEqual([ended.code, ended.stdout], [code, ''], `${args.join(' ')}: ${ended.stderr}`);
      if (typeof message === 'string') assert.equal(ended.stderr, message);
      else assert.match(ended.stderr, message);
    }
  });
});

describe('gotgan status', () => {
  it('shows who has stored how much (ListAccountBuckets), and what the disk holds', async () => {
    await runOk('account', 'add', 'empty');
    const status = JSON.parse(await runOk('status', '--json'));
    assert.ok(status.disk.metadataBytes > 0 && status.disk.freeBytes > 0);
    assert.ok(
      status.disk.blobBytes >= LARGE_BYTES && status.disk.blobFiles === 1,
      JSON.stringify(status.disk),
    );
    const root = status.usage.find(({ name }: { name: string }) => name === 'root');
    const photos = root.buckets.find(({ name }: { name: string }) => name === 'photos');
    assert.deepEqual([photos.objects, photos.bytes, photos.region], [6, LARGE_BYTES + 50, 'KR1']);
    const table = await runOk('status');
    assert.match(table, /^empty\t0\t0\t0$/m);
    assert.match(table, new RegExp(`^root\t\\d\t\\d+\t${root.bytes}$`, 'm'));
    const byBucket = await runOk('status', '--account', 'root');
    assert.match(byBucket, /^root\tphotos\tKR1\t6\t300050$/m);
    assert.match(byBucket, /^root\tin-kr2\tKR2\t0\t0$/m);
    const nobody = await run('status', '--account', 'nobody');
    assert.deepEqual([nobody.code, nobody.stderr], [1, 'gotgan: There is no account nobody.\n']);
  });
});

describe('gotgan completion', () => {
  it('completes words, options and choices in bash', async () => {
    const script = [
      await runOk('completion', 'bash'),
      `try() { COMP_WORDS=("$@"); COMP_CWORD=$(($#-1)); _gotgan; echo "\${COMPREPLY[*]}"; }`,
      'try gotgan acc',
      'try gotgan account r',
      'try gotgan ls --region account --re',
      'try gotgan completion ""',
      'try gotgan ls --region ""',
    ].join('\n');
    const { stdout, stderr } = spawnSync('bash', ['--norc'], { input: script, encoding: 'utf8' });
    const lines = ['account', 'remove', '--recursive --region', 'bash zsh fish --help', '', ''];
    assert.deepEqual([stdout, stderr], [lines.join('\n'), '']);
  });

  for (const shell of ['zsh', 'fish'] as const) {
    const isHere = spawnSync(shell, ['-c', 'true']).status === 0;
    it(`is a script that ${shell} takes`, {
      skip: isHere ? false : `${shell} is not installed`,
    }, async () => {
      const input = await runOk('completion', shell);
      const lines: Record<typeof shell, string> = {
        zsh: 'autoload -U compinit; compinit -D -u\nSCRIPT\n(( $+functions[_gotgan] )) && print defined',
        fish: 'SCRIPT\ncomplete -C "gotgan " | string match -q "account*"; complete -C "gotgan account r" | string replace -r "\\t.*" ""',
      };
      const text = lines[shell].replace('SCRIPT', () => input);
      const { stdout, stderr } = spawnSync(shell, ['-c', text], { encoding: 'utf8' });
      assert.deepEqual([stdout, stderr], [shell === 'zsh' ? 'defined\n' : 'remove\n', '']);
    });
  }

  it('stands in the help, with examples', async () => {
    assert.match(await runOk('ls', '--help'), /Examples:\n {2}gotgan ls +the buckets of the account\n/);
    assert.equal(await runOk('help', 'ls'), await runOk('ls', '--help'));
    const group = await run('account');
    assert.deepEqual([group.code, group.stderr], [64, '']);
    assert.match(group.stdout, /^Usage: gotgan account .*Commands:\n {2}add /s);
    assert.match(await runOk('--help'), /source <\(gotgan completion bash\)/);
    assert.deepEqual(Object.keys(JSON.parse(await runOk('version', '--json'))), ['name', 'version']);
  });
});
