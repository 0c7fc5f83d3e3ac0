/**
 * The floor: the least program that could do the same work with the same tools. Plain node:http and lmdb, the same header
 * bytes out, the same bytes hashed (of a signed request the canonical request and the string to sign, too), the same number of
 * records in one flushed commit, and nothing of ours but the digests that Node has not (design, section 8). It compares no
 * signature and asks nobody for permission.
 *
 * Started as a child process: `node floor-server.ts <plan as JSON>`.
 */
import cluster from 'node:cluster';
import { createHmac, createSecretKey, hash } from 'node:crypto';
import { close, createReadStream, fsync, open as openFile, unlink, writev } from 'node:fs';
import { createServer, type RequestListener, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { crc32 } from 'node:zlib';
import { open } from 'lmdb';
import { createDigest, type DigestAlgorithm } from '../src/lib/digests.ts';

export type FloorWork = 'get' | 'head' | 'delete' | 'put' | 'get-file' | 'put-file' | 'list';

export interface FloorPlan {
  readonly work: FloorWork;
  readonly directory: string;
  readonly port: number;
  readonly workers: number;
  /** What every answer looks like. `body`: instead of what was read. */
  readonly answer: {
    readonly status: number;
    readonly headers: readonly string[];
    readonly body?: string | undefined;
  };
  readonly isSigned: boolean;
  /** Of `put-file`. */
  readonly digests?: readonly DigestAlgorithm[];
}

const PAGE_ROWS = 1000;
const FILE_PIECE_BYTES = 256 * 1024;

const plan = JSON.parse(process.argv[2] as string) as FloorPlan;

if (cluster.isPrimary) {
  for (let index = 0; index < plan.workers; index++) cluster.fork();
  process.on('SIGTERM', () => process.exit(0));
} else {
  const listeners: Record<FloorWork, () => RequestListener> = {
    get: answerRead,
    head: answerRead,
    delete: answerDelete,
    put: answerPut,
    list: answerList,
    'get-file': answerGetFile,
    'put-file': answerPutFile,
  };
  const listener = listeners[plan.work]();
  createServer({ keepAliveTimeout: 75_000 }, plan.isSigned ? hashSignature(listener) : listener).listen(
    plan.port,
    '127.0.0.1',
  );
}

function openStore() {
  return open<Buffer, string>({
    path: plan.directory,
    encoding: 'binary',
    overlappingSync: false,
    useVersions: true,
    mapSize: 2 ** 40,
  });
}

/** Of a request with the three headers that a client signs at the least. */
const CANONICAL_REQUEST = 'c'.repeat(340);
const STRING_TO_SIGN_HEAD = 's'.repeat(70);

function hashSignature(listener: RequestListener): RequestListener {
  const key = createSecretKey(Buffer.alloc(32));
  return (request, response) => {
    const toSign = STRING_TO_SIGN_HEAD + hash('sha256', CANONICAL_REQUEST);
    createHmac('sha256', key).update(toSign).digest();
    listener(request, response);
  };
}

function answer(response: ServerResponse, body: string | Buffer | undefined): void {
  response.writeHead(plan.answer.status, plan.answer.headers as string[]);
  response.end(body);
}

function answerRead(): RequestListener {
  const store = openStore();
  return (request, response) => {
    store.resetReadTxn();
    const body = store.get(request.url as string);
    if (body === undefined) response.writeHead(404).end();
    else answer(response, plan.answer.body ?? (request.method === 'HEAD' ? undefined : body));
  };
}

/** Of consecutive keys, the names of which end in what stands after `start-after=`, as minimal XML. */
function answerList(): RequestListener {
  const store = openStore();
  return (request, response) => {
    store.resetReadTxn();
    const url = request.url as string;
    const start = decodeURIComponent(/start-after=([^&]*)/.exec(url)?.[1] ?? '');
    let xml = '<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult>';
    for (const { key, value } of store.getRange({ start, limit: PAGE_ROWS })) {
      xml +=
        `<Contents><Key>${key}</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified>` +
        `<ETag>&quot;${value.toString('hex', 32, 48)}&quot;</ETag><Size>${value.length}</Size>` +
        '<StorageClass>STANDARD</StorageClass></Contents>';
    }
    const body = `${xml}</ListBucketResult>`;
    response.writeHead(200, ['Content-Type', 'application/xml', 'Content-Length', String(body.length)]);
    response.end(body);
  };
}

function answerPut(): RequestListener {
  const store = openStore();
  let sequence = 0;
  return (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
      const record = Buffer.alloc(160);
      hash('md5', body);
      hash('sha256', body);
      crc32(body);
      sequence += 1;
      const version = process.pid * 2 ** 24 + sequence;
      store.put(`head${request.url}`, record, version);
      store.put(`body${process.pid}/${sequence}`, body, version);
      store.put(`delta${process.pid}/${sequence}`, record.subarray(0, 16), version).then(
        () => answer(response, undefined),
        () => response.writeHead(500).end(),
      );
    });
  };
}

function answerDelete(): RequestListener {
  const store = openStore();
  let sequence = 0;
  return async (request, response) => {
    sequence += 1;
    store.remove(request.url as string);
    store.remove(`body${request.url}`);
    await store.put(`delta${process.pid}/${sequence}`, Buffer.alloc(16), sequence);
    answer(response, undefined);
  };
}

function answerGetFile(): RequestListener {
  return (request, response) => {
    const file = createReadStream(join(plan.directory, encodeURIComponent(request.url as string)), {
      highWaterMark: FILE_PIECE_BYTES,
    });
    file.on('error', () => response.writeHead(404).end());
    file.on('open', () => response.writeHead(plan.answer.status, plan.answer.headers as string[]));
    file.pipe(response);
  };
}

/** Writes what has gathered while the write before was under way, flushes, and forgets the file. */
function answerPutFile(): RequestListener {
  let sequence = 0;
  return async (request, response) => {
    sequence += 1;
    const path = join(plan.directory, `${process.pid}-${sequence}`);
    const descriptor = await promisify(openFile)(path, 'wx');
    const digests = (plan.digests ?? []).map((algorithm) => createDigest(algorithm));
    let gathered: Buffer[] = [];
    for await (const chunk of request) {
      for (const digest of digests) digest.update(chunk as Buffer);
      gathered.push(chunk as Buffer);
      if (gathered.length < 4) continue;
      await promisify(writev)(descriptor, gathered);
      gathered = [];
    }
    if (gathered.length > 0) await promisify(writev)(descriptor, gathered);
    for (const digest of digests) digest.digest();
    await promisify(fsync)(descriptor);
    await promisify(close)(descriptor);
    answer(response, undefined);
    await promisify(unlink)(path);
  };
}
