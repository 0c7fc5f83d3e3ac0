/** Copying and completing move no bytes: how many commits a large copy takes, and how long completing as many parts as may be. */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { open } from 'lmdb';
import { metadataPathOf } from '../src/storage/embedded/data-directory.ts';
import { type BenchServer, BUCKET, withServer } from './bench-servers.ts';
import type { BenchSettings, Row } from './row.ts';
import { send } from './send-requests.ts';

const MIB = 2 ** 20;
const PART_BYTES = 64 * MIB;
/** 80 of 64 MiB: 5 GiB, the most that CopyObject takes. */
const COPY_PARTS = 80;
const PARTS_MAX = 10_000;
const SMALL_PART_BYTES = 5 * MIB;
const TRIES = 5;

export const multipartRows: readonly Row[] = [
  { name: 'copy-5g', run: ({ workers }) => withServer(workers, measureCopy) },
  { name: 'complete-10000', run: ({ workers }: BenchSettings) => withServer(workers, measureComplete) },
];

async function measureCopy(server: BenchServer) {
  await put(server, 'part', PART_BYTES);
  await put(server, 'small', MIB);
  const upload = await beginUpload(server, 'large');
  const parts = await copyParts(server, 'large', upload, 'part', COPY_PARTS);
  await complete(server, 'large', upload, parts);
  const large = await countCommits(server, 'large');
  const small = await countCommits(server, 'small');
  return {
    kind: 'figure' as const,
    name: 'copy-5g',
    title: 'commits of a CopyObject of 5 GiB, beyond those of one of 1 MiB',
    target: 0,
    figure: large.commits - small.commits,
    unit: 'commits',
    errors: 0,
    details: `${large.commits} in ${large.millis.toFixed(1)} ms, and ${small.commits} in ${small.millis.toFixed(1)} ms`,
  };
}

async function measureComplete(server: BenchServer) {
  await put(server, 'part', SMALL_PART_BYTES);
  const upload = await beginUpload(server, 'many');
  const parts = await copyParts(server, 'many', upload, 'part', PARTS_MAX);
  const begun = performance.now();
  await complete(server, 'many', upload, parts);
  return {
    kind: 'figure' as const,
    name: 'complete-10000',
    title: 'CompleteMultipartUpload of 10,000 parts',
    target: 1,
    figure: (performance.now() - begun) / 1000,
    unit: 's',
    errors: 0,
    details: 'an object of 48.8 GiB',
  };
}

/** The least of some tries: now and then a commit of the background falls into one. */
async function countCommits(server: BenchServer, key: string) {
  const store = open({ path: metadataPathOf(server.dataDirectory), readOnly: true });
  const lastCommit = () => {
    store.resetReadTxn();
    return (store.getStats() as { readonly lastTxnId: number }).lastTxnId;
  };
  let least = { commits: Number.POSITIVE_INFINITY, millis: 0 };
  for (let attempt = 0; attempt < TRIES; attempt++) {
    await sleep(100);
    const [before, begun] = [lastCommit(), performance.now()];
    await ask(server, 'PUT', `copy-of-${key}`, '', { 'x-amz-copy-source': `/${BUCKET}/${key}` });
    const tried = { millis: performance.now() - begun, commits: lastCommit() - before };
    if (tried.commits < least.commits) least = tried;
  }
  await store.close();
  return least;
}

async function beginUpload(server: BenchServer, key: string): Promise<string> {
  const body = await ask(server, 'POST', key, 'uploads=');
  return /<UploadId>([^<]+)</.exec(body)![1]!;
}

/** ETags of the parts, each a copy of the same object. */
async function copyParts(
  server: BenchServer,
  key: string,
  upload: string,
  source: string,
  count: number,
): Promise<readonly string[]> {
  const etags = new Array<string>(count);
  let next = 0;
  const runLane = async () => {
    while (next < count) {
      const index = next++;
      const query = `partNumber=${index + 1}&uploadId=${upload}`;
      const body = await ask(server, 'PUT', key, query, { 'x-amz-copy-source': `/${BUCKET}/${source}` });
      etags[index] = /<ETag>(?:&quot;|")?([0-9a-f]{32})/.exec(body)![1]!;
    }
  };
  await Promise.all(Array.from({ length: 16 }, runLane));
  return etags;
}

async function complete(server: BenchServer, key: string, upload: string, etags: readonly string[]) {
  const parts = etags.map(
    (etag, index) => `<Part><PartNumber>${index + 1}</PartNumber><ETag>${etag}</ETag></Part>`,
  );
  const body = Buffer.from(`<CompleteMultipartUpload>${parts.join('')}</CompleteMultipartUpload>`);
  await ask(server, 'POST', key, `uploadId=${upload}`, {}, body);
}

async function put(server: BenchServer, key: string, bytes: number): Promise<void> {
  await ask(server, 'PUT', key, '', {}, randomBytes(bytes));
}

async function ask(
  server: BenchServer,
  method: string,
  key: string,
  query: string,
  headers: Readonly<Record<string, string>> = {},
  body?: Buffer,
): Promise<string> {
  const path = `/${BUCKET}/${key}${query === '' ? '' : `?${query}`}`;
  const answer = await send(server.port, server.sign({ method, path, headers, ...(body && { body }) }));
  if (answer.status !== 200) throw new Error(`${method} ${path}: ${answer.status} ${answer.body}`);
  return answer.body;
}
