import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { md5Hex, naiveChecksum } from '../../test/support/naive-checksums.ts';
import { bodyOf, failsWith, openCore, readToEnd, sourceOf } from '../../test/support/open-core.ts';
import { discardBody, type IngestedBody, ingestBody } from './ingest-body.ts';
import type { BodyInput } from './object-store.ts';

const limits = { bytesMax: 1000, inlineBytesMax: 16 };
const hello = Buffer.from('hello');
const long = Buffer.from('x'.repeat(40));

async function bytesOf(core: ReturnType<typeof openCore>, body: IngestedBody): Promise<Buffer> {
  if (body.place.kind === 'none') return Buffer.alloc(0);
  if (body.place.kind === 'inline') return body.place.bytes;
  return readToEnd(await core.engine.blobs.open(body.place.blob, 0, body.size));
}

test('bytes are kept as they came, inline up to the limit, in a blob above it', async () => {
  const chunks = fc.array(fc.uint8Array({ maxLength: 12 }), { maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(chunks, fc.boolean(), async (arrays, declared) => {
      const core = openCore();
      const parts = arrays.map((array) => Buffer.from(array));
      const whole = Buffer.concat(parts);
      const size = declared ? whole.length : undefined;
      const body = await ingestBody(core.context, { ...bodyOf(...parts), size }, limits);
      assert.equal(body.size, whole.length);
      assert.equal(body.md5Hex, md5Hex(whole));
      assert.deepEqual(await bytesOf(core, body), whole);
      assert.equal(body.place.kind, whole.length === 0 ? 'none' : whole.length <= 16 ? 'inline' : 'blob');
    }),
  );
});

test('a single chunk is stored as it is, not copied', async () => {
  const { context } = openCore();
  const source = { rest: [hello], read: async () => source.rest.shift() ?? null };
  const body = await ingestBody(context, { source, size: 5, expected: {} }, limits);
  assert.ok(body.place.kind === 'inline' && body.place.bytes === hello);
});

test('checksums are computed when expected, declared or asked for, and at no other time', async () => {
  for (const bytes of [hello, long]) {
    for (const algorithm of ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const) {
      const value = naiveChecksum(algorithm, bytes);
      const inputs: BodyInput[] = [
        { ...bodyOf(bytes), expected: { checksum: { algorithm, value } } },
        { ...bodyOf(bytes), trailingChecksum: { algorithm, value: () => value } },
        { ...bodyOf(bytes), trailingChecksum: { algorithm, value: () => undefined } },
      ];
      for (const input of inputs) {
        const body = await ingestBody(openCore().context, input, limits);
        assert.deepEqual(body.checksum, { algorithm, type: 'FULL_OBJECT', value });
      }
    }
    assert.equal((await ingestBody(openCore().context, bodyOf(bytes), limits)).checksum, undefined);
  }
});

const wrong = { algorithm: 'CRC32', value: 'AAAAAA==' } as const;
const failures: readonly (readonly [string, (bytes: Buffer) => Partial<BodyInput>, string])[] = [
  ['fewer bytes than declared', (bytes) => ({ size: bytes.length + 1 }), 'IncompleteBody'],
  ['more bytes than declared', (bytes) => ({ size: bytes.length - 1 }), 'IncompleteBody'],
  ['a wrong MD5', () => ({ expected: { md5Hex: '0'.repeat(32) } }), 'BadDigest'],
  ['a wrong payload hash', () => ({ expected: { payloadSha256Hex: '0'.repeat(64) } }), 'PayloadHashMismatch'],
  ['a wrong checksum', () => ({ expected: { checksum: wrong } }), 'BadChecksum'],
  [
    'a wrong trailing checksum',
    () => ({ trailingChecksum: { algorithm: 'CRC32', value: () => wrong.value } }),
    'BadChecksum',
  ],
];

for (const [name, change, code] of failures) {
  test(`${name} leaves nothing behind`, async () => {
    for (const bytes of [hello, long]) {
      const { context, storage } = openCore();
      const input = { ...bodyOf(bytes.subarray(0, 3), bytes.subarray(3)), ...change(bytes) };
      await assert.rejects(ingestBody(context, input, limits), failsWith(code));
      assert.deepEqual(storage.blobs(), []);
    }
  });
}

test('a body that is too long is refused by its declaration, before it is read, or while it is', async () => {
  const { context, storage } = openCore();
  const untouched = { read: () => assert.fail('the body was read') };
  await assert.rejects(
    ingestBody(context, { source: untouched, size: 1001, expected: {} }, limits),
    failsWith('EntityTooLarge'),
  );
  await assert.rejects(
    ingestBody(context, bodyOf('x'.repeat(900), 'x'.repeat(101)), limits),
    failsWith('EntityTooLarge'),
  );
  assert.deepEqual(storage.blobs(), []);
});

test('what the source rejects with is passed on, and what was written goes', async () => {
  for (const first of ['short', 'long enough to need a blob']) {
    const { context, storage } = openCore();
    const before = sourceOf(first);
    const source = {
      async read() {
        const chunk = await before.read();
        if (chunk === null) throw new Error('bad chunk signature');
        return chunk;
      },
    };
    await assert.rejects(
      ingestBody(context, { source, size: undefined, expected: {} }, limits),
      /bad chunk signature/,
    );
    assert.deepEqual(storage.blobs(), []);
  }
});

test('a discarded body is gone', async () => {
  const { context, storage } = openCore();
  const body = await ingestBody(context, bodyOf(long), limits);
  assert.equal(storage.blobs().length, 1);
  await discardBody(context, body);
  assert.deepEqual(storage.blobs(), []);
});
