import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { IndependentSigner, type SignedRequest } from '../../../test/support/independent-signer.ts';
import {
  chunkedExample,
  exampleKey,
  exampleTime,
  headerExamples,
  presignedExample,
  trailerExample,
} from '../../../test/support/published-signatures.ts';
import { type HeaderFields, wireRequest } from '../../../test/support/wire-request.ts';
import type { AccessKeyCredential } from '../../identity/credentials.ts';
import type { WireRequest } from '../kernel/wire.ts';
import { AuthnError, type AuthnErrorCode, type ProofPlace } from './authn-errors.ts';
import { describeAuthnError } from './describe-authn-error.ts';
import { createSigV4Verifier } from './sigv4.ts';
import type { SigV4Rules } from './sigv4-proof.ts';

const credential: AccessKeyCredential = {
  accessKeyId: exampleKey.accessKeyId,
  secret: exampleKey.secret,
  recordVersion: 1,
  principal: { kind: 'anonymous' },
};
const rules: SigV4Rules = {
  service: 's3',
  region: (region) => (region === 'us-east-1' ? { kind: 'ok' } : { kind: 'wrong', expected: 'us-east-1' }),
  presignSecondsMax: 604_800,
};
const publicAddresses = [{ host: 'storage.example.com', pathPrefix: '/files' }];

function verifierOf(found: AccessKeyCredential | undefined = credential) {
  return createSigV4Verifier({
    credentials: {
      findAccessKey: async (id) => (id === found?.accessKeyId ? found : undefined),
    },
    skewSecondsMax: 900,
    signingKeysMax: 4,
    publicAddresses,
  });
}

const verifier = verifierOf();
const signer = new IndependentSigner(exampleKey, exampleTime);

interface Received {
  readonly changes?: Readonly<Record<string, string | undefined>>;
  readonly more?: HeaderFields;
  readonly host?: string;
  readonly target?: string;
  readonly at?: Date;
}

/** The signed request as received, with headers changed, removed or added on the way. */
function received(
  signed: SignedRequest,
  { changes = {}, more = [], host, target, at }: Received = {},
): WireRequest {
  const headers = { host: host ?? signed.host, ...signed.headers, ...changes };
  const fields = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : ([[name, value]] as const),
  );
  return wireRequest({
    method: signed.method,
    target: target ?? signed.target,
    headers: [...fields, ...more],
    pieces: [signed.body],
    at: at ?? exampleTime,
  });
}

function seconds(offset: number): Date {
  return new Date(exampleTime.getTime() + offset * 1000);
}

const verify = (request: WireRequest, place: ProofPlace = 'header') =>
  verifier.verify(request, place, () => rules);

async function assertFails<C extends AuthnErrorCode>(
  request: WireRequest,
  code: C,
  details?: object,
  place: ProofPlace = 'header',
  from = verifier,
): Promise<void> {
  await assert.rejects(
    from.verify(request, place, () => rules),
    (error) => {
      assert.ok(error instanceof AuthnError, String(error));
      assert.equal(error.code, code);
      if (details !== undefined) assert.partialDeepStrictEqual(error.details, details);
      assert.ok(describeAuthnError(error).length > 10);
      return true;
    },
  );
}

const get = { method: 'GET', host: 'examplebucket.s3.amazonaws.com', path: '/test.txt' };

test('the requests that AWS has published, signed by both', async () => {
  for (const example of headerExamples) {
    const signed = signer.byHeader(example, example.payload);
    assert.ok(signed.headers['authorization']?.endsWith(example.signature), example.name);
    const verified = await verify(received(signed));
    assert.deepEqual(verified.payload, { kind: 'hash', sha256Hex: example.payload });
    assert.deepEqual(verified.caller.proof, {
      kind: 'access-key',
      accessKeyId: exampleKey.accessKeyId,
      scheme: 'sigv4',
    });
  }
  const presigned = signer.byQuery(presignedExample, presignedExample.expiresSeconds);
  assert.ok(presigned.target.endsWith(presignedExample.signature));
  const verified = await verify(received(presigned, { at: seconds(86_399) }), 'query');
  assert.deepEqual(verified.payload, { kind: 'unsigned' });
  assert.deepEqual(verified.signedHeaders, ['host']);
});

