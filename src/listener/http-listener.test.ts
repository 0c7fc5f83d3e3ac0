import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { type ListenerLimits, listenerLimits } from '../config/limits.ts';
import { RequestBodyError } from '../dialects/kernel/request-body-error.ts';
import type { StreamedBody, WireRequest, WireResponse } from '../dialects/kernel/wire.ts';
import { systemClock } from '../lib/clock.ts';
import { readPublicEndpoint } from './client-origin.ts';
import { type Listener, openListener } from './http-listener.ts';
import { type Refusal, renderXmlRefusal } from './render-refusal.ts';
import { createTrustedProxies } from './trusted-proxies.ts';
import type { SentResponse } from './write-response.ts';

interface Served {
  readonly listener: Listener;
  readonly sent: SentResponse[];
  readonly refusals: Refusal[];
  readonly bugs: unknown[];
}

const opened: { listeners: Listener[]; sockets: Socket[] } = { listeners: [], sockets: [] };

afterEach(async () => {
  for (const socket of opened.sockets.splice(0)) socket.destroy();
  for (const listener of opened.listeners.splice(0)) {
    listener.destroy();
    await listener.stop();
  }
});

async function serve(
  respond: (request: WireRequest) => Promise<WireResponse> | WireResponse,
  limits: Partial<ListenerLimits> = {},
  proxies: readonly string[] = [],
  publicUrl?: string,
): Promise<Served> {
  const sent: SentResponse[] = [];
  const refusals: Refusal[] = [];
  const bugs: unknown[] = [];
  const listener = await openListener({
    address: { host: '127.0.0.1', port: 0 },
    limits: { ...listenerLimits, connectionsCheckMillis: 20, ...limits },
    trustedProxies: createTrustedProxies(proxies),
    publicEndpoint: publicUrl === undefined ? undefined : readPublicEndpoint(publicUrl),
    clock: systemClock,
    beginExchange: () => ({
      respond: async (request) => respond(request),
      ended: (outcome) => sent.push(outcome),
    }),
    renderRefusal: renderXmlRefusal,
    onRefusal: (refusal) => refusals.push(refusal),
    onBug: (error) => bugs.push(error),
  });
  opened.listeners.push(listener);
  return { listener, sent, refusals, bugs };
}

class Client {
  readonly socket: Socket;
  #received = Buffer.alloc(0);
  #isOver = false;
  error: Error | undefined;

  constructor(served: Served) {
    this.socket = connect({ port: served.listener.address.port, host: '127.0.0.1', allowHalfOpen: true });
    opened.sockets.push(this.socket);
    this.socket.on('data', (chunk: Buffer) => {
      this.#received = Buffer.concat([this.#received, chunk]);
    });
    this.socket.on('end', () => {
      this.#isOver = true;
    });
    this.socket.on('error', (error) => {
      this.error = error;
    });
    this.socket.on('close', () => {
      this.#isOver = true;
    });
  }

  send(text: string | Buffer): this {
    this.socket.write(typeof text === 'string' ? text.replaceAll('\n', '\r\n') : text);
    return this;
  }

  get text(): string {
    return this.#received.toString('latin1');
  }

  async until(pattern: RegExp): Promise<string> {
    for (let waited = 0; !pattern.test(this.text); waited += 5) {
      assert.ok(
        waited < 5000 && !this.#isOver,
        `waiting for ${pattern}, received ${JSON.stringify(this.text)}`,
      );
      await pause(5);
    }
    return this.text;
  }

  async untilClosed(): Promise<string> {
    for (let waited = 0; !this.#isOver; waited += 5) {
      assert.ok(waited < 5000, `not closed, received ${JSON.stringify(this.text)}`);
      await pause(5);
    }
    return this.text;
  }
}

const ok = (body: WireResponse['body'], headers: string[] = []): WireResponse => ({
  status: 200,
  headers,
  body,
});

async function readAll(request: WireRequest): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for (let chunk = await request.body.read(); chunk !== null; chunk = await request.body.read())
    chunks.push(chunk);
  return Buffer.concat(chunks);
}

