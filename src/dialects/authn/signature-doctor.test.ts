import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { IndependentSigner, type UnsignedRequest } from '../../../test/support/independent-signer.ts';
import { diagnoseSignature, type RecordedRequest } from './signature-doctor.ts';

const identity = { accessKeyId: 'KEY', secret: 'secret', region: 'KR1', service: 's3' };
const signer = new IndependentSigner(identity, new Date('2026-05-24T12:00:00Z'));
const plain: UnsignedRequest = {
  method: 'GET',
  host: 's3.example.com',
  path: '/photos/a b/곳간.txt',
  query: [
    ['prefix', 'a/b c'],
    ['max-keys', '2'],
  ],
  headers: { 'x-amz-meta-note': 'two  words', 'accept-encoding': 'gzip' },
  body: Buffer.alloc(0),
};

type Changes = Partial<Omit<RecordedRequest, 'headers'>> & { readonly headers?: Record<string, string> };

/** As it arrives after something has changed it on the way. */
function arriving(signed: ReturnType<IndependentSigner['byHeader']>, changes: Changes = {}): RecordedRequest {
  const [rawPath = '', rawQuery = ''] = signed.target.split('?');
  const { headers = {}, ...rest } = changes;
  const fields = Object.entries({ host: signed.host, ...signed.headers, ...headers });
  const place = 'authorization' in signed.headers ? 'header' : 'query';
  return { method: signed.method, rawPath, rawQuery, isSecure: false, place, ...rest, headers: fields };
}

const addresses = [{ host: 'storage.example.com', pathPrefix: '/files' }];
const diagnose = (request: RecordedRequest, secret = 'secret') =>
  diagnoseSignature(request, { secret }, addresses);

const cases: readonly (readonly [string, UnsignedRequest, Changes])[] = [
  ['host-with-port', { ...plain, host: 's3.example.com:9000' }, { headers: { host: 's3.example.com' } }],
  ['host-without-port', plain, { headers: { host: 's3.example.com:9000' } }],
  ['other-host', { ...plain, host: 'storage.example.com' }, { headers: { host: 'backend-1' } }],
  [
    'other-host',
    { ...plain, host: 'cdn.example.net' },
    { headers: { host: 'backend-1', 'x-forwarded-host': 'cdn.example.net' } },
  ],
  [
    'path-prefix',
    { ...plain, path: `/files${plain.path}` },
    { rawPath: '/photos/a%20b/%EA%B3%B3%EA%B0%84.txt' },
  ],
  ['path-normalised', { ...plain, path: '/photos/x' }, { rawPath: '/photos//x' }],
  [
    'header-changed',
    { ...plain, headers: { 'x-amz-meta-note': 'two' } },
    { headers: { 'x-amz-meta-note': 'Two' } },
  ],
  ['accept-encoding', plain, { headers: { 'accept-encoding': 'br' } }],
  ['other-method', plain, { method: 'HEAD' }],
];

describe('names the rewrite under which the signature would have held', () => {
  for (const [name, request, changes] of cases) {
    test(`${name}: ${JSON.stringify(changes)}`, () => {
      assert.equal(diagnose(arriving(signer.byHeader(request)))?.rewrite, 'none', 'as signed');
      const diagnosis = diagnose(arriving(signer.byHeader(request), changes));
      assert.deepEqual([diagnosis?.isKnown, diagnosis?.rewrite], [true, name]);
      assert.match(diagnosis?.advice ?? '', /\S.*\.$/);
    });
  }
});

test('two changes at once', () => {
  const signed = signer.byHeader({ ...plain, host: 's3.example.com:9000' });
  const diagnosis = diagnose(
    arriving(signed, { headers: { host: 's3.example.com', 'accept-encoding': 'br' } }),
  );
  assert.equal(diagnosis?.rewrite, 'host-with-port+accept-encoding');
});

test('a link whose query was sorted or encoded otherwise', () => {
  const signed = signer.byQuery(plain, 60);
  assert.equal(diagnose(arriving(signed))?.rewrite, 'none');
  assert.equal(diagnose(arriving(signed, { method: 'PUT' }))?.rewrite, 'other-method');
});

test('with another secret nothing helps, and says so', () => {
  const request = arriving(signer.byHeader(plain));
  const diagnosis = diagnose(request, 'other');
  assert.deepEqual([diagnosis?.isKnown, diagnosis?.rewrite], [false, undefined]);
  assert.match(diagnosis?.advice ?? '', /secret/);
});

test('takes a bounded time, also for a request made to take long', () => {
  const headers = Object.fromEntries(
    Array.from({ length: 400 }, (_, index) => [`x-amz-meta-${index}`, 'a, b  c']),
  );
  const request = arriving(signer.byHeader({ ...plain, headers }));
  const began = process.cpuUsage();
  assert.equal(diagnose(request, 'other')?.isKnown, false);
  const { user } = process.cpuUsage(began);
  assert.ok(user < 5_000_000, `${user} us`);
});

test('says nothing of what is no such signature', () => {
  const request = arriving(signer.byHeader(plain), { headers: { authorization: 'AWS key:signature' } });
  assert.equal(diagnose(request), undefined);
});
