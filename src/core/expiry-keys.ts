/** Keys of the index of versions that expire, in the order of when they do. Values are empty. */
import type { KeyRange } from '../storage/contract/metadata-store.ts';
import { readUint64, space, writeUint64 } from './metadata-keys.ts';
import type { BucketId } from './model.ts';

const KEY_START = 25;

/** `sequence`: of the version, which never changes wherever its record stands. */
export function expiryKey(dueMicros: number, bucket: BucketId, sequence: number, key: string): Buffer {
  const buffer = Buffer.allocUnsafe(KEY_START + Buffer.byteLength(key));
  buffer[0] = space.expiry;
  writeUint64(buffer, dueMicros, 1);
  writeUint64(buffer, bucket, 9);
  writeUint64(buffer, sequence, 17);
  buffer.write(key, KEY_START);
  return buffer;
}

export function parseExpiryKey(key: Buffer): { bucket: BucketId; sequence: number; key: string } {
  return {
    bucket: readUint64(key, 9),
    sequence: readUint64(key, 17),
    key: key.toString('utf8', KEY_START),
  };
}

/** What is due at `nowMicros` or earlier. */
export function expiryRangeUntil(nowMicros: number): KeyRange {
  return { start: Buffer.from([space.expiry]), end: expiryKey(nowMicros + 1, 0, 0, '') };
}
