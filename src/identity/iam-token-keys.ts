/**
 * Key layout of what IAM tokens need, within the key spaces of the identity store (identity-keys.ts).
 *
 * | space | key | value |
 * |---|---|---|
 * | `36` 0 signing keys | | all of them, in one record |
 * | `36` 1 access token | `jti` (16 bytes) | record |
 * | `36` 2 family of refresh tokens | id (16 bytes) | record |
 * | `3e` either by expiry | time in microseconds (8 bytes), key of the record | |
 */
import type { KeyRange } from '../storage/contract/metadata-store.ts';

const TOKENS = 0x36;
const BY_EXPIRY = 0x3e;
const KIND = { signingKeys: 0, accessToken: 1, refreshFamily: 2 } as const;
const TIME_BYTES = 8;

export const iamTokenKeys = {
  signingKeys: () => Buffer.of(TOKENS, KIND.signingKeys),
  /** `jti`: a uuid. */
  accessToken: (jti: string) =>
    Buffer.concat([Buffer.of(TOKENS, KIND.accessToken), Buffer.from(jti.replaceAll('-', ''), 'hex')]),
  /** `id`: 32 hexadecimal characters. */
  refreshFamily: (id: string) =>
    Buffer.concat([Buffer.of(TOKENS, KIND.refreshFamily), Buffer.from(id, 'hex')]),
  byExpiry: (expiresAtMicros: number, recordKey: Buffer) =>
    Buffer.concat([Buffer.of(BY_EXPIRY), timeBytes(expiresAtMicros), recordKey]),
};

/** What has expired by then. */
export function expiredRange(nowMicros: number): KeyRange {
  return {
    start: Buffer.of(BY_EXPIRY),
    end: Buffer.concat([Buffer.of(BY_EXPIRY), timeBytes(nowMicros + 1)]),
  };
}

/** The record's key in a key of `3e`. */
export function recordKeyOf(expiryKey: Buffer): Buffer {
  return expiryKey.subarray(1 + TIME_BYTES);
}

function timeBytes(micros: number): Buffer {
  const bytes = Buffer.alloc(TIME_BYTES);
  bytes.writeBigUInt64BE(BigInt(micros));
  return bytes;
}
