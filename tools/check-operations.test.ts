import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findUntestedOperations } from './check-operations.ts';

const path = 'src/dialects/s3/operation-table.ts';
const acceptanceTests = [
  { path: 'test/acceptance/objects.test.ts', text: "test('GetObject returns what PutObject stored')" },
  { path: 'test/acceptance/listing.test.ts', text: 'await client.send(new ListObjectsV2Command({}));' },
];

test('operations that acceptance tests name are not reported', () => {
  const operations = [{ name: 'GetObject' }, { name: 'PutObject' }, { name: 'ListObjectsV2' }];
  assert.deepEqual(findUntestedOperations([{ path, operations }], acceptanceTests), []);
});

test('an operation that no acceptance test names is reported', () => {
  const operations = [{ name: 'GetObject' }, { name: 'ListObjects' }, { name: 'Object' }];
  assert.deepEqual(
    findUntestedOperations([{ path, operations }], acceptanceTests).map(({ message }) => message),
    [
      'no file in test/acceptance names the operation ListObjects',
      'no file in test/acceptance names the operation Object',
    ],
  );
});

test('a table that exports no operations is reported', () => {
  for (const operations of [undefined, [{ route: 'x' }], [null]]) {
    assert.match(
      findUntestedOperations([{ path, operations }], acceptanceTests)[0]?.message ?? '',
      /exports no array/,
    );
  }
  assert.match(
    findUntestedOperations([{ path, operations: [] }], acceptanceTests)[0]?.message ?? '',
    /is empty/,
  );
});

test('without a table there is nothing to report yet', () => {
  assert.deepEqual(findUntestedOperations([], acceptanceTests), []);
});
