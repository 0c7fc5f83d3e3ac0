import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type HeaderFields, wireRequest } from '../../../test/support/wire-request.ts';
import type { AccessKeyCredential } from '../../identity/credentials.ts';
import type { WireRequest } from '../kernel/wire.ts';
import {
  createScpSignatureVerifier,
  hasScpProof,
  ScpProofError,
  type ScpProofFault,
} from './scp-signature.ts';

const KEY = 'fakeaccesskey0000000000000000001';
const SECRET = 'fake-secret-0000-1111-2222-333344445555';
const ACCOUNT = 'afd580f490394896a6bceabf77683c6b';
const NOW = new Date('2026-11-21T00:00:00.000Z');
const TIMESTAMP = '1795219200000';

const account = { id: ACCOUNT, name: 'team', enabled: true, createdAtMicros: 0 };
const credential: AccessKeyCredential = {
  accessKeyId: KEY,
  secret: SECRET,
  recordVersion: 1,
  principal: {
    kind: 'user',
    account,
    user: {
      id: 'b'.repeat(32),
      accountId: ACCOUNT,
      name: 'kim',
      displayName: '',
      email: '',
      isRoot: false,
      enabled: true,
      createdAtMicros: 0,
    },
    isServerAdmin: false,
  },
};

const verifierOf = (found: AccessKeyCredential | undefined = credential, windowMillis = 900_000) =>
  createScpSignatureVerifier({
    credentials: { findAccessKey: async (id) => (id === KEY ? found : undefined) },
    windowMillis,
  });

interface Sent {
  readonly method?: string;
  readonly url: string;
  readonly signature: string;
  readonly timestamp?: string;
  readonly clientType?: string;
  readonly more?: HeaderFields;
  readonly at?: Date;
  readonly host?: string;
}

/** As the listener would hand it in, behind TLS. */
function requestOf(sent: Sent): WireRequest {
  const [, scheme = '', host = '', target = '/'] = /^(https?):\/\/([^/]+)(.*)$/.exec(sent.url) ?? [];
  const headers: HeaderFields = [
    ['host', sent.host ?? host],
    ['scp-accesskey', KEY],
    ['scp-signature', sent.signature],
    ['scp-timestamp', sent.timestamp ?? TIMESTAMP],
    ['scp-clienttype', sent.clientType ?? 'Openapi'],
    ...(sent.more ?? []),
  ];
  const request = wireRequest({ method: sent.method ?? 'GET', target, headers, at: sent.at ?? NOW });
  return { ...request, isSecure: scheme === 'https', clientOrigin: `${scheme}://${sent.host ?? host}` };
}

const sign = (message: string) => createHmac('sha256', SECRET).update(message, 'utf8').digest('base64');

async function faultOf(request: WireRequest, verifier = verifierOf()): Promise<ScpProofFault | 'verified'> {
  try {
    await verifier.verify(request);
    return 'verified';
  } catch (error) {
    assert.ok(error instanceof ScpProofError, String(error));
    return error.fault;
  }
}

const PRODUCTS =
  'https://product.e.samsungsdscloud.com/v1/products?limit=10&page=1&product_category_id=STORAGE&display_name=Object%20Storage';
const PRODUCTS_SIGNATURE = '+UbEt9Ha1LQoiV1XUJ3iAFEphsmvanjFTTTBscZJm9Y=';

describe('the test vectors of the specification', () => {
  it('1 to 3 verify', async () => {
    const ok = async (sent: Sent) => assert.equal(await faultOf(requestOf(sent)), 'verified');
    await ok({ url: PRODUCTS, signature: PRODUCTS_SIGNATURE });
    await ok({
      method: 'POST',
      url: 'https://sts.e.samsungsdscloud.com/v1/assume-role',
      signature: 'lvlvi5J1KLXlcIqFtatr0+36gTWWv1EVY9nJWZ7CT1c=',
    });
    await ok({
      url: 'https://product.e.samsungsdscloud.com/v1/product-categories?display_name_ko=%EC%8A%A4%ED%86%A0%EB%A6%AC%EC%A7%80&sort=created_at:asc',
      signature: 'xH3PvjqZkZQQtsZOX1uw5ZvHViPMCvKwaOi3zQUSD8E=',
    });
  });

  it('4 verifies with its account, and for no other', async () => {
    const url = 'https://iam.e.samsungsdscloud.com/v1/endpoints';
    const signature = 'ON8w1Ybqf3rYRTJc/sVjVBnk7FjkmM/6vFqxjT+6bY4=';
    const named = requestOf({ url, signature, more: [['scp-accountid', ACCOUNT]] });
    assert.equal(await faultOf(named), 'verified');
    assert.equal(await faultOf(requestOf({ url, signature })), 'signature-mismatch');
    const other = 'c'.repeat(32);
    const message = `GET${url}${TIMESTAMP}${KEY}${other}Openapi`;
    const foreign = requestOf({ url, signature: sign(message), more: [['scp-accountid', other]] });
    assert.equal(await faultOf(foreign), 'other-account');
    const empty = requestOf({
      url,
      signature: sign(`GET${url}${TIMESTAMP}${KEY}Openapi`),
      more: [['scp-accountid', '']],
    });
    assert.equal(await faultOf(empty), 'verified');
  });

  it('5 is refused: a URL that was encoded twice', async () => {
    const signature = 'X9A2mCPs4E6XZ2rXPEZprZXBN8sDuB11JlreTPQnAZA=';
    assert.equal(await faultOf(requestOf({ url: PRODUCTS, signature })), 'signature-mismatch');
  });
});

