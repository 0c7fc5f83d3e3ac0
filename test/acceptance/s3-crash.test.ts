// A server that is killed while clients write: after a restart everything acknowledged is there, whole, and listed.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, test } from 'node:test';
import {
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  type S3Client,
  S3ServiceException,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { assertNoFailures, connectS3, newBucketName } from '../support/s3-client.ts';
import { type ServerProcess, startServer } from '../support/server-process.ts';

const CYCLES = 5;
const WRITERS = 6;
const LOAD_MILLIS = 700;
/** Inline bodies, bodies in files, and both sides of the border between them. */
const SIZES = [0, 300, 65_536, 65_537, 400_000];

let server: ServerProcess;
let Bucket: string;

before(async () => {
  server = await startServer({ workers: 2 });
  Bucket = newBucketName('crash');
  const s3 = connectS3(server);
  await s3.send(new CreateBucketCommand({ Bucket }));
  s3.destroy();
});
after(async () => {
  await server?.dispose();
  assertNoFailures(server);
});

/** Content that can be told from any other by its key and its round. */
function contentOf(key: string, round: number): Buffer {
  const size = SIZES[(round + key.length) % SIZES.length] ?? 0;
  return Buffer.alloc(size, createHash('sha256').update(`${key} ${round}`).digest());
}

/** What a client knows of one key: what was acknowledged last, and what was still under way when the server died. */
interface Known {
  acknowledged: Buffer | undefined;
  pending: Buffer | 'deletion' | undefined;
}

type Knowledge = Map<string, Known>;

/** Whether the server can have died under the call; an answer of its own is a failure of the test. */
function assertDied(error: unknown): void {
  if (error instanceof S3ServiceException && error.$metadata.httpStatusCode !== undefined) throw error;
}

async function writeMultipart(s3: S3Client, Key: string, Body: Buffer): Promise<void> {
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key }));
  const { ETag } = await s3.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber: 1, Body }));
  const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] };
  await s3.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload }));
}

/** Writes, replaces and deletes keys of its own until the server is gone. */
async function writeUntilDeath(writer: number, cycle: number, knowledge: Knowledge): Promise<void> {
  const s3 = connectS3(server);
  try {
    for (let round = 0; ; round++) {
      const Key = `writer-${writer}/key-${round % 7}`;
      const known = knowledge.get(Key) ?? { acknowledged: undefined, pending: undefined };
      knowledge.set(Key, known);
      if (round % 5 === 4) {
        known.pending = 'deletion';
        await s3.send(new DeleteObjectCommand({ Bucket, Key }));
        known.acknowledged = undefined;
      } else {
        const Body = contentOf(Key, cycle * 1000 + round);
        known.pending = Body;
        if (round % 11 === 10) await writeMultipart(s3, Key, Body);
        else await s3.send(new PutObjectCommand({ Bucket, Key, Body }));
        known.acknowledged = Body;
      }
      known.pending = undefined;
    }
  } catch (error) {
    assertDied(error);
  } finally {
    s3.destroy();
  }
}

async function readOrMiss(s3: S3Client, Key: string): Promise<Buffer | undefined> {
  try {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
    return Buffer.from((await Body?.transformToByteArray()) ?? []);
  } catch (error) {
    if (error instanceof S3ServiceException && error.name === 'NoSuchKey') return undefined;
    throw error;
  }
}

async function listAll(s3: S3Client): Promise<string[]> {
  const keys: string[] = [];
  for await (const { Contents = [] } of paginateListObjectsV2({ client: s3, pageSize: 9 }, { Bucket })) {
    keys.push(...Contents.map(({ Key = '' }) => Key));
  }
  return keys;
}

const same = (a: Buffer | undefined, b: Buffer | undefined) =>
  a === undefined || b === undefined ? a === b : a.equals(b);

/** Each key is as acknowledged, or as the call under way would have left it. What is found is what is known from now on. */
async function assertNothingLost(knowledge: Knowledge): Promise<void> {
  const s3 = connectS3(server);
  const found = new Set<string>();
  for (const [key, known] of knowledge) {
    const content = await readOrMiss(s3, key);
    const isAsPending =
      known.pending !== undefined && same(content, known.pending === 'deletion' ? undefined : known.pending);
    assert.ok(
      same(content, known.acknowledged) || isAsPending,
      `${key}: found ${content?.length ?? 'nothing'}, acknowledged ${known.acknowledged?.length ?? 'nothing'}`,
    );
    known.acknowledged = content;
    known.pending = undefined;
    if (content !== undefined) found.add(key);
  }
  assert.deepEqual(await listAll(s3), [...found].sort());
  s3.destroy();
}

test('kill -9 under load, again and again', async () => {
  const knowledge: Knowledge = new Map();
  let acknowledged = 0;
  for (let cycle = 0; cycle < CYCLES; cycle++) {
    const writers = Array.from({ length: WRITERS }, (_, writer) => writeUntilDeath(writer, cycle, knowledge));
    await new Promise((resolve) => setTimeout(resolve, LOAD_MILLIS));
    await server.kill9();
    await Promise.all(writers);
    acknowledged += [...knowledge.values()].filter((known) => known.acknowledged !== undefined).length;
    await server.restart();
    await assertNothingLost(knowledge);
  }
  assert.ok(acknowledged > CYCLES * WRITERS, `only ${acknowledged} objects were acknowledged`);
});