function streamOf(chunks: readonly (Buffer | Error)[], size?: number): StreamedBody & { closed: number } {
  let next = 0;
  return {
    size,
    closed: 0,
    async read() {
      await pause(1);
      const chunk = chunks[next];
      next += 1;
      if (chunk instanceof Error) throw chunk;
      return chunk ?? null;
    },
    async close() {
      this.closed += 1;
    },
  };
}

describe('requests as values', () => {
  it('splits the raw target and keeps everything as sent', async () => {
    const served = await serve((r) => ok(`${r.method} ${r.rawPath} ${r.rawQuery}`));
    const client = new Client(served).send('GET /a%2Fb//../c?x=%20&y HTTP/1.1\nHost: h\n\n');
    assert.match(await client.until(/\S y$|&y$/), /GET \/a%2Fb\/\/\.\.\/c x=%20&y$/);
  });

  it('takes the host from a target in absolute form', async () => {
    const served = await serve((r) => ok(`${r.rawPath}|${r.rawQuery}|${r.headers.get('host')}`));
    const client = new Client(served);
    client.send('GET http://other.example:81/p?q HTTP/1.1\nHost: h\n\n');
    await client.until(/\/p\|q\|other\.example:81$/);
    client.send('GET http://other.example?q HTTP/1.1\nHost: h\n\n');
    await client.until(/\/\|q\|other\.example$/);
  });

  it('refuses other targets and wrong hosts', async () => {
    const served = await serve(() => ok('no'));
    for (const head of [
      'OPTIONS * HTTP/1.1\nHost: h',
      'GET ftp://h/ HTTP/1.1\nHost: h',
      'GET / HTTP/1.1',
      'GET / HTTP/1.1\nHost: a\nHost: b',
    ]) {
      const answer = await new Client(served).send(`${head}\n\n`).untilClosed();
      assert.match(answer, /^HTTP\/1\.1 400 [\s\S]*<Code>BadRequest<\/Code>/, head);
    }
    await new Client(served).send('GET / HTTP/1.0\n\n').until(/no$/);
  });

  it('reads header bytes as UTF-8, or as latin1 when they are not, and writes UTF-8', async () => {
    const served = await serve((r) => {
      const value = r.headers.get('x-name') ?? '';
      return ok(`${[...value].length}`, ['X-Name', value]);
    });
    const client = new Client(served);
    client.send(Buffer.from('GET / HTTP/1.1\r\nHost: h\r\nX-Name: 곳간\r\n\r\n'));
    const answer = await client.until(/\r\n\r\n2$/);
    assert.match(Buffer.from(answer, 'latin1').toString('utf8'), /X-Name: 곳간\r\n/);
    const latin = new Client(served);
    latin.send(Buffer.from('GET / HTTP/1.1\r\nHost: h\r\nX-Name: caf\u00e9\r\n\r\n', 'latin1'));
    await latin.until(/\r\n\r\n4$/);
  });

  it('joins and counts repeated fields', async () => {
    const served = await serve((r) =>
      ok(`${r.headers.get('x-a')}|${r.headers.count('x-a')}|${[...r.headers.names()].join()}`),
    );
    await new Client(served).send('GET / HTTP/1.1\nHost: h\nX-A: 1\nx-a: 2\n\n').until(/1,2\|2\|host,x-a$/);
  });

  it('believes forwarding headers of trusted proxies only', async () => {
    const say = (r: WireRequest) => ok(`${r.remoteAddress}|${r.isSecure}`);
    const head =
      'GET / HTTP/1.1\nHost: h\nX-Forwarded-For: 6.6.6.6, 203.0.113.9, 10.1.2.3\nX-Forwarded-Proto: https\n\n';
    await new Client(await serve(say)).send(head).until(/127\.0\.0\.1\|false$/);
    const behind = await serve(say, {}, ['127.0.0.1', '10.0.0.0/8']);
    await new Client(behind).send(head).until(/203\.0\.113\.9\|true$/);
  });
});

