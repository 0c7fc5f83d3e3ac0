import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { RequestHandler } from '../dialects/kernel/request-handler.ts';
import {
  type ChooseHandler,
  createControlChooser,
  createStorageChooser,
  OverlappingPaths,
} from './choose-dialect.ts';

const handler = (name: string): RequestHandler => ({
  name,
  handle: () => Promise.reject(new Error('unused')),
});

function ask(choose: ChooseHandler, rawPath: string, host?: string): string {
  const headers = { get: () => host, has: () => host !== undefined, count: () => 1, names: () => [] };
  // Only these two are looked at.
  return choose({ rawPath, headers } as unknown as Parameters<ChooseHandler>[0]).name;
}

describe('storage address', () => {
  it('is one place, unless a host name says otherwise', () => {
    const choose = createStorageChooser(handler('main'), [
      { host: 'kr2.example', s3: handler('kr2') },
      { host: 'jp.kr2.example', s3: handler('jp') },
    ]);
    assert.equal(ask(choose, '/'), 'main');
    assert.equal(ask(choose, '/', 'localhost:9000'), 'main');
    assert.equal(ask(choose, '/', 'KR2.example:9000'), 'kr2');
    assert.equal(ask(choose, '/', 'bucket.kr2.example'), 'kr2');
    assert.equal(ask(choose, '/', 'notkr2.example'), 'main');
    assert.equal(ask(choose, '/', '[::1]:9000'), 'main');
    assert.equal(ask(choose, '/', 'jp.kr2.example'), 'jp');
    assert.equal(ask(choose, '/', 'bucket.jp.kr2.example'), 'jp');
    assert.equal(ask(createStorageChooser(handler('only'), []), '/', 'anything'), 'only');
  });
});

describe('control address', () => {
  const choose = createControlChooser(
    [
      { path: '/', handler: handler('root') },
      { path: '/healthz', handler: handler('health') },
      { path: '/admin/v1/', handler: handler('admin') },
      { path: '/admin/v1/special/', handler: handler('special') },
    ],
    handler('otherwise'),
  );

  it('goes by the longest path, with and without final slash', () => {
    assert.equal(ask(choose, '/'), 'root');
    assert.equal(ask(choose, '/healthz'), 'health');
    assert.equal(ask(choose, '/healthz/'), 'health');
    assert.equal(ask(choose, '/healthz/x'), 'otherwise');
    assert.equal(ask(choose, '/admin/v1'), 'admin');
    assert.equal(ask(choose, '/admin/v1/accounts'), 'admin');
    assert.equal(ask(choose, '/admin/v1/special/x'), 'special');
    assert.equal(ask(choose, '/admin/v10'), 'otherwise');
    assert.equal(ask(choose, '//'), 'otherwise');
    assert.equal(ask(choose, '/console/'), 'otherwise');
  });

  it('refuses two owners of one path', () => {
    const entries = [
      { path: '/v1', handler: handler('a') },
      { path: '/v1/', handler: handler('b') },
    ];
    assert.throws(() => createControlChooser(entries, handler('c')), OverlappingPaths);
  });
});
