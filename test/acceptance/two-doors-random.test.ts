// Random operations through both doors, answered by both workers, against one model: whatever one door has acknowledged, the other shows.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, it } from 'node:test';
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import fc from 'fast-check';
import { connectS3 } from '../support/s3-client.ts';
import { type ServerProcess, startServer } from '../support/server-process.ts';
import { addSwiftUser, type SwiftUser, s3KeysOf } from '../support/swift-client.ts';

let server: ServerProcess;
let kim: SwiftUser;
let s3: S3Client;
before(async () => {
  server = await startServer({ workers: 3 });
  kim = await addSwiftUser(server, 'kim');
  s3 = connectS3(server, { credentials: await s3KeysOf(server, kim) });
});
after(async () => {
  s3?.destroy();
  await server?.dispose();
});

interface ModelObject {
  readonly body: string;
  readonly color: string;
}
type Model = Map<string, ModelObject>;
type Door = 's3' | 'swift';

/** Stands for a body that is not kept inline. */
const LONG = 'long';
const keys = ['a', 'a/', 'a/b', 'a//b', 'b c', 'b+c', 'é', 'é/%2F', '../x', 'z'];
const key = fc.constantFrom(...keys);
const door = fc.constantFrom<Door>('s3', 'swift');
const body = fc.oneof(fc.string({ maxLength: 30 }), fc.constant(LONG));
const color = fc.constantFrom('red', 'grün', '빨강');

const command = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('put' as const), door, key, body, color }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('delete' as const), door, key }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('copy' as const), door, key, to: key }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('post' as const), key, color }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('get' as const), door, key }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('list' as const),
      prefix: fc.constantFrom('', 'a', 'a/', 'é'),
      delimiter: fc.constantFrom('', '/'),
    }),
  },
);
type Command = typeof command extends fc.Arbitrary<infer C> ? C : never;

const target = (bucket: string, name: string) => `/${bucket}/${encodeURIComponent(name)}`;
const md5 = (text: string) => createHash('md5').update(text).digest('hex');

async function apply(bucket: string, model: Model, step: Command): Promise<void> {
  const Bucket = bucket;
  switch (step.kind) {
    case 'put': {
      const { key: Key, color: shown } = step;
      const text = step.body === LONG ? LONG.repeat(20_000) : step.body;
      if (step.door === 's3') {
        await s3.send(
          new PutObjectCommand({
            Bucket,
            Key,
            Body: Buffer.from(text),
            Metadata: { color: encodeWord(shown) },
          }),
        );
      } else {
        const headers = { 'X-Object-Meta-Color': latin1(shown), ETag: md5(text) };
        assert.equal((await kim.ask('PUT', target(bucket, Key), { body: text, headers })).status, 201);
      }
      model.set(Key, { body: text, color: shown });
      return;
    }
    case 'delete': {
      if (step.door === 's3') await s3.send(new DeleteObjectCommand({ Bucket, Key: step.key }));
      else {
        const { status } = await kim.ask('DELETE', target(bucket, step.key));
        assert.equal(status, model.has(step.key) ? 204 : 404);
      }
      model.delete(step.key);
      return;
    }
    case 'copy':
      return copy(bucket, model, step);
    case 'post': {
      const headers = { 'X-Object-Meta-Color': latin1(step.color) };
      const { status } = await kim.ask('POST', target(bucket, step.key), { headers });
      const found = model.get(step.key);
      assert.equal(status, found === undefined ? 404 : 202);
      if (found !== undefined) model.set(step.key, { ...found, color: step.color });
      return;
    }
    case 'get':
      return assertObject(bucket, model, step.key, step.door);
    case 'list':
      return assertListings(bucket, model, step.prefix, step.delimiter);
  }
}

async function copy(
  bucket: string,
  model: Model,
  { door: by, key: from, to }: { readonly door: Door; readonly key: string; readonly to: string },
): Promise<void> {
  const found = model.get(from);
  if (by === 's3') {
    if (from === to) return;
    const CopySource = `${bucket}/${encodeURIComponent(from)}`;
    const result = s3.send(new CopyObjectCommand({ Bucket: bucket, Key: to, CopySource }));
    if (found === undefined) {
      await assert.rejects(result, { name: 'NoSuchKey' });
      return;
    }
    await result;
  } else {
    const headers = { Destination: target(bucket, to) };
    const { status } = await kim.ask('COPY', target(bucket, from), { headers });
    assert.equal(status, found === undefined ? 404 : 201);
  }
  if (found !== undefined) model.set(to, found);
}

