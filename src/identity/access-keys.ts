/** Access-key pairs: an id that everybody may see and a secret that is stored encrypted, because signatures need it. */
import { checkValue } from './check-values.ts';
import { type Change, commitChange, type IdentityContext } from './commit-change.ts';
import { IdentityError } from './identity-errors.ts';
import { identityKeys } from './identity-keys.ts';
import {
  decodeRecord,
  encodeRecord,
  type StoredAccessKey,
  type StoredAccount,
  type StoredUser,
} from './identity-records.ts';
import { readAccessKey, readUser } from './read-records.ts';

/** As NHN Cloud prints them: 32 hexadecimal characters each, 128 bits. */
const ID_BYTES = 16;
/** Twice that: 256 bits, the strength of the HMAC-SHA-256 it feeds. */
const SECRET_BYTES = 32;
/** Keeps the record of a user small and its removal within one commit. Ours; AWS has 2. */
const KEYS_PER_USER_MAX = 50;

export interface AccessKeyRecord {
  readonly id: string;
  readonly userId: string;
  readonly accountId: string;
  readonly enabled: boolean;
  readonly createdAtMicros: number;
}

export interface NewAccessKey {
  readonly userId: string;
  /** Both or neither; generated when absent. */
  readonly pair?: { readonly accessKeyId: string; readonly secretKey: string };
  /** A lower limit than that of the store, of an API that has one. */
  readonly keysPerUserMax?: number;
}

export interface CreatedAccessKey extends AccessKeyRecord {
  /** Shown once, here. */
  readonly secretKey: string;
}

/** Throws NoSuchUser, AccessKeyTaken, TooManyAccessKeys, InvalidValue. */
export async function createAccessKey(
  context: IdentityContext,
  input: NewAccessKey,
): Promise<CreatedAccessKey> {
  return commitChange(context, async (change) =>
    addAccessKey(context, change, await readUser(change, input.userId), input.pair, input.keysPerUserMax),
  );
}

/** As part of a change that has read, or is making, the user. */
export async function addAccessKey(
  { clock, entropy, masterKey }: IdentityContext,
  change: Change,
  user: StoredUser,
  pair: NewAccessKey['pair'],
  limit = KEYS_PER_USER_MAX,
): Promise<CreatedAccessKey> {
  const id = checkValue('accessKeyId', pair?.accessKeyId ?? entropy.bytes(ID_BYTES).toString('hex'));
  const secretKey = checkValue('secretKey', pair?.secretKey ?? entropy.bytes(SECRET_BYTES).toString('hex'));
  if (user.accessKeyIds.length >= limit) {
    throw new IdentityError('TooManyAccessKeys', { limit });
  }
  if ((await change.read(identityKeys.accessKey(id))) !== undefined) {
    throw new IdentityError('AccessKeyTaken', { accessKeyId: id });
  }
  const record: AccessKeyRecord = {
    id,
    userId: user.id,
    accountId: user.accountId,
    enabled: true,
    createdAtMicros: clock.nowMicros(),
  };
  const stored: StoredAccessKey = { ...record, secret: masterKey.seal(secretKey, secretOwner(id)) };
  change.put(identityKeys.accessKey(id), encodeRecord(stored));
  change.put(identityKeys.user(user.id), encodeRecord({ ...user, accessKeyIds: [...user.accessKeyIds, id] }));
  return { ...record, secretKey };
}

/** What a sealed secret is bound to. */
export function secretOwner(accessKeyId: string): string {
  return `access-key ${accessKeyId}`;
}

/** In the order in which they were made. Throws NoSuchUser. */
export async function listAccessKeys(
  { metadata }: IdentityContext,
  userId: string,
): Promise<readonly AccessKeyRecord[]> {
  const user = await metadata.get(identityKeys.user(userId));
  if (user === undefined) throw new IdentityError('NoSuchUser', { user: userId });
  const ids = decodeRecord<StoredUser>(user.value).accessKeyIds;
  const entries = await metadata.getMany(ids.map((id) => identityKeys.accessKey(id)));
  return entries.flatMap((entry) =>
    entry === undefined ? [] : [recordOf(decodeRecord<StoredAccessKey>(entry.value))],
  );
}

export async function setAccessKeyEnabled(
  context: IdentityContext,
  id: string,
  enabled: boolean,
): Promise<AccessKeyRecord> {
  return commitChange(context, async (change) => {
    const stored = await readAccessKey(change, id);
    if (!enabled) await assertNotTheLast(change, await readUser(change, stored.userId));
    change.put(identityKeys.accessKey(id), encodeRecord({ ...stored, enabled }));
    return recordOf({ ...stored, enabled });
  });
}

export async function removeAccessKey(context: IdentityContext, id: string): Promise<void> {
  await commitChange(context, async (change) => {
    const user = await readUser(change, (await readAccessKey(change, id)).userId);
    await assertNotTheLast(change, user);
    const accessKeyIds = user.accessKeyIds.filter((other) => other !== id);
    change.put(identityKeys.user(user.id), encodeRecord({ ...user, accessKeyIds }));
    change.delete(identityKeys.accessKey(id));
  });
}

/** Without a key pair nobody could administer the server any more. */
async function assertNotTheLast(change: Change, user: StoredUser): Promise<void> {
  if (!user.isRoot || user.accessKeyIds.length > 1) return;
  const account = await change.read(identityKeys.account(user.accountId));
  if (account === undefined || !decodeRecord<StoredAccount>(account.value).isServerRoot) return;
  throw new IdentityError('RootIsPermanent', { what: 'the last access key of the root user' });
}

function recordOf({ secret, ...record }: StoredAccessKey): AccessKeyRecord {
  return record;
}
