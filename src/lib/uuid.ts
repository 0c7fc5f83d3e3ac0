/** UUIDs of version 4 (RFC 9562, section 5.4). */
import type { Entropy } from './entropy.ts';

const BYTES = 16;
const VERSION_BYTE = 6;
const VARIANT_BYTE = 8;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export function mintUuid(entropy: Entropy): string {
  return uuidOfBytes(entropy.bytes(BYTES));
}

/** A uuid made of 16 bytes that are given; the six bits of version and variant are overwritten. */
export function uuidOfBytes(given: Buffer): string {
  const bytes = Buffer.from(given);
  bytes[VERSION_BYTE] = (bytes[VERSION_BYTE]! & 0x0f) | 0x40;
  bytes[VARIANT_BYTE] = (bytes[VARIANT_BYTE]! & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** In lower case, of any version. */
export function isUuid(text: string): boolean {
  return UUID.test(text);
}
