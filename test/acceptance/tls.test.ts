// HTTPS by the server itself, and certificates that are renewed by SIGHUP on every worker without losing a connection.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { connect, type TLSSocket } from 'node:tls';
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { IndependentSigner } from '../support/independent-signer.ts';
import { childrenOf, eventually } from '../support/process-table.ts';
import { headOf } from '../support/raw-http.ts';
import { connectS3 } from '../support/s3-client.ts';
import { runGotgan, type ServerProcess, startServer } from '../support/server-process.ts';

const WORKERS = 2;
const OLD_CONNECTIONS = 6;
const RENEWAL_MILLIS_MAX = 10_000;
const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

/** One TLS connection on which requests follow each other. */
class SecureConnection {
  readonly socket: TLSSocket;
  #received = '';

  constructor(socket: TLSSocket) {
    this.socket = socket;
    socket.setEncoding('latin1').on('data', (text: string) => {
      this.#received += text;
    });
    socket.on('error', () => undefined);
  }

  static open(url: string): Promise<SecureConnection> {
    const { promise, resolve, reject } = Promise.withResolvers<SecureConnection>();
    const socket = connect({ port: Number(new URL(url).port), host: '127.0.0.1', rejectUnauthorized: false });
    socket.once('error', reject);
    socket.once('secureConnect', () => resolve(new SecureConnection(socket)));
    return promise;
  }

  get certificateName(): string {
    return String(this.socket.getPeerCertificate().subject.CN);
  }

  /** Status and body of the answer to what was sent last. */
  async answer(): Promise<{ status: number; body: string }> {
    for (let waited = 0; waited < 500; waited += 1) {
      const head = /^HTTP\/1\.1 (\d+)[\s\S]*?\r\ncontent-length: (\d+)\r\n[\s\S]*?\r\n\r\n/i.exec(
        this.#received,
      );
      const end = head === null ? 0 : head[0].length + Number(head[2]);
      if (head !== null && this.#received.length >= end) {
        const body = this.#received.slice(head[0].length, end);
        this.#received = this.#received.slice(end);
        return { status: Number(head[1]), body };
      }
      assert.ok(!this.socket.destroyed, 'the connection was closed');
      await pause(20);
    }
    return assert.fail(`no answer: ${this.#received}`);
  }

  ask(path = '/healthz'): Promise<{ status: number; body: string }> {
    this.socket.write(`GET ${path} HTTP/1.1\r\nHost: h\r\n\r\n`);
    return this.answer();
  }
}

