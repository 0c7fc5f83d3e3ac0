/**
 * Version ids and upload ids: 32 URL-safe characters (24 bytes: a 64-bit number, 12 bytes of nonce, a checksum). The
 * number is recoverable, so that finding what an id names is a point lookup; the checksum, in which the kind is mixed,
 * tells an id that was never issued from one whose object is gone.
 */
import { crc32 } from 'node:zlib';
import { readUint64, writeUint64 } from './metadata-keys.ts';

export type OpaqueIdKind = 'version' | 'upload';

const NUMBER_BYTES = 8;
const CHECKED_BYTES = 20;
const ID_BYTES = 24;
const ID_LENGTH = 32;

const seeds = { version: 0x76657273, upload: 0x75706c64 } as const;

/** `number`: a safe integer, or 16 hexadecimal characters. `nonce`: 24 hexadecimal characters. */
export function encodeOpaqueId(kind: OpaqueIdKind, number: number | string, nonce: string): string {
  const bytes = Buffer.allocUnsafe(ID_BYTES);
  if (typeof number === 'number') writeUint64(bytes, number, 0);
  else bytes.write(number, 0, NUMBER_BYTES, 'hex');
  bytes.write(nonce, NUMBER_BYTES, CHECKED_BYTES - NUMBER_BYTES, 'hex');
  bytes.writeUInt32BE(crc32(bytes.subarray(0, CHECKED_BYTES), seeds[kind]), CHECKED_BYTES);
  return bytes.toString('base64url');
}

/** `number` is exact for safe integers; `numberHex` is for numbers that use all 64 bits. */
export interface OpaqueId {
  readonly number: number;
  readonly numberHex: string;
  readonly nonce: string;
}

/** Undefined: no id of this kind was ever written like that. */
export function decodeOpaqueId(kind: OpaqueIdKind, id: string): OpaqueId | undefined {
  if (id.length !== ID_LENGTH) return undefined;
  const bytes = Buffer.from(id, 'base64url');
  if (bytes.length !== ID_BYTES || bytes.toString('base64url') !== id) return undefined;
  const checksum = crc32(bytes.subarray(0, CHECKED_BYTES), seeds[kind]);
  if (checksum !== bytes.readUInt32BE(CHECKED_BYTES)) return undefined;
  return {
    number: readUint64(bytes, 0),
    numberHex: bytes.toString('hex', 0, NUMBER_BYTES),
    nonce: bytes.toString('hex', NUMBER_BYTES, CHECKED_BYTES),
  };
}