test('the seed signatures of the published uploads in chunks', async () => {
  const { chunkBytes, seedSignature } = chunkedExample;
  const signed = signer.byChunks(chunkedExample, { chunkBytes, isSigned: true });
  assert.ok(signed.headers['authorization']?.endsWith(seedSignature));
  const { payload } = await verify(received(signed));
  assert.ok(payload.kind === 'signed-chunks' && !payload.hasTrailer);
  assert.equal(payload.chain.seedSignature, seedSignature);
  const { trailers } = trailerExample;
  const withTrailer = signer.byChunks(trailerExample, { chunkBytes, isSigned: true, trailers });
  assert.ok(withTrailer.headers['authorization']?.endsWith(trailerExample.seedSignature));
  const { payload: mode } = await verify(received(withTrailer));
  assert.ok(mode.kind === 'signed-chunks' && mode.hasTrailer);
});

test('what clients encode otherwise is the same request', async () => {
  const query = [
    ['prefix', 'a b/ü+c'],
    ['delimiter', '/'],
  ] as const;
  const signed = signer.byHeader({ ...get, path: "/a b/~x!'(*)//../ü", query });
  const unescaped = signed.target.replaceAll('%21', '!').replaceAll('%28', '(').replaceAll('%2A', '*');
  await verify(received(signed, { target: unescaped.replace('/~x', '/%7ex').replace('a%20b%2F', 'a+b/') }));
  await assertFails(received(signed, { target: signed.target.replace('%2B', '+') }), 'SignatureMismatch');
  await assertFails(received(signed, { target: signed.target.replace('//../', '/') }), 'SignatureMismatch');
});

test('headers: blanks are collapsed, repeated fields joined, both cases of hexadecimal taken', async () => {
  const headers = { 'x-amz-meta-a': 'one   two', 'x-amz-meta-b': 'x,y' };
  const signed = signer.byHeader({ ...get, headers });
  const signature = signed.headers['authorization']!.slice(-64);
  const authorization = signed.headers['authorization']!.replace(signature, signature.toUpperCase());
  const changes = { authorization, 'x-amz-meta-a': ' one two\t', 'x-amz-meta-b': undefined };
  await verify(
    received(signed, {
      changes,
      more: [
        ['x-amz-meta-b', 'x'],
        ['x-amz-meta-b', 'y'],
      ],
    }),
  );
  await verify(received(signed, { changes: { authorization: authorization.replaceAll(', ', ',') } }));
});

test('Date stands in for x-amz-date', async () => {
  const date = 'Fri, 24 May 2013 00:00:00 GMT';
  const unsigned = ['x-amz-date'];
  const signed = signer.byHeader({ ...get, headers: { date }, unsigned });
  await verify(received(signed, { changes: { 'x-amz-date': undefined } }));
  await assertFails(
    received(signed, { changes: { 'x-amz-date': undefined, date: undefined } }),
    'InvalidDate',
  );
  await assertFails(received(signed, { changes: { 'x-amz-date': 'yesterday' } }), 'InvalidDate', {
    value: 'yesterday',
  });
});

test('behind a proxy: the address the client knows is as good as the one received', async () => {
  const signed = signer.byHeader({ ...get, host: 'storage.example.com', path: '/files/test.txt' });
  await verify(received(signed, { host: 'localhost:9000', target: '/test.txt' }));
  await assertFails(received(signed, { host: 'localhost:9000', target: '/other.txt' }), 'SignatureMismatch');
  for (const path of ['/files', '/files/']) {
    const root = signer.byHeader({ ...get, host: 'storage.example.com', path });
    await verify(received(root, { host: 'localhost:9000', target: '/' }));
    await assertFails(received(root, { host: 'localhost:9000', target: '/files.txt' }), 'SignatureMismatch');
  }
});

