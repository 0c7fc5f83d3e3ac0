import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Duplex } from 'node:stream';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { headOfMessage } from './accept-request.ts';
import { parsePlainHead } from './parse-plain-head.ts';

type Field = [string, string | undefined];

interface Read {
  readonly method: string;
  readonly target: string;
  readonly fields: Field[];
  readonly keepsConnection: boolean;
  readonly expectsContinue: boolean;
}

/** What Node's parser makes of the same bytes; undefined when it refuses them, or waits for more. */
async function readByNode(bytes: Buffer): Promise<Read | undefined> {
  const server = createServer({ maxHeaderSize: 64 * 1024, requireHostHeader: false });
  server.maxHeadersCount = 0;
  let read: Read | undefined;
  for (const event of ['request', 'checkContinue']) {
    server.on(event, (message: IncomingMessage, response: ServerResponse) => {
      const { method, target, headers } = headOfMessage(message);
      const fields = [...headers.names()].map((name): Field => [name, headers.get(name)]);
      const expectsContinue = event === 'checkContinue';
      read = { method, target, fields, keepsConnection: response.shouldKeepAlive, expectsContinue };
    });
  }
  for (const event of ['checkExpectation', 'upgrade', 'connect', 'clientError']) {
    server.on(event, () => undefined);
  }
  const socket = new Duplex({ read: () => undefined, write: (_chunk, _encoding, done) => done() });
  server.emit('connection', socket);
  socket.push(bytes);
  await turn();
  socket.destroy();
  return read;
}

const piece = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom('GET', 'PUT', 'HEAD', ' ', '/', '/a?b=%20', ' HTTP/1.1', '\r\n', ':'),
  },
  {
    weight: 6,
    arbitrary: fc.constantFrom(
      'Host: h\r\n',
      'X-A: 1\r\n',
      'x-a:2 \t\r\n',
      'Content-Length: 3\r\n',
      '\r\n\r\n',
    ),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      'Connection: close\r\n',
      'connection: Keep-Alive\r\n',
      'Transfer-Encoding: chunked\r\n',
      'Expect: 100-continue\r\n',
      'Upgrade: h2c\r\n',
      'Content-Length: 3, 3\r\n',
      'Proxy-Connection: close\r\n',
      ' folded\r\n',
      'X-B : 1\r\n',
      'X-C\r\n',
    ),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom('\n', '\r', '\0', '\t', '#', '*', 'é', '\x7f', 'HTTP/1.0', 'BREW'),
  },
);

const request = fc.oneof(
  fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')),
  fc
    .tuple(fc.constantFrom('GET', 'PUT', 'DELETE', 'get'), fc.array(piece, { maxLength: 6 }))
    .map(([method, pieces]) => `${method} /k HTTP/1.1\r\nHost: h\r\n${pieces.join('')}\r\n\r\n`),
);

test('what is plain means the same to the parser of Node', async () => {
  let plain = 0;
  const property = fc.asyncProperty(request, async (text) => {
    const bytes = Buffer.from(text, 'latin1');
    const head = parsePlainHead(bytes);
    if (head === undefined) return;
    plain += 1;
    const { method, target, headers, contentLength, expectsContinue } = head;
    const fields = [...headers.names()].map((name): Field => [name, headers.get(name)]);
    const expected = { method, target, fields, keepsConnection: true, expectsContinue };
    assert.deepEqual(await readByNode(bytes), expected);
    assert.equal(contentLength, Number(headers.get('content-length') ?? '0'));
    assert.equal(bytes.toString('latin1', head.bytes - 4, head.bytes), '\r\n\r\n');
  });
  await fc.assert(property, { numRuns: 3000 });
  assert.ok(plain > 300, `${plain} of the heads were plain`);
});

test('an ordinary signed request is plain', () => {
  const text =
    'PUT /b/k%20e?partNumber=1&uploadId=x HTTP/1.1\r\nHost: s3.example:9000\r\nAuthorization: AWS4-HMAC-SHA256 Credential=a/b\r\n' +
    'x-amz-date: 20261121T000000Z\r\nX-Amz-Meta-Name:  caf\u00e9 \r\nContent-Length: 5\r\nConnection: keep-alive\r\n\r\nhello';
  const head = parsePlainHead(Buffer.from(text, 'latin1'));
  assert.deepEqual([head?.method, head?.target], ['PUT', '/b/k%20e?partNumber=1&uploadId=x']);
  assert.equal(head?.headers.get('x-amz-meta-name'), 'café');
  assert.deepEqual([head?.contentLength, head?.bytes], [5, text.length - 5]);
});

const others: Record<string, string> = {
  'an unfinished head': 'GET / HTTP/1.1\r\nHost: h\r\n',
  'an older version': 'GET / HTTP/1.0\r\n\r\n',
  'a target in absolute form': 'GET http://h/ HTTP/1.1\r\n\r\n',
  'a fragment': 'GET /a#b HTTP/1.1\r\n\r\n',
  'another method': 'PATCH / HTTP/1.1\r\n\r\n',
  'chunked transfer': 'PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n',
  'another expectation': 'PUT / HTTP/1.1\r\nExpect: 200-ok\r\nContent-Length: 1\r\n\r\nx',
  'an upgrade': 'GET / HTTP/1.1\r\nUpgrade: h2c\r\n\r\n',
  'the last request of a connection': 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n',
  'two lengths': 'PUT / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx',
  'a length that is none': 'PUT / HTTP/1.1\r\nContent-Length: +1\r\n\r\nx',
  'a folded line': 'GET / HTTP/1.1\r\nX: a\r\n b\r\n\r\n',
  'a blank before the colon': 'GET / HTTP/1.1\r\nX : a\r\n\r\n',
  'a bare line feed': 'GET / HTTP/1.1\r\nX: a\nY: b\r\n\r\n',
  'a bare carriage return': 'GET / HTTP/1.1\r\nX: a\rY: b\r\n\r\n',
  'a zero byte': 'GET / HTTP/1.1\r\nX: \0\r\n\r\n',
  'a very long head': `GET / HTTP/1.1\r\nX: ${'x'.repeat(9000)}\r\n\r\n`,
};

for (const [name, text] of Object.entries(others)) {
  test(`${name} is left to Node`, () => {
    assert.equal(parsePlainHead(Buffer.from(text, 'latin1')), undefined);
  });
}
