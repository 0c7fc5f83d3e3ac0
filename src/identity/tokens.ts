/**
 * Tokens: opaque values that prove for some hours who somebody is and which account they act for (docs/adr/0010). Only the HMAC
 * of a value is stored, as its key. The token is read on every use, and with it the revision of credentials, while which is the
 * same user and account are what they were: revoking, disabling, deleting and another password void a token on the next request of
 * every worker.
 */

import { BoundedMap } from '../lib/bounded-map.ts';
import type { Clock } from '../lib/clock.ts';
import type { Entry, MetadataStore, Version } from '../storage/contract/metadata-store.ts';
import type { ApiKeys } from './api-keys.ts';
import { commitChange, type IdentityContext } from './commit-change.ts';
import { type Holder, keysOfHolder, type PrincipalFinder } from './find-principal.ts';
import { IdentityError, type LoginRefusal } from './identity-errors.ts';
import { expiredTokenRange, identityKeys, tokenNameOf } from './identity-keys.ts';
import {
  accountOfRecord,
  decodeRecord,
  encodeRecord,
  type StoredAccessKey,
  type StoredAccount,
  type StoredToken,
  type StoredUser,
} from './identity-records.ts';
import { type MasterKey, MasterKeyError } from './master-key.ts';
import type { Principal } from './principal.ts';
import { userInAccount } from './user-in-account.ts';

const SECRET_BYTES = 32;
const AUDIT_ID_BYTES = 16;
/** The id of the master key that finds it, and the secret. */
const VALUE = /^(\d{1,9})-([0-9a-f]{64})$/;
const SWEPT_PER_SLICE = 200;
const KEPT_MAX = 4096;

export interface NewToken {
  readonly userId: string;
  /** Absent: the user's own. */
  readonly accountId?: string;
  /** Whether it is for the account; otherwise it only says who the user is. */
  readonly isScoped: boolean;
  readonly methods: readonly string[];
  readonly expiresAtMicros: number;
  readonly proven: ProvenEpochs;
  /** The key pair or API key that was proven, if one was: the token is void while that may not be used. */
  readonly accessKeyId?: string;
  readonly apiKeyId?: string;
}

/** What held when somebody proved who they are. A token is only issued while it still holds. */
export interface ProvenEpochs {
  readonly user: number;
  readonly account: number;
}

export interface TokenRecord {
  readonly auditId: string;
  readonly isScoped: boolean;
  readonly methods: readonly string[];
  readonly issuedAtMicros: number;
  readonly expiresAtMicros: number;
  readonly principal: Principal & { readonly kind: 'user' | 'role-session' };
  readonly proven: ProvenEpochs;
  readonly accessKeyId?: string;
}

export interface IssuedToken extends TokenRecord {
  /** ASCII without blanks, less than 80 characters. Known to the caller only, here. */
  readonly value: string;
}

/** Throws LoginRefused when user or account may not have one (any more). */
export async function issueToken(context: IdentityContext, input: NewToken): Promise<IssuedToken> {
  const { clock, entropy, masterKey } = context;
  const value = `${masterKey.currentKeyId}-${entropy.bytes(SECRET_BYTES).toString('hex')}`;
  const auditId = entropy.bytes(AUDIT_ID_BYTES).toString('base64url');
  const name = nameOf(masterKey, value);
  if (name === undefined) throw new Error('a new token has no name');
  return commitChange(context, async (change) => {
    const userEntry = await change.read(identityKeys.user(input.userId));
    if (userEntry === undefined) throw new IdentityError('LoginRefused', { reason: 'unknown-user' });
    const user = decodeRecord<StoredUser>(userEntry.value);
    const accountEntry = await change.read(identityKeys.account(input.accountId ?? user.accountId));
    if (accountEntry === undefined) throw refusal('unknown-account', user);
    const account = decodeRecord<StoredAccount>(accountEntry.value);
    const shown = await userInAccount(user, account.id, (key) => change.read(key));
    if (shown === undefined) throw refusal('other-account', user);
    if (!user.enabled) throw refusal('user-disabled', user);
    if (!account.enabled || account.isBeingRemoved) throw refusal('account-disabled', user);
    const { user: userEpoch, account: accountEpoch } = input.proven;
    if (userEpoch !== (user.tokenEpoch ?? 0) || accountEpoch !== (account.tokenEpoch ?? 0)) {
      throw refusal('token-void', user);
    }
    const stored: StoredToken = {
      userId: user.id,
      accountId: account.id,
      isScoped: input.isScoped,
      methods: input.methods,
      auditId,
      issuedAtMicros: clock.nowMicros(),
      expiresAtMicros: input.expiresAtMicros,
      userEpoch,
      accountEpoch,
      ...(input.accessKeyId === undefined ? {} : { accessKeyId: input.accessKeyId }),
      ...(input.apiKeyId === undefined ? {} : { apiKeyId: input.apiKeyId }),
    };
    change.put(identityKeys.token(name), encodeRecord(stored));
    change.put(identityKeys.tokenByExpiry(stored.expiresAtMicros, name), Buffer.alloc(0));
    const isServerAdmin = account.isServerRoot && shown.isRoot;
    return {
      value,
      ...tokenOf(stored, {
        kind: 'user',
        account: accountOfRecord(account),
        user: shown,
        isServerAdmin,
      }),
    };
  });
}