test('a wrong signature shows what was signed', async () => {
  const signed = signer.byHeader(get);
  const signature = signed.headers['authorization']!.slice(-64);
  for (const wrong of ['0'.repeat(64), 'x', `${signature}00`, signature.slice(2), 'é'.repeat(64)]) {
    const changes = { authorization: signed.headers['authorization']!.replace(signature, wrong) };
    await assertFails(received(signed, { changes }), 'SignatureMismatch', {
      part: 'request',
      accessKeyId: exampleKey.accessKeyId,
      signatureProvided: wrong,
    });
  }
  const payload = createHash('sha256').digest('hex');
  const canonicalRequest = `GET\n/test.txt\n\nhost:${get.host}\nx-amz-content-sha256:${payload}\nx-amz-date:20130524T000000Z\n\nhost;x-amz-content-sha256;x-amz-date\n${payload}`;
  const hashed = createHash('sha256').update(canonicalRequest).digest('hex');
  const other = new IndependentSigner({ ...exampleKey, secret: 'other' }, exampleTime).byHeader(get);
  await assertFails(received(other), 'SignatureMismatch', {
    canonicalRequest,
    stringToSign: `AWS4-HMAC-SHA256\n20130524T000000Z\n20130524/us-east-1/s3/aws4_request\n${hashed}`,
  });
});

test('faults of the Authorization header', async () => {
  const signed = signer.byHeader(get);
  const authorization = signed.headers['authorization']!;
  const cases: readonly (readonly [string | RegExp, string, AuthnErrorCode, object?])[] = [
    [/Credential=\S+ /, '', 'MalformedAuthorizationHeader'],
    [/SignedHeaders=\S+ /, '', 'MalformedAuthorizationHeader'],
    [/, Signature=.*/, '', 'MalformedAuthorizationHeader'],
    [/Signature=.*/, 'Signature=', 'MalformedAuthorizationHeader'],
    [/Signature=.*/, 'Signature', 'MalformedAuthorizationHeader'],
    [/Signature=.*/, 'Signatures', 'MalformedAuthorizationHeader'],
    [/$/, ',', 'MalformedAuthorizationHeader'],
    [/$/, ', More=1', 'MalformedAuthorizationHeader'],
    [/ .*/, ' ', 'MalformedAuthorizationHeader'],
    [/[0-9a-f]{64}$/, 'š'.repeat(64), 'SignatureMismatch', { signatureProvided: 'š'.repeat(64) }],
    ['/us-east-1/', '/', 'MalformedCredential', { reason: 'parts' }],
    [exampleKey.accessKeyId, '', 'MalformedCredential', { reason: 'empty-access-key' }],
    ['/us-east-1/', '//', 'MalformedCredential', { reason: 'empty-region' }],
    ['/20130524/', '/2013-05-24/', 'MalformedScopeDate', { scopeDate: '2013-05-24' }],
    ['/20130524/', '/20130231/', 'MalformedScopeDate'],
    ['/us-east-1/', '/mars/', 'WrongRegion', { place: 'header', region: 'mars', expected: 'us-east-1' }],
    ['/s3/', '/ec2/', 'WrongService', { service: 'ec2', expected: 's3' }],
    ['aws4_request', 'aws4_reques', 'WrongTerminal', { terminal: 'aws4_reques' }],
    ['/20130524/', '/20130523/', 'WrongDate', { scopeDate: '20130523', requestDate: '20130524' }],
    ['SignedHeaders=host;', 'SignedHeaders=', 'UnsignedHeaders', { headers: ['host'] }],
    [exampleKey.accessKeyId, 'AKIAUNKNOWN', 'UnknownAccessKey', { accessKeyId: 'AKIAUNKNOWN' }],
    [exampleKey.accessKeyId, 'K'.repeat(200), 'UnknownAccessKey'],
  ];
  for (const [part, replacement, code, details] of cases) {
    const changes = { authorization: authorization.replace(part, replacement) };
    await assertFails(received(signed, { changes }), code, details);
  }
});

