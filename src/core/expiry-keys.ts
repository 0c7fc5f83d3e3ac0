/**
 * The index of versions that expire, in the order of when they do. A row stands at the expiry of its version and has an empty value.
 * One that something keeps beyond its time is put off: its row moves to when it is looked at again, with a value that says so. It
 * is not found when the version goes before that, and goes by itself at its time.
 */
import type { KeyRange } from '../storage/contract/metadata-store.ts';
import { readUint64, space, writeUint64 } from './metadata-keys.ts';
import type { BucketId } from './model.ts';

const KEY_START = 25;

export const PUT_OFF = Buffer.from([1]);

export const isPutOff = (value: Buffer): boolean => value.equals(PUT_OFF);

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

/** When the version is due, or is looked at again. */
export function dueMicrosOf(key: Buffer): number {
  return readUint64(key, 1);
}

/** What is due at `nowMicros` or earlier. */
export function expiryRangeUntil(nowMicros: number): KeyRange {
  return { start: Buffer.from([space.expiry]), end: expiryKey(nowMicros + 1, 0, 0, '') };
}
