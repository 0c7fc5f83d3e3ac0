import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { md5Hex, naiveChecksum } from '../../test/support/naive-checksums.ts';
import {
  assembleParts,
  assertPartList,
  assertWholeObject,
  checksumTypeFor,
  selectParts,
} from './assemble-parts.ts';
import { CoreError } from './core-errors.ts';
import type { ChecksumAlgorithm } from './model.ts';
import type { PartRecord } from './upload-records.ts';

function partOf(bytes: Buffer, algorithm?: ChecksumAlgorithm): PartRecord {
  return {
    size: bytes.length,
    lastModifiedMicros: 0,
    etagMd5: md5Hex(bytes),
    ...(algorithm === undefined ? {} : { checksum: { algorithm, value: naiveChecksum(algorithm, bytes) } }),
    body:
      bytes.length === 0
        ? { kind: 'none' }
        : {
            kind: 'pieces',
            id: '00'.repeat(8),
            pieces: [{ blob: { epoch: 1, sequence: 1 }, offset: 0, length: bytes.length, partNumber: 1 }],
          },
  };
}

function refusal(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof CoreError) return error.code;
    throw error;
  }
  return 'accepted';
}

test('a composite ETag is the MD5 of the binary MD5s (published example of two parts)', () => {
  const parts = [Buffer.from('hello '), Buffer.from('world')];
  const assembled = assembleParts(
    {},
    parts.map((bytes, index) => ({ partNumber: index + 1, record: partOf(bytes) })),
  );
  const binary = Buffer.concat(parts.map((bytes) => Buffer.from(md5Hex(bytes), 'hex')));
  assert.equal(assembled.etagMd5, md5Hex(binary));
  assert.equal(assembled.partCount, 2);
  assert.equal(assembled.size, 11);
  assert.equal(assembled.checksum, undefined);
});

for (const algorithm of ['CRC32', 'CRC32C', 'CRC64NVME'] as const) {
  test(`a full-object ${algorithm} is that of all bytes`, () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 60 }), { minLength: 1, maxLength: 6 }), (chunks) => {
        const parts = chunks.map((chunk, index) => ({
          partNumber: index + 1,
          record: partOf(Buffer.from(chunk), algorithm),
        }));
        const upload = { checksumAlgorithm: algorithm, checksumType: 'FULL_OBJECT' } as const;
        const { checksum } = assembleParts(upload, parts);
        assert.equal(checksum?.value, naiveChecksum(algorithm, Buffer.concat(chunks)));
      }),
      { numRuns: 50 },
    );
  });
}

test('a composite checksum is that of the checksums, and its -N may be given or left out', () => {
  const parts = ['one', 'two'].map((text, index) => ({
    partNumber: index + 1,
    record: partOf(Buffer.from(text), 'SHA256'),
  }));
  const assembled = assembleParts({ checksumAlgorithm: 'SHA256', checksumType: 'COMPOSITE' }, parts);
  const inner = Buffer.concat(parts.map((part) => Buffer.from(part.record.checksum!.value, 'base64')));
  const value = naiveChecksum('SHA256', inner);
  assert.deepEqual(assembled.checksum, { algorithm: 'SHA256', type: 'COMPOSITE', value });
  assertWholeObject(assembled, { checksum: { algorithm: 'SHA256', value } });
  assertWholeObject(assembled, { checksum: { algorithm: 'SHA256', value: `${value}-2` } });
  const wrong = { checksum: { algorithm: 'SHA256' as const, value: `${value}-3` } };
  assert.equal(
    refusal(() => assertWholeObject(assembled, wrong)),
    'BadChecksum',
  );
  const other = { checksum: { algorithm: 'CRC32' as const, value } };
  assert.equal(
    refusal(() => assertWholeObject(assembled, other)),
    'ChecksumTypeMismatch',
  );
  assert.equal(
    refusal(() => assertWholeObject(assembled, { checksumType: 'FULL_OBJECT' })),
    'ChecksumTypeMismatch',
  );
  assert.equal(
    refusal(() => assertWholeObject(assembled, { objectSize: 7 })),
    'ObjectSizeMismatch',
  );
});

test('which checksum types an algorithm may have', () => {
  assert.equal(checksumTypeFor('CRC32', undefined), 'COMPOSITE');
  assert.equal(checksumTypeFor('CRC32C', 'FULL_OBJECT'), 'FULL_OBJECT');
  assert.equal(checksumTypeFor('CRC64NVME', undefined), 'FULL_OBJECT');
  assert.equal(checksumTypeFor('SHA1', undefined), 'COMPOSITE');
  assert.equal(
    refusal(() => checksumTypeFor('SHA256', 'FULL_OBJECT')),
    'ChecksumTypeMismatch',
  );
  assert.equal(
    refusal(() => checksumTypeFor('CRC64NVME', 'COMPOSITE')),
    'ChecksumTypeMismatch',
  );
});

test('lists that are wrong in themselves', () => {
  const named = (...numbers: number[]) => numbers.map((partNumber) => ({ partNumber, etag: '' }));
  assert.equal(
    refusal(() => assertPartList('u', [], 10_000)),
    'NoParts',
  );
  assert.equal(
    refusal(() => assertPartList('u', named(1, 1), 10_000)),
    'InvalidPartOrder',
  );
  assert.equal(
    refusal(() => assertPartList('u', named(2, 1), 10_000)),
    'InvalidPartOrder',
  );
  assert.equal(
    refusal(() => assertPartList('u', named(1, 10_001), 10_000)),
    'InvalidPartNumber',
  );
  assert.equal(
    refusal(() => assertPartList('u', named(1, 5, 10_000), 10_000)),
    'accepted',
  );
});

test('parts are compared by ETag without quotes and by checksum, and only the last may be small', () => {
  const bytes = Buffer.from('abc');
  const uploaded = new Map([
    [1, partOf(bytes, 'CRC32')],
    [3, partOf(Buffer.alloc(0))],
  ]);
  const etag = md5Hex(bytes);
  const select = (partBytesMin: number, ...parts: Parameters<typeof selectParts>[1][number][]) =>
    refusal(() => selectParts('u', parts, uploaded, partBytesMin));
  const last = { partNumber: 3, etag: md5Hex(Buffer.alloc(0)) };
  assert.equal(select(3, { partNumber: 1, etag: `"${etag.toUpperCase()}"` }, last), 'accepted');
  assert.equal(select(4, { partNumber: 1, etag }, last), 'PartTooSmall');
  assert.equal(select(4, { partNumber: 1, etag }), 'accepted');
  assert.equal(select(0, { partNumber: 2, etag }), 'InvalidPart');
  assert.equal(select(0, { partNumber: 1, etag: last.etag }), 'InvalidPart');
  const checksum = { algorithm: 'CRC32' as const, value: naiveChecksum('CRC32', bytes) };
  assert.equal(select(0, { partNumber: 1, etag, checksum }), 'accepted');
  assert.equal(
    select(0, { partNumber: 1, etag, checksum: { ...checksum, value: 'AAAAAA==' } }),
    'InvalidPart',
  );
  assert.equal(
    select(0, { partNumber: 1, etag, checksum: { ...checksum, algorithm: 'SHA1' } }),
    'InvalidPart',
  );
});
