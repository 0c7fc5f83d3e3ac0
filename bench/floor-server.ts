/**
 * The floor: the least program that could do the same work with the same tools. Plain node:http and lmdb, the same header
 * bytes out, the same digests, the same number of records in one flushed commit, and nothing of ours (design, section 8).
 *
 * Started as a child process: `node floor-server.ts <work> <data directory> <port> <workers> <response headers as JSON>`.
 */
import cluster from 'node:cluster';
import { hash } from 'node:crypto';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { crc32 } from 'node:zlib';
import { open } from 'lmdb';

export type FloorWork = 'get' | 'put';

const [work, directory, port, workers, headersJson] = process.argv.slice(2) as [
  FloorWork,
  string,
  string,
  string,
  string,
];
const headers = JSON.parse(headersJson) as string[];

if (cluster.isPrimary) {
  for (let index = 0; index < Number(workers); index++) cluster.fork();
  process.on('SIGTERM', () => process.exit(0));
} else {
  const store = open<Buffer, string>({
    path: directory,
    encoding: 'binary',
    overlappingSync: false,
    useVersions: true,
    mapSize: 2 ** 40,
  });
  const listeners: Record<FloorWork, RequestListener> = { get: answerGet, put: answerPut };
  createServer({ keepAliveTimeout: 75_000 }, listeners[work]).listen(Number(port), '127.0.0.1');

  function answerGet(request: IncomingMessage, response: ServerResponse): void {
    store.resetReadTxn();
    const body = store.get(request.url as string);
    if (body === undefined) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, headers);
    response.end(body);
  }

  let sequence = 0;
  function answerPut(request: IncomingMessage, response: ServerResponse): void {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
      const record = Buffer.alloc(160);
      hash('md5', body);
      hash('sha256', body);
      crc32(body);
      const key = request.url as string;
      sequence += 1;
      const version = process.pid * 2 ** 24 + sequence;
      store.put(`head${key}`, record, version);
      store.put(`body${process.pid}/${sequence}`, body, version);
      store.put(`delta${process.pid}/${sequence}`, record.subarray(0, 16), version).then(
        () => {
          response.writeHead(200, headers);
          response.end();
        },
        () => response.writeHead(500).end(),
      );
    });
  }
}
