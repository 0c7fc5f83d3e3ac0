import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { ByteSource } from '../../lib/byte-source.ts';
import { FormError, readForm } from './read-form.ts';

const LIMITS = { fieldBytesMax: 200, fieldsMax: 5, isFile: (field: string) => field === 'file' };
const TYPE = 'multipart/form-data; boundary=B0';

const field = (name: string, value: string) =>
  `--B0\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
const fileHead =
  '--B0\r\nContent-Disposition: form-data; name="file"; filename="a/b.txt"\r\nContent-Type: text/plain\r\n\r\n';
const end = '\r\n--B0--\r\n';

/** In pieces of these lengths, over and over. */
function sourceOf(bytes: Buffer, lengths: readonly number[] = [1 << 30]): ByteSource {
  let at = 0;
  let turn = 0;
  return {
    async read() {
      if (at >= bytes.length) return null;
      const length = lengths[turn++ % lengths.length] ?? 1;
      const piece = bytes.subarray(at, at + length);
      at += length;
      return piece;
    },
  };
}

async function readAll(source: ByteSource): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for (let piece = await source.read(); piece !== null; piece = await source.read()) pieces.push(piece);
  return Buffer.concat(pieces);
}

const faultOf = (fault: string) => (error: unknown) => error instanceof FormError && error.fault === fault;

test('fields before the file, the file whole, fields after it ignored, however it is cut', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 300_000 }),
      fc.array(fc.integer({ min: 1, max: 70_000 }), { minLength: 1, maxLength: 4 }),
      async (bytes, lengths) => {
        const content = Buffer.from(bytes);
        const form = Buffer.concat([
          Buffer.from(field('key', '사진/${filename}') + field('Policy', 'x') + fileHead),
          content,
          Buffer.from(`\r\n${field('after', 'ignored')}--B0--\r\n`),
        ]);
        const { fields, file } = await readForm(sourceOf(form, lengths), TYPE, LIMITS);
        assert.deepEqual(fields, [
          ['key', '사진/${filename}'],
          ['Policy', 'x'],
        ]);
        assert.ok(file);
        assert.deepEqual([file.field, file.filename], ['file', 'a/b.txt']);
        assert.ok((await readAll(file.source)).equals(content));
      },
    ),
    { numRuns: 60 },
  );
});

test('a field with a file name is a field all the same', async () => {
  const named = '--B0\r\nContent-Disposition: form-data; name="key"; filename="key"\r\n\r\nvalue\r\n';
  const { fields, file } = await readForm(sourceOf(Buffer.from(`${named + fileHead}x${end}`)), TYPE, LIMITS);
  assert.deepEqual(fields, [['key', 'value']]);
  assert.equal((await readAll(file!.source)).toString(), 'x');
});

const manyFiles = [
  fileHead,
  'one\r\n',
  field('late', 'x'),
  fileHead,
  '\r\n',
  fileHead,
  'x'.repeat(70_000),
  end,
];

test('many files one after the other, and no field behind the first of them', async () => {
  for (const length of [7, 1 << 30]) {
    const source = sourceOf(Buffer.from(field('a', '1') + manyFiles.join('')), [length]);
    const form = await readForm(source, TYPE, { ...LIMITS, takesManyFiles: true });
    const contents: number[] = [];
    for (let { file } = form; file !== undefined; file = await form.nextFile()) {
      assert.equal(file.type, 'text/plain');
      contents.push((await readAll(file.source)).length);
    }
    assert.deepEqual([form.fields, contents], [[['a', '1']], [3, 0, 70_000]]);
  }
});

test('many files that are cut off are never whole', async () => {
  const text = manyFiles.join('').slice(0, 500);
  for (let length = 0; length < text.length; length++) {
    const read = async () => {
      const source = sourceOf(Buffer.from(text.slice(0, length)), [7]);
      const form = await readForm(source, TYPE, { ...LIMITS, takesManyFiles: true });
      for (let { file } = form; file !== undefined; file = await form.nextFile()) await readAll(file.source);
    };
    await assert.rejects(read(), faultOf('malformed'), `${length}`);
  }
});

test('a form without a file has none', async () => {
  const form = Buffer.from(`${field('a', '1')}--B0--\r\n`);
  const { fields, file } = await readForm(sourceOf(form), TYPE, LIMITS);
  assert.deepEqual([fields, file], [[['a', '1']], undefined]);
});

test('a form that is cut off anywhere is never a whole one', async () => {
  const form = Buffer.from(`${field('key', 'k') + fileHead}some content${end}`);
  for (let length = 0; length < form.length - 4; length++) {
    const read = async () => {
      const { file } = await readForm(sourceOf(form.subarray(0, length), [7]), TYPE, LIMITS);
      if (file !== undefined) await readAll(file.source);
      else throw new FormError('malformed');
    };
    await assert.rejects(read(), faultOf('malformed'), `${length}`);
  }
});

test('what is no form, or too much of one, is refused', async () => {
  const read = (text: string, type: string | undefined = TYPE) =>
    readForm(sourceOf(Buffer.from(text), [50]), type, LIMITS);
  await assert.rejects(read('a=b', 'application/x-www-form-urlencoded'), faultOf('not-a-form'));
  await assert.rejects(readForm(sourceOf(Buffer.alloc(0)), undefined, LIMITS), faultOf('not-a-form'));
  await assert.rejects(read('a=b', 'multipart/form-data'), faultOf('not-a-form'));
  await assert.rejects(read('a=b', 'multipart/form-data; charset=x'), faultOf('not-a-form'));
  await assert.rejects(read(field('a', 'x'.repeat(500)) + end), faultOf('too-long'));
  const many = Array.from({ length: 7 }, (_, index) => field(`${index}`, '')).join('');
  await assert.rejects(read(many + end), faultOf('too-long'));
});
