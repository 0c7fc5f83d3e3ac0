// Two workers: conditional writers are linearizable, and what one worker has acknowledged every other one shows.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { assertNoFailures, connectS3, newBucketName } from '../support/s3-client.ts';
import { type ServerProcess, startServer } from '../support/server-process.ts';

const CLIENTS = 8;

let server: ServerProcess;
/** Each has connections of its own, which the primary spreads over the workers. */
let clients: S3Client[];
let Bucket: string;

before(async () => {
  server = await startServer({ workers: 2 });
  clients = Array.from({ length: CLIENTS }, () => connectS3(server));
  Bucket = newBucketName('concurrent');
  await clients[0]?.send(new CreateBucketCommand({ Bucket }));
});
after(async () => {
  for (const client of clients ?? []) client.destroy();
  await server?.dispose();
  assertNoFailures(server);
});

/** Refusals that a conditional writer has to live with; anything else fails the test. */
function isLostRace(error: unknown): boolean {
  if (!(error instanceof S3ServiceException)) throw error;
  const { httpStatusCode } = error.$metadata;
  if (httpStatusCode !== 412 && httpStatusCode !== 409) throw error;
  return true;
}

async function read(client: S3Client, Key: string): Promise<{ text: string; etag: string }> {
  const { Body, ETag = '' } = await client.send(new GetObjectCommand({ Bucket, Key }));
  return { text: (await Body?.transformToString()) ?? '', etag: ETag };
}

describe('conditional writers', () => {
  test('of If-None-Match: * exactly one wins, and it is the one that is read', async () => {
    for (let round = 0; round < 20; round++) {
      const Key = `once/${round}`;
      const outcomes = await Promise.all(
        clients.map(async (client, writer) => {
          try {
            await client.send(
              new PutObjectCommand({ Bucket, Key, Body: `writer ${writer}`, IfNoneMatch: '*' }),
            );
            return writer;
          } catch (error) {
            return isLostRace(error) ? undefined : writer;
          }
        }),
      );
      const winners = outcomes.filter((writer) => writer !== undefined);
      assert.equal(winners.length, 1, `winners of round ${round}`);
      assert.equal((await read(clients[round % CLIENTS]!, Key)).text, `writer ${winners[0]}`);
    }
  });

  test('of If-Match count without losing one', async () => {
    const Key = 'counter';
    const rounds = 12;
    await clients[0]!.send(new PutObjectCommand({ Bucket, Key, Body: '0' }));
    /** What each acknowledged write made of what it had read: the history. */
    const steps: { from: number; to: number }[] = [];
    await Promise.all(
      clients.map(async (client) => {
        for (let done = 0; done < rounds; ) {
          const { text, etag } = await read(client, Key);
          const from = Number(text);
          try {
            await client.send(new PutObjectCommand({ Bucket, Key, Body: String(from + 1), IfMatch: etag }));
            steps.push({ from, to: from + 1 });
            done += 1;
          } catch (error) {
            isLostRace(error);
          }
        }
      }),
    );
    // Linearizable: every value was replaced exactly once, so that the history is one chain from 0 to the end.
    steps.sort((a, b) => a.from - b.from);
    assert.deepEqual(
      steps.map(({ from }) => from),
      Array.from({ length: CLIENTS * rounds }, (_, index) => index),
    );
    assert.equal((await read(clients[0]!, Key)).text, String(CLIENTS * rounds));
  });

  test('and deleters: an object is deleted as often as it is created', async () => {
    const Key = 'flickering';
    let created = 0;
    let deleted = 0;
    await Promise.all(
      clients.map(async (client, index) => {
        for (let round = 0; round < 15; round++) {
          try {
            if (index % 2 === 0) {
              await client.send(new PutObjectCommand({ Bucket, Key, Body: 'x', IfNoneMatch: '*' }));
              created += 1;
            } else {
              await client.send(new DeleteObjectCommand({ Bucket, Key, IfMatch: '*' }));
              deleted += 1;
            }
          } catch (error) {
            const isAbsent = error instanceof S3ServiceException && error.$metadata.httpStatusCode === 404;
            if (!isAbsent) isLostRace(error);
          }
        }
      }),
    );
    const isThere = await clients[0]!.send(new HeadObjectCommand({ Bucket, Key })).then(
      () => 1,
      () => 0,
    );
    assert.ok(created > 0 && deleted > 0);
    assert.equal(created - deleted, isThere);
  });
});

describe('what one worker has acknowledged', () => {
  test('every connection reads, lists and misses at once', async () => {
    for (let round = 0; round < 25; round++) {
      const Key = `fresh/${round}`;
      const Body = `content ${round}`;
      const writer = clients[round % CLIENTS]!;
      await writer.send(new PutObjectCommand({ Bucket, Key, Body }));
      await Promise.all(
        clients.map(async (client) => {
          assert.equal((await read(client, Key)).text, Body);
          const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket, Prefix: Key }));
          assert.ok(Contents.some((object) => object.Key === Key));
        }),
      );
      await writer.send(new DeleteObjectCommand({ Bucket, Key }));
      await Promise.all(
        clients.map((client) =>
          assert.rejects(read(client, Key), { name: 'NoSuchKey' }, `still there for another connection`),
        ),
      );
    }
  });

  test('and readers beside a writer never see a mixture', async () => {
    const Key = 'whole';
    const contentOf = (round: number) => String.fromCharCode(97 + (round % 26)).repeat(200_000);
    await clients[0]!.send(new PutObjectCommand({ Bucket, Key, Body: contentOf(0) }));
    let isWriting = true;
    let reads = 0;
    const readers = clients.slice(1).map(async (client) => {
      while (isWriting) {
        const { text } = await read(client, Key);
        assert.equal(text.length, 200_000);
        assert.ok(text === text[0]?.repeat(200_000), 'a mixture of two writes');
        reads += 1;
      }
    });
    const writer = async () => {
      try {
        for (let round = 1; round <= 30; round++) {
          await clients[0]!.send(new PutObjectCommand({ Bucket, Key, Body: contentOf(round) }));
        }
      } finally {
        isWriting = false;
      }
    };
    for (const outcome of await Promise.allSettled([writer(), ...readers])) {
      if (outcome.status === 'rejected') throw outcome.reason;
    }
    assert.ok(reads > 0);
  });
});
