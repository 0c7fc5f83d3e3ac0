import type { Entropy } from './entropy.ts';

const VERSION_BYTE = 6;
const VARIANT_BYTE = 8;

/** Version 4 of RFC 9562, in lower case. */
export function mintUuid(entropy: Entropy): string {
  const bytes = Buffer.from(entropy.bytes(16));
  bytes[VERSION_BYTE] = ((bytes[VERSION_BYTE] ?? 0) & 0x0f) | 0x40;
  bytes[VARIANT_BYTE] = ((bytes[VARIANT_BYTE] ?? 0) & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
