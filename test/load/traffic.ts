/**
 * The client's side of the load test, in a process of its own: `node test/load/traffic.ts <options as JSON>`. Prints a line of JSON
 * for every phase. Phases: normal traffic alone; the same beside idle connections, slow uploads and slow headers.
 */
import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { IndependentSigner } from '../support/independent-signer.ts';
import { headOf } from '../support/raw-http.ts';

export interface TrafficOptions {
  readonly url: string;
  readonly accessKeyId: string;
  readonly secret: string;
  readonly idleConnections: number;
  readonly slowUploads: number;
  readonly slowHeaders: number;
  readonly readers: number;
  /** Of each of the two phases. */
  readonly seconds: number;
}

export interface PhaseReport {
  readonly phase: string;
  readonly gets: number;
  readonly failures: number;
  readonly perSecond: number;
  readonly p50Millis: number;
  readonly p99Millis: number;
  readonly maxMillis: number;
  readonly idleOpen: number;
  readonly uploadsRunning: number;
  readonly slowHeadersClosed: number;
  /** When the slow-loris connections were closed, after they had begun. */
  readonly slowHeadersSeconds: readonly [number, number] | undefined;
}

const options: TrafficOptions = JSON.parse(process.argv[2] ?? '');
const { hostname, port, host } = new URL(options.url);
const identity = { accessKeyId: options.accessKeyId, secret: options.secret, region: 'KR1' };
const OBJECT = '/load/object';
const BODY = Buffer.alloc(4096, 'o');
/** Further connections than a port range or a backlog takes at once are opened one batch after the other. */
const OPENED_AT_ONCE = 200;
const CONNECT_MILLIS_MAX = 10_000;

function open(): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port), noDelay: true });
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new Error('no connection in time'));
    }, CONNECT_MILLIS_MAX);
    socket.once('error', reject);
    socket.once('connect', () => {
      clearTimeout(timer);
      socket.off('error', reject);
      socket.on('error', () => undefined);
      resolve(socket);
    });
  });
}

function signed(method: string, path: string, body: Buffer): string {
  return headOf(
    new IndependentSigner(identity, new Date()).byHeader({ method, host, path, body }, 'UNSIGNED-PAYLOAD'),
  );
}

/** Sends, and waits for a whole answer with a declared length. */
function ask(socket: Socket, request: string | Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    let received = Buffer.alloc(0);
    const done = (settle: () => void): void => {
      socket.off('data', onData);
      socket.off('close', onClose);
      settle();
    };
    const onClose = (): void => done(() => reject(new Error('closed')));
    const onData = (piece: Buffer): void => {
      received = Buffer.concat([received, piece]);
      const headEnd = received.indexOf('\r\n\r\n');
      if (headEnd < 0) return;
      const head = received.toString('latin1', 0, headEnd);
      const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
      if (received.length >= headEnd + 4 + length) done(() => resolve(Number(head.slice(9, 12))));
    };
    socket.on('data', onData);
    socket.once('close', onClose);
    socket.write(request);
  });
}

/** As in the pool of a client: it has been used. One that has never sent anything is closed with the header time-out. */
async function openUsed(): Promise<Socket> {
  const socket = await open();
  const status = await ask(socket, signed('GET', OBJECT, Buffer.alloc(0)));
  if (status !== 200) throw new Error(`a first request was answered with ${status}`);
  return socket;
}

class Crowd {
  readonly idle: Socket[] = [];
  readonly uploads: Socket[] = [];
  readonly loris: { socket: Socket; begun: number; ended: number | undefined }[] = [];
  readonly #timers: NodeJS.Timeout[] = [];

  async gather(): Promise<void> {
    while (this.idle.length < options.idleConnections) {
      const missing = Math.min(OPENED_AT_ONCE, options.idleConnections - this.idle.length);
      this.idle.push(...(await Promise.all(Array.from({ length: missing }, openUsed))));
    }
    for (let index = 0; index < options.slowUploads; index += 1) await this.#beginUpload(index);
    for (let index = 0; index < options.slowHeaders; index += 1) await this.#beginLoris();
  }