describe('what is signed', () => {
  it('is the whole URL, in the order of its query, and the client type as sent', async () => {
    const path = PRODUCTS.slice('https://product.e.samsungsdscloud.com'.length);
    const pathOnly = sign(`GET${path}${TIMESTAMP}${KEY}Openapi`);
    assert.equal(await faultOf(requestOf({ url: PRODUCTS, signature: pathOnly })), 'signature-mismatch');
    const reordered = PRODUCTS.replace('limit=10&page=1', 'page=1&limit=10');
    assert.equal(
      await faultOf(requestOf({ url: reordered, signature: PRODUCTS_SIGNATURE })),
      'signature-mismatch',
    );
    const other = requestOf({ url: PRODUCTS, signature: PRODUCTS_SIGNATURE, clientType: 'openapi' });
    assert.equal(await faultOf(other), 'signature-mismatch');
    const guide = sign(`GET${PRODUCTS}${TIMESTAMP}${KEY}user-api`);
    assert.equal(
      await faultOf(requestOf({ url: PRODUCTS, signature: guide, clientType: 'user-api' })),
      'verified',
    );
  });

  it('may name the port of the scheme, and the address a proxy is known by', async () => {
    const signed = (url: string) => sign(`GET${url}${TIMESTAMP}${KEY}Openapi`);
    const url = 'https://product.example.test/v1/products';
    const port = signed('https://product.example.test:443/v1/products');
    assert.equal(await faultOf(requestOf({ url, signature: port })), 'verified');
    const wrongPort = signed('https://product.example.test:80/v1/products');
    assert.equal(await faultOf(requestOf({ url, signature: wrongPort })), 'signature-mismatch');
    const plain = signed('http://product.example.test:80/v1/products');
    assert.equal(
      await faultOf(requestOf({ url: 'http://product.example.test/v1/products', signature: plain })),
      'verified',
    );
    const behind = requestOf({ url, signature: signed('https://cloud.example.test/scp-api/v1/products') });
    const proxied = { ...behind, clientOrigin: 'https://cloud.example.test/scp-api' };
    assert.equal(await faultOf(proxied), 'verified');
    assert.equal(await faultOf(requestOf({ url, signature: signed(`${url}?`) })), 'verified');
  });
});

describe('the time', () => {
  const signedAt = (timestamp: string) =>
    requestOf({
      url: PRODUCTS,
      timestamp,
      signature: sign(`GET${PRODUCTS}${timestamp}${KEY}Openapi`),
    });

  it('has 13 digits', async () => {
    for (const timestamp of [
      '179521920000',
      '17952192000000',
      '1795219200000.',
      ' 1795219200000',
      '+795219200000',
    ]) {
      assert.equal(await faultOf(signedAt(timestamp)), 'malformed-timestamp', timestamp);
    }
  });

  it('differs from that of the server by 15 minutes at most', async () => {
    const at = (seconds: number) => String(NOW.getTime() + seconds * 1000);
    for (const seconds of [-900, -899, 0, 899, 900]) {
      assert.equal(await faultOf(signedAt(at(seconds))), 'verified', `${seconds}`);
    }
    for (const seconds of [-901, 901]) {
      assert.equal(await faultOf(signedAt(at(seconds))), 'outside-window', `${seconds}`);
    }
  });
});

