/**
 * Swift's transaction id: `tx` + 21 lower-case hex + `-` + 10 hex of epoch seconds, and, when the client sends
 * `X-Trans-Id-Extra`, `-` + its first 32 characters, percent-encoded (nhn-openstack.md, section 2.2; OpenStack Swift,
 * `generate_trans_id`).
 */
import type { Entropy } from '../../lib/entropy.ts';
import { encodeStrictPath } from '../../lib/percent-encoding.ts';

const EXTRA_CHARACTERS_MAX = 32;

export function mintTransactionId(entropy: Entropy, nowMicros: number, extra: string | undefined): string {
  const seconds = Math.floor(nowMicros / 1_000_000)
    .toString(16)
    .padStart(10, '0');
  const id = `tx${entropy.bytes(11).toString('hex').slice(1)}-${seconds}`;
  return extra === undefined || extra === '' ? id : `${id}-${encodeExtra(extra)}`;
}

function encodeExtra(extra: string): string {
  return encodeStrictPath([...extra].slice(0, EXTRA_CHARACTERS_MAX).join('').toWellFormed());
}
