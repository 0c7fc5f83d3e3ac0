import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { SignedRequest } from '../../../test/support/independent-signer.ts';
import { IndependentSignerV2, type V2Request } from '../../../test/support/independent-signer-v2.ts';
import { exampleKey } from '../../../test/support/published-signatures.ts';
import { sigV2Examples, sigV2QueryExample } from '../../../test/support/published-signatures-v2.ts';
import { type HeaderFields, wireRequest } from '../../../test/support/wire-request.ts';
import type { AccessKeyCredential } from '../../identity/credentials.ts';
import type { WireRequest } from '../kernel/wire.ts';
import { AuthnError, type AuthnErrorCode, type ProofPlace } from './authn-errors.ts';
import { describeAuthnError } from './describe-authn-error.ts';
import { createSigV2Verifier } from './sigv2.ts';
import type { SigV2Rules } from './sigv2-canonical.ts';

const credential: AccessKeyCredential = {
  accessKeyId: exampleKey.accessKeyId,
  secret: exampleKey.secret,
  recordVersion: 1,
  principal: { kind: 'anonymous' },
};
const SUBRESOURCES = ['acl', 'delete', 'response-content-type', 'uploadId', 'uploads', 'versionId'];
const NOW = new Date('2026-05-24T12:00:00Z');

function verifierOf(found: AccessKeyCredential | undefined) {
  return createSigV2Verifier({
    credentials: { findAccessKey: async (id) => (id === found?.accessKeyId ? found : undefined) },
    skewSecondsMax: 900,
    publicAddresses: [{ host: 'storage.example.com', pathPrefix: '/files here' }],
  });
}

function rulesFor(hostedBucket?: string): SigV2Rules {
  return { hostedBucket, isSignedParameter: (name) => SUBRESOURCES.includes(name) };
}

const verifier = verifierOf(credential);
const signer = new IndependentSignerV2(exampleKey, NOW);

interface Received {
  readonly changes?: Readonly<Record<string, string | undefined>>;
  readonly more?: HeaderFields;
  readonly target?: string;
  readonly at?: Date;
}

function received(
  signed: SignedRequest,
  { changes = {}, more = [], target, at }: Received = {},
): WireRequest {
  const headers = { host: signed.host, ...signed.headers, ...changes };
  const fields = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : ([[name, value]] as const),
  );
  return wireRequest({
    method: signed.method,
    target: target ?? signed.target,
    headers: [...fields, ...more],
    pieces: [signed.body],
    at: at ?? NOW,
  });
}

const verify = (request: WireRequest, place: ProofPlace = 'header', hostedBucket?: string) =>
  verifier.verify(request, place, rulesFor(hostedBucket));

async function refused(call: Promise<unknown>, code: AuthnErrorCode, details: object = {}): Promise<void> {
  await assert.rejects(call, (error: unknown) => {
    assert.ok(error instanceof AuthnError, String(error));
    assert.equal(error.code, code, error.stack);
    for (const [name, value] of Object.entries(details)) {
      assert.deepEqual((error.details as Record<string, unknown>)[name], value, name);
    }
    assert.ok(describeAuthnError(error).length > 0);
    return true;
  });
}

function seconds(offset: number): Date {
  return new Date(NOW.getTime() + offset * 1000);
}

const PUT: V2Request = {
  method: 'PUT',
  host: 'localhost:9000',
  path: '/bucket/folder/한글 key',
  headers: { 'content-type': 'text/plain', 'x-amz-meta-b': 'two', 'x-amz-acl': 'private' },
  body: Buffer.from('body'),
};

for (const example of sigV2Examples) {
  test(`AWS's example: ${example.name}`, async () => {
    const authorization = ['authorization', `AWS ${exampleKey.accessKeyId}:${example.signature}`] as const;
    const request = { ...example, headers: [...example.headers, authorization] };
    const { caller, payload } = await verify(wireRequest(request), 'header', example.hostedBucket);
    assert.deepEqual(caller.proof, {
      kind: 'access-key',
      accessKeyId: exampleKey.accessKeyId,
      scheme: 'sigv2',
    });
    assert.deepEqual(payload, { kind: 'unsigned' });
    const wrong = ['authorization', `AWS ${exampleKey.accessKeyId}:${'A'.repeat(27)}=`] as const;
    await refused(
      verify(
        wireRequest({ ...example, headers: [...example.headers, wrong] }),
        'header',
        example.hostedBucket,
      ),
      'SignatureMismatch',
      { stringToSign: example.stringToSign, canonicalRequest: undefined, part: 'request' },
    );
  });
}

