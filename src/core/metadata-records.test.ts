import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Body, decodePage, decodeReclaimable, encodePage, encodeReclaimable } from './body-records.ts';
import {
  decodeListedObject,
  decodeListedVersion,
  decodeVersion,
  encodeVersion,
  NULL_NONCE,
  toObjectVersion,
  type VersionRecord,
} from './metadata-records.ts';
import type { Protection } from './model.ts';
import { UnreadableRecord } from './record-format.ts';
import { decodePart, encodePart } from './upload-records.ts';
import { withNullSequence } from './version-layout.ts';

const plainRecord = <T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }) =>
  fc.record<T>(model, { noNullPrototype: true });
const hex = (bytes: number) =>
  fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((array) => Buffer.from(array).toString('hex'));
const base64 = (bytes: number) =>
  fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((array) => Buffer.from(array).toString('base64'));
const number = fc.maxSafeNat();
const text = fc.string({ unit: 'grapheme', maxLength: 12 });
const texts = fc.dictionary(fc.string({ minLength: 1, maxLength: 8 }), text, { noNullPrototype: true });

const piece = plainRecord({
  blob: plainRecord({ epoch: fc.nat(1000), sequence: fc.nat(2 ** 44 - 1) }),
  offset: number,
  length: number,
  partNumber: fc.integer({ min: 1, max: 10_000 }),
  checksumValue: fc.option(base64(8), { nil: undefined }),
  md5Hex: fc.option(hex(16), { nil: undefined }),
}).map(({ checksumValue, md5Hex, ...rest }) => ({
  ...rest,
  ...(checksumValue === undefined ? undefined : { checksumValue }),
  ...(md5Hex === undefined ? undefined : { md5Hex }),
}));

const body: fc.Arbitrary<Body> = fc.oneof(
  fc.constant({ kind: 'none' as const }),
  plainRecord({
    kind: fc.constant('inline' as const),
    id: hex(8),
    crc32: fc.nat(0xffff_ffff),
    rowCount: fc.integer({ min: 1, max: 255 }),
  }),
  plainRecord({
    kind: fc.constant('pieces' as const),
    id: hex(8),
    pieces: fc.array(piece, { maxLength: 8 }),
  }),
  plainRecord({ kind: fc.constant('pages' as const), id: hex(8), home: number }),
);

const checksum = fc.oneof(
  plainRecord({
    algorithm: fc.constant('CRC64NVME' as const),
    type: fc.constant('FULL_OBJECT' as const),
    value: base64(8),
  }),
  plainRecord({
    algorithm: fc.constant('SHA256' as const),
    type: fc.constant('COMPOSITE' as const),
    value: base64(32),
  }),
);

const protection: fc.Arbitrary<Protection> = fc.oneof(
  fc.constant({}),
  plainRecord({ legalHold: fc.boolean() }),
  plainRecord({
    retention: plainRecord({
      mode: fc.constantFrom('governance' as const, 'compliance' as const, 'retention' as const),
      until: fc.oneof(number, fc.constantFrom('indefinite' as const, 'permanent' as const)),
    }),
    holds: fc.array(plainRecord({ id: text, addedAtMicros: number }), { maxLength: 3 }),
  }),
);

const record: fc.Arbitrary<VersionRecord> = plainRecord({
  isDeleteMarker: fc.boolean(),
  isNullVersion: fc.boolean(),
  size: number,
  sequence: number,
  lastModifiedMicros: number,
  etagMd5: hex(16),
  partCount: fc.option(fc.integer({ min: 1, max: 10_000 }), { nil: undefined }),
  checksum: fc.option(checksum, { nil: undefined }),
  composition: fc.option(fc.constantFrom('segments' as const, 'prefix' as const, 'link' as const), {
    nil: undefined,
  }),
  segmented: fc.option(plainRecord({ size: number, joinedMd5: hex(16) }), { nil: undefined }),
  owner: hex(16),
  nonce: hex(12),
  nullSequence: number,
  body,
  metadata: plainRecord({
    system: plainRecord({ contentType: text, cacheControl: text }),
    user: texts,
    documents: texts,
  }),
  protection: fc.option(protection, { nil: undefined }),
  expiresAtMicros: fc.option(fc.integer({ min: 1, max: 2 ** 50 }), { nil: undefined }),
}).map(
  ({ partCount, checksum: sum, composition, segmented, protection: kept, expiresAtMicros, ...rest }) => ({
    ...rest,
    ...(composition === undefined ? undefined : { composition }),
    ...(segmented === undefined ? undefined : { segmented }),
    ...(kept === undefined ? undefined : { protection: kept }),
    ...(expiresAtMicros === undefined ? undefined : { expiresAtMicros }),
    ...(partCount === undefined ? undefined : { partCount }),
    ...(sum === undefined ? undefined : { checksum: sum }),
  }),
);