test('the components of the Authorization header: in any order, the last of a kind counts', async () => {
  const signed = signer.byHeader(get);
  const [scheme, credentials, names, signature] = signed.headers['authorization']!.split(/, | /);
  for (const components of [
    `${signature},${names},${credentials}`,
    `  ${names}\t, ${credentials} ,Signature = ${signature!.slice('Signature='.length)}`,
    `Signature=${'0'.repeat(64)}, ${credentials}, ${names}, ${signature}`,
  ]) {
    await verify(received(signed, { changes: { authorization: `${scheme} ${components}` } }));
  }
});

test('faults of other headers', async () => {
  const signed = signer.byHeader(get);
  await assertFails(
    received(signed, { changes: { 'x-amz-content-sha256': undefined } }),
    'MissingContentSha256',
  );
  await assertFails(
    received(signed, { changes: { 'x-amz-content-sha256': 'unsigned-payload' } }),
    'InvalidContentSha256',
  );
  const ecdsa = 'STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD';
  await assertFails(
    received(signed, { changes: { 'x-amz-content-sha256': ecdsa } }),
    'UnsupportedPayloadMode',
  );
  for (const name of ['x-amz-meta-a', 'content-md5', 'x-amz-security-token']) {
    await assertFails(received(signed, { more: [[name, 'x']] }), 'UnsignedHeaders', { headers: [name] });
  }
  for (const name of ['x-amz-date', 'x-amz-content-sha256', 'host']) {
    await assertFails(received(signed, { more: [[name, 'x']] }), 'DuplicateHeader', { header: name });
  }
  await verify(
    received(signed, {
      more: [
        ['content-type', 'text/plain'],
        ['x-amzn-trace-id', 'x'],
        ['range', 'bytes=0-1'],
      ],
    }),
  );
});

test('clocks: 15 minutes either way, told before everything about the key', async () => {
  const signed = signer.byHeader(get);
  for (const offset of [-900, 900]) await verify(received(signed, { at: seconds(offset) }));
  for (const offset of [-901, 901]) {
    const stranger = { changes: { authorization: 'AWS4-HMAC-SHA256 x' }, at: seconds(offset) };
    await assertFails(received(signed, stranger), 'RequestTimeTooSkewed', {
      requestTime: '20130524T000000Z',
      serverTimeMicros: seconds(offset).getTime() * 1000,
      skewSecondsMax: 900,
    });
  }
});

test('the period of a presigned request', async () => {
  const presigned = signer.byQuery(get, 60);
  const at = (offset: number) => received(presigned, { at: seconds(offset) });
  for (const offset of [-900, 0, 60]) await verify(at(offset), 'query');
  await assertFails(at(-901), 'NotYetValid', undefined, 'query');
  await assertFails(
    at(60.001),
    'RequestExpired',
    { expires: '60', expiresAtMicros: seconds(60).getTime() * 1000 },
    'query',
  );
  await assertFails(received(signer.byQuery(get, 0)), 'RequestExpired', undefined, 'query');
  await verify(received(signer.byQuery(get, 604_800), { at: seconds(604_800) }), 'query');
  await assertFails(
    received(signer.byQuery(get, 604_801)),
    'ExpiresTooLarge',
    { secondsMax: 604_800 },
    'query',
  );
  await assertFails(received(signer.byQuery(get, -1)), 'InvalidExpires', { reason: 'negative' }, 'query');
  await assertFails(
    received(signer.byQuery(get, 0.5)),
    'InvalidExpires',
    { reason: 'not-a-number' },
    'query',
  );
});

test('without a ceiling, the longest period ends in the year 9999', async () => {
  const presigned = received(signer.byQuery({ ...get, query: [] }, 999_999_999_999), { at: seconds(-901) });
  const unlimited = { ...rules, presignSecondsMax: Number.MAX_SAFE_INTEGER };
  await assert.rejects(
    verifier.verify(presigned, 'query', () => unlimited),
    (error) => {
      assert.ok(error instanceof AuthnError && error.code === 'NotYetValid');
      const { expiresAtMicros } = error.details as { expiresAtMicros: number };
      assert.equal(new Date(expiresAtMicros / 1000).toISOString(), '9999-12-31T23:59:59.000Z');
      return true;
    },
  );
});