  /** A kibibyte every half second: the upload would take more than an hour. */
  async #beginUpload(index: number): Promise<void> {
    const socket = await open();
    const request = new IndependentSigner(identity, new Date()).byHeader(
      { method: 'PUT', host, path: `/load/slow-${index}`, headers: { 'content-length': '8388608' } },
      'UNSIGNED-PAYLOAD',
    );
    socket.write(headOf(request));
    this.uploads.push(socket);
    this.#timers.push(setInterval(() => socket.write(BODY.subarray(0, 1024)), 500));
  }

  async #beginLoris(): Promise<void> {
    const socket = await open();
    const entry: Crowd['loris'][number] = { socket, begun: Date.now(), ended: undefined };
    this.loris.push(entry);
    socket.write('GET /load/object HTTP/1.1\r\n');
    const timer = setInterval(() => socket.write('x-y: z\r\n'), 1000);
    this.#timers.push(timer);
    socket.resume();
    socket.once('close', () => {
      clearInterval(timer);
      entry.ended = Date.now();
    });
  }

  leave(): void {
    for (const timer of this.#timers) clearInterval(timer);
    for (const socket of [...this.idle, ...this.uploads]) socket.destroy();
    for (const { socket } of this.loris) socket.destroy();
  }
}

async function measure(phase: string, crowd: Crowd): Promise<PhaseReport> {
  const millis: number[] = [];
  let failures = 0;
  const end = Date.now() + options.seconds * 1000;
  const read = async (): Promise<void> => {
    let socket = await open();
    while (Date.now() < end) {
      const request = signed('GET', OBJECT, Buffer.alloc(0));
      const begun = performance.now();
      try {
        if ((await ask(socket, request)) !== 200) failures += 1;
      } catch {
        failures += 1;
        socket.destroy();
        socket = await open();
      }
      millis.push(performance.now() - begun);
    }
    socket.destroy();
  };
  await Promise.all(Array.from({ length: options.readers }, read));
  millis.sort((a, b) => a - b);
  const at = (share: number): number =>
    Math.round(100 * (millis[Math.min(millis.length - 1, Math.floor(share * millis.length))] ?? 0)) / 100;
  const closedAfter = crowd.loris.flatMap(({ begun, ended }) =>
    ended === undefined ? [] : [(ended - begun) / 1000],
  );
  return {
    phase,
    gets: millis.length,
    failures,
    perSecond: Math.round(millis.length / options.seconds),
    p50Millis: at(0.5),
    p99Millis: at(0.99),
    maxMillis: at(1),
    idleOpen: crowd.idle.filter(({ destroyed, readable }) => !destroyed && readable).length,
    uploadsRunning: crowd.uploads.filter(({ destroyed, readable }) => !destroyed && readable).length,
    slowHeadersClosed: closedAfter.length,
    slowHeadersSeconds:
      closedAfter.length === 0 ? undefined : [Math.min(...closedAfter), Math.max(...closedAfter)],
  };
}

const first = await open();
const put = (path: string, body: Buffer): Promise<number> =>
  ask(first, Buffer.concat([Buffer.from(signed('PUT', path, body)), body]));
if ((await put('/load', Buffer.alloc(0))) !== 200) throw new Error('no bucket');
if ((await put(OBJECT, BODY)) !== 200) throw new Error('no object');
first.destroy();

const crowd = new Crowd();
// A phase whose figures nobody keeps, while the server's code is being compiled.
await measure('warm-up', crowd);
console.log(JSON.stringify(await measure('alone', crowd)));
await crowd.gather();
await pause(500);
console.log(JSON.stringify(await measure('beside the crowd', crowd)));
crowd.leave();
