import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { IndependentSigner } from '../../../test/support/independent-signer.ts';
import {
  chunkedExample,
  exampleKey,
  exampleTime,
  trailerExample,
} from '../../../test/support/published-signatures.ts';
import type { ByteSource } from '../../lib/byte-source.ts';
import { releaseBytes } from '../../lib/release-bytes.ts';
import { AuthnError, type AuthnErrorCode } from './authn-errors.ts';
import { createChunkSignatures } from './chunk-signatures.ts';
import { decodeChunkedBody } from './chunked-body.ts';
import { deriveSigningKey } from './signing-keys.ts';

const scope = { date: '20130524', region: 'us-east-1', service: 's3' };
const signer = new IndependentSigner(exampleKey, exampleTime);
const signingKey = deriveSigningKey(exampleKey.secret, scope);

function sourceOf(pieces: readonly Buffer[]): ByteSource {
  const left = [...pieces];
  return { read: async () => left.shift() ?? null };
}

/** Each in memory of its own, as what comes from a socket. */
function split(wire: Buffer, cuts: readonly number[]): Buffer[] {
  const places = [...new Set([0, ...cuts.map((cut) => cut % (wire.length + 1)), wire.length])].sort(
    (a, b) => a - b,
  );
  return places.slice(1).map((end, index) => ownCopy(wire.subarray(places[index], end)));
}

function ownCopy(bytes: Buffer): Buffer {
  const copy = Buffer.allocUnsafeSlow(bytes.length);
  bytes.copy(copy);
  return copy;
}

/** The bytes of a piece, whose memory is gone afterwards where that is possible: it is the reader's. */
function takeBytes(piece: Buffer): Buffer {
  const bytes = ownCopy(piece);
  if (piece.length === piece.buffer.byteLength)
    structuredClone(piece, { transfer: [piece.buffer as ArrayBuffer] });
  return bytes;
}

interface Decoding {
  readonly wire: Buffer;
  readonly decodedBytes: number;
  /** Undefined: unsigned. */
  readonly seedSignature?: string | undefined;
  readonly announced?: readonly string[] | undefined;
  readonly chunkBytesMin?: number;
  readonly cuts?: readonly number[];
}

async function decode({
  wire,
  decodedBytes,
  seedSignature,
  announced,
  chunkBytesMin = 1,
  cuts = [],
}: Decoding) {
  const body = decodeChunkedBody({
    source: sourceOf(split(wire, cuts)),
    decodedBytes,
    signatures:
      seedSignature === undefined
        ? undefined
        : createChunkSignatures({
            accessKeyId: exampleKey.accessKeyId,
            signingKey,
            timestamp: '20130524T000000Z',
            scope: `${scope.date}/${scope.region}/${scope.service}/aws4_request`,
            seedSignature,
            canonicalRequest: 'PUT',
          }),
    announcedTrailers: announced,
    chunkBytesMin,
  });
  const pieces: Buffer[] = [];
  for (let piece = await body.read(); piece !== null; piece = await body.read())
    pieces.push(takeBytes(piece));
  assert.equal(await body.read(), null);
  return { bytes: Buffer.concat(pieces), trailers: Object.fromEntries(body.trailers()) };
}

async function assertFails(decoding: Decoding, code: AuthnErrorCode, details?: object): Promise<void> {
  await assert.rejects(decode(decoding), (error) => {
    assert.ok(error instanceof AuthnError, String(error));
    assert.equal(error.code, code);
    if (details !== undefined) assert.partialDeepStrictEqual(error.details, details);
    return true;
  });
}

function frame(
  body: Buffer,
  chunkBytes: number,
  isSigned: boolean,
  trailers?: readonly (readonly [string, string])[],
) {
  const request = { method: 'PUT', host: 'localhost', path: '/b/k', body };
  const signed = signer.byChunks(request, { chunkBytes, isSigned, ...(trailers && { trailers }) });
  const seedSignature = isSigned ? signed.headers['authorization']!.slice(-64) : undefined;
  const announced = trailers?.map(([name]) => name);
  return { wire: signed.body, decodedBytes: body.length, seedSignature, announced };
}