describe('TLS', { skip: hasOpenssl ? false : 'there is no openssl here to make certificates with' }, () => {
  let folder: string;
  let server: ServerProcess;
  const fileOf = (name: string) => join(folder, name);
  const connections: SecureConnection[] = [];

  function makeCertificate(name: string): void {
    const files = ['-keyout', fileOf(`${name}.key`), '-out', fileOf(`${name}.crt`)];
    const what = ['-subj', `/CN=${name}`, '-addext', 'subjectAltName=IP:127.0.0.1', '-days', '2', '-nodes'];
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
    execFileSync('openssl', ['req', '-x509', ...key, ...files, ...what], { stdio: 'ignore' });
  }

  function install(certificate: string, key = certificate): void {
    copyFileSync(fileOf(`${certificate}.crt`), fileOf('server.crt'));
    copyFileSync(fileOf(`${key}.key`), fileOf('server.key'));
  }

  async function open(url: string): Promise<SecureConnection> {
    const connection = await SecureConnection.open(url);
    connections.push(connection);
    return connection;
  }

  /** Names shown to as many new connections as reach every worker. */
  async function newNames(url: string): Promise<string[]> {
    const opened = await Promise.all(Array.from({ length: WORKERS * 3 }, () => open(url)));
    const names = opened.map(({ certificateName }) => certificateName);
    for (const { socket } of opened) socket.destroy();
    return [...new Set(names)].sort();
  }

  async function untilNewNamesAre(expected: string): Promise<void> {
    for (const url of [server.storageUrl, server.controlUrl]) {
      let names: string[] = [];
      for (const begun = Date.now(); Date.now() - begun < RENEWAL_MILLIS_MAX; await pause(50)) {
        names = await newNames(url);
        if (names.join() === expected) break;
      }
      assert.deepEqual(names, [expected], url);
    }
  }

  async function untilLogged(pattern: RegExp, from: number): Promise<string> {
    for (const begun = Date.now(); Date.now() - begun < RENEWAL_MILLIS_MAX; await pause(20)) {
      const found = pattern.exec(server.logs().slice(from));
      if (found !== null) return found[0];
    }
    return assert.fail(`nothing like ${pattern} in ${server.logs().slice(from)}`);
  }

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'gotgan-tls-'));
    for (const name of ['one', 'two', 'three']) makeCertificate(name);
    install('one');
    server = await startServer({
      workers: WORKERS,
      env: { GOTGAN_TLS_CERT: fileOf('server.crt'), GOTGAN_TLS_KEY: fileOf('server.key') },
    });
  });
  after(async () => {
    for (const { socket } of connections) socket.destroy();
    await server?.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  test('every address speaks HTTPS, and the SDK works over it', async () => {
    assert.match(server.storageUrl, /^https:/);
    assert.match(server.controlUrl, /^https:/);
    const httpsAgent = new Agent({ ca: readFileSync(fileOf('one.crt')) });
    const s3 = connectS3(server, { requestHandler: { httpsAgent } });
    await s3.send(new CreateBucketCommand({ Bucket: 'over-tls' }));
    await s3.send(new PutObjectCommand({ Bucket: 'over-tls', Key: 'key', Body: 'secret' }));
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'over-tls', Key: 'key' }));
    assert.equal(await Body?.transformToString(), 'secret');
    s3.destroy();
  });

  test('SIGHUP renews the certificate on every worker; open connections and uploads go on', async () => {
    const old = await Promise.all(Array.from({ length: OLD_CONNECTIONS }, () => open(server.controlUrl)));
    for (const connection of old) assert.equal((await connection.ask()).status, 200);
    const body = Buffer.alloc(300_000, 'x');
    const upload = await open(server.storageUrl);
    const identity = { accessKeyId: server.accessKey, secret: server.secretKey, region: 'KR1' };
    const { host } = new URL(server.storageUrl);
    const request = new IndependentSigner(identity, new Date()).byHeader({
      method: 'PUT',
      host,
      path: '/over-tls/during',
      body,
    });
    upload.socket.write(headOf(request));
    upload.socket.write(body.subarray(0, 100_000));
    const logged = server.logs().length;
    install('two');
    process.kill(server.pid, 'SIGHUP');
    await untilLogged(/the certificate has been renewed/, logged);
    await untilNewNamesAre('two');
    for (const connection of old) {
      assert.equal((await connection.ask()).status, 200);
      assert.equal(connection.certificateName, 'one');
    }
    upload.socket.write(body.subarray(100_000));
    assert.equal((await upload.answer()).status, 200);
  });

  test('a certificate that cannot be used leaves the one in use, and the log says why', async () => {
    const broken: readonly (readonly [string, () => void])[] = [
      ['is no PEM certificate that fits the key', () => install('three', 'one')],
      ['is no PEM certificate that fits the key', () => writeFileSync(fileOf('server.crt'), 'garbage')],
      ['cannot be read \\(ENOENT\\)', () => rmSync(fileOf('server.crt'))],
    ];
    for (const [reason, spoil] of broken) {
      install('three');
      spoil();
      const logged = server.logs().length;
      process.kill(server.pid, 'SIGHUP');
      const line = await untilLogged(
        /.*the certificate was not renewed: the one in use stays in use.*/,
        logged,
      );
      assert.match(line, new RegExp(reason));
      assert.match(line, /server\.crt/);
      assert.doesNotMatch(line, /PRIVATE KEY/);
      await untilNewNamesAre('two');
    }
  });

  test('a worker that is replaced meanwhile serves the certificate in use', async () => {
    const [victim] = childrenOf(server.pid);
    assert.ok(victim !== undefined);
    const logged = server.logs().length;
    process.kill(victim, 'SIGKILL');
    await untilLogged(/a worker has died/, logged);
    await eventually('as many workers as before', async () => {
      const { body } = await (await open(server.controlUrl)).ask('/metrics');
      return childrenOf(server.pid).length === WORKERS && /^gotgan_workers 2$/m.test(body);
    });
    await untilNewNamesAre('two');
    install('three');
    process.kill(server.pid, 'SIGHUP');
    await untilNewNamesAre('three');
  });

  test('a start with a certificate that does not fit is refused in a sentence', async () => {
    install('one', 'two');
    const end = await runGotgan(['serve', '--data-dir', fileOf('data'), '--storage-address', '127.0.0.1:0'], {
      GOTGAN_CONTROL_ADDRESS: '127.0.0.1:0',
      GOTGAN_TLS_CERT: fileOf('server.crt'),
      GOTGAN_TLS_KEY: fileOf('server.key'),
    });
    assert.notEqual(end.code, 0);
    assert.match(
      end.stderr,
      /GOTGAN_TLS_CERT is .* expected a PEM certificate that fits the key in GOTGAN_TLS_KEY/,
    );
  });
});

test('without TLS a hangup lets running requests end', async () => {
  const plain = await startServer();
  process.kill(plain.pid, 'SIGHUP');
  process.kill(plain.pid, 'SIGHUP');
  assert.deepEqual(await plain.ended(), { code: 0, signal: null });
  assert.match(plain.logs(), /stopping: running requests may end/);
  await plain.dispose();
});