describe('the address that a client knows', () => {
  const say = (r: WireRequest) => ok(`${r.headers.get('host')}|${r.clientOrigin}`);
  const proxies = ['127.0.0.1'];
  const publicUrl = 'https://storage.example.com:8443/files';
  const ask = (served: Served, fields: string) => new Client(served).send(`GET / HTTP/1.1\n${fields}\n\n`);

  it('is what it has named', async () => {
    const served = await serve(say, {}, [], publicUrl);
    await ask(served, 'Host: h:9000').until(/\nh:9000\|http:\/\/h:9000$/);
    await ask(served, 'Host: h\nX-Forwarded-Host: storage.example.com:8443').until(/\nh\|http:\/\/h$/);
    const behind = await serve(say, {}, proxies);
    await ask(behind, 'Host: h\nX-Forwarded-Proto: https').until(/\nh\|https:\/\/h$/);
  });

  it('is what a trusted proxy was asked for', async () => {
    const served = await serve(say, {}, proxies);
    const asked = 'Host: h\nX-Forwarded-Host: made.up, a.example\nX-Forwarded-Proto: https';
    await ask(served, asked).until(/\na\.example\|https:\/\/a\.example$/);
    await ask(served, 'Host: h\nX-Forwarded-Host: no host').until(/\nh\|http:\/\/h$/);
  });

  it('is the public endpoint with its prefix', async () => {
    const served = await serve(say, {}, proxies, publicUrl);
    const endpoint = /\|https:\/\/storage\.example\.com:8443\/files$/;
    await ask(served, 'Host: Storage.example.com:8443').until(endpoint);
    await ask(served, 'Host: 10.0.0.1:9000').until(endpoint);
    await ask(served, 'Host: b.storage.example.com:8443').until(
      /\|https:\/\/b\.storage\.example\.com:8443\/files$/,
    );
    const other = 'Host: h\nX-Forwarded-Host: other.example\nX-Forwarded-Proto: https';
    await ask(served, other).until(/\|https:\/\/other\.example$/);
  });
});

describe('requests that contradict themselves', () => {
  const smuggled: readonly [string, string][] = [
    ['two lengths', 'POST / HTTP/1.1\nHost: h\nContent-Length: 3\nContent-Length: 4\n\nabcd'],
    ['equal lengths twice', 'POST / HTTP/1.1\nHost: h\nContent-Length: 3\nContent-Length: 3\n\nabc'],
    ['length and chunks', 'POST / HTTP/1.1\nHost: h\nContent-Length: 3\nTransfer-Encoding: chunked\n\n0\n\n'],
    ['chunks and length', 'POST / HTTP/1.1\nHost: h\nTransfer-Encoding: chunked\nContent-Length: 3\n\n0\n\n'],
    ['a list of lengths', 'POST / HTTP/1.1\nHost: h\nContent-Length: 3, 3\n\nabc'],
    ['a signed length', 'POST / HTTP/1.1\nHost: h\nContent-Length: +3\n\nabc'],
    ['chunked not last', 'POST / HTTP/1.1\nHost: h\nTransfer-Encoding: chunked, gzip\n\n0\n\n'],
    ['an obsolete fold', 'GET / HTTP/1.1\nHost: h\nX: a\n b\n\n'],
    ['a blank before the colon', 'POST / HTTP/1.1\nHost: h\nContent-Length : 3\n\nabc'],
  ];
  for (const [name, request] of smuggled) {
    it(`refuses ${name}`, async () => {
      const seen: string[] = [];
      const served = await serve((r) => {
        seen.push(r.rawPath);
        return ok('served');
      });
      const answer = await new Client(served).send(request).untilClosed();
      assert.match(answer, /^HTTP\/1\.1 400 Bad Request\r\n[\s\S]*<Code>BadRequest<\/Code>/);
      assert.deepEqual(seen, []);
      assert.equal(served.refusals.length, 1);
    });
  }

  it('refuses headers beyond the limit with 431', async () => {
    const served = await serve(() => ok('served'));
    const fine = new Client(served).send(`GET / HTTP/1.1\nHost: h\nX: ${'a'.repeat(60_000)}\n\n`);
    await fine.until(/served$/);
    const client = new Client(served).send(`GET / HTTP/1.1\nHost: h\nX: ${'a'.repeat(70_000)}\n\n`);
    assert.match(await client.untilClosed(), /^HTTP\/1\.1 431 [\s\S]*RequestHeaderSectionTooLarge/);
    assert.equal(client.error, undefined);
  });

  it('keeps all of many small headers', async () => {
    const served = await serve((r) => ok(`${[...r.headers.names()].length}`));
    const many = Array.from({ length: 3000 }, (_, index) => `x-${index}: v`).join('\n');
    await new Client(served).send(`GET / HTTP/1.1\nHost: h\n${many}\n\n`).until(/\r\n3001$/);
  });

  it('answers what follows a good request on the same connection after it', async () => {
    const served = await serve(async () => {
      await pause(30);
      return ok('served');
    });
    const answer = await new Client(served).send('GET / HTTP/1.1\nHost: h\n\nrubbish\n\n').untilClosed();
    assert.match(answer, /^HTTP\/1\.1 200 [\s\S]*servedHTTP\/1\.1 400 /);
  });
});