test('faults of a presigned request', async () => {
  const presigned = signer.byQuery(get, 60);
  const { target } = presigned;
  const cases: readonly (readonly [string | RegExp, string, AuthnErrorCode, object?])[] = [
    ['AWS4-HMAC-SHA256', 'AWS4-ECDSA-P256-SHA256', 'UnsupportedAlgorithm', { place: 'query' }],
    [/&X-Amz-Expires=\d+/, '', 'MalformedQuery', { parameter: 'X-Amz-Expires', reason: 'missing' }],
    [/&X-Amz-Signature=\w+/, '', 'MalformedQuery', { parameter: 'X-Amz-Signature' }],
    ['&X-Amz-Expires', '&X-Amz-Date=x&X-Amz-Expires', 'MalformedQuery', { reason: 'repeated' }],
    ['X-Amz-Date=20130524T000000Z', 'X-Amz-Date=20130524', 'InvalidDate', { place: 'query' }],
    ['us-east-1', 'mars', 'WrongRegion', { place: 'query', region: 'mars' }],
    ['%2Fs3%2F', '%2Fec2%2F', 'WrongService'],
    ['AKIAIOSFODNN7EXAMPLE', 'AKIA', 'UnknownAccessKey'],
    ['X-Amz-SignedHeaders=host', 'X-Amz-SignedHeaders=range', 'UnsignedHeaders', { headers: ['host'] }],
    ['/test.txt', '/other.txt', 'SignatureMismatch'],
    ['X-Amz-Expires=60', 'X-Amz-Expires=61', 'SignatureMismatch'],
    ['?', '?versionId=null&', 'SignatureMismatch'],
    ['/test.txt', '/test%ZZ', 'MalformedTarget'],
    ['/test.txt', '/test%FF', 'MalformedTarget'],
    ['?', '?%FF&', 'MalformedTarget'],
  ];
  for (const [part, replacement, code, details] of cases) {
    await assertFails(
      received(presigned, { target: target.replace(part, replacement) }),
      code,
      details,
      'query',
    );
  }
  const acl = received(presigned, { more: [['x-amz-acl', 'public-read']] });
  await assertFails(acl, 'UnsignedHeaders', { headers: ['x-amz-acl'] }, 'query');
});

test('the payload of a presigned request: header before parameter before UNSIGNED-PAYLOAD', async () => {
  const sha256Hex = createHash('sha256').update('x').digest('hex');
  const byHeader = signer.byQuery({ ...get, headers: { 'x-amz-content-sha256': sha256Hex } }, 60, sha256Hex);
  assert.deepEqual((await verify(received(byHeader), 'query')).payload, { kind: 'hash', sha256Hex });
  const byParameter = signer.byQuery({ ...get, query: [['X-Amz-Content-Sha256', sha256Hex]] }, 60, sha256Hex);
  assert.deepEqual((await verify(received(byParameter), 'query')).payload, { kind: 'hash', sha256Hex });
  // As AWS: the unsigned header is not refused as such, since its value is signed as the last line.
  const added = received(signer.byQuery(get, 60), { more: [['x-amz-content-sha256', sha256Hex]] });
  await assertFails(added, 'SignatureMismatch', undefined, 'query');
});

test('a key pair that may not be used is told so only with the right signature', async () => {
  const disabled = verifierOf({ ...credential, unusable: 'user-disabled' });
  const signed = signer.byHeader(get);
  await assertFails(received(signed), 'UnusableAccessKey', { reason: 'user-disabled' }, 'header', disabled);
  const other = new IndependentSigner({ ...exampleKey, secret: 'other' }, exampleTime).byHeader(get);
  await assertFails(received(other), 'SignatureMismatch', undefined, 'header', disabled);
});

