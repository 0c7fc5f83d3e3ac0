/**
 * Read-after-write across workers, at its worst moment: one worker is halted (SIGSTOP, as a virtual machine or a garbage collector
 * may do) in the middle of one turn of its event loop, with requests read and requests yet to be read; meanwhile another worker
 * acknowledges a write; then the rest of a request for what was written arrives at the first one, which goes on with its turn.
 *
 * The driver keeps a read snapshot until a timer fires, that is: to the end of the turn. Whoever does not take a fresh one for each
 * request (design, section 6, "Mind the driver", 2) answers with what was true before the write.
 */
import { once } from 'node:events';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { connectS3 } from '../support/s3-client.ts';
import type { ServerProcess } from '../support/server-process.ts';

const BUCKET = 'stale-reads';
const KEY = 'counter';
const CONNECTIONS = 96;
/** Of those to the halted worker, every so many-th sends all but the end of its request before the halt. */
const LATE_EVERY = 6;
const HALT_DELAYS_MILLIS = [0, 1, 2, 3];
const ANSWER_MILLIS_MAX = 10_000;
const DIGITS = 8;

/** One keep-alive connection; one request at a time. */
class Connection {
  readonly socket: Socket;
  #received = '';
  #wanted: PromiseWithResolvers<string> | undefined;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.setNoDelay(true);
    socket.setEncoding('latin1').on('data', (text: string) => {
      this.#received += text;
      const head = this.#received.indexOf('\r\n\r\n');
      const length = Number(/^content-length: *(\d+)/im.exec(this.#received)?.[1] ?? 0);
      if (head < 0 || this.#received.length < head + 4 + length) return;
      this.#wanted?.resolve(this.#received);
      this.#received = '';
    });
    socket.on('error', (error) => this.#wanted?.reject(error));
    socket.on('close', () => this.#wanted?.reject(new Error('the server closed the connection')));
  }

  static async open(port: number): Promise<Connection> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return new Connection(socket);
  }

  /** Sends a request, or its beginning, and resolves with the body of the answer. */
  async ask(text: string): Promise<string> {
    this.#wanted = Promise.withResolvers();
    const timer = setTimeout(() => this.#wanted?.reject(new Error('no answer')), ANSWER_MILLIS_MAX);
    this.socket.write(text, 'latin1');
    const answer = await this.#wanted.promise.finally(() => clearTimeout(timer));
    if (!answer.startsWith('HTTP/1.1 200')) throw new Error(answer);
    return answer.slice(answer.indexOf('\r\n\r\n') + 4);
  }
}

function socketsOf(pid: number): string[] {
  const folder = `/proc/${pid}/fd`;
  return readdirSync(folder).flatMap((descriptor) => {
    try {
      const [, inode] = /^socket:\[(\d+)\]$/.exec(readlinkSync(join(folder, descriptor))) ?? [];
      return inode === undefined ? [] : [inode];
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []; // closed meanwhile
      throw error;
    }
  });
}

/** Which worker has the other end of each connection: the socket of the system's table that one of them has open. */
function connectionsByWorker(
  server: ServerProcess,
  connections: readonly Connection[],
): Map<number, Connection[]> {
  const workers = readFileSync(`/proc/${server.pid}/task/${server.pid}/children`, 'utf8')
    .trim()
    .split(' ')
    .map(Number);
  const holders = new Map<string, number>();
  for (const pid of workers) {
    for (const inode of socketsOf(pid)) holders.set(inode, pid);
  }
  const byClientPort = new Map<number, number | undefined>();
  for (const line of readFileSync('/proc/net/tcp', 'utf8').split('\n').slice(1)) {
    const [, , remote = '', , , , , , , inode = ''] = line.trim().split(/ +/);
    const holder = holders.get(inode);
    if (holder !== undefined) byClientPort.set(Number.parseInt(remote.slice(-4), 16), holder);
  }
  const sorted = Map.groupBy(connections, ({ socket }) => byClientPort.get(socket.localPort ?? 0));
  return new Map([...sorted].flatMap(([pid, each]) => (pid === undefined ? [] : [[pid, each]])));
}

const requestOf = (method: string, url: URL, body = ''): string =>
  `${method} ${url.pathname}${url.search} HTTP/1.1\r\nHost: ${url.host}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

export interface StaleReads {
  /** Reads that had to see a write acknowledged before, and how many of them did not. */
  readonly reads: number;
  readonly stale: number;
}

/** Needs a server of two workers or more, and Linux. */
export async function findStaleReads(server: ServerProcess, rounds: number): Promise<StaleReads> {
  const s3 = connectS3(server);
  const target = { Bucket: BUCKET, Key: KEY };
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  const get = requestOf('GET', new URL(await getSignedUrl(s3, new GetObjectCommand(target))));
  const put = new URL(await getSignedUrl(s3, new PutObjectCommand({ ...target, ContentLength: DIGITS })));
  s3.destroy();
  const port = Number(new URL(server.storageUrl).port);
  const connections = await Promise.all(Array.from({ length: CONNECTIONS }, () => Connection.open(port)));
  const putNumber = (connection: Connection | undefined, value: string) =>
    connection?.ask(requestOf('PUT', put, value));
  try {
    await putNumber(connections[0], '0'.padStart(DIGITS, '0'));
    await Promise.all(connections.map((each) => each.ask(get))); // all have been accepted by now
    const [[halted, readers] = [], [, [writer] = []] = []] = connectionsByWorker(server, connections);
    if (halted === undefined || readers === undefined || writer === undefined) {
      throw new Error('all connections went to one worker');
    }
    let [reads, stale] = [0, 0];
    for (let round = 1; round <= rounds; round += 1) {
      const value = String(round).padStart(DIGITS, '0');
      const late = readers.filter((_, index) => index % LATE_EVERY === LATE_EVERY - 1);
      const answers = readers.map((each) => each.ask(late.includes(each) ? get.slice(0, -1) : get));
      const all = Promise.all(answers);
      all.catch(() => undefined); // looked at below
      await sleep(HALT_DELAYS_MILLIS[round % HALT_DELAYS_MILLIS.length]);
      process.kill(halted, 'SIGSTOP');
      try {
        await putNumber(writer, value);
        for (const { socket } of late) socket.write(get.slice(-1));
      } finally {
        process.kill(halted, 'SIGCONT');
      }
      const bodies = await all;
      for (const each of late) {
        reads += 1;
        if (bodies[readers.indexOf(each)] !== value) stale += 1;
      }
    }
    return { reads, stale };
  } finally {
    for (const { socket } of connections) socket.destroy();
  }
}