function refusal(reason: LoginRefusal, user: StoredUser) {
  return new IdentityError('LoginRefused', { reason, userId: user.id, accountId: user.accountId });
}

/** Records of tokens that were used lately, decoded once for each version of them. */
export class DecodedTokens {
  readonly #kept = new BoundedMap<string, { readonly version: Version; readonly stored: StoredToken }>(
    KEPT_MAX,
  );

  of(name: Buffer, { version, value }: Entry): StoredToken {
    const id = name.toString('latin1');
    const kept = this.#kept.get(id);
    if (kept?.version === version) return kept.stored;
    const stored = decodeRecord<StoredToken>(value);
    this.#kept.set(id, { version, stored });
    return stored;
  }
}

export interface TokenFinderParts {
  readonly principals: PrincipalFinder;
  readonly apiKeys: Pick<ApiKeys, 'get'>;
  readonly decoded: DecodedTokens;
}

/** Undefined when it is unknown, expired, revoked or void, without a difference. */
export async function findToken(
  { metadata, masterKey, clock }: IdentityContext,
  { principals, apiKeys, decoded }: TokenFinderParts,
  value: string,
): Promise<TokenRecord | undefined> {
  const name = nameOf(masterKey, value);
  if (name === undefined) return undefined;
  const entry = await metadata.get(identityKeys.token(name));
  if (entry === undefined) return undefined;
  const stored = decoded.of(name, entry);
  if (stored.expiresAtMicros <= clock.nowMicros()) return undefined;
  if (stored.sessionId !== undefined) return findSessionToken(metadata, principals, stored);
  const found = await principals.findHolder({
    subject: `user:${stored.userId}`,
    accountId: stored.accountId,
  });
  if (found?.principal.kind !== 'user' || found.unusable !== undefined) return undefined;
  const { epochs, principal } = found;
  const isCurrent = epochs.user === stored.userEpoch && epochs.account === stored.accountEpoch;
  if (!isCurrent || !(await isPairUsable(metadata, stored))) return undefined;
  const isOpen = stored.apiKeyId === undefined || (await isApiKeyUsable(apiKeys, stored.apiKeyId, clock));
  return isOpen ? tokenOf(stored, principal) : undefined;
}

/** It lives as long as its session does. */
async function findSessionToken(
  metadata: IdentityContext['metadata'],
  principals: PrincipalFinder,
  stored: StoredToken,
): Promise<TokenRecord | undefined> {
  const entry = await metadata.get(identityKeys.accessKey(stored.accessKeyId ?? ''));
  const pair = entry && decodeRecord<StoredAccessKey>(entry.value);
  if (pair?.session === undefined || pair.session.id !== stored.sessionId || !pair.enabled) return undefined;
  const holder: Holder = {
    subject: `role:${pair.session.roleId}`,
    accountId: pair.accountId,
    session: pair.session,
  };
  const found = await principals.find(holder, await metadata.getMany(keysOfHolder(holder)));
  if (found?.principal.kind !== 'role-session' || found.unusable !== undefined) return undefined;
  return tokenOf(stored, found.principal);
}

