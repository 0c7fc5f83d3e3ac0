import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { encodeStrict } from '../../lib/percent-encoding.ts';
import { bucketOfHost, parseAddress, splitBucketName } from './addressing.ts';

const ACCOUNT = '84c9e9a51aea402e95389c08ac562ac5';
const path = (rawPath: string) => parseAddress(rawPath, 'localhost', []);
const failsWith = (code: string) => ({ name: 'S3Error', code });

describe('path style', () => {
  test('names the service, a bucket or an object', () => {
    assert.equal(path('/').resource, 'service');
    for (const target of ['/bucket', '/bucket/']) {
      const { resource, bucketName, key } = path(target);
      assert.deepEqual({ resource, bucketName, key }, { resource: 'bucket', bucketName: 'bucket', key: '' });
    }
    assert.deepEqual(path('/bucket/a/b'), {
      resource: 'object',
      bucketName: 'bucket',
      bucketAccount: undefined,
      key: 'a/b',
      isHosted: false,
    });
  });

  test('keeps keys as sent: decoded once, never normalised', () => {
    const keys = [
      'a//b',
      '/',
      '//',
      '.',
      '..',
      'a/../b',
      'a%2Fb',
      '+',
      'a b',
      '%252F',
      '%C3%BC',
      '%F0%9F%98%80',
    ];
    const decoded = ['a//b', '/', '//', '.', '..', 'a/../b', 'a/b', '+', 'a b', '%2F', 'ü', '😀'];
    assert.deepEqual(
      keys.map((key) => path(`/bucket/${key}`).key),
      decoded,
    );
  });

  test('any key comes through', () => {
    const keys = fc
      .string({ unit: 'binary', minLength: 1, maxLength: 100 })
      .filter((key) => key.isWellFormed() && !key.includes('\0'));
    fc.assert(
      fc.property(keys, (key) => {
        assert.equal(path(`/bucket/${encodeStrict(key)}`).key, key);
      }),
    );
  });

  test('refuses escapes that are none, bytes that are not UTF-8, and NUL', () => {
    for (const key of ['%', '%4', '%zz', '%ff', '%C0%80', '%ED%A0%80', 'a%00b']) {
      assert.throws(() => path(`/bucket/${key}`), failsWith('InvalidURI'), key);
    }
    assert.throws(() => path('/%ff/key'), failsWith('InvalidURI'));
  });

  test('counts the bytes of a key', () => {
    assert.equal(path(`/bucket/${'a'.repeat(1024)}`).key.length, 1024);
    assert.throws(() => path(`/bucket/${'a'.repeat(1025)}`), failsWith('KeyTooLongError'));
    assert.equal(path(`/bucket/${'%C3%BC'.repeat(512)}`).key.length, 512);
    assert.throws(() => path(`/bucket/${'%C3%BC'.repeat(513)}`), {
      code: 'KeyTooLongError',
      fields: [
        ['Size', '1026'],
        ['MaxSizeAllowed', '1024'],
      ],
    });
    assert.throws(() => path(`/bucket/${'€'.repeat(342)}`), failsWith('KeyTooLongError'));
  });

  test('refuses a bucket without a name', () => {
    for (const target of ['//', '//key']) {
      assert.throws(() => path(target), failsWith('InvalidBucketName'), target);
    }
  });
});

describe('{account}:{bucket}', () => {
  test('selects the account, with the colon in either form', () => {
    for (const target of [
      `/${ACCOUNT}:bucket/key`,
      `/${ACCOUNT}%3Abucket/key`,
      `/${ACCOUNT.toUpperCase()}:bucket/key`,
    ]) {
      const { bucketName, bucketAccount, key } = path(target);
      assert.deepEqual([bucketAccount, bucketName, key], [ACCOUNT, 'bucket', 'key']);
    }
  });

  test('is nothing but a name when no account stands before the colon', () => {
    for (const name of ['short:bucket', `${'x'.repeat(32)}:bucket`, `${ACCOUNT}bucket`, `${ACCOUNT}:`]) {
      assert.deepEqual(splitBucketName(name), { account: undefined, name });
    }
  });
});

describe('virtual hosts', () => {
  const domains = ['s3.example.org', 'example.net'];

  test('name the bucket before the domain, in any case, with any port', () => {
    assert.equal(bucketOfHost('bucket.s3.example.org', domains), 'bucket');
    assert.equal(bucketOfHost('Bucket.S3.Example.ORG:9000', domains), 'bucket');
    assert.equal(bucketOfHost('my.bucket.example.net', domains), 'my.bucket');
    const nested = ['kr1.example.net', 'example.net'];
    assert.equal(bucketOfHost('kr1.example.net', nested), undefined);
    assert.equal(bucketOfHost('bucket.kr1.example.net', nested), 'bucket');
    assert.equal(bucketOfHost('jp1.example.net', nested), 'jp1');
  });

  test('are path style without a bucket before the domain', () => {
    for (const host of [
      's3.example.org',
      's3.example.org:9000',
      '.s3.example.org',
      'xs3.example.org',
      '127.0.0.1:9000',
      '[::1]:9000',
      '[::1]',
    ]) {
      assert.equal(bucketOfHost(host, ['s3.example.org']), undefined, host);
    }
  });

  test('leave the whole path to the key', () => {
    const at = (rawPath: string) => parseAddress(rawPath, 'bucket.example.net', domains);
    assert.equal(at('/').resource, 'bucket');
    assert.equal(at('/a/b').key, 'a/b');
    assert.equal(at('//a').key, '/a');
    assert.equal(at('/bucket/a').key, 'bucket/a');
  });
});