describe('time-outs', () => {
  it('cuts off headers that dribble in', async () => {
    const served = await serve(() => ok('served'), { headersTimeoutMillis: 200 });
    const client = new Client(served).send('GET / HTTP/1.1\n');
    const dribble = setInterval(() => client.socket.write('X: y\r\n'), 30);
    const answer = await client.untilClosed();
    clearInterval(dribble);
    assert.match(answer, /^HTTP\/1\.1 408 [\s\S]*<Code>RequestTimeout<\/Code>/);
  });

  it('lets a body take long, but not stand still', async () => {
    const faults: unknown[] = [];
    const served = await serve(
      async (r) => {
        try {
          return ok(`${(await readAll(r)).length}`);
        } catch (error) {
          faults.push(error);
          return { status: 400, headers: [], body: 'idle' };
        }
      },
      { bodyIdleMillis: 1000, headersTimeoutMillis: 100 },
    );
    const slow = new Client(served).send('PUT / HTTP/1.1\nHost: h\nContent-Length: 6\n\n');
    for (let index = 0; index < 6; index += 1) {
      await pause(250);
      slow.send('x');
    }
    await slow.until(/\r\n6$/);
    const stalled = new Client(served).send('PUT / HTTP/1.1\nHost: h\nContent-Length: 200000\n\nxxx');
    assert.match(await stalled.untilClosed(), /^HTTP\/1\.1 400 [\s\S]*Connection: close[\s\S]*idle$/);
    const [fault] = faults;
    assert.ok(fault instanceof RequestBodyError);
    assert.deepEqual([fault.fault, fault.bytesReceived, fault.bytesExpected], ['idle', 3, 200_000]);
  });

  it('cuts off a client that does not take its response', async () => {
    const body = streamOf(Array.from({ length: 400 }, () => Buffer.alloc(65_536)));
    const served = await serve(() => ok(body), { responseIdleMillis: 100 });
    const client = new Client(served);
    client.socket.pause();
    client.send('GET / HTTP/1.1\nHost: h\n\n');
    for (let waited = 0; served.sent.length === 0; waited += 10) {
      assert.ok(waited < 5000);
      await pause(10);
    }
    assert.equal(served.sent[0]?.isComplete, false);
    assert.equal(body.closed, 1);
  });
});

