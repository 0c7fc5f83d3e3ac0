/** Large objects, against bare file-to-socket and socket-digest-file-flush. Server CPU per request decides here, too. */
import { randomBytes } from 'node:crypto';
import { createDigest, type DigestAlgorithm } from '../src/lib/digests.ts';
import { IndependentSigner } from '../test/support/independent-signer.ts';
import { type BenchServer, BUCKET, withFloor, withServer } from './bench-servers.ts';
import type { PreparedRequest } from './load-generator.ts';
import { measureTurns } from './measure.ts';
import { type BenchSettings, type Row, ratioOf } from './row.ts';
import { runFor, send, sendAll } from './send-requests.ts';

interface LargeObjectWork {
  readonly name: string;
  readonly title: string;
  readonly target: number;
  readonly method: 'GET' | 'PUT';
  /** How the body of an upload is sent. */
  readonly upload: 'unsigned' | 'CRC64NVME' | 'CRC32' | 'signed-chunks';
  /** What the floor computes, too. */
  readonly digests: readonly DigestAlgorithm[];
}

const CONNECTIONS = 4;
const CHUNK_BYTES = 65_536;
const MIB = 2 ** 20;

const works: readonly LargeObjectWork[] = [
  {
    name: 'get-large',
    title: 'GET of a large object, 4 connections',
    target: 0.9,
    method: 'GET',
    upload: 'unsigned',
    digests: [],
  },
  {
    name: 'put-large',
    title: 'PUT of a large object, unsigned payload, 4 connections',
    target: 0.9,
    method: 'PUT',
    upload: 'unsigned',
    digests: ['MD5'],
  },
  {
    name: 'put-large-crc64nvme',
    title: 'PUT of a large object, trailer CRC64NVME, 4 connections',
    target: 0.85,
    method: 'PUT',
    upload: 'CRC64NVME',
    digests: ['MD5', 'CRC64NVME'],
  },
  {
    name: 'put-large-crc32',
    title: 'PUT of a large object, trailer CRC32, 4 connections',
    target: 0.85,
    method: 'PUT',
    upload: 'CRC32',
    digests: ['MD5', 'CRC32'],
  },
  {
    name: 'put-large-signed-chunks',
    title: 'PUT of a large object, signed chunks, 4 connections',
    target: 0.85,
    method: 'PUT',
    upload: 'signed-chunks',
    digests: ['MD5', 'SHA256'],
  },
];

export const largeObjectRows: readonly Row[] = works.map((work) => ({
  name: work.name,
  run: (settings) => withServer(settings.workers, (server) => measureLargeObjects(work, server, settings)),
}));

async function measureLargeObjects(work: LargeObjectWork, server: BenchServer, settings: BenchSettings) {
  const { name, title, target, method } = work;
  const body = randomBytes(settings.mebibytes * MIB);
  const paths = Array.from({ length: CONNECTIONS }, (_, lane) => `/${BUCKET}/large-${lane}`);
  const uploads = paths.map((path) => uploadOf(work, server, path, body));
  if (method === 'GET') await sendAll(server.port, uploads);
  const requests =
    method === 'PUT' ? uploads : paths.map((path) => server.sign({ method, path, headers: {} }));
  const description = server.sign({ method: 'HEAD', path: paths[0]!, headers: {} });
  const answer = await send(server.port, method === 'PUT' ? requests[0]! : description);
  const floor = {
    work: method === 'PUT' ? ('put-file' as const) : ('get-file' as const),
    workers: settings.workers,
    isSigned: true,
    answer: { status: 200, headers: answer.headers },
    digests: work.digests,
    fill: { paths: method === 'GET' ? paths : [], body },
  };
  const turnSeconds = Math.max(1, settings.seconds / 5);
  const pair = await withFloor(floor, (floorServer) =>
    measureTurns(server, floorServer, ({ port }) =>
      runFor(port, {
        connections: CONNECTIONS,
        seconds: turnSeconds,
        expectedStatus: 200,
        // The floor takes the decoded bytes.
        requests: port === server.port || method === 'GET' ? requests : plainUploads(paths, body),
      }),
    ),
  );
  return { name, title, target, ...ratioOf(pair) };
}

function plainUploads(paths: readonly string[], body: Buffer): PreparedRequest[] {
  return paths.map((path) => ({
    method: 'PUT',
    path,
    headers: { 'content-length': `${body.length}` },
    body,
  }));
}

function uploadOf(work: LargeObjectWork, server: BenchServer, path: string, body: Buffer): PreparedRequest {
  const length = { 'content-length': `${body.length}` };
  if (work.upload === 'unsigned') {
    const signed = server.sign({ method: 'PUT', path, headers: {}, body, bodySha256: 'UNSIGNED-PAYLOAD' });
    return { ...signed, headers: { ...signed.headers, ...length } };
  }
  const { host, accessKey, secretKey, region } = server.signer;
  const signer = new IndependentSigner({ accessKeyId: accessKey, secret: secretKey, region }, new Date());
  const isSigned = work.upload === 'signed-chunks';
  const trailers = isSigned ? undefined : [checksumTrailer(work.upload as DigestAlgorithm, body)];
  const chunking = { chunkBytes: CHUNK_BYTES, isSigned, ...(trailers && { trailers }) };
  const signed = signer.byChunks({ method: 'PUT', host, path, body }, chunking);
  const headers = { ...signed.headers, host, 'content-length': `${signed.body.length}` };
  return { method: 'PUT', path: signed.target, headers, body: signed.body };
}

function checksumTrailer(algorithm: DigestAlgorithm, body: Buffer): readonly [string, string] {
  const digest = createDigest(algorithm);
  digest.update(body);
  return [`x-amz-checksum-${algorithm.toLowerCase()}`, digest.digest().toString('base64')];
}
