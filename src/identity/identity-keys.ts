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
 * | `36` IAM tokens, `3e` by expiry | | iam-token-keys.ts |
 * | `37` | HMAC of an API key that an earlier version made at the first start | record |
 * | `38` token | id of the master key (4 bytes), HMAC of the token | record |
 * | `39` token by expiry | time in microseconds (8 bytes), rest of the key of `38` | |
 * | `3a` collections | kind (1 byte), then as record-collection.ts says | record, or id |
 * | `3b` records of an account | account id, kind (1 byte), id of the record | |
 * | `3c` grants of an account | account id | nothing; its version is new whenever policies or groups of the account are |
 * | `3d` session by expiry | time in microseconds (8 bytes), access key id | |
 * | `3f` lookup key | `01`, id of the master key (4 bytes) | the sealed lookup key |
 * | `3f` revision | `02` | nothing; its version is new whenever something changes that credentials are made of (docs/adr/0015) |
 * | `3f` root | | who the server's root is, and a proof of the master key |
 *
 * Kinds of collections, a number for ever: `01`-`1f` identity, `20`-`3f` the IBM dialect, `40`-`5f` the SCP dialect, `60`-`6f` the
 * Swift dialect, `70`-`7f` the console. Whoever takes one writes it down here:
 *
 * | kind | records |
 * |---|---|
 * | `01` | services |
 * | `02` | groups |
 * | `03` | members of groups |
 * | `04` | policies of identities |
 * | `05` | roles |
 * | `06` | API keys |
 * | `07` | parts that users have in other accounts |
 * | `40` | product categories |
 * | `41` | products |
 * | `20` | IBM: service instances |
 * | `21` | IBM: resource keys |
 * | `22` | IBM: custom roles |
 * | `23` | IBM: settings of accounts |
 * | `24` | IBM: resource groups |
 * | `25` | IBM: what only its API tells of API keys |
 * | `26` | IBM: what only its API tells of services |
 * | `27` | IBM: what only its API tells of policies |
 * | `42` | assertions and signatures that have been used |
 * | `43` | signatures given out for a session |
 * | `44` | SAML providers |
 * | `45` | pieces of their metadata, behind the first |
 */
import type { KeyRange } from '../storage/contract/metadata-store.ts';

const TIME_BYTES = 8;
const ACCOUNT_ID_BYTES = 16;

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
  collection: 0x3a,
  ofAccount: 0x3b,
  grants: 0x3c,
  sessionByExpiry: 0x3d,
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
  grants: (accountId: string) => joinKey(SPACE.grants, Buffer.from(accountId, 'hex')),
  sessionByExpiry: (expiresAtMicros: number, accessKeyId: string) =>
    joinKey(SPACE.sessionByExpiry, timeBytes(expiresAtMicros), Buffer.from(accessKeyId)),
  root: () => joinKey(SPACE.root),
  lookupKey: (keyId: number) => joinKey(SPACE.root, Buffer.of(1), idBytes(keyId)),
  revision: () => joinKey(SPACE.root, Buffer.of(2)),
};

const RECORDS = 0;
/** Of the identity core; those of the dialects make nobody's rights. */
const OWN_KIND_LAST = 0x1f;

/** Whether the key is of a record that the principal of a credential, or what it may do, is made of. */
export function isOfCredentials(key: Buffer): boolean {
  const [space = 0, kind = 0, index] = key;
  switch (space) {
    case SPACE.account:
    case SPACE.user:
    case SPACE.accessKey:
    case SPACE.grants:
      return true;
    case SPACE.collection:
      return kind <= OWN_KIND_LAST && index === RECORDS;
    default:
      return false;
  }
}
const END_OF_VALUE = Buffer.of(0);

/** Keys of one collection. Values and ids are UTF-8 without NUL; they throw RangeError otherwise. */
export function collectionKeys(kind: number) {
  const text = (value: string): Buffer => {
    if (value.includes('\0')) throw new RangeError('a value in a key holds no NUL');
    return Buffer.from(value);
  };
  return {
    record: (id: string) => joinKey(SPACE.collection, Buffer.of(kind, RECORDS), text(id)),
    /** An entry of an index, or with an empty id what all entries with these values begin with. */
    entry: (index: number, values: readonly string[], id: string) =>
      joinKey(
        SPACE.collection,
        Buffer.of(kind, index),
        ...values.flatMap((value) => [text(value), END_OF_VALUE]),
        text(id),
      ),
    ofAccount: (accountId: string, id: string) =>
      joinKey(SPACE.ofAccount, Buffer.from(accountId, 'hex'), Buffer.of(kind), text(id)),
  };
}

/** Rows that say which records of collections an account has. */
export function recordsOfAccountRange(accountId: string): KeyRange {
  return rangeAfter(joinKey(SPACE.ofAccount, Buffer.from(accountId, 'hex')), Buffer.alloc(0));
}

/** Kind and id of a key of `3b`. */
export function recordOfAccountIn(key: Buffer): { readonly kind: number; readonly id: string } {
  const at = 1 + ACCOUNT_ID_BYTES;
  return { kind: key[at] ?? 0, id: key.toString('utf8', at + 1) };
}

export const lookupKeyRange: KeyRange = {
  start: joinKey(SPACE.root, Buffer.of(1)),
  end: joinKey(SPACE.root, Buffer.of(2)),
};

/** Everything of the identity store. */
export const identityRange: KeyRange = { start: Buffer.of(SPACE.account), end: Buffer.of(SPACE.root + 1) };

/** Tokens that have expired by then. */
export function expiredTokenRange(nowMicros: number): KeyRange {
  return { start: joinKey(SPACE.tokenByExpiry), end: joinKey(SPACE.tokenByExpiry, timeBytes(nowMicros + 1)) };
}

/** Sessions that have expired by then. */
export function expiredSessionRange(nowMicros: number): KeyRange {
  return {
    start: joinKey(SPACE.sessionByExpiry),
    end: joinKey(SPACE.sessionByExpiry, timeBytes(nowMicros + 1)),
  };
}

/** The access key id in a key of `3d`. */
export function sessionKeyIdOf(expiryKey: Buffer): string {
  return expiryKey.toString('utf8', 1 + TIME_BYTES);
}

/** The token's part of a key of `39`. */
export function tokenNameOf(expiryKey: Buffer): Buffer {
  return expiryKey.subarray(1 + TIME_BYTES);
}

/** Users whose ids lie between these, both included. */
export function userIdRange(firstId: string, lastId: string): KeyRange {
  const end = joinKey(SPACE.user, Buffer.from(lastId, 'hex'), Buffer.of(0));
  return { start: joinKey(SPACE.user, Buffer.from(firstId, 'hex')), end };
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

function idBytes(id: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(id);
  return bytes;
}

function joinKey(space: number, ...parts: readonly Buffer[]): Buffer {
  return Buffer.concat([Buffer.of(space), ...parts]);
}

/** Everything below a prefix and behind `after`. */
export function rangeAfter(prefix: Buffer, after: Buffer): KeyRange {
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