async function assertObject(bucket: string, model: Model, name: string, by: Door): Promise<void> {
  const found = model.get(name);
  if (by === 'swift') {
    const answer = await kim.ask('GET', target(bucket, name));
    assert.equal(answer.status, found === undefined ? 404 : 200);
    if (found === undefined) return;
    assert.deepEqual(
      [answer.text, answer.header('x-object-meta-color'), answer.header('etag')],
      [found.body, found.color, md5(found.body)],
    );
    return;
  }
  const result = s3.send(new GetObjectCommand({ Bucket: bucket, Key: name }));
  if (found === undefined) {
    await assert.rejects(result, { name: 'NoSuchKey' });
    return;
  }
  const { Body, ETag, Metadata } = await result;
  assert.deepEqual([await Body?.transformToString(), ETag], [found.body, `"${md5(found.body)}"`]);
  assert.equal(decodeWord(Metadata?.['color'] ?? ''), found.color);
}

async function assertListings(
  bucket: string,
  model: Model,
  prefix: string,
  delimiter: string,
): Promise<void> {
  const expected = listModel(model, prefix, delimiter);
  const query = `prefix=${encodeURIComponent(prefix)}&delimiter=${delimiter}`;
  const answer = await kim.ask('GET', `/${bucket}?${query}`);
  assert.deepEqual(answer.text.split('\n').slice(0, -1), expected);
  const reversed = await kim.ask('GET', `/${bucket}?${query}&reverse=true`);
  assert.deepEqual(reversed.text.split('\n').slice(0, -1), expected.toReversed());
  const { Contents = [], CommonPrefixes = [] } = await s3.send(
    new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, Delimiter: delimiter }),
  );
  const listed = [...Contents.map(({ Key = '' }) => Key), ...CommonPrefixes.map(({ Prefix = '' }) => Prefix)];
  assert.deepEqual(listed.toSorted(inBytes), expected);
  const head = await kim.ask('HEAD', `/${bucket}`);
  const bytes = [...model.values()].reduce((sum, object) => sum + Buffer.byteLength(object.body), 0);
  assert.deepEqual(
    [head.header('x-container-object-count'), head.header('x-container-bytes-used')],
    [String(model.size), String(bytes)],
  );
}

function listModel(model: Model, prefix: string, delimiter: string): string[] {
  const rows = new Set<string>();
  for (const name of model.keys()) {
    if (!name.startsWith(prefix)) continue;
    const end = delimiter === '' ? -1 : name.indexOf(delimiter, prefix.length);
    rows.add(end < 0 ? name : name.slice(0, end + delimiter.length));
  }
  return [...rows].toSorted(inBytes);
}

function inBytes(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}

/** UTF-8 bytes as a header takes them. */
const latin1 = (text: string) => Buffer.from(text).toString('latin1');

/** As S3 takes and shows what is not ASCII (RFC 2047). */
const encodeWord = (text: string) => `=?UTF-8?B?${Buffer.from(text).toString('base64')}?=`;

function decodeWord(text: string): string {
  const [, bytes] = /^=\?UTF-8\?B\?(.*)\?=$/i.exec(text) ?? [];
  return bytes === undefined ? text : Buffer.from(bytes, 'base64').toString();
}

it('what one door has acknowledged the other shows', async () => {
  let runs = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(command, { minLength: 20, maxLength: 40, size: 'max' }), async (steps) => {
      runs += 1;
      const bucket = `random-${runs}`;
      assert.equal((await kim.ask('PUT', `/${bucket}`)).status, 201);
      const model: Model = new Map();
      for (const step of steps) await apply(bucket, model, step);
      for (const name of keys)
        for (const by of ['s3', 'swift'] as const) await assertObject(bucket, model, name, by);
      await assertListings(bucket, model, '', '');
    }),
    { numRuns: 12, endOnFailure: true },
  );
});
