import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseQuery } from '../kernel/query-parameters.ts';
import { chooseListingFormat } from './listing-format.ts';
import { SwiftError } from './swift-errors.ts';

function typeFor(accept: string | undefined, query = ''): string {
  const fields = new Map(accept === undefined ? [] : [['accept', accept]]);
  const headers = {
    get: (name: string) => fields.get(name),
    has: (name: string) => fields.has(name),
    count: (name: string) => (fields.has(name) ? 1 : 0),
    names: () => fields.keys(),
  };
  return chooseListingFormat(parseQuery(query), headers).type;
}

test('the parameter decides, whatever the header says', () => {
  assert.equal(typeFor('application/xml', 'format=json'), 'application/json');
  assert.equal(typeFor('nonsense', 'format=XML'), 'application/xml');
  assert.equal(typeFor(undefined, 'format=other'), 'text/plain');
});

test('of what the header takes the best liked is chosen, and text before the others', () => {
  assert.equal(typeFor(undefined), 'text/plain');
  assert.equal(typeFor('*/*'), 'text/plain');
  assert.equal(typeFor('text/xml'), 'text/xml');
  assert.equal(typeFor('application/*'), 'application/json');
  assert.equal(typeFor('text/plain;q=0.5, application/json; q=0.8'), 'application/json');
  assert.equal(typeFor('*/*;q=0.1, application/xml'), 'application/xml');
  assert.equal(typeFor('text/plain;q=0, */*'), 'application/json');
});

test('what cannot be had is 406, and what cannot be read 400', () => {
  const statusFor = (accept: string) => {
    try {
      return typeFor(accept);
    } catch (error) {
      assert.ok(error instanceof SwiftError);
      return error.status;
    }
  };
  assert.equal(statusFor('image/png'), 406);
  for (const accept of ['text', 'text/plain;q', 'text/plain;q=x', '/']) {
    assert.equal(statusFor(accept), 400, accept);
  }
});
