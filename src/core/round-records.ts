/** Values of the spaces `round` and `worker`: the number of a round of reclaiming. */
import { readUint64, writeUint64 } from './metadata-keys.ts';
import { checkFormat } from './record-format.ts';

const FORMAT = 1;

export function encodeRound(round: number): Buffer {
  const value = Buffer.allocUnsafe(9);
  value[0] = FORMAT;
  writeUint64(value, round, 1);
  return value;
}

export function decodeRound(value: Buffer): number {
  checkFormat(value, FORMAT, 'round');
  return readUint64(value, 1);
}
