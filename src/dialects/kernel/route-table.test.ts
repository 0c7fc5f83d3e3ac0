import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRouteTable, type RouteSubject } from './route-table.ts';

const table = createRouteTable([
  { name: 'read', route: { method: 'GET', resource: 'object' } },
  { name: 'read-tags', route: { method: 'GET', resource: 'object', query: ['tagging'] } },
  { name: 'copy', route: { method: 'PUT', resource: 'object', headers: ['x-copy'] } },
  { name: 'list', route: { method: 'GET', resource: 'bucket', query: ['list-type=2'] } },
]);

function find(
  method: string,
  resource: string,
  query: Readonly<Record<string, string>> = {},
  headers: readonly string[] = [],
): string {
  const subject: RouteSubject = {
    method,
    resource,
    query: (name) => query[name],
    hasHeader: (name) => headers.includes(name),
  };
  const found = table.find(subject);
  const again = table.find({ ...subject, hasQuery: Object.keys(query).length > 0 });
  assert.deepEqual(again, found);
  return found.kind === 'found' ? found.operation.name : found.kind;
}

test('the most demanding shape that fits wins, whether or not it is known that there is no query', () => {
  assert.equal(find('GET', 'object'), 'read');
  assert.equal(find('GET', 'object', { tagging: '' }), 'read-tags');
  assert.equal(find('GET', 'object', { other: '' }), 'read');
  assert.equal(find('PUT', 'object', {}, ['x-copy']), 'copy');
  assert.equal(find('PUT', 'object'), 'not-found');
  assert.equal(find('GET', 'bucket', { 'list-type': '2' }), 'list');
  assert.equal(find('GET', 'bucket', { 'list-type': '1' }), 'not-found');
  assert.equal(find('GET', 'bucket'), 'not-found');
  assert.equal(find('POST', 'object'), 'method-not-allowed');
  assert.equal(find('GET', 'service'), 'not-found');
});
