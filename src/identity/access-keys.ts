/**
 * Access-key pairs of users and services: an id that everybody may see and a secret that is stored encrypted, because signatures
 * need it. The pairs of sessions are made in assume-role.ts.
 */
import { checkValue } from './check-values.ts';
import { type Change, commitChange, type IdentityContext } from './commit-change.ts';
import type { KeyFlavour } from './credentials.ts';
import { serviceCollection } from './identity-collections.ts';
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
import { createCollection } from './record-collection.ts';
import { userInAccount } from './user-in-account.ts';

/** As NHN Cloud prints them: 32 hexadecimal characters each, 128 bits. */
const ID_BYTES = 16;
/** Twice that: 256 bits, the strength of the HMAC-SHA-256 it feeds. */
const SECRET_BYTES = 32;
/** Keeps the record of a user small and its removal within one commit. Ours; AWS has 2. */
const KEYS_PER_HOLDER_MAX = 50;

export interface AccessKeyRecord {
  readonly id: string;
  /** One of the two, but for the pair of a session. */
  readonly userId?: string;
  readonly serviceId?: string;
  readonly accountId: string;
  readonly enabled: boolean;
  readonly createdAtMicros: number;
  readonly expiresAtMicros?: number;
  /** Whose API made it. */
  readonly mintedBy?: KeyFlavour;
  /** GUID of the service instance that it acts in (ibm-cos.md, section 9.3). */
  readonly instanceId?: string;
}

export interface NewAccessKey extends AccessKeyOptions {
  readonly holder: { readonly userId: string } | { readonly serviceId: string };
}

export interface AccessKeyOptions {
  /** Both or neither; generated when absent. */
  readonly pair?: { readonly accessKeyId: string; readonly secretKey: string };
  /** Of a user: for another account that it has a part in. */
  readonly accountId?: string;
  /** A lower limit than that of the store, of an API that has one: of keys for the account. */
  readonly keysMax?: number;
  readonly mintedBy?: KeyFlavour;
  readonly expiresAtMicros?: number;
  readonly instanceId?: string;
}

export interface CreatedAccessKey extends AccessKeyRecord {
  /** Shown once, here. */
  readonly secretKey: string;
}

/** Throws NoSuchUser, NoSuchRecord, AccessKeyTaken, TooManyAccessKeys, InvalidValue. */
export async function createAccessKey(
  context: IdentityContext,
  { holder, ...options }: NewAccessKey,
): Promise<CreatedAccessKey> {
  return commitChange(context, (change) => addAccessKey(context, change, holder, options));
}

/** As part of a change that may be making the holder. */
export async function addAccessKey(
  { clock, entropy, masterKey, ...context }: IdentityContext,
  change: Change,
  holder: NewAccessKey['holder'],
  options: AccessKeyOptions,
): Promise<CreatedAccessKey> {
  const { pair, keysMax = KEYS_PER_HOLDER_MAX, mintedBy, expiresAtMicros, instanceId } = options;
  const id = checkValue('accessKeyId', pair?.accessKeyId ?? entropy.bytes(ID_BYTES).toString('hex'));
  const secretKey = checkValue('secretKey', pair?.secretKey ?? entropy.bytes(SECRET_BYTES).toString('hex'));
  const owner = await readKeyHolder({ clock, entropy, masterKey, ...context }, change, holder);
  const { accountId = owner.accountId } = options;
  await assertRoom(context.metadata, owner, accountId, keysMax);
  if (accountId !== owner.accountId) await assertPart(change, holder, accountId);
  if ((await change.read(identityKeys.accessKey(id))) !== undefined) {
    throw new IdentityError('AccessKeyTaken', { accessKeyId: id });
  }
  const record: AccessKeyRecord = {
    id,
    ...holder,
    accountId,
    enabled: true,
    createdAtMicros: clock.nowMicros(),
    ...(expiresAtMicros !== undefined && { expiresAtMicros }),
    ...(mintedBy !== undefined && { mintedBy }),
    ...(instanceId !== undefined && { instanceId }),
  };
  const stored: StoredAccessKey = { ...record, secret: masterKey.seal(secretKey, secretOwner(id)) };
  change.put(identityKeys.accessKey(id), encodeRecord(stored));
  await owner.keep([...owner.accessKeyIds, id]);
  return { ...record, secretKey };
}

/** The holder's record is part of the change, and every new key changes it: what is counted beside it is still so. */
async function assertRoom(
  metadata: IdentityContext['metadata'],
  { accessKeyIds }: KeyHolder,
  accountId: string,
  keysMax: number,
): Promise<void> {
  if (accessKeyIds.length >= KEYS_PER_HOLDER_MAX) {
    throw new IdentityError('TooManyAccessKeys', { limit: KEYS_PER_HOLDER_MAX });
  }
  if (accessKeyIds.length < keysMax) return;
  const entries = await metadata.getMany(accessKeyIds.map((id) => identityKeys.accessKey(id)));
  const ofAccount = entries.filter(
    (entry) => entry !== undefined && decodeRecord<StoredAccessKey>(entry.value).accountId === accountId,
  );
  if (ofAccount.length >= keysMax) throw new IdentityError('TooManyAccessKeys', { limit: keysMax });
}