test('the published upload in chunks', async () => {
  const { body, chunkBytes, chunkSignatures, seedSignature } = chunkedExample;
  const wire = signer.byChunks(chunkedExample, { chunkBytes, isSigned: true }).body;
  assert.equal(wire.length, 66_824);
  for (const signature of chunkSignatures) assert.ok(wire.includes(signature));
  const decoded = await decode({ wire, decodedBytes: 66_560, seedSignature, chunkBytesMin: 8192 });
  assert.ok(decoded.bytes.equals(body));
});

test('the published upload with a trailer, in the framing of its description too', async () => {
  const { body, chunkBytes, trailers, seedSignature, trailerSignature } = trailerExample;
  const wire = signer.byChunks(trailerExample, { chunkBytes, isSigned: true, trailers }).body;
  assert.ok(wire.includes(trailerSignature));
  const described = Buffer.from(wire.toString('latin1').replace('sOO8/Q==\r\n', 'sOO8/Q==\n\r\n'), 'latin1');
  for (const sent of [wire, described]) {
    const decoding = {
      wire: sent,
      decodedBytes: 66_560,
      seedSignature,
      announced: ['x-amz-checksum-crc32c'],
    };
    const decoded = await decode({ ...decoding, chunkBytesMin: 8192 });
    assert.ok(decoded.bytes.equals(body));
    assert.deepEqual(decoded.trailers, { 'x-amz-checksum-crc32c': 'sOO8/Q==' });
  }
});

const payload = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes));
const cuts = fc.array(fc.nat(2000), { maxLength: 12 });
const trailer = fc.constantFrom(undefined, [], [['x-amz-checksum-crc32', 'AAAAAA==']] as const);

test('any bytes in any chunks, split anywhere on the wire, are what was sent', async () => {
  await fc.assert(
    fc.asyncProperty(
      payload,
      fc.integer({ min: 1, max: 90 }),
      fc.boolean(),
      trailer,
      cuts,
      async (...given) => {
        const [body, chunkBytes, isSigned, trailers, places] = given;
        const framed = frame(body, chunkBytes, isSigned, isSigned ? trailers : (trailers ?? []));
        const decoded = await decode({ ...framed, cuts: places });
        assert.ok(decoded.bytes.equals(body));
        assert.deepEqual(decoded.trailers, Object.fromEntries(trailers ?? []));
        const isBytewise = await decode({ ...framed, cuts: framed.wire.keys().toArray() });
        assert.ok(isBytewise.bytes.equals(body));
      },
    ),
    { numRuns: 300 },
  );
});

test('a changed, missing or additional byte is found, or changes nothing', async () => {
  const change = fc.constantFrom('replace', 'remove', 'insert', 'truncate');
  await fc.assert(
    fc.asyncProperty(payload, trailer, fc.nat(5000), fc.nat(255), change, cuts, async (...given) => {
      const [body, trailers, place, byte, kind, places] = given;
      const framed = frame(body, 64, true, trailers);
      const at = place % framed.wire.length;
      const rest = framed.wire.subarray(kind === 'insert' ? at : at + 1);
      const middle = kind === 'remove' || kind === 'truncate' ? [] : [Buffer.from([byte])];
      const wire = Buffer.concat([
        framed.wire.subarray(0, at),
        ...middle,
        ...(kind === 'truncate' ? [] : [rest]),
      ]);
      let decoded: Awaited<ReturnType<typeof decode>>;
      try {
        decoded = await decode({ ...framed, wire, cuts: places });
      } catch (error) {
        assert.ok(error instanceof AuthnError, String(error));
        return;
      }
      assert.ok(decoded.bytes.equals(body));
      assert.deepEqual(decoded.trailers, Object.fromEntries(trailers ?? []));
    }),
    { numRuns: 3000 },
  );
});

test('any bytes at all end in a body or an AuthnError', async () => {
  const line = fc.constantFrom(
    '5\r\n',
    'hello',
    '\r\n',
    '0\r\n',
    'a;b=c\r\n',
    ':',
    'x:y\r\n',
    'ffffffffffffffff\r\n',
  );
  const junk = fc.oneof(
    line.map((part) => Buffer.from(part)),
    fc.uint8Array({ maxLength: 5 }).map((part) => Buffer.from(part)),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(junk, { maxLength: 9 }),
      fc.nat(12),
      cuts,
      async (parts, decodedBytes, places) => {
        try {
          const { bytes } = await decode({
            wire: Buffer.concat(parts),
            decodedBytes,
            announced: ['x'],
            cuts: places,
          });
          assert.equal(bytes.length, decodedBytes);
        } catch (error) {
          assert.ok(error instanceof AuthnError, String(error));
        }
      },
    ),
    { numRuns: 2000 },
  );
});

