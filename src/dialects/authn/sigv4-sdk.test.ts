/** The AWS SDK as the signer: what it would send, caught before it is sent. */
import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import {
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  type S3ClientConfig,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { naiveChecksum } from '../../../test/support/naive-checksums.ts';
import { exampleKey } from '../../../test/support/published-signatures.ts';
import { wireRequest } from '../../../test/support/wire-request.ts';
import type { WireRequest } from '../kernel/wire.ts';
import { findProof } from './find-proof.ts';
import { openPayload } from './open-payload.ts';
import { createSigV4Verifier } from './sigv4.ts';

interface CaughtRequest {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string | string[] | null>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

class Caught extends Error {
  readonly request: CaughtRequest;

  constructor(request: CaughtRequest) {
    super('caught');
    this.request = request;
  }
}

const quiet = () => undefined;
const silent = { debug: quiet, info: quiet, warn: quiet, error: quiet };
const KEY = "a b/ü+'(*)!/~//../&=?.txt";

function clientOf(options: S3ClientConfig = {}): S3Client {
  return new S3Client({
    region: exampleKey.region,
    endpoint: 'http://localhost:9000',
    forcePathStyle: true,
    credentials: { accessKeyId: exampleKey.accessKeyId, secretAccessKey: exampleKey.secret },
    maxAttempts: 1,
    logger: silent,
    requestHandler: {
      handle: async (request: CaughtRequest) => {
        throw new Caught(request);
      },
    },
    ...options,
  });
}

const verifier = createSigV4Verifier({
  credentials: {
    findAccessKey: async (accessKeyId) => ({
      accessKeyId,
      secret: exampleKey.secret,
      recordVersion: 1,
      principal: { kind: 'anonymous' },
    }),
  },
  skewSecondsMax: 900,
  signingKeysMax: 10,
  publicAddresses: [],
});

const verify = (request: WireRequest) =>
  verifier.verify(request, findProof(request).kind === 'sigv4' ? 'header' : 'query', () => ({
    service: 's3',
    region: () => ({ kind: 'ok' }),
    presignSecondsMax: 604_800,
  }));

async function caught(send: () => Promise<unknown>): Promise<WireRequest> {
  let request: CaughtRequest | undefined;
  await assert.rejects(send, (error) => {
    if (error instanceof Caught) request = error.request;
    return error instanceof Caught;
  });
  assert.ok(request);
  const pieces: Buffer[] = [];
  if (typeof request.body === 'string') pieces.push(Buffer.from(request.body));
  else if (request.body !== undefined) {
    for await (const piece of Readable.from(request.body as Iterable<Uint8Array>))
      pieces.push(Buffer.from(piece));
  }
  const query = Object.entries(request.query).map(
    ([name, value]) => `${name}=${encodeURIComponent(String(value ?? ''))}`,
  );
  return wireRequest({
    method: request.method,
    target: query.length > 0 ? `${request.path}?${query.join('&')}` : request.path,
    headers: Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value]),
    pieces,
    at: new Date(),
  });
}

test('requests without a body', async () => {
  const client = clientOf();
  await verify(
    await caught(() => client.send(new GetObjectCommand({ Bucket: 'b', Key: KEY, Range: 'bytes=0-1' }))),
  );
  const listing = new ListObjectsV2Command({
    Bucket: 'b',
    Prefix: "a b+c/ü'",
    Delimiter: '/',
    StartAfter: '~*',
  });
  await verify(await caught(() => client.send(listing)));
});

test('a body in one piece', async () => {
  const put = new PutObjectCommand({ Bucket: 'b', Key: KEY, Body: 'hello', Metadata: { a: 'b  c' } });
  const request = await caught(() => clientOf().send(put));
  const { payload } = await verify(request);
  assert.ok(payload.kind === 'hash' || payload.kind === 'unsigned');
  assert.equal(String(await openPayload(request, payload).source.read()), 'hello');
});

test('a stream in chunks with a trailer, in every way the SDK frames it', async () => {
  const bytes = Buffer.alloc(200_000, 'storehouse');
  const pieces = () =>
    Array.from({ length: 20 }, (_, index) => bytes.subarray(index * 10_000, (index + 1) * 10_000));
  for (const endpoint of ['http://localhost:9000', 'https://localhost:9000']) {
    const put = new PutObjectCommand({
      Bucket: 'b',
      Key: KEY,
      Body: Readable.from(pieces()),
      ContentLength: bytes.length,
    });
    const request = await caught(() => clientOf({ endpoint }).send(put));
    const { payload: mode } = await verify(request);
    assert.equal(mode.kind, 'chunks');
    const payload = openPayload(request, mode);
    assert.equal(payload.size, bytes.length);
    const read: Buffer[] = [];
    for (let piece = await payload.source.read(); piece !== null; piece = await payload.source.read())
      read.push(piece);
    assert.ok(Buffer.concat(read).equals(bytes));
    assert.equal(payload.trailer('x-amz-checksum-crc32'), naiveChecksum('CRC32', bytes));
  }
});

test('presigned URLs', async () => {
  const client = clientOf();
  const get = new GetObjectCommand({
    Bucket: 'b',
    Key: KEY,
    ResponseContentDisposition: 'attachment; filename="ü b.txt"',
  });
  const put = new PutObjectCommand({
    Bucket: 'b',
    Key: KEY,
    ContentType: 'text/plain',
    Metadata: { a: 'b c' },
  });
  for (const [method, command] of [
    ['GET', get],
    ['PUT', put],
  ] as const) {
    // Not `new URL`: it would resolve the `..` of the key.
    const url = await getSignedUrl(client, command, { expiresIn: 60 });
    assert.ok(url.startsWith('http://localhost:9000/b/'));
    const request = wireRequest({
      method,
      target: url.slice('http://localhost:9000'.length),
      headers: [['host', 'localhost:9000']],
      at: new Date(),
    });
    const { payload } = await verify(request);
    assert.deepEqual(payload, { kind: 'unsigned' });
  }
});
