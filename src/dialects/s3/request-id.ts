/**
 * Request ids. Swift's transaction id: `tx` + 21 lower-case hex + `-` + 10 hex of epoch seconds, and, when the client
 * sends `X-Trans-Id-Extra`, `-` + its first 32 characters, percent-encoded (nhn-openstack.md, section 2.2; OpenStack Swift,
 * `generate_trans_id`). IBM's: a uuid of version 4 (RFC 9562, section 5.4).
 */
import type { Entropy } from '../../lib/entropy.ts';
import { encodeStrictPath } from '../../lib/percent-encoding.ts';
import type { S3Flavour } from './s3-flavours.ts';

const EXTRA_CHARACTERS_MAX = 32;

export function mintRequestId(
  flavour: S3Flavour,
  entropy: Entropy,
  nowMicros: number,
  extra: string | undefined,
): string {
  if (flavour.requestIdForm === 'uuid') return mintUuid(entropy);
  const seconds = Math.floor(nowMicros / 1_000_000)
    .toString(16)
    .padStart(10, '0');
  const id = `tx${entropy.bytes(11).toString('hex').slice(1)}-${seconds}`;
  return extra === undefined || extra === '' ? id : `${id}-${encodeExtra(extra)}`;
}

function encodeExtra(extra: string): string {
  return encodeStrictPath([...extra].slice(0, EXTRA_CHARACTERS_MAX).join('').toWellFormed());
}

function mintUuid(entropy: Entropy): string {
  const bytes = Buffer.from(entropy.bytes(16));
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
