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

function ask(choose: ChooseHandler, target: string, host?: string, isSigned = false): string {
  const headers = {
    get: (name: string) => (name === 'host' ? host : undefined),
    has: (name: string) => (name === 'authorization' ? isSigned : host !== undefined),
    count: () => 1,
    names: () => [],
  };
  const [rawPath = '', rawQuery = ''] = target.split('?');
  // Only these are looked at.
  return choose({ rawPath, rawQuery, headers } as unknown as Parameters<ChooseHandler>[0]).name;
}

const tempAuth = {
  paths: new Set(['/auth/v1.0']),
  handler: handler('tokens'),
  domains: ['s3.example'],
};

const place = (name: string) => ({ s3: handler(name), swift: handler(`swift of ${name}`) });

describe('storage address', () => {
  it('takes Swift by its paths, unless a request is signed for S3 or the host is a bucket', () => {
    const hosts = [{ host: 'kr2.example', ...place('kr2') }];
    const choose = createStorageChooser(place('main'), hosts, tempAuth);
    for (const path of ['/v1', '/v1/', '/v1/AUTH_a/c/o', '/v1.0/AUTH_a', '/info', '/healthcheck']) {
      assert.equal(ask(choose, path), 'swift of main', path);
      assert.equal(ask(choose, path, 'kr2.example'), 'swift of kr2', path);
      assert.equal(ask(choose, path, undefined, true), 'main', path);
      assert.equal(ask(choose, path, 'bucket.s3.example'), 'main', path);
      assert.equal(ask(choose, path, 'bucket.kr2.example'), 'kr2', path);
    }
    assert.equal(ask(choose, '/v1/AUTH_a/c/o?temp_url_sig=0&temp_url_expires=0'), 'swift of main');
    assert.equal(ask(choose, '/v1/AUTH_a/c/o?X-Amz-Signature=0'), 'main');
    for (const path of ['/', '/v1.01/a', '/v10', '/info/a', '/healthcheck/']) {
      assert.equal(ask(choose, path), 'main', path);
    }
  });

  it('gives tokens where Swift does, but not to signed requests and not below a bucket', () => {
    const choose = createStorageChooser(place('s3'), [{ host: 'kr2.example', ...place('kr2') }], tempAuth);
    assert.equal(ask(choose, '/auth/v1.0'), 'tokens');
    assert.equal(ask(choose, '/auth/v1.0', 'kr2.example'), 'tokens');
    assert.equal(ask(choose, '/auth/v1.0', 's3.example:9000'), 'tokens');
    assert.equal(ask(choose, '/auth/v1.0', 'bucket.s3.example:9000'), 's3');
    assert.equal(ask(choose, '/auth/v1.0', 'bucket.kr2.example'), 'kr2');
    assert.equal(ask(choose, '/auth/v1.0', undefined, true), 's3');
    assert.equal(ask(choose, '/auth/v1.0?X-Amz-Signature=0'), 's3');
    assert.equal(ask(choose, '/auth/v1.0?AWSAccessKeyId=a&Signature=0'), 's3');
    assert.equal(ask(choose, '/auth/v1.0/object'), 's3');
  });

  it('is one place, unless a host name says otherwise', () => {
    const hosts = [
      { host: 'kr2.example', ...place('kr2') },
      { host: 'jp.kr2.example', ...place('jp') },
    ];
    const choose = createStorageChooser(place('main'), hosts, tempAuth);
    assert.equal(ask(choose, '/'), 'main');
    assert.equal(ask(choose, '/', 'localhost:9000'), 'main');
    assert.equal(ask(choose, '/', 'KR2.example:9000'), 'kr2');
    assert.equal(ask(choose, '/', 'bucket.kr2.example'), 'kr2');
    assert.equal(ask(choose, '/', 'notkr2.example'), 'main');
    assert.equal(ask(choose, '/', '[::1]:9000'), 'main');
    assert.equal(ask(choose, '/', 'jp.kr2.example'), 'jp');
    assert.equal(ask(choose, '/', 'bucket.jp.kr2.example'), 'jp');
    assert.equal(ask(createStorageChooser(place('only'), [], tempAuth), '/', 'anything'), 'only');
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
