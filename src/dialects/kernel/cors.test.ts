import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type CorsRule,
  corsResponseHeaders,
  corsRulesOf,
  encodeCors,
  findCorsRule,
  requestedHeaders,
} from './cors.ts';

const rule = (more: Partial<CorsRule>): CorsRule => ({
  origins: ['*'],
  methods: ['GET'],
  headers: [],
  exposedHeaders: [],
  ...more,
});
const ask = (origin: string, method = 'GET', headers: string[] = []) => ({ origin, method, headers });

test('one star in an origin stands for any characters, at any place', () => {
  const allows = (pattern: string, origin: string) =>
    findCorsRule([rule({ origins: [pattern] })], ask(origin)) !== undefined;
  const cases: readonly (readonly [pattern: string, origin: string, expected: boolean])[] = [
    ['*', 'https://example.com', true],
    ['https://example.com', 'https://example.com', true],
    ['https://example.com', 'https://EXAMPLE.com', false],
    ['https://*.example.com', 'https://a.b.example.com', true],
    ['https://*.example.com', 'https://example.com', false],
    ['start*end', 'startend', true],
    ['start*end', 'start12end', true],
    ['start*end', '0startend', false],
    ['ab*bc', 'abc', false],
    ['prefix*', 'prefix', true],
    ['*suffix', 'suffix.', false],
  ];
  for (const [pattern, origin, expected] of cases)
    assert.equal(allows(pattern, origin), expected, `${pattern} ${origin}`);
});

test('every header that is asked for must be allowed, in any case', () => {
  const found = (headers: string[], asked: string[]) =>
    findCorsRule([rule({ headers })], ask('o', 'GET', asked));
  assert.ok(found([], []));
  assert.equal(found([], ['x-a']), undefined);
  assert.ok(found(['*'], ['x-a', 'content-type']));
  assert.ok(found(['X-Amz-*', 'Content-Type'], ['x-amz-date', 'CONTENT-TYPE']));
  assert.equal(found(['X-Amz-*'], ['x-amz-date', 'x-b']), undefined);
});

test('the first rule that matches in everything decides', () => {
  const rules = [
    rule({ id: 'put', methods: ['PUT'] }),
    rule({ id: 'one', origins: ['one'] }),
    rule({ id: 'all', maxAgeSeconds: 5 }),
  ];
  assert.equal(findCorsRule(rules, ask('one'))?.id, 'one');
  assert.equal(findCorsRule(rules, ask('two'))?.id, 'all');
  assert.equal(findCorsRule(rules, ask('two', 'PUT'))?.id, 'put');
  assert.equal(findCorsRule(rules, ask('two', 'DELETE')), undefined);
  assert.equal(findCorsRule(rules, ask('two', 'get')), undefined);
});

test('an allowed origin is told so; the star without credentials', () => {
  const shown = corsResponseHeaders(
    rule({
      origins: ['https://*.a'],
      methods: ['GET', 'PUT'],
      exposedHeaders: ['ETag', 'x-b'],
      maxAgeSeconds: 60,
    }),
    ask('https://b.a', 'GET', ['X-C']),
  );
  assert.deepEqual(shown, [
    'Access-Control-Allow-Origin',
    'https://b.a',
    'Access-Control-Allow-Methods',
    'GET, PUT',
    'Access-Control-Allow-Headers',
    'x-c',
    'Access-Control-Expose-Headers',
    'ETag, x-b',
    'Access-Control-Max-Age',
    '60',
    'Access-Control-Allow-Credentials',
    'true',
  ]);
  assert.deepEqual(corsResponseHeaders(rule({}), ask('https://b.a')), [
    'Access-Control-Allow-Origin',
    '*',
    'Access-Control-Allow-Methods',
    'GET',
  ]);
});

test('names of headers are read with and without white space', () => {
  assert.deepEqual(requestedHeaders('a,b , C,,'), ['a', 'b', 'C']);
  assert.deepEqual(requestedHeaders(undefined), []);
});

test('rules are kept in the documents of the bucket', () => {
  const rules = [rule({ id: 'a', maxAgeSeconds: 1 })];
  const text = encodeCors(rules);
  assert.ok(text !== null);
  assert.deepEqual(corsRulesOf({ cors: text }), rules);
  assert.deepEqual(corsRulesOf({}), []);
  assert.equal(encodeCors([]), null);
});