/** Throws NoSuchAccount, as for one that is not there. */
async function assertPart(change: Change, holder: NewAccessKey['holder'], accountId: string): Promise<void> {
  const user = 'userId' in holder ? await readUser(change, holder.userId) : undefined;
  const part = user && (await userInAccount(user, accountId, (key) => change.read(key)));
  if (part === undefined) throw new IdentityError('NoSuchAccount', { account: accountId });
}

interface KeyHolder {
  readonly accountId: string;
  readonly accessKeyIds: readonly string[];
  keep(accessKeyIds: readonly string[]): Promise<void>;
}

async function readKeyHolder(
  context: IdentityContext,
  change: Change,
  holder: NewAccessKey['holder'],
): Promise<KeyHolder> {
  if ('userId' in holder) {
    const user = await readUser(change, holder.userId);
    return {
      accountId: user.accountId,
      accessKeyIds: user.accessKeyIds,
      async keep(accessKeyIds) {
        change.put(identityKeys.user(user.id), encodeRecord({ ...user, accessKeyIds }));
      },
    };
  }
  const services = createCollection(context, serviceCollection).in(change);
  const { record } = await services.read(holder.serviceId);
  return {
    accountId: record.accountId,
    accessKeyIds: record.accessKeyIds,
    async keep(accessKeyIds) {
      await services.update(record.id, (service) => ({ ...service, accessKeyIds }));
    },
  };
}

/** What a sealed secret is bound to. */
export function secretOwner(accessKeyId: string): string {
  return `access-key ${accessKeyId}`;
}

/** In the order in which they were made. Throws NoSuchUser, NoSuchRecord. */
export async function listAccessKeys(
  context: IdentityContext,
  holder: NewAccessKey['holder'],
): Promise<readonly AccessKeyRecord[]> {
  const ids = await idsOf(context, holder);
  const entries = await context.metadata.getMany(ids.map((id) => identityKeys.accessKey(id)));
  return entries.flatMap((entry) =>
    entry === undefined ? [] : [recordOf(decodeRecord<StoredAccessKey>(entry.value))],
  );
}

async function idsOf(context: IdentityContext, holder: NewAccessKey['holder']): Promise<readonly string[]> {
  if ('serviceId' in holder) {
    const id = holder.serviceId;
    const found = await createCollection(context, serviceCollection).get(id);
    if (found === undefined) throw new IdentityError('NoSuchRecord', { noun: 'service', id });
    return found.record.accessKeyIds;
  }
  const user = await context.metadata.get(identityKeys.user(holder.userId));
  if (user === undefined) throw new IdentityError('NoSuchUser', { user: holder.userId });
  return decodeRecord<StoredUser>(user.value).accessKeyIds;
}

export async function setAccessKeyEnabled(
  context: IdentityContext,
  id: string,
  enabled: boolean,
): Promise<AccessKeyRecord> {
  return commitChange(context, async (change) => {
    const stored = await readAccessKey(change, id);
    if (!enabled && stored.userId !== undefined) {
      await assertNotTheLast(change, await readUser(change, stored.userId));
    }
    change.put(identityKeys.accessKey(id), encodeRecord({ ...stored, enabled }));
    return recordOf({ ...stored, enabled });
  });
}

/** Of a session, too: it ends. */
export async function removeAccessKey(context: IdentityContext, id: string): Promise<void> {
  await commitChange(context, async (change) => {
    const { userId, serviceId, session } = await readAccessKey(change, id);
    change.delete(identityKeys.accessKey(id));
    if (session !== undefined) change.delete(identityKeys.sessionByExpiry(session.expiresAtMicros, id));
    if (userId === undefined && serviceId === undefined) return;
    if (userId !== undefined) await assertNotTheLast(change, await readUser(change, userId));
    const owner = await readKeyHolder(
      context,
      change,
      serviceId === undefined ? { userId: userId ?? '' } : { serviceId },
    );
    await owner.keep(owner.accessKeyIds.filter((other) => other !== id));
  });
}

/** Without a key pair nobody could administer the server any more. */
async function assertNotTheLast(change: Change, user: StoredUser): Promise<void> {
  if (!user.isRoot || user.accessKeyIds.length > 1) return;
  const account = await change.read(identityKeys.account(user.accountId));
  if (account === undefined || !decodeRecord<StoredAccount>(account.value).isServerRoot) return;
  throw new IdentityError('RootIsPermanent', { what: 'the last access key of the root user' });
}

function recordOf({ secret, session, ...record }: StoredAccessKey): AccessKeyRecord {
  return record;
}