test("AWS's example of a query", async () => {
  const { path, expires, signature, hostedBucket } = sigV2QueryExample;
  const target = (escaped: string) =>
    `${path}?AWSAccessKeyId=${exampleKey.accessKeyId}&Signature=${escaped}&Expires=${expires}`;
  for (const escaped of [encodeURIComponent(signature), signature]) {
    const request = wireRequest({ target: target(escaped), at: new Date(expires * 1000) });
    const { caller } = await verify(request, 'query', hostedBucket);
    assert.equal(caller.proof.kind === 'access-key' && caller.proof.scheme, 'sigv2-query');
  }
  const late = wireRequest({
    target: target(encodeURIComponent(signature)),
    at: new Date(expires * 1000 + 1),
  });
  await refused(verify(late, 'query', hostedBucket), 'RequestExpired', {
    expiresAtMicros: expires * 1_000_000,
    expires: undefined,
  });
});

test('a request of another signer, by header and by query', async () => {
  await verify(received(signer.byHeader(PUT)));
  await verify(
    received(signer.byHeader({ ...PUT, path: '/key', hostedBucket: 'bucket' })),
    'header',
    'bucket',
  );
  await verify(received(signer.byQuery(PUT, 60)), 'query');
  const amzDate = { ...PUT.headers, 'x-amz-date': NOW.toUTCString() };
  await verify(received(signer.byHeader({ ...PUT, headers: amzDate })));
  const iso = { ...PUT.headers, 'x-amz-date': '20260524T120000Z' };
  await verify(received(signer.byHeader({ ...PUT, headers: iso })));
});

test('whatever is sent, both signers agree', async () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 12 });
  const visible = fc.stringMatching(/^[!-~]([ -~]{0,20}[!-~])?$/);
  const property = fc.asyncProperty(
    fc.constantFrom('GET', 'PUT', 'POST', 'DELETE', 'HEAD'),
    text,
    fc.uniqueArray(fc.tuple(fc.constantFrom(...SUBRESOURCES, 'prefix', 'max-keys'), text), {
      selector: ([name]) => name,
    }),
    fc.dictionary(fc.stringMatching(/^x-amz-meta-[a-z0-9-]{1,8}$/), visible, { noNullPrototype: true }),
    fc.boolean(),
    async (method, key, query, headers, isQuery) => {
      const request = {
        method,
        host: 'h',
        path: `/bucket/${key}`,
        query,
        headers,
        subresources: SUBRESOURCES,
      };
      const signed = isQuery ? signer.byQuery(request, 10) : signer.byHeader(request);
      await verify(received(signed), isQuery ? 'query' : 'header');
    },
  );
  await fc.assert(property, { numRuns: 300 });
});

test('every x-amz header is signed, the rest is not', async () => {
  const signed = signer.byHeader(PUT);
  const mismatch = (changes: Received) => refused(verify(received(signed, changes)), 'SignatureMismatch');
  await mismatch({ changes: { 'x-amz-meta-b': 'three' } });
  await mismatch({ changes: { 'x-amz-meta-b': undefined } });
  await mismatch({ more: [['x-amz-meta-c', 'added']] });
  await mismatch({ more: [['x-amz-acl', 'public-read']] });
  await mismatch({ more: [['x-amz-copy-source', '/other/key']] });
  await mismatch({ changes: { 'content-type': 'text/html' } });
  await mismatch({ more: [['content-md5', '4gJE4saaMU4BqNR0kLY+lw==']] });
  await mismatch({ changes: { date: seconds(1).toUTCString() } });
  await mismatch({ target: '/bucket/folder/other' });
  await verify(received(signed, { more: [['user-agent', 'anything']] }));
  await verify(received(signed, { changes: { host: 'elsewhere' } }));
});

