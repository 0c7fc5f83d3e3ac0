/** Counters of a bucket: the change made by one commit, and the folded sum. The same 17 bytes for both. */
import type { Usage } from './object-store.ts';
import { checkFormat } from './record-format.ts';

const FORMAT = 1;

/** Objects and bytes may be negative in a delta. Doubles are exact for safe integers. */
export function encodeUsage(usage: Usage): Buffer {
  const value = Buffer.allocUnsafe(17);
  value[0] = FORMAT;
  value.writeDoubleBE(usage.objects, 1);
  value.writeDoubleBE(usage.bytes, 9);
  return value;
}

export function decodeUsage(value: Buffer): Usage {
  checkFormat(value, FORMAT, 'usage');
  return { objects: value.readDoubleBE(1), bytes: value.readDoubleBE(9) };
}