/** With what a decoded record shows by getters. */
function wholeOf(read: VersionRecord): VersionRecord {
  const { metadata, protection: kept } = read;
  return { ...read, metadata, ...(kept === undefined ? undefined : { protection: kept }) };
}

test('a version is read as it was written', () => {
  fc.assert(
    fc.property(record, (written) => {
      assert.deepEqual(wholeOf(decodeVersion(encodeVersion(written))), written);
    }),
  );
});

test('listings show what the whole record says', () => {
  fc.assert(
    fc.property(record, fc.boolean(), (written, isLatest) => {
      const value = encodeVersion(written);
      const whole = toObjectVersion('key', written, isLatest);
      const { checksumAlgorithm, checksumType, ...listed } = {
        checksumAlgorithm: undefined,
        checksumType: undefined,
        ...decodeListedVersion('key', value, isLatest),
      };
      assert.deepEqual(listed, whole);
      assert.equal(checksumAlgorithm, written.checksum?.algorithm);
      assert.equal(checksumType, written.checksum?.type);
      assert.equal(decodeListedObject('key', value).size, whole.size);
    }),
  );
});

test('another null version can be pointed at without opening the record', () => {
  fc.assert(
    fc.property(record, number, (written, nullSequence) => {
      const read = decodeVersion(withNullSequence(encodeVersion(written), nullSequence));
      assert.deepEqual(wholeOf(read), { ...written, nullSequence });
    }),
  );
});

const sample: VersionRecord = {
  isDeleteMarker: false,
  isNullVersion: true,
  size: 0,
  sequence: 1,
  lastModifiedMicros: 1,
  etagMd5: '0'.repeat(32),
  owner: '0'.repeat(32),
  nonce: NULL_NONCE,
  nullSequence: 0,
  body: { kind: 'none' },
  metadata: { system: { contentType: '' }, user: {}, documents: {} },
};

test('a record of a newer format is refused in words', () => {
  const value = encodeVersion(sample);
  value[0] = 3;
  assert.throws(
    () => decodeVersion(value),
    (error) => error instanceof UnreadableRecord && /format 3, but .* up to 2/.test(error.message),
  );
  assert.throws(() => decodeListedObject('key', value), UnreadableRecord);
  assert.throws(() => decodeVersion(Buffer.alloc(0)), UnreadableRecord);
});

test('only what an older version would not respect is written in the newer format', () => {
  assert.equal(encodeVersion(sample)[0], 1);
  assert.equal(encodeVersion({ ...sample, expiresAtMicros: 5 })[0], 2);
  assert.equal(encodeVersion({ ...sample, protection: { legalHold: true } })[0], 2);
});

test('what is no hexadecimal never gets into a record', () => {
  assert.throws(() => encodeVersion({ ...sample, owner: 'root' }), TypeError);
  assert.throws(() => encodeVersion({ ...sample, etagMd5: `${'0'.repeat(31)}x` }), TypeError);
});

test('pages, candidates and parts are read as they were written', () => {
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 256 }),
      body,
      number,
      hex(16),
      (pieces, written, round, etagMd5) => {
        assert.deepEqual(decodePage(encodePage(pieces)), pieces);
        const part = { size: 5, lastModifiedMicros: round, etagMd5, body: written };
        assert.deepEqual(decodePart(encodePart(part)), part);
        if (written.kind === 'pieces' || written.kind === 'pages') {
          assert.deepEqual(decodeReclaimable(encodeReclaimable(written)), written);
        }
        assert.equal(decodeReclaimable(encodeReclaimable(undefined)), undefined);
      },
    ),
  );
});