test('sub-resources are signed, conditions of a listing are not', async () => {
  const get = { ...PUT, method: 'GET', headers: {} };
  const plain = signer.byQuery(get, 60);
  for (const added of [
    'acl',
    'acl=',
    'delete',
    'versionId=x',
    '%61cl',
    'response-content-type=text%2Fhtml',
  ]) {
    await refused(
      verify(received(plain, { target: `${plain.target}&${added}` }), 'query'),
      'SignatureMismatch',
    );
  }
  await verify(received(plain, { target: `${plain.target}&prefix=x` }), 'query');
  const query = [['acl', '']] as const;
  const acl = signer.byHeader({ ...get, query, subresources: SUBRESOURCES });
  await verify(received(acl));
  await verify(received(acl, { target: `${acl.target}=` }));
  await refused(verify(received(acl, { target: `${acl.target}=x` })), 'SignatureMismatch');
});

test('x-amz parameters of a presigned link count as headers', async () => {
  const link = signer.byQuery({ ...PUT, headers: { 'x-amz-acl': 'public-read' } }, 60);
  const moved = { changes: { 'x-amz-acl': undefined }, target: `${link.target}&x-amz-acl=public-read` };
  await verify(received(link), 'query');
  await verify(received(link, moved), 'query');
  await verify(received(link, { target: moved.target }), 'query');
  const other = { ...moved, more: [['x-amz-acl', 'private']] as const };
  await refused(verify(received(link, other), 'query'), 'SignatureMismatch');
  const byHeader = signer.byHeader({ ...PUT, headers: {} });
  const appended = received(byHeader, { target: `${byHeader.target}?X-Amz-Acl=public-read` });
  await refused(verify(appended), 'SignatureMismatch');
});

