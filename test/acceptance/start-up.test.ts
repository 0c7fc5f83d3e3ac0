// Starting and stopping: what a newcomer sees, what a wrong setting says, and that nothing is left behind.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, describe, it } from 'node:test';
import { CreateBucketCommand, ListBucketsCommand } from '@aws-sdk/client-s3';
import { assertS3Error, connectS3 } from '../support/s3-client.ts';
import {
  runGotgan,
  ServerDidNotStart,
  type ServerOptions,
  type ServerProcess,
  startServer,
} from '../support/server-process.ts';

const started: ServerProcess[] = [];
const folder = mkdtempSync(join(tmpdir(), 'gotgan-start-up-'));
afterEach(async () => {
  for (const server of started.splice(0)) await server.dispose();
});
after(() => rmSync(folder, { recursive: true }));

async function start(options: ServerOptions = {}): Promise<ServerProcess> {
  const server = await startServer(options);
  started.push(server);
  return server;
}

async function failToStart(options: ServerOptions): Promise<ServerDidNotStart> {
  try {
    await start(options);
  } catch (error) {
    if (error instanceof ServerDidNotStart) return error;
    throw error;
  }
  return assert.fail('the server has started');
}

describe('the first start', () => {
  it('makes a root pair, shows it once, keeps it for its owner, and it works', async () => {
    const server = await start({ generateRootPair: true });
    const banner = server.output();
    assert.match(banner, /^ {2}Gotgan \d+\.\d+\.\d+$/m);
    assert.match(banner, /^ {2}Storage {5}http:\/\/127\.0\.0\.1:\d+ {3}S3, Swift$/m);
    assert.match(banner, /^ {2}Control {5}http:\/\/127\.0\.0\.1:\d+ /m);
    assert.match(banner, /^ {2}Region {6}KR1$/m);
    assert.ok(banner.includes(`  Data        ${server.dataDirectory}\n`));
    const { accessKey, secretKey } = server;
    assert.match(accessKey, /^[0-9a-f]{32}$/);
    assert.match(secretKey, /^[0-9a-f]{64}$/);
    assert.ok(
      banner.includes(
        `  Try: AWS_ACCESS_KEY_ID=${accessKey} AWS_SECRET_ACCESS_KEY=${secretKey} ` +
          `aws --endpoint-url ${server.storageUrl} s3 mb s3://my-first-bucket\n`,
      ),
    );
    for (const name of ['root-credentials.json', 'master.key']) {
      assert.equal(statSync(join(server.dataDirectory, name)).mode & 0o777, 0o600, name);
    }
    await connectS3(server).send(new CreateBucketCommand({ Bucket: 'my-first-bucket' }));
    const shown = await runGotgan(['credentials'], { GOTGAN_DATA_DIR: server.dataDirectory });
    assert.match(shown.stdout, new RegExp(`${accessKey}\nSecret key\t${secretKey}\n`));

    await server.restart();
    assert.equal(server.output().split(secretKey).length, 3, 'the second banner shows no secret');
    const { Buckets } = await connectS3(server).send(new ListBucketsCommand({}));
    assert.equal(Buckets?.[0]?.Name, 'my-first-bucket');
    assert.equal(server.logs().includes(secretKey), false);
  });

  it('honours the root settings, and later starts do not', async () => {
    const account = 'ABCDEF00112233445566778899aabbcc';
    const server = await start({
      env: {
        GOTGAN_ROOT_ACCOUNT: account,
        GOTGAN_ROOT_USER: 'boss@example.com',
        GOTGAN_ROOT_PASSWORD: 'a password',
        GOTGAN_ROOT_ACCESS_KEY: 'AKIAROOT',
        GOTGAN_ROOT_SECRET_KEY: 'the/first+secret',
        GOTGAN_ROOT_API_KEY: 'an-api-key',
      },
    });
    const listed = await connectS3(server).send(new ListBucketsCommand({}));
    assert.equal(listed.Owner?.ID, account.toLowerCase());
    const file = JSON.parse(readFileSync(join(server.dataDirectory, 'root-credentials.json'), 'utf8'));
    assert.deepEqual(file, {
      accountId: account.toLowerCase(),
      userName: 'boss@example.com',
      accessKeyId: 'AKIAROOT',
      secretKey: 'the/first+secret',
    });
    await server.restart({ GOTGAN_ROOT_SECRET_KEY: 'another-secret' });
    await assertS3Error(connectS3(server).send(new ListBucketsCommand({})), {
      code: 'SignatureDoesNotMatch',
      status: 403,
    });
    const credentials = { accessKeyId: 'AKIAROOT', secretAccessKey: 'the/first+secret' };
    await connectS3(server, { credentials }).send(new ListBucketsCommand({}));
  });

  it('refuses to make a new master key for an old store', async () => {
    const server = await start();
    await server.stop();
    const key = readFileSync(join(server.dataDirectory, 'master.key'));
    rmSync(join(server.dataDirectory, 'master.key'));
    const failure = await failToStart({ dataDirectory: server.dataDirectory });
    assert.match(failure.logs, /master\.key is missing, and the secrets .* restore it from a backup\.\n/);
    writeFileSync(join(server.dataDirectory, 'master.key'), `1 ${'0'.repeat(64)}\n`, { mode: 0o600 });
    const other = await failToStart({ dataDirectory: server.dataDirectory });
    assert.match(other.logs, /does not open under the master key 1\.\n/);
    writeFileSync(join(server.dataDirectory, 'master.key'), key, { mode: 0o600 });
    await server.restart();
  });
});

