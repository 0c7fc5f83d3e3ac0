import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import fc from 'fast-check';
import { listenerLimits } from '../config/limits.ts';
import { RequestBodyError } from '../dialects/kernel/request-body-error.ts';
import type { WireRequest, WireResponse } from '../dialects/kernel/wire.ts';
import { systemClock } from '../lib/clock.ts';
import { openListener } from './http-listener.ts';
import { renderXmlRefusal } from './render-refusal.ts';

/** Tells what it was asked, in one of several ways of sending a body. */
async function echo(request: WireRequest): Promise<WireResponse> {
  const { method, rawPath, rawQuery, headers, body } = request;
  if (rawPath === '/refused') return { status: 403, headers: ['X-Why', 'refused'], body: 'no' };
  const received: Buffer[] = [];
  if (rawPath === '/late') await pause(100);
  try {
    for (let bytes = await body.read(); bytes !== null; bytes = await body.read()) received.push(bytes);
  } catch (error) {
    assert.ok(error instanceof RequestBodyError);
    return { status: 400, headers: [], body: error.fault };
  }
  const text = `${method} ${rawPath} ${rawQuery} ${headers.get('x-a')} [${Buffer.concat(received).toString()}]`;
  const said = { status: 200, headers: ['X-Said', '곳간'] };
  if (rawPath === '/text' || rawPath === '/late') return { ...said, body: text };
  if (rawPath === '/nothing') return { ...said, status: 204, body: null };
  const chunks = [Buffer.from(text), Buffer.alloc(0), Buffer.from('!')];
  const read = async () => {
    await pause(1);
    return chunks.shift() ?? null;
  };
  const size = rawPath === '/sized' ? text.length + 1 : undefined;
  return { ...said, body: { size, read, close: async () => undefined } };
}

const bugs: unknown[] = [];
const listener = await openListener({
  address: { host: '127.0.0.1', port: 0 },
  limits: { ...listenerLimits, connectionsCheckMillis: 20, headersTimeoutMillis: 400, keepAliveMillis: 3000 },
  trustedProxies: undefined,
  clock: systemClock,
  beginExchange: () => ({ respond: echo, ended: () => undefined }),
  renderRefusal: renderXmlRefusal,
  onRefusal: () => undefined,
  onBug: (error) => bugs.push(error),
});

after(async () => {
  listener.destroy();
  await listener.stop();
  assert.deepEqual(bugs, []);
});

/** Sends the pieces one after the other, waiting where a pattern stands, and answers what came back until the server closed. */
async function converse(steps: readonly (Buffer | RegExp)[], endsAtOnce = false): Promise<string> {
  const { port } = listener.address;
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
  let received = '';
  socket.on('data', (bytes: Buffer) => {
    received += bytes.toString('latin1');
  });
  let isOver = false;
  for (const event of ['end', 'error']) {
    socket.on(event, () => {
      isOver = true;
    });
  }
  for (const step of steps) {
    if (step instanceof Buffer) socket.write(step);
    for (let waited = 0; step instanceof RegExp && !step.test(received); waited += 2) {
      assert.ok(waited < 10_000 && !isOver, `waiting for ${step}, received ${received}`);
      await pause(2);
    }
    if (steps.length > 1) await pause(2);
  }
  if (endsAtOnce) socket.end();
  for (let waited = 0; !isOver; waited += 2) {
    assert.ok(waited < 20_000, `not closed, received ${received}`);
    await pause(2);
  }
  socket.destroy();
  return received.replaceAll(/Date: [^\r]+/g, 'Date: D');
}

/** Node's HTTP server closes after it. */
const LAST = 'GET /text HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n';

const path = fc.constantFrom('/text', '/text?q=1', '/nothing', '/sized', '/unsized', '/refused');
/** Whether a connection survives the refusal of a chunked body depends on how much of it has come. */
const readingPath = path.filter((target) => target !== '/refused');
const bodyText = fc.string({ unit: fc.constantFrom('a', 'b', '\r', '\n', ':'), maxLength: 40 });