test('paths may be signed as sent or strictly encoded, and behind a public prefix', async () => {
  const signed = signer.byHeader({ ...PUT, path: "/bucket/it's (new)!" });
  await verify(received(signed));
  const shouting = signer.byHeader(PUT);
  const lowerCase = shouting.target.replace(/%../g, (escaped) => escaped.toLowerCase());
  assert.notEqual(lowerCase, shouting.target);
  await verify(received(shouting, { target: lowerCase }));
  const strict = signed.target.replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`);
  await refused(
    verify(received(signed, { target: strict })),
    'SignatureMismatch',
    // The path as sent comes first.
    {
      stringToSign: `PUT\n\ntext/plain\n${NOW.toUTCString()}\nx-amz-acl:private\nx-amz-meta-b:two\n${strict}`,
    },
  );
  const atProxy = signer.byHeader({ ...PUT, path: `/files here${PUT.path}` });
  await verify(received(atProxy, { target: signer.byHeader(PUT).target }));
  for (const path of ['/files here', '/files here/']) {
    await verify(received(signer.byHeader({ ...PUT, path }), { target: '/' }));
  }
  const elsewhere = signer.byHeader({ ...PUT, path: `/other${PUT.path}` });
  await refused(verify(received(elsewhere, { target: signer.byHeader(PUT).target })), 'SignatureMismatch');
});

test('a bucket may be signed with a slash behind it, a key may not', async () => {
  const bucket = signer.byHeader({ ...PUT, path: '/bucket/' });
  await verify(received(bucket));
  await verify(received(bucket, { target: '/bucket' }));
  const key = signer.byHeader({ ...PUT, path: '/bucket/key/' });
  await refused(verify(received(key, { target: '/bucket/key' })), 'SignatureMismatch');
  const hosted = received(signer.byHeader({ ...PUT, path: '/key/', hostedBucket: 'bucket' }), {
    target: '/key',
  });
  await refused(verify(hosted, 'header', 'bucket'), 'SignatureMismatch');
});

test('the clocks may differ by 15 minutes in either direction', async () => {
  const signed = signer.byHeader(PUT);
  await verify(received(signed, { at: seconds(900) }));
  await verify(received(signed, { at: seconds(-900) }));
  for (const at of [seconds(901), seconds(-901)]) {
    await refused(verify(received(signed, { at })), 'RequestTimeTooSkewed', {
      requestTime: NOW.toUTCString(),
      skewSecondsMax: 900,
    });
  }
  for (const date of [undefined, 'yesterday', '']) {
    await refused(verify(received(signed, { changes: { date } })), 'InvalidDate', { value: date });
  }
  const twice: HeaderFields = [['date', NOW.toUTCString()]];
  await refused(verify(received(signed, { more: twice })), 'DuplicateHeader', { header: 'date' });
});

test('malformed proofs', async () => {
  const signed = signer.byHeader(PUT);
  for (const authorization of ['AWS key', 'AWS :signature', 'AWS key:', 'AWS  ']) {
    await refused(verify(received(signed, { changes: { authorization } })), 'UnsupportedAuthorization', {
      reason: 'pair',
    });
  }
  const link = signer.byQuery(PUT, 60);
  for (const name of ['AWSAccessKeyId', 'Signature', 'Expires']) {
    const without = link.target.replace(new RegExp(`([?&])${name}=[^&]*&?`), '$1');
    const twice = `${link.target}&${name}=1`;
    const details = { version: 2, parameter: name };
    await refused(verify(received(link, { target: without }), 'query'), 'MalformedQuery', {
      ...details,
      reason: 'missing',
    });
    await refused(verify(received(link, { target: twice }), 'query'), 'MalformedQuery', {
      ...details,
      reason: 'repeated',
    });
  }
  for (const expires of ['-1', 'soon', '1e9', '1'.repeat(13), '2026-05-24T12:00:00Z']) {
    const target = link.target.replace(/Expires=\d+/, `Expires=${expires}`);
    await refused(verify(received(link, { target }), 'query'), 'InvalidExpires', { reason: 'not-a-time' });
  }
  await refused(verify(received(signed, { target: '/%zz' })), 'MalformedTarget');
});

test('a signature is right in its one spelling only', async () => {
  const signed = signer.byHeader(PUT);
  const { authorization = '' } = signed.headers;
  const spellings = [
    authorization.slice(0, -1),
    `${authorization}=`,
    authorization.toLowerCase(),
    `${authorization} x`,
  ];
  // The last letter before the padding carries two bits that no byte has.
  const other =
    authorization.at(-2) === 'A'
      ? 'B'
      : String.fromCharCode(authorization.charCodeAt(authorization.length - 2) + 1);
  spellings.push(`${authorization.slice(0, -2)}${other}=`);
  for (const spelling of spellings) {
    const code = spelling === authorization.toLowerCase() ? 'UnknownAccessKey' : 'SignatureMismatch';
    await refused(verify(received(signed, { changes: { authorization: spelling } })), code);
  }
});

test('unknown, disabled and overlong keys', async () => {
  const signed = received(signer.byHeader(PUT));
  await refused(verifierOf(undefined).verify(signed, 'header', rulesFor()), 'UnknownAccessKey');
  const disabled = verifierOf({ ...credential, unusable: 'key-disabled' });
  await refused(disabled.verify(signed, 'header', rulesFor()), 'UnusableAccessKey', {
    reason: 'key-disabled',
  });
  const stranger = new IndependentSignerV2({ ...exampleKey, secret: 'wrong' }, NOW);
  const forged = received(stranger.byHeader(PUT));
  await refused(disabled.verify(forged, 'header', rulesFor()), 'SignatureMismatch');
  const authorization = `AWS ${'k'.repeat(5000)}:${'A'.repeat(28)}`;
  await refused(verify(received(signer.byHeader(PUT), { changes: { authorization } })), 'UnknownAccessKey');
});

test('bodies are what they are declared to be', async () => {
  const mode = async (value: string) => {
    const headers = { ...PUT.headers, 'x-amz-content-sha256': value };
    return (await verify(received(signer.byHeader({ ...PUT, headers })))).payload;
  };
  assert.deepEqual(await mode('UNSIGNED-PAYLOAD'), { kind: 'unsigned' });
  assert.deepEqual(await mode('STREAMING-UNSIGNED-PAYLOAD-TRAILER'), { kind: 'chunks' });
  assert.deepEqual(await mode('A'.repeat(64)), { kind: 'hash', sha256Hex: 'a'.repeat(64) });
  await refused(mode('STREAMING-AWS4-HMAC-SHA256-PAYLOAD'), 'UnsupportedPayloadMode');
});