test('the last piece of a signed chunk waits for its signature', async () => {
  const framed = frame(Buffer.from('hello'), 5, true);
  const wire = Buffer.from(framed.wire);
  wire[wire.indexOf('hello')] = 0x4a;
  let handedOut = 0;
  const body = decodeChunkedBody({
    source: sourceOf([wire]),
    decodedBytes: 5,
    signatures: createChunkSignatures({
      accessKeyId: exampleKey.accessKeyId,
      signingKey,
      timestamp: '20130524T000000Z',
      scope: `${scope.date}/${scope.region}/s3/aws4_request`,
      seedSignature: framed.seedSignature!,
      canonicalRequest: 'PUT',
    }),
    announcedTrailers: undefined,
    chunkBytesMin: 1,
  });
  const readOn = async () => {
    handedOut += (await body.read())?.length ?? 0;
  };
  await assert.rejects(readOn, { name: 'AuthnError', code: 'SignatureMismatch' });
  await assert.rejects(readOn, { name: 'AuthnError', code: 'SignatureMismatch' });
  assert.equal(handedOut, 0);
});

test('pieces are views of what was read', async () => {
  const wire = Buffer.from('5\r\nhello\r\n0\r\n\r\n');
  const body = decodeChunkedBody({
    source: sourceOf([wire]),
    decodedBytes: 5,
    signatures: undefined,
    announcedTrailers: [],
    chunkBytesMin: 1,
  });
  const piece = await body.read();
  assert.equal(piece?.buffer, wire.buffer);
  assert.equal(piece.toString(), 'hello');
});

test('faults of unsigned framing', async () => {
  const cases: readonly (readonly [string, AuthnErrorCode, object?])[] = [
    ['', 'IncompleteBody', { bytesExpected: 5, bytesReceived: 0 }],
    ['5\r\nhel', 'IncompleteBody', { bytesReceived: 3 }],
    ['5\r\nhello\r\n', 'IncompleteBody', { bytesReceived: 5 }],
    ['4\r\nhell\r\n0\r\n\r\n', 'IncompleteBody', { bytesReceived: 4 }],
    ['6\r\nhello!\r\n0\r\n\r\n', 'IncompleteBody', { bytesReceived: 6 }],
    ['fffffffffffff\r\nhello', 'IncompleteBody'],
    ['ffffffffffffffff\r\nhello', 'MalformedChunk', { reason: 'size' }],
    ['11111111111111111\r\n', 'MalformedChunk', { reason: 'header' }],
    ['-5\r\nhello\r\n0\r\n', 'MalformedChunk', { reason: 'header' }],
    ['0x5\r\nhello\r\n0\r\n', 'MalformedChunk', { reason: 'header' }],
    ['\r\n5\r\nhello\r\n0\r\n', 'MalformedChunk', { reason: 'header' }],
    [`5;${'x'.repeat(1100)}\r\nhello`, 'MalformedChunk', { reason: 'header-too-long' }],
    ['5'.repeat(5000), 'MalformedChunk', { reason: 'header-too-long' }],
    ['5\r\nhello0\r\n\r\n', 'MalformedChunk', { reason: 'delimiter' }],
    ['5\r\nhello\r\r\n0\r\n\r\n', 'MalformedChunk', { reason: 'delimiter' }],
    ['5\r\nhello\r\n0\r\nnonsense\r\n', 'MalformedTrailer', { reason: 'line' }],
    ['5\r\nhello\r\n0\r\na:1\r\nb:2\r\n', 'MalformedTrailer', { reason: 'unexpected', trailer: 'b' }],
    ['5\r\nhello\r\n0\r\na:1\r\na:1\r\n', 'MalformedTrailer', { reason: 'repeated', trailer: 'a' }],
    ['5\r\nhello\r\n0\r\n\r\n', 'MalformedTrailer', { reason: 'missing', trailer: 'a' }],
    ['5\r\nhello\r\n0\r\na:1\r\nx-amz-trailer-signature:0\r\n', 'MalformedTrailer', { reason: 'signature' }],
    [`5\r\nhello\r\n0\r\na:${'1'.repeat(17_000)}\r\n`, 'MalformedTrailer', { reason: 'too-long' }],
  ];
  for (const [wire, code, details] of cases) {
    await assertFails({ wire: Buffer.from(wire), decodedBytes: 5, announced: ['a'] }, code, details);
  }
});