describe('bodies of requests', () => {
  it('hands over chunked bodies and those with a length', async () => {
    const served = await serve(async (r) =>
      ok(`${r.body.contentLength}:${await readAll(r)}:${r.body.bytesRead}`),
    );
    const client = new Client(served);
    client.send('PUT / HTTP/1.1\nHost: h\nTransfer-Encoding: chunked\n\n3\nabc\n2\nde\n0\n\n');
    await client.until(/undefined:abcde:5$/);
    client.send('PUT / HTTP/1.1\nHost: h\nContent-Length: 4\n\nwxyz');
    await client.until(/4:wxyz:4$/);
    client.send('PUT / HTTP/1.1\nHost: h\nContent-Length: 0\nExpect: 100-continue\n\n');
    await client.until(/0::0$/);
    assert.equal(client.text.includes('100 Continue'), false);
  });

  it('holds no more of a body than the buffer while nobody reads', async () => {
    const go = Promise.withResolvers<void>();
    const served = await serve(async (r) => {
      const first = await r.body.read();
      await go.promise;
      return ok(`${(first?.length ?? 0) + (await readAll(r)).length}`);
    });
    const client = new Client(served).send('PUT / HTTP/1.1\nHost: h\nContent-Length: 50000000\n\n');
    client.socket.write(Buffer.alloc(50_000_000));
    await pause(300);
    assert.ok(client.socket.writableLength > 30_000_000, 'the client was made to wait');
    go.resolve();
    await client.until(/\r\n50000000$/);
  });

  it('says continue when the body is first read, and only then', async () => {
    const served = await serve(async (r) => {
      if (r.rawPath === '/no') return { status: 403, headers: [], body: 'denied' };
      await pause(50);
      return ok(await readAll(r));
    });
    const client = new Client(served).send(
      'PUT /yes HTTP/1.1\nHost: h\nContent-Length: 2\nExpect: 100-continue\n\n',
    );
    await pause(20);
    assert.equal(client.text, '');
    await client.until(/^HTTP\/1\.1 100 Continue\r\n\r\n$/);
    client.send('ok');
    await client.until(/200 OK[\s\S]*ok$/);
    const refused = new Client(served).send(
      'PUT /no HTTP/1.1\nHost: h\nContent-Length: 2\nExpect: 100-continue\n\n',
    );
    assert.match(await refused.untilClosed(), /^HTTP\/1\.1 403 [\s\S]*Connection: close[\s\S]*denied$/);
    const other = new Client(served).send('PUT /yes HTTP/1.1\nHost: h\nExpect: a-miracle\n\n');
    assert.match(await other.untilClosed(), /^HTTP\/1\.1 417 [\s\S]*ExpectationFailed/);
  });

  it('tells the reader of an aborted or malformed body', async () => {
    const faults: RequestBodyError[] = [];
    const served = await serve(async (r) => {
      await readAll(r).catch((error: RequestBodyError) => faults.push(error));
      return { status: 400, headers: [], body: 'incomplete' };
    });
    const half = new Client(served).send('PUT / HTTP/1.1\nHost: h\nContent-Length: 10\n\nabc');
    half.socket.end();
    assert.match(await half.untilClosed(), /400 [\s\S]*incomplete$/);
    const malformed = new Client(served).send(
      'PUT / HTTP/1.1\nHost: h\nTransfer-Encoding: chunked\n\n3\nabc\nZZ\n',
    );
    assert.match(await malformed.untilClosed(), /400 [\s\S]*incomplete$/);
    const gone = new Client(served).send('PUT / HTTP/1.1\nHost: h\nContent-Length: 10\n\nabc');
    await pause(30);
    gone.socket.destroy();
    for (let waited = 0; faults.length < 3; waited += 10) {
      assert.ok(waited < 3000);
      await pause(10);
    }
    assert.deepEqual(
      faults.map(({ fault, bytesReceived }) => [fault, bytesReceived]),
      [
        ['aborted', 3],
        ['malformed', 3],
        ['aborted', 3],
      ],
    );
    assert.deepEqual(served.bugs, []);
  });
});

describe('refused uploads', () => {
  const deny = () => ({ status: 403, headers: [], body: 'denied' });

  it('takes a short rest off the wire and keeps the connection', async () => {
    const served = await serve((r) => (r.method === 'PUT' ? deny() : ok('next')));
    const client = new Client(served).send('PUT / HTTP/1.1\nHost: h\nContent-Length: 1000\n\n');
    await client.until(/denied$/);
    client.send('x'.repeat(1000)).send('GET / HTTP/1.1\nHost: h\n\n');
    await client.until(/next$/);
  });

  it('keeps the connection also when part of the body was read', async () => {
    const served = await serve(async (r) => {
      if (r.method !== 'PUT') return ok('next');
      await r.body.read();
      return deny();
    });
    const client = new Client(served).send('PUT / HTTP/1.1\nHost: h\nContent-Length: 6\n\nabc');
    await client.until(/denied$/);
    client.send('def').send('GET / HTTP/1.1\nHost: h\n\n');
    await client.until(/next$/);
  });

  for (const [name, head, size] of [
    ['a long body', 'Content-Length: 8000000', 8_000_000],
    ['a chunked body', 'Transfer-Encoding: chunked', 300_000],
  ] as const) {
    it(`lets the client of ${name} read the answer before the connection ends`, async () => {
      const served = await serve(deny);
      const client = new Client(served).send(`PUT / HTTP/1.1\nHost: h\n${head}\n\n`);
      if (name === 'a chunked body') client.send(`${size.toString(16)}\n`);
      // A client that reads only after it has sent everything.
      client.socket.pause();
      client.socket.write(Buffer.alloc(size));
      await pause(200);
      client.socket.resume();
      const answer = await client.untilClosed();
      assert.match(answer, /^HTTP\/1\.1 403 Forbidden\r\n[\s\S]*Connection: close[\s\S]*denied$/);
      assert.equal(client.error, undefined);
    });
  }

  it('discards no more than the limit', async () => {
    const served = await serve(deny, { discardBytesMax: 1_000_000 });
    const client = new Client(served).send('PUT / HTTP/1.1\nHost: h\nContent-Length: 900000000\n\n');
    const block = Buffer.alloc(1_000_000);
    for (let sent = 0; sent < 50 && client.error === undefined; sent += 1) {
      client.socket.write(block);
      await pause(5);
    }
    assert.notEqual(client.error, undefined);
  });

  it('does not wait for ever', async () => {
    const served = await serve(deny, { discardMillis: 100 });
    const client = new Client(served).send('PUT / HTTP/1.1\nHost: h\nContent-Length: 900000000\n\nabc');
    await client.untilClosed();
    const closed = Promise.withResolvers<void>();
    client.socket.on('close', () => closed.resolve());
    client.socket.on('error', () => undefined);
    const dribble = setInterval(() => client.socket.write('x'), 20);
    await closed.promise;
    clearInterval(dribble);
  });
});