describe('headers', () => {
  it('are all needed, each once, whatever their spelling', async () => {
    const whole = requestOf({ url: PRODUCTS, signature: PRODUCTS_SIGNATURE });
    for (const name of ['scp-accesskey', 'scp-signature', 'scp-timestamp', 'scp-clienttype']) {
      const fields = [...whole.headers.names()].map((own) => [own, whole.headers.get(own) ?? ''] as const);
      const without = fields.filter(([own]) => own !== name);
      const headersOf = (list: HeaderFields) => wireRequest({ target: '/', headers: list, at: NOW }).headers;
      assert.equal(await faultOf({ ...whole, headers: headersOf(without) }), 'missing-header', name);
      const emptied = [...without, [name, ''] as const];
      assert.equal(await faultOf({ ...whole, headers: headersOf(emptied) }), 'missing-header', name);
      const twice = [...fields, [name, whole.headers.get(name) ?? ''] as const];
      assert.equal(await faultOf({ ...whole, headers: headersOf(twice) }), 'repeated-header', name);
    }
  });

  it('tell whether somebody means to sign', () => {
    const { headers } = wireRequest({ headers: [['Accept', '*/*']], at: NOW });
    assert.equal(hasScpProof(headers), false);
    assert.equal(hasScpProof(wireRequest({ headers: [['scp-clienttype', '']], at: NOW }).headers), true);
  });

  it('hold a signature of 32 bytes in padded base64', async () => {
    for (const signature of [
      PRODUCTS_SIGNATURE.slice(0, -1),
      PRODUCTS_SIGNATURE.replace('+', '-'),
      `${PRODUCTS_SIGNATURE}=`,
      `${PRODUCTS_SIGNATURE.slice(0, -2)}==`,
      'AAAA',
      'Z'.repeat(5000),
    ]) {
      assert.equal(await faultOf(requestOf({ url: PRODUCTS, signature })), 'malformed-signature', signature);
    }
  });

  it('hold a client type that begins with a letter', async () => {
    for (const clientType of ['1openapi', 'Open api', '-x', `A${'b'.repeat(32)}`]) {
      const signature = sign(`GET${PRODUCTS}${TIMESTAMP}${KEY}${clientType}`);
      assert.equal(
        await faultOf(requestOf({ url: PRODUCTS, signature, clientType })),
        'malformed-client-type',
        clientType,
      );
    }
  });
});

describe('the access key', () => {
  it('must exist and be usable', async () => {
    const request = requestOf({ url: PRODUCTS, signature: PRODUCTS_SIGNATURE });
    const none = createScpSignatureVerifier({
      credentials: { findAccessKey: async () => undefined },
      windowMillis: 900_000,
    });
    assert.equal(await faultOf(request, none), 'unknown-access-key');
    for (const unusable of ['key-disabled', 'user-disabled', 'account-disabled', 'expired'] as const) {
      assert.equal(await faultOf(request, verifierOf({ ...credential, unusable })), 'unusable-access-key');
    }
  });
});

describe('the replay register, when there is one', () => {
  it('takes a signature once', async () => {
    const claimed = new Map<string, number>();
    const verifier = createScpSignatureVerifier({
      credentials: { findAccessKey: async () => credential },
      windowMillis: 900_000,
      replays: {
        async claim(text, expiresAtMicros) {
          if (claimed.has(text)) return false;
          claimed.set(text, expiresAtMicros);
          return true;
        },
      },
    });
    const request = requestOf({ url: PRODUCTS, signature: PRODUCTS_SIGNATURE });
    assert.equal(await faultOf(request, verifier), 'verified');
    assert.equal(await faultOf(request, verifier), 'replayed');
    assert.deepEqual([...claimed.values()], [(Number(TIMESTAMP) + 900_000) * 1000]);
    const forged = requestOf({ url: PRODUCTS, signature: PRODUCTS_SIGNATURE.replace('+', 'a') });
    assert.equal(await faultOf(forged, verifier), 'signature-mismatch');
    assert.equal(claimed.size, 1, 'what is not signed is not remembered');
  });
});

describe('any request', () => {
  const text = fc
    .string({ minLength: 1, maxLength: 40 })
    .map((part) => encodeURIComponent(part.toWellFormed()));

  it('verifies as signed, and no longer with any part changed', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('GET', 'POST', 'DELETE', 'PUT'),
        fc.array(text, { minLength: 1, maxLength: 4 }),
        fc.array(fc.tuple(text, text), { maxLength: 4 }),
        fc.nat(900_000),
        async (method, segments, pairs, ageMillis) => {
          const query = pairs.map(([name, value]) => `${name}=${value}`).join('&');
          const url = `https://sts.example.test/${segments.join('/')}${query === '' ? '' : `?${query}`}`;
          const timestamp = String(NOW.getTime() - ageMillis);
          const signature = sign(`${method}${url}${timestamp}${KEY}Openapi`);
          const sent = { method, url, timestamp, signature };
          assert.equal(await faultOf(requestOf(sent)), 'verified');
          assert.notEqual(await faultOf(requestOf({ ...sent, method: 'PATCH' })), 'verified');
          assert.notEqual(await faultOf(requestOf({ ...sent, url: `${url}x` })), 'verified');
          assert.notEqual(await faultOf(requestOf({ ...sent, clientType: 'openapi' })), 'verified');
          const shifted = String(Number(timestamp) - 1);
          assert.notEqual(await faultOf(requestOf({ ...sent, timestamp: shifted })), 'verified');
        },
      ),
    );
  });

  it('never fails with anything but a proof error', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string(),
        fc.string(),
        fc.string(),
        fc.string(),
        async (accessKey, signature, timestamp, clientType) => {
          const headers: HeaderFields = [
            ['host', 'sts.example.test'],
            ['scp-accesskey', accessKey],
            ['scp-signature', signature],
            ['scp-timestamp', timestamp],
            ['scp-clienttype', clientType],
          ];
          assert.notEqual(await faultOf(wireRequest({ target: '/v1', headers, at: NOW })), 'verified');
        },
      ),
    );
  });
});
