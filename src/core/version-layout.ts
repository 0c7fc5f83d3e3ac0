/**
 * Where what stands in the record of a version. A fixed prefix holds what listings show, so that they decode nothing else:
 *
 *     0 format · 1 flags · 2 checksum algorithm · 3 checksum type · 4 part count (2) · 6 checksum bytes · 7 composition
 *     8 size · 16 sequence · 24 last modified · 32 MD5 (16) · 48 owner (16) · 64 nonce (12) · 76 null sequence
 *     with FLAG_SEGMENTED: 84 size of all segments · 92 MD5 of their joined digests (16)
 *     with FLAG_EXPIRES: moment of expiry (8)
 *
 * The rest is read by those who want the object: checksum value, body, then metadata and protection as compact JSON.
 *
 * Format 2 is that of versions with a protection or an expiry, which a server of format 1 would not respect.
 */
import { readUint64, writeUint64 } from './metadata-keys.ts';
import { checkFormat } from './record-format.ts';

export const VERSION_FORMAT = 2;
export const PREFIX_BYTES = 84;
export const FLAG_DELETE_MARKER = 1;
export const FLAG_NULL_VERSION = 2;
export const FLAG_SEGMENTED = 4;
export const FLAG_PROTECTED = 8;
export const FLAG_EXPIRES = 16;
export const SEGMENTED_BYTES = 24;
export const EXPIRY_BYTES = 8;
/** What a server of format 1 would not respect. */
export const FLAGS_OF_FORMAT_2 = FLAG_PROTECTED | FLAG_EXPIRES;

/** Where the checksum begins: behind everything that listings show. */
export function checksumStartFor(flags: number): number {
  const segmentedBytes = (flags & FLAG_SEGMENTED) === 0 ? 0 : SEGMENTED_BYTES;
  return PREFIX_BYTES + segmentedBytes + ((flags & FLAG_EXPIRES) === 0 ? 0 : EXPIRY_BYTES);
}

export function checksumStartOf(value: Buffer): number {
  return checksumStartFor(value[1]!);
}

/** 0: none. */
export function expiryOfValue(value: Buffer): number {
  return (value[1]! & FLAG_EXPIRES) === 0 ? 0 : readUint64(value, checksumStartOf(value) - EXPIRY_BYTES);
}

export function bodyStartOf(value: Buffer): number {
  return checksumStartOf(value) + value[6]!;
}

// -- Single fields of a record, for those who move records without opening them -------------------------------------

export function isNullVersionValue(value: Buffer): boolean {
  checkFormat(value, VERSION_FORMAT, 'version');
  return (value[1]! & FLAG_NULL_VERSION) !== 0;
}

export function isDeleteMarkerValue(value: Buffer): boolean {
  return (value[1]! & FLAG_DELETE_MARKER) !== 0;
}

export function sequenceOfValue(value: Buffer): number {
  return readUint64(value, 16);
}

export function nullSequenceOfValue(value: Buffer): number {
  return readUint64(value, 76);
}

export function hasNullNonce(value: Buffer): boolean {
  return (value.readUInt32BE(64) | value.readUInt32BE(68) | value.readUInt32BE(72)) === 0;
}

/** Of the record read last: records that are read together mostly have one owner. */
const lastOwnerBytes = Buffer.alloc(16);
let lastOwner = lastOwnerBytes.toString('hex');

export function ownerOfValue(value: Buffer): string {
  for (let index = 0; index < lastOwnerBytes.length; index++) {
    if (value[48 + index] === lastOwnerBytes[index]) continue;
    value.copy(lastOwnerBytes, 0, 48, 64);
    lastOwner = lastOwnerBytes.toString('hex');
    break;
  }
  return lastOwner;
}

/** A copy of the record that, being current, points at another null version. */
export function withNullSequence(value: Buffer, nullSequence: number): Buffer {
  const copy = Buffer.from(value);
  writeUint64(copy, nullSequence, 76);
  return copy;
}
