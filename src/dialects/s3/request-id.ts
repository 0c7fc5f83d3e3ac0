/** Request ids: Swift's transaction id (nhn-openstack.md, section 2.2). IBM's: a uuid of version 4 (RFC 9562, section 5.4). */
import type { Entropy } from '../../lib/entropy.ts';
import { mintTransactionId } from '../kernel/transaction-id.ts';
import type { S3Flavour } from './s3-flavours.ts';

export function mintRequestId(
  flavour: S3Flavour,
  entropy: Entropy,
  nowMicros: number,
  extra: string | undefined,
): string {
  return flavour.requestIdForm === 'uuid' ? mintUuid(entropy) : mintTransactionId(entropy, nowMicros, extra);
}

function mintUuid(entropy: Entropy): string {
  const bytes = Buffer.from(entropy.bytes(16));
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