test('a kept signing key does not outlive the record it was made from', async () => {
  let found = credential;
  const changing = createSigV4Verifier({
    credentials: { findAccessKey: async () => found },
    skewSecondsMax: 900,
    signingKeysMax: 4,
    publicAddresses: [],
  });
  const check = () => changing.verify(received(signer.byHeader(get)), 'header', () => rules);
  await check();
  await check();
  found = { ...credential, secret: 'another', recordVersion: 2 };
  await assert.rejects(check);
  found = { ...credential, recordVersion: 3 };
  await check();
});

test('rules depend on the key pair, and the region before anything else of the scope', async () => {
  const seen: (string | undefined)[] = [];
  const anywhere = new IndependentSigner({ ...exampleKey, region: 'mars' }, exampleTime).byHeader(get);
  const verified = await verifier.verify(received(anywhere), 'header', (pair) => {
    seen.push(pair?.accessKeyId);
    return { ...rules, region: () => ({ kind: 'ok' }) };
  });
  assert.equal(verified.scope.region, 'mars');
  assert.deepEqual(seen, [exampleKey.accessKeyId]);
  const authorization = anywhere.headers['authorization']!.replace('/s3/aws4', '/ec2/aws5');
  await assertFails(received(anywhere, { changes: { authorization } }), 'WrongRegion');
});

const text = fc.string({ unit: 'grapheme', maxLength: 12 }).filter((value) => value.isWellFormed());

test('any request signed by the other implementation verifies, and not after a change', async () => {
  await fc.assert(
    fc.asyncProperty(
      text.map((path) => `/${path}`),
      fc.array(
        fc.tuple(
          text.filter((name) => name !== '' && !name.startsWith('X-Amz')),
          text,
        ),
        { maxLength: 4 },
      ),
      fc.dictionary(
        fc.stringMatching(/^x-amz-meta-[a-z]{1,5}$/),
        fc.stringMatching(/^[!-~]( {0,2}[!-~]){0,8}$/),
        { maxKeys: 3 },
      ),
      fc.constantFrom<ProofPlace>('header', 'query'),
      async (path, query, headers, place) => {
        const request = { method: 'PUT', host: 'localhost:9000', path, query, headers: { ...headers } };
        const signed = place === 'header' ? signer.byHeader(request) : signer.byQuery(request, 60);
        await verify(received(signed), place);
        await assertFails(received({ ...signed, method: 'GET' }), 'SignatureMismatch', undefined, place);
        await assertFails(received(signed, { host: 'localhost' }), 'SignatureMismatch', undefined, place);
      },
    ),
    { numRuns: 300 },
  );
});

test('whatever is sent, the only error is an AuthnError', async () => {
  const value = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('20130524T000000Z', 'UNSIGNED-PAYLOAD', 'AWS4-HMAC-SHA256', '60', 'host'),
    fc.constant(`${exampleKey.accessKeyId}/20130524/us-east-1/s3/aws4_request`),
    fc.constant(
      `AWS4-HMAC-SHA256 Credential=${exampleKey.accessKeyId}/20130524/us-east-1/s3/aws4_request,SignedHeaders=host;\ud800,Signature=00`,
    ),
  );
  const header = fc.constantFrom(
    'authorization',
    'host',
    'x-amz-date',
    'date',
    'x-amz-content-sha256',
    'x-amz-meta-\u0000',
  );
  const name = fc.constantFrom(
    'X-Amz-Algorithm',
    'X-Amz-Credential',
    'X-Amz-Date',
    'X-Amz-Expires',
    'X-Amz-SignedHeaders',
    'X-Amz-Signature',
    'X-Amz-Content-Sha256',
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(header, value), { maxLength: 8 }),
      fc.array(
        fc.tuple(name, value).map(([key, parameter]) => `${key}=${parameter}`),
        { maxLength: 8 },
      ),
      fc.string({ unit: 'binary' }),
      fc.constantFrom<ProofPlace>('header', 'query'),
      async (fields, parameters, path, place) => {
        const headers: HeaderFields = [['host', 'localhost'], ...fields];
        const request = wireRequest({ target: `/${path}?${parameters.join('&')}`, headers, at: exampleTime });
        await assert.rejects(verify(request, place), AuthnError);
      },
    ),
    { numRuns: 2000 },
  );
});