const whole = fc.oneof(
  fc
    .tuple(fc.constantFrom('GET', 'HEAD', 'DELETE'), path)
    .map(([method, target]) => `${method} ${target} HTTP/1.1\r\nHost: h\r\nX-A: 1\r\nx-a:2\r\n\r\n`),
  fc
    .tuple(path, bodyText)
    .map(
      ([target, body]) =>
        `PUT ${target} HTTP/1.1\r\nHost: h\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    ),
  fc
    .tuple(readingPath, bodyText)
    .map(
      ([target, body]) =>
        `PUT ${target} HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n` +
        `${body.length === 0 ? '' : `${body.length.toString(16)}\r\n${body}\r\n`}0\r\n\r\n`,
    ),
);

test('how a client cuts its requests into packets changes nothing', async () => {
  const property = fc.asyncProperty(
    fc.array(whole, { minLength: 1, maxLength: 4 }),
    fc.array(fc.nat(600), { maxLength: 4 }),
    async (requests, cuts) => {
      const bytes = Buffer.from(requests.join('') + LAST, 'latin1');
      const ends = [...new Set([...cuts.map((cut) => cut % bytes.length), bytes.length])].sort(
        (a, b) => a - b,
      );
      const pieces = ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
      // The first byte alone is no request, so that Node's HTTP server reads all of it.
      const byNode = await converse([bytes.subarray(0, 1), bytes.subarray(1)]);
      assert.equal(await converse(pieces.filter((piece) => piece.length > 0)), byNode);
      assert.equal(byNode.match(/HTTP\/1\.1 (?:200|204|403) /g)?.length, requests.length + 1);
    },
  );
  await fc.assert(property, { numRuns: 150 });
});

test('an upload that waits for 100 Continue gets it when its body is read, and not when it is refused', async () => {
  const head = (target: string) =>
    Buffer.from(`PUT ${target} HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n`);
  const taken = await converse([head('/text'), /100 Continue/, Buffer.from('abc')], true);
  assert.match(taken, /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK\r\n[\s\S]*\[abc\]$/);
  const refused = await converse([head('/refused')]);
  assert.match(refused, /^HTTP\/1\.1 403 [\s\S]*Connection: close\r\n[\s\S]*no$/);
});

test('a body that arrives before anybody reads it does not keep the next request waiting', async () => {
  // More than a stream holds before it wants to be read, but only with its last piece.
  const length = 100_000;
  const first = Buffer.from(`PUT /late HTTP/1.1\r\nHost: h\r\nContent-Length: ${length}\r\n\r\n`);
  const body = [Buffer.alloc(60_000, 'x'), Buffer.alloc(40_000, 'x')];
  const answer = await converse([first, ...body, /x\]$/, Buffer.from(LAST)]);
  assert.match(answer, /x\]HTTP\/1\.1 200 OK\r\n[\s\S]*GET \/text {2}undefined \[\]$/);
});

test('a client that goes away in the middle of its body is told so while it still listens', async () => {
  const begun = 'PUT /text HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nabc';
  const answer = await converse([Buffer.from(begun)], true);
  assert.match(answer, /^HTTP\/1\.1 400 [\s\S]*Connection: close\r\n[\s\S]*aborted$/);
});

test('a refusal beside a long upload is read by the client that goes on sending', async () => {
  const head = 'PUT /refused HTTP/1.1\r\nHost: h\r\nContent-Length: 3000000\r\n\r\n';
  const answer = await converse([
    Buffer.from(head),
    ...Array.from({ length: 30 }, () => Buffer.alloc(100_000)),
  ]);
  assert.match(answer, /^HTTP\/1\.1 403 [\s\S]*Connection: close\r\n[\s\S]*no$/);
});

test('connections that say nothing are closed: new ones with a word, used ones without', async () => {
  const begun = performance.now();
  assert.match(await converse([]), /^HTTP\/1\.1 408 [\s\S]*<Code>RequestTimeout<\/Code>/);
  const answer = await converse([Buffer.from('GET /text HTTP/1.1\r\nHost: h\r\n\r\n')]);
  assert.match(answer, /Keep-Alive: timeout=3\r\n\r\nGET \/text {2}undefined \[\]$/);
  assert.ok(performance.now() - begun > 3000);
});

test('a client that breaks off while it is refused does no harm', async () => {
  const { port } = listener.address;
  const socket = connect({ port, host: '127.0.0.1' });
  socket.on('error', () => undefined);
  await new Promise((resolve) => socket.once('data', resolve));
  socket.write('GET / HTTP/1.1\r\n');
  socket.resetAndDestroy();
  await pause(100);
  assert.match(await converse([Buffer.from(LAST)]), /^HTTP\/1\.1 200 OK/);
});