describe('settings', () => {
  it('stop the start with one sentence for every mistake', async () => {
    const { end, logs } = await failToStart({
      env: {
        GOTGAN_WORKERS: 'many',
        GOTGAN_REGIONS: 'KR1,KR2',
        GOTGAN_TLS_CERT: '/nowhere/cert.pem',
        GOTGAN_ROOT_SECRET_KEY: 'with a blank',
      },
      args: ['--log-level', 'loud'],
    });
    assert.equal(end.code, 64);
    assert.deepEqual(logs.trimEnd().split('\n').sort(), [
      'gotgan: GOTGAN_LOG_LEVEL (from the flag --log-level) is "loud": expected one of silent, fatal, error, warn, info, debug, trace.',
      'gotgan: GOTGAN_REGIONS is "KR1,KR2": expected an address or a host for every region but one, and KR1, KR2 could not be told apart.',
      'gotgan: GOTGAN_ROOT_SECRET_KEY is not usable: expected a secret of at most 256 printable characters without blanks.',
      'gotgan: GOTGAN_TLS_CERT is set without GOTGAN_TLS_KEY: expected both or neither.',
      'gotgan: GOTGAN_WORKERS is "many": expected a whole number from 1 to 256.',
    ]);
  });

  it('come from the file, over it from the environment, over that from flags', async () => {
    const file = join(folder, 'gotgan.conf');
    writeFileSync(file, '# a comment\nGOTGAN_REGIONS=FILE\nGOTGAN_DOMAIN="from.file"\nGOTGAN_WORKERS = 3\n');
    const server = await start({
      env: { GOTGAN_WORKERS: undefined, GOTGAN_REGIONS: 'ENV' },
      args: ['--config', file, '--regions', 'FLAG'],
    });
    assert.match(server.output(), /Region +FLAG\n/);
    assert.match(server.output(), /Workers +3\n/);
    writeFileSync(file, 'GOTGAN_REGION=KR1\nnonsense\n');
    const { end, logs } = await failToStart({ args: ['--config', file] });
    assert.equal(end.code, 64);
    assert.match(logs, /GOTGAN_REGION \(from .*gotgan\.conf\) is no setting: expected one of those in /);
    assert.match(logs, /Line 2 of .*gotgan\.conf is not of the form NAME=value\.\n/);
  });

  it('warn of variables that are no settings', async () => {
    const server = await start({ env: { GOTGAN_DATADIR: '/tmp' } });
    assert.match(server.logs(), /"level":"warn".*The environment variable GOTGAN_DATADIR is no setting/);
  });

  it('serve several regions, by address and by host', async () => {
    const server = await start({ env: { GOTGAN_REGIONS: 'KR1,KR2=127.0.0.1:0;ibm=us-south' } });
    const [first, second] = [
      connectS3(server),
      connectS3(server, { endpoint: server.regionUrl('KR2'), region: 'KR2' }),
    ];
    await first.send(new CreateBucketCommand({ Bucket: 'in-kr1' }));
    await second.send(new CreateBucketCommand({ Bucket: 'in-kr2' }));
    const namesOf = async (s3: typeof first) =>
      (await s3.send(new ListBucketsCommand({}))).Buckets?.map(({ Name }) => Name);
    assert.deepEqual(await namesOf(first), ['in-kr1']);
    assert.deepEqual(await namesOf(second), ['in-kr2']);
    const ibm = connectS3(server, { endpoint: server.regionUrl('KR2'), region: 'us-south' });
    assert.deepEqual(await namesOf(ibm), ['in-kr2']);
    await assertS3Error(connectS3(server, { region: 'KR2' }).send(new ListBucketsCommand({})), {
      code: 'AuthorizationHeaderMalformed',
      status: 400,
    });
  });
});

describe('two of a kind', () => {
  it('a second server on one data directory says so and exits', async () => {
    const server = await start();
    const { end, logs } = await failToStart({ dataDirectory: server.dataDirectory });
    assert.equal(end.code, 1);
    assert.equal(
      logs,
      `gotgan: The data directory ${server.dataDirectory} is in use by another server (process ${server.pid}).\n`,
    );
    await connectS3(server).send(new ListBucketsCommand({}));
  });

  it('a taken address is named', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const address = other.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const { end, logs } = await failToStart({
      workers: 2,
      env: { GOTGAN_CONTROL_ADDRESS: `127.0.0.1:${port}` },
    });
    other.close();
    assert.equal(end.code, 1);
    const sentence = `GOTGAN_CONTROL_ADDRESS is "127.0.0.1:${port}": another program is listening there already.`;
    assert.ok(logs.includes(`gotgan: ${sentence}\n`), logs);
  });
});

it('a second start answers on /healthz within a moment', async () => {
  const server = await start();
  await server.stop();
  const begun = performance.now();
  await server.restart();
  assert.equal((await fetch(`${server.controlUrl}/healthz`)).status, 200);
  // The goal is 1.5 s; this much is for machines that are busy with other tests.
  assert.ok(performance.now() - begun < 6000);
});
