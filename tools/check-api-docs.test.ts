import assert from 'node:assert/strict';
import { test } from 'node:test';
import { comparePages, type DocumentedOperation, renderApiPage } from './check-api-docs.ts';

const getThing: DocumentedOperation = {
  name: 'GetThing',
  summary: 'Reads a thing.',
  route: { method: 'GET', resource: 'thing', query: ['full'], headers: ['x-why'] },
  permissions: [{ action: 'thing:read', on: 'bucket' }],
  body: { kind: 'none' },
  mutates: false,
};
const putThing: DocumentedOperation = {
  ...getThing,
  name: 'AddThing',
  route: { method: 'PUT', resource: 'thing' },
  permissions: 'public',
  body: { kind: 'buffered', bytesMax: 10 },
  mutates: true,
};

test('a page has a row for every operation, in the order of names', () => {
  const page = renderApiPage('demo', [getThing, putThing]);
  const rows = page.split('\n').filter((line) => line.includes('Thing'));
  assert.deepEqual(rows, [
    '| AddThing | `PUT thing` | Reads a thing. | public; changes | buffered, at most 10 bytes |',
    '| GetThing | `GET thing?full + x-why` | Reads a thing. | thing:read (bucket) | none |',
  ]);
});

test('a page that differs, is missing or belongs to nothing is found', () => {
  const expected = new Map([
    ['docs/api/a.md', 'a'],
    ['docs/api/b.md', 'b'],
  ]);
  const actual = new Map([
    ['docs/api/a.md', 'old'],
    ['docs/api/c.md', 'c'],
  ]);
  assert.deepEqual(
    comparePages(expected, actual).map(({ path }) => path),
    ['docs/api/a.md', 'docs/api/b.md', 'docs/api/c.md'],
  );
  assert.deepEqual(comparePages(expected, expected), []);
});