describe('responses', () => {
  it('sends no body to HEAD, with 304 and with 204', async () => {
    const body = streamOf([Buffer.from('abc')], 3);
    const served = await serve((r) => {
      if (r.rawPath === '/304') return { status: 304, headers: ['ETag', '"x"'], body: null };
      if (r.rawPath === '/204') return { status: 204, headers: [], body: null };
      if (r.rawPath === '/known') return { status: 200, headers: [], body: null, contentLength: 77 };
      return ok(r.rawPath === '/text' ? 'abcd' : body);
    });
    const client = new Client(served);
    client.send('HEAD /text HTTP/1.1\nHost: h\n\n');
    await client.until(/Content-Length: 4\r\n[\s\S]*\r\n\r\n$/);
    client.send('HEAD /known HTTP/1.1\nHost: h\n\n');
    await client.until(/Content-Length: 77\r\n[\s\S]*\r\n\r\n$/);
    client.send('HEAD /stream HTTP/1.1\nHost: h\n\n');
    await client.until(/Content-Length: 3\r\n[\s\S]*\r\n\r\n$/);
    assert.equal(body.closed, 1);
    client.send('GET /304 HTTP/1.1\nHost: h\n\n');
    const all = await client.until(/304 Not Modified[\s\S]*\r\n\r\n$/);
    assert.equal(all.split('304 Not Modified')[1]?.includes('Content-Length'), false);
    client.send('GET /204 HTTP/1.1\nHost: h\n\n');
    await client.until(/204 No Content[\s\S]*\r\n\r\n$/);
    assert.equal(client.text.split('204 No Content')[1]?.includes('Content-Length'), false);
  });

  it('always has a date, and keeps the connection', async () => {
    const served = await serve(() => ok('x'));
    const client = new Client(served).send('GET / HTTP/1.1\nHost: h\n\n');
    const answer = await client.until(/x$/);
    assert.match(answer, /\r\nDate: \w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT\r\n/);
    assert.match(answer, /Connection: keep-alive\r\nKeep-Alive: timeout=75\r\n/);
  });

  it('streams with a length or in chunks, and closes the source', async () => {
    const known = streamOf([Buffer.from('abc'), Buffer.from('de')], 5);
    const unknown = streamOf([Buffer.from('abc'), Buffer.from('de')]);
    const served = await serve((r) => ok(r.rawPath === '/known' ? known : unknown));
    const client = new Client(served).send('GET /known HTTP/1.1\nHost: h\n\n');
    await client.until(/Content-Length: 5\r\n[\s\S]*abcde$/);
    client.send('GET /unknown HTTP/1.1\nHost: h\n\n');
    await client.until(/Transfer-Encoding: chunked\r\n[\s\S]*3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n$/);
    assert.deepEqual([known.closed, unknown.closed], [1, 1]);
    assert.deepEqual(
      served.sent.map(({ bodyBytesSent, isComplete }) => [bodyBytesSent, isComplete]),
      [
        [5, true],
        [5, true],
      ],
    );
  });

  for (const version of ['1.1', '1.0']) {
    it(`gives streamed pieces back once they are sent, and nothing else (HTTP/${version})`, async () => {
      const pieces = Array.from({ length: 6 }, () => randomBytes(100_000));
      const whole = Buffer.concat(pieces);
      const served = await serve((r) => ok(r.rawPath === '/whole' ? whole : streamOf(pieces, whole.length)));
      for (const path of ['/whole', '/whole', '/pieces']) {
        const client = new Client(served).send(`GET ${path} HTTP/${version}\nHost: h\nConnection: close\n\n`);
        const answer = await client.untilClosed();
        assert.ok(answer.endsWith(`\r\n\r\n${whole.toString('latin1')}`), path);
      }
      assert.deepEqual(
        pieces.slice(0, -1).map(({ length }) => length),
        [0, 0, 0, 0, 0],
      );
    });
  }

  for (const [name, chunks, size] of [
    ['that fails', [Buffer.from('abc'), new Error('corrupt')], 6],
    ['that fails without a length', [Buffer.from('abc'), new Error('corrupt')], undefined],
    ['that is too short', [Buffer.from('abc')], 6],
    ['that is too long', [Buffer.from('abc'), Buffer.from('defg')], 6],
  ] as const) {
    it(`never completes a response with a body ${name}`, async () => {
      const body = streamOf(chunks, size);
      const served = await serve(() => ok(body));
      const client = new Client(served).send('GET / HTTP/1.1\nHost: h\n\n');
      const answer = await client.untilClosed();
      const [, received = ''] = answer.split('\r\n\r\n');
      assert.equal(received.includes('def'), false);
      assert.equal(received.includes('0\r\n'), false);
      assert.equal(body.closed, 1);
      assert.equal(served.sent[0]?.isComplete, false);
      assert.ok(served.sent[0]?.error instanceof Error);
    });
  }

  it('closes the source when the client goes away', async () => {
    const body = streamOf(Array.from({ length: 1000 }, () => Buffer.alloc(65_536)));
    const served = await serve(() => ok(body));
    const client = new Client(served).send('GET / HTTP/1.1\nHost: h\n\n');
    await client.until(/200 OK/);
    client.socket.destroy();
    for (let waited = 0; body.closed === 0; waited += 10) {
      assert.ok(waited < 3000);
      await pause(10);
    }
    assert.equal(served.sent[0]?.isComplete, false);
  });

  it('answers a bug with 500 and says so', async () => {
    const served = await serve(() => {
      throw new Error('a bug');
    });
    const answer = await new Client(served).send('GET / HTTP/1.1\nHost: h\n\n').untilClosed();
    assert.match(answer, /^HTTP\/1\.1 500 [\s\S]*InternalError/);
    assert.match(String(served.bugs[0]), /a bug/);
  });

  it('sends no header that would split the response', async () => {
    const served = await serve(() => ok('x', ['X-A', 'a\r\nX-B: b']));
    const answer = await new Client(served).send('GET / HTTP/1.1\nHost: h\n\n').untilClosed();
    assert.equal(answer.includes('X-B'), false);
    assert.match(String(served.sent[0]?.error), /Invalid character/);
  });
});

describe('stopping', () => {
  it('lets running requests end and closes idle connections', async () => {
    const served = await serve(async (r) => {
      if (r.rawPath === '/slow') await pause(200);
      return ok(`done ${r.rawPath}`);
    });
    const idle = new Client(served).send('GET /quick HTTP/1.1\nHost: h\n\n');
    await idle.until(/done \/quick$/);
    const busy = new Client(served).send('GET /slow HTTP/1.1\nHost: h\n\n');
    await pause(50);
    const { port } = served.listener.address;
    const stopped = served.listener.stop();
    await idle.untilClosed();
    const late = connect(port, '127.0.0.1');
    opened.sockets.push(late);
    const refused = await new Promise<Error>((resolve) => late.once('error', resolve));
    assert.match(refused.message, /ECONNREFUSED/);
    assert.match(await busy.untilClosed(), /Connection: close[\s\S]*done \/slow$/);
    await stopped;
  });
});
