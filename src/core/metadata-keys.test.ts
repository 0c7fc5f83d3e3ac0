import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  blobOfBodyId,
  bodyIdOfBlob,
  bodyIdOfCommit,
  headKey,
  olderKey,
  olderRange,
  parseHeadKey,
  parseOlderKey,
  readUint64,
  successorOfPrefix,
  tombstoneKey,
  writeUint64,
} from './metadata-keys.ts';
import {
  type BodyOwner,
  blobReferenceKey,
  bodyReferenceKey,
  bodyReferenceRange,
  parseBlobReferenceKey,
  parseBodyReferenceKey,
} from './reclaiming-keys.ts';
import { parseUploadKey, uploadKey, uploadNumberAt } from './upload-keys.ts';

const plainRecord = <T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }) =>
  fc.record<T>(model, { noNullPrototype: true });
const safe = fc.maxSafeNat();
const objectKey = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
  .filter((key) => !key.includes('\0'));
const blob = plainRecord({ epoch: fc.nat(0xffdff), sequence: fc.nat({ max: 2 ** 44 - 1 }) });

test('64-bit integers are written as BigInt would write them', () => {
  fc.assert(
    fc.property(safe, (value) => {
      const buffer = Buffer.alloc(8);
      writeUint64(buffer, value, 0);
      assert.equal(buffer.readBigUInt64BE(), BigInt(value));
      assert.equal(readUint64(buffer, 0), value);
    }),
  );
});

test('keys are taken apart into what they were built from', () => {
  fc.assert(
    fc.property(
      safe,
      objectKey,
      safe,
      fc.nat(2 ** 40),
      fc.nat(1000),
      (bucket, key, sequence, micros, epoch) => {
        assert.equal(parseHeadKey(headKey(bucket, key)), key);
        assert.equal(parseHeadKey(tombstoneKey(bucket, key)), key);
        assert.deepEqual(parseOlderKey(olderKey(bucket, key, sequence)), { key, sequence });
        const number = uploadNumberAt(micros, epoch);
        assert.deepEqual(parseUploadKey(uploadKey(bucket, key, number)), { bucket, key, number });
      },
    ),
  );
});

test('heads sort as the UTF-8 bytes of their keys', () => {
  fc.assert(
    fc.property(objectKey, objectKey, (left, right) => {
      const expected = Buffer.compare(Buffer.from(left), Buffer.from(right));
      assert.equal(Buffer.compare(headKey(7, left), headKey(7, right)), expected);
    }),
  );
});

test('older versions of a key stand together, latest first, and before those of any longer key', () => {
  fc.assert(
    fc.property(objectKey, objectKey, safe, safe, (key, suffix, one, other) => {
      const latest = olderKey(7, key, Math.max(one, other));
      const oldest = olderKey(7, key, Math.min(one, other));
      assert.ok(Buffer.compare(latest, oldest) <= 0);
      assert.ok(Buffer.compare(oldest, olderKey(7, key + suffix, one)) < 0);
      const range = olderRange(7, key);
      assert.ok(Buffer.compare(range.start, latest) <= 0 && Buffer.compare(oldest, range.end) < 0);
      assert.ok(Buffer.compare(olderKey(7, key + suffix, one), range.end) >= 0);
    }),
  );
});

test('the successor of a prefix is above everything that begins with it and nothing else', () => {
  const bytes = fc.uint8Array({ minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(bytes, bytes, (prefixBytes, otherBytes) => {
      const prefix = Buffer.from(prefixBytes);
      fc.pre(prefix.some((byte) => byte !== 0xff));
      const other = Buffer.from(otherBytes);
      const successor = successorOfPrefix(prefix);
      assert.ok(Buffer.compare(Buffer.concat([prefix, other]), successor) < 0);
      const beginsWithPrefix = other.subarray(0, prefix.length).equals(prefix);
      if (!beginsWithPrefix && Buffer.compare(other, prefix) > 0) {
        assert.ok(Buffer.compare(other, successor) >= 0);
      }
    }),
  );
});

test('a body carries the name of its blob, and a body born by a commit never that of a blob', () => {
  fc.assert(
    fc.property(blob, safe, (name, commit) => {
      assert.deepEqual(blobOfBodyId(bodyIdOfBlob(name)), name);
      assert.notEqual(bodyIdOfCommit(commit), bodyIdOfBlob(name));
      assert.equal(bodyIdOfCommit(commit).length, 16);
    }),
  );
  assert.throws(() => bodyIdOfBlob({ epoch: 0xffe00, sequence: 1 }), RangeError);
  assert.notEqual(bodyIdOfCommit(1), bodyIdOfCommit(2));
});

test('references name the body, the owner and the blob', () => {
  const owner = plainRecord({ bucket: safe, key: objectKey, sequence: safe });
  fc.assert(
    fc.property(blob, owner, fc.integer({ min: 0, max: 10_000 }), (name, held: BodyOwner, partNumber) => {
      const body = bodyIdOfBlob(name);
      const key = bodyReferenceKey(body, held);
      assert.deepEqual(parseBodyReferenceKey(key), { body, owner: held });
      const range = bodyReferenceRange(body);
      assert.ok(Buffer.compare(range.start, key) < 0 && Buffer.compare(key, range.end) < 0);
      const reference = blobReferenceKey(name, body, partNumber);
      assert.deepEqual(parseBlobReferenceKey(reference), { blob: name, body, partNumber });
    }),
  );
});

test('upload numbers sort by time and differ between workers', () => {
  fc.assert(
    fc.property(fc.nat(2 ** 50), fc.nat(2 ** 50), fc.nat(4095), fc.nat(4095), (one, other, left, right) => {
      const numbers = [uploadNumberAt(one, left), uploadNumberAt(other, right)] as const;
      if (one !== other) assert.equal(numbers[0] < numbers[1], one < other);
      else assert.equal(numbers[0] === numbers[1], left === right);
    }),
  );
});
