/**
 * Key layout of the identity store: key spaces `30` to `3f` of docs/adr/0002. Ids are 16 bytes, names are UTF-8.
 *
 * | space | key | value |
 * |---|---|---|
 * | `30` account | account id | record |
 * | `31` account by name | name | account id |
 * | `32` user | user id | record |
 * | `33` user by name | account id, name | user id |
 * | `34` user by e-mail | e-mail in lower case | user id |
 * | `35` access key | access key id | record with the sealed secret |
 * | `37` API key | HMAC of the key | record |
 * | `38` token | id of the master key (4 bytes), HMAC of the token | record |
 * | `39` token by expiry | time in microseconds (8 bytes), rest of the key of `38` | |
 * | `3f` root | | who the server's root is, and a proof of the master key |
 */
import type { KeyRange } from '../storage/contract/metadata-store.ts';

const TIME_BYTES = 8;

const SPACE = {
  account: 0x30,
  accountByName: 0x31,
  user: 0x32,
  userByName: 0x33,
  userByEmail: 0x34,
  accessKey: 0x35,
  apiKey: 0x37,
  token: 0x38,
  tokenByExpiry: 0x39,
  root: 0x3f,
} as const;

export const identityKeys = {
  account: (id: string) => joinKey(SPACE.account, Buffer.from(id, 'hex')),
  accountByName: (name: string) => joinKey(SPACE.accountByName, Buffer.from(name)),
  user: (id: string) => joinKey(SPACE.user, Buffer.from(id, 'hex')),
  userByName: (accountId: string, name: string) =>
    joinKey(SPACE.userByName, Buffer.from(accountId, 'hex'), Buffer.from(name)),
  userByEmail: (email: string) => joinKey(SPACE.userByEmail, Buffer.from(email.toLowerCase())),
  accessKey: (id: string) => joinKey(SPACE.accessKey, Buffer.from(id)),
  apiKey: (fingerprint: Buffer) => joinKey(SPACE.apiKey, fingerprint),
  token: (name: Buffer) => joinKey(SPACE.token, name),
  tokenByExpiry: (expiresAtMicros: number, name: Buffer) =>
    joinKey(SPACE.tokenByExpiry, timeBytes(expiresAtMicros), name),
  root: () => joinKey(SPACE.root),
};

/** Tokens that have expired by then. */
export function expiredTokenRange(nowMicros: number): KeyRange {
  return { start: joinKey(SPACE.tokenByExpiry), end: joinKey(SPACE.tokenByExpiry, timeBytes(nowMicros + 1)) };
}

/** The token's part of a key of `39`. */
export function tokenNameOf(expiryKey: Buffer): Buffer {
  return expiryKey.subarray(1 + TIME_BYTES);
}

/** Names greater than `after`; all of them when it is empty. */
export function accountNameRange(after: string): KeyRange {
  return rangeAfter(joinKey(SPACE.accountByName), Buffer.from(after));
}

export function userNameRange(accountId: string, after: string): KeyRange {
  return rangeAfter(joinKey(SPACE.userByName, Buffer.from(accountId, 'hex')), Buffer.from(after));
}

function timeBytes(micros: number): Buffer {
  const bytes = Buffer.alloc(TIME_BYTES);
  bytes.writeBigUInt64BE(BigInt(micros));
  return bytes;
}

function joinKey(space: number, ...parts: readonly Buffer[]): Buffer {
  return Buffer.concat([Buffer.of(space), ...parts]);
}

/** Everything below a prefix and behind `after`. */
function rangeAfter(prefix: Buffer, after: Buffer): KeyRange {
  const start = after.length === 0 ? prefix : Buffer.concat([prefix, after, Buffer.of(0)]);
  return { start, end: successorOf(prefix) };
}

/** The least key that is greater than every key with this prefix. */
function successorOf(prefix: Buffer): Buffer {
  const end = Buffer.from(prefix);
  let last = end.length - 1;
  while (last > 0 && end[last] === 0xff) last -= 1;
  end[last] = (end[last] ?? 0) + 1;
  return end.subarray(0, last + 1);
}