test('what clients send in their own way', async () => {
  const wires = [
    '5\r\nhello\r\n0\r\na:1\r\n\r\n',
    '5\r\nhello\r\n0\r\na:1',
    '05 ;x=y; z\r\nhello\r\n0\r\nA : 1 \r\n\r\n\r\n',
    '5\nhello\n0\na:1\n',
    '2\r\nhe\r\n3\r\nllo\r\n00\r\n\r\na:1\r\n\r\n',
  ];
  for (const wire of wires) {
    const decoded = await decode({ wire: Buffer.from(wire), decodedBytes: 5, announced: ['a'] });
    assert.deepEqual(decoded, { bytes: Buffer.from('hello'), trailers: { a: '1' } });
  }
});

test('faults of signed framing', async () => {
  const body = Buffer.from('hello');
  const framed = frame(body, 5, true, [['x-amz-checksum-crc32', 'AAAAAA==']]);
  const changed = (part: string | RegExp, replacement: string) => ({
    ...framed,
    wire: Buffer.from(framed.wire.toString('latin1').replace(part, replacement), 'latin1'),
  });
  await assertFails(changed('hello', 'hellO'), 'SignatureMismatch', {
    part: 'chunk',
    canonicalRequest: 'PUT',
  });
  await assertFails(changed(/;chunk-signature=\w+/, ''), 'MalformedChunk', { reason: 'signature' });
  await assertFails(changed('AAAAAA==', 'AAAAAB=='), 'SignatureMismatch', { part: 'trailer' });
  await assertFails(changed(/x-amz-trailer-signature.*/, ''), 'MalformedTrailer', { reason: 'signature' });
  await assertFails({ ...framed, announced: undefined }, 'MalformedChunk', { reason: 'after-end' });
  await assertFails({ ...framed, seedSignature: '0'.repeat(64) }, 'SignatureMismatch', { part: 'chunk' });
  const swapped = frame(Buffer.from('aabb'), 2, true);
  const [first, second] = swapped.wire.toString('latin1').match(/2;\S+\r\n..\r\n/g) ?? [];
  const wire = Buffer.from(
    swapped.wire.toString('latin1').replace(`${first}${second}`, `${second}${first}`),
    'latin1',
  );
  await assertFails({ ...swapped, wire }, 'SignatureMismatch');
});

test('only the last chunk may be small', async () => {
  const framed = frame(Buffer.alloc(20_000), 10_000, false, []);
  await decode({ ...framed, chunkBytesMin: 8192 });
  const small = frame(Buffer.alloc(20_000), 8000, false, []);
  await assertFails({ ...small, chunkBytesMin: 8192 }, 'ChunkTooSmall', {
    chunk: 2,
    bytes: 8000,
    bytesMin: 8192,
  });
});

test('the memory of what was sent goes with the pieces that are read', async () => {
  const data = randomBytes(600_000);
  const frames = [data.subarray(0, 65_536), data.subarray(65_536, 300_000), data.subarray(300_000)].map(
    (bytes) => [Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')],
  );
  const wire = Buffer.concat([...frames.flat(), Buffer.from('0\r\n\r\n')]);
  const cuts = [20_000, 65_541, 131_077, 200_000, 300_009, 300_018, 400_000];
  const sent = split(wire, cuts);
  const options = {
    decodedBytes: data.length,
    signatures: undefined,
    announcedTrailers: undefined,
    chunkBytesMin: 1,
  };
  const body = decodeChunkedBody({ source: sourceOf(sent), ...options });
  const read: Buffer[] = [];
  for (let piece = await body.read(); piece !== null; piece = await body.read()) {
    read.push(ownCopy(piece));
    releaseBytes(piece);
  }
  assert.ok(Buffer.concat(read).equals(data));
  // Of nine bytes between two chunks nobody keeps count.
  assert.deepEqual(
    sent.map(({ length }) => length),
    [0, 0, 0, 0, 0, 9, 0, 0],
  );
});