/** For a session of a role, by its key pair; the token ends with the session. Throws LoginRefused. */
export async function issueSessionToken(
  context: IdentityContext,
  principals: PrincipalFinder,
  accessKeyId: string,
  methods: readonly string[],
): Promise<IssuedToken> {
  const { clock, entropy, masterKey, metadata } = context;
  const value = `${masterKey.currentKeyId}-${entropy.bytes(SECRET_BYTES).toString('hex')}`;
  const auditId = entropy.bytes(AUDIT_ID_BYTES).toString('base64url');
  const name = nameOf(masterKey, value);
  if (name === undefined) throw new Error('a new token has no name');
  const stored = await commitChange(context, async (change) => {
    const entry = await change.read(identityKeys.accessKey(accessKeyId));
    const pair = entry && decodeRecord<StoredAccessKey>(entry.value);
    const session = pair?.session;
    if (pair === undefined || session === undefined || session.expiresAtMicros <= clock.nowMicros()) {
      throw new IdentityError('LoginRefused', { reason: 'token-void' });
    }
    const token: StoredToken = {
      userId: '',
      accountId: pair.accountId,
      isScoped: true,
      methods: [...new Set(methods)],
      auditId,
      issuedAtMicros: clock.nowMicros(),
      expiresAtMicros: session.expiresAtMicros,
      userEpoch: 0,
      accountEpoch: 0,
      accessKeyId,
      sessionId: session.id,
    };
    change.put(identityKeys.token(name), encodeRecord(token));
    change.put(identityKeys.tokenByExpiry(token.expiresAtMicros, name), Buffer.alloc(0));
    return token;
  });
  metadata.refresh();
  const found = await findSessionToken(metadata, principals, stored);
  if (found === undefined) throw new IdentityError('LoginRefused', { reason: 'token-void' });
  return { value, ...found };
}

async function isPairUsable(
  metadata: Pick<MetadataStore, 'get'>,
  { accessKeyId, userId }: StoredToken,
): Promise<boolean> {
  if (accessKeyId === undefined) return true;
  const entry = await metadata.get(identityKeys.accessKey(accessKeyId));
  if (entry === undefined) return false;
  const pair = decodeRecord<StoredAccessKey>(entry.value);
  return pair.enabled && pair.userId === userId;
}

async function isApiKeyUsable(apiKeys: Pick<ApiKeys, 'get'>, id: string, clock: Clock): Promise<boolean> {
  const { enabled = false, expiresAtMicros } = (await apiKeys.get(id))?.record ?? {};
  return enabled && (expiresAtMicros === undefined || expiresAtMicros > clock.nowMicros());
}

/** Whether there was one. */
export async function revokeToken(context: IdentityContext, value: string): Promise<boolean> {
  const name = nameOf(context.masterKey, value);
  if (name === undefined) return false;
  return commitChange(context, async (change) => {
    const key = identityKeys.token(name);
    const entry = await change.read(key);
    if (entry === undefined) return false;
    change.delete(key);
    change.delete(identityKeys.tokenByExpiry(decodeRecord<StoredToken>(entry.value).expiresAtMicros, name));
    return true;
  });
}

/** Removes a slice of the tokens that have expired. True when there may be more. */
export async function sweepTokens({ metadata, clock }: IdentityContext): Promise<boolean> {
  metadata.refresh();
  const rows = await metadata.scan(expiredTokenRange(clock.nowMicros()), SWEPT_PER_SLICE);
  if (rows.length === 0) return false;
  // Nothing else writes these keys but revoking, which deletes them too: there is nothing to check.
  const deletes = rows.flatMap(({ key }) => [key, identityKeys.token(tokenNameOf(key))]);
  await metadata.commit({ id: metadata.newCommitId(), checks: [], puts: [], deletes, effect: 'shrink' });
  return rows.length === SWEPT_PER_SLICE;
}

/** What is stored of a value: the id of the master key and the HMAC. Undefined when it cannot be one of ours. */
function nameOf(masterKey: MasterKey, value: string): Buffer | undefined {
  const match = VALUE.exec(value);
  if (match === null) return undefined;
  const keyId = Number(match[1]);
  try {
    const name = Buffer.alloc(4 + 32);
    name.writeUInt32BE(keyId, 0);
    masterKey.fingerprint(`token ${match[2]}`, keyId).copy(name, 4);
    return name;
  } catch (error) {
    // Made under another key, or made up.
    if (error instanceof MasterKeyError) return undefined;
    throw error;
  }
}

function tokenOf(stored: StoredToken, principal: TokenRecord['principal']): TokenRecord {
  const { auditId, isScoped, methods, issuedAtMicros, expiresAtMicros } = stored;
  return {
    auditId,
    isScoped,
    methods,
    issuedAtMicros,
    expiresAtMicros,
    proven: { user: stored.userEpoch, account: stored.accountEpoch },
    ...(stored.accessKeyId === undefined ? {} : { accessKeyId: stored.accessKeyId }),
    principal,
  };
}
