/**
 * Sessions of roles: an access-key pair and a session token that stand for the role until they expire. Whether somebody may assume the
 * role is for the caller to decide, by the role's trust policy and in the words of its dialect.
 *
 * The pair is a record like that of any pair, so that signatures find it alike; of the token only its HMAC is stored. Removing the
 * role, or disabling its account, ends its sessions on the next request; expired ones are swept.
 */

import { secretOwner } from './access-keys.ts';
import { checkValue } from './check-values.ts';
import { type Change, commitChange, type IdentityContext } from './commit-change.ts';
import { newRevision } from './credential-revision.ts';
import type { KeyFlavour } from './credentials.ts';
import { sessionTokenText } from './find-access-key.ts';
import type { PolicyLanguage } from './grants.ts';
import { roleCollection } from './identity-collections.ts';
import { IdentityError } from './identity-errors.ts';
import { expiredSessionRange, identityKeys, sessionKeyIdOf } from './identity-keys.ts';
import {
  accountOfRecord,
  decodeRecord,
  encodeRecord,
  type StoredAccessKey,
  type StoredAccount,
  type StoredSession,
} from './identity-records.ts';
import { checkPolicy } from './policy-cache.ts';
import { PolicyError } from './policy-error.ts';
import type { AccountRecord, RoleRecord, SessionFacts } from './principal.ts';
import { createCollection } from './record-collection.ts';

const ID_BYTES = 16;
const SECRET_BYTES = 32;
const TOKEN_BYTES = 32;
/** One that ends with somebody's session elsewhere may have little left. */
const SECONDS_MIN = 1;
const SWEPT_PER_SLICE = 200;
const MICROS_PER_SECOND = 1_000_000;

export interface NewSession {
  readonly roleId: string;
  readonly sessionName: string;
  readonly durationSeconds: number;
  /** Who assumes it; shown to people and in logs. At most 256 characters count. */
  readonly source: string;
  /** A further limit: the session has what the role's policies and this allow. */
  readonly sessionPolicy?: { readonly language: PolicyLanguage; readonly document: string };
  /** Absent: by none that S3 speaks otherwise for. */
  readonly mintedBy?: KeyFlavour;
  /** What is committed together with the session, or not at all; it throws to refuse. */
  readonly alongside?: (change: Change) => Promise<void>;
  /** As the dialect wants them to look; generated when absent. */
  readonly credentials?: {
    readonly accessKeyId: string;
    readonly secretKey: string;
    readonly sessionToken: string;
  };
}

export interface IssuedSession {
  readonly account: AccountRecord;
  readonly role: RoleRecord;
  readonly session: SessionFacts;
  readonly accessKeyId: string;
  /** Both shown once, here. */
  readonly secretKey: string;
  readonly sessionToken: string;
}

/** Throws NoSuchRecord, LoginRefused for an account that is shut, InvalidValue, InvalidPolicy, AccessKeyTaken. */
export async function assumeRole(context: IdentityContext, input: NewSession): Promise<IssuedSession> {
  const { clock, entropy, masterKey } = context;
  checkSessionPolicy(input);
  const given = input.credentials;
  const accessKeyId = checkValue(
    'accessKeyId',
    given?.accessKeyId ?? entropy.bytes(ID_BYTES).toString('hex'),
  );
  const secretKey = checkValue('secretKey', given?.secretKey ?? entropy.bytes(SECRET_BYTES).toString('hex'));
  const sessionToken = given?.sessionToken ?? entropy.bytes(TOKEN_BYTES).toString('base64url');
  const name = checkValue('sessionName', input.sessionName);
  return commitChange(context, async (change) => {
    const { record: role } = await createCollection(context, roleCollection).in(change).read(input.roleId);
    const account = await readOpenAccount(change, role.accountId);
    await input.alongside?.(change);
    assertDuration(input.durationSeconds, role.maxSessionSeconds);
    if ((await change.read(identityKeys.accessKey(accessKeyId))) !== undefined) {
      throw new IdentityError('AccessKeyTaken', { accessKeyId });
    }
    const now = clock.nowMicros();
    const session: SessionFacts = {
      id: entropy.bytes(ID_BYTES).toString('hex'),
      name,
      issuedAtMicros: now,
      expiresAtMicros: now + input.durationSeconds * MICROS_PER_SECOND,
      source: input.source.slice(0, 256),
    };
    const storedSession: StoredSession = {
      ...session,
      roleId: role.id,
      tokenFingerprint: masterKey.fingerprint(sessionTokenText(sessionToken)).toString('base64'),
      masterKeyId: masterKey.currentKeyId,
      ...(input.sessionPolicy !== undefined && { policy: input.sessionPolicy }),
    };
    const stored: StoredAccessKey = {
      id: accessKeyId,
      session: storedSession,
      accountId: account.id,
      enabled: true,
      createdAtMicros: now,
      expiresAtMicros: session.expiresAtMicros,
      ...(input.mintedBy !== undefined && { mintedBy: input.mintedBy }),
      secret: masterKey.seal(secretKey, secretOwner(accessKeyId)),
    };
    change.put(identityKeys.accessKey(accessKeyId), encodeRecord(stored));
    change.put(identityKeys.sessionByExpiry(session.expiresAtMicros, accessKeyId), Buffer.alloc(0));
    return { account, role, session, accessKeyId, secretKey, sessionToken };
  });
}

function checkSessionPolicy({ sessionPolicy }: NewSession): void {
  if (sessionPolicy === undefined) return;
  try {
    checkPolicy(sessionPolicy.document, sessionPolicy.language);
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    throw new IdentityError('InvalidPolicy', { reason: error.message, detail: error.detail });
  }
}

async function readOpenAccount(
  change: Parameters<Parameters<typeof commitChange>[1]>[0],
  id: string,
): Promise<AccountRecord> {
  const entry = await change.read(identityKeys.account(id));
  if (entry === undefined) throw new IdentityError('NoSuchAccount', { account: id });
  const stored = decodeRecord<StoredAccount>(entry.value);
  if (!stored.enabled || stored.isBeingRemoved) {
    throw new IdentityError('LoginRefused', { reason: 'account-disabled', accountId: id });
  }
  return accountOfRecord(stored);
}

function assertDuration(seconds: number, secondsMax: number): void {
  if (Number.isInteger(seconds) && seconds >= SECONDS_MIN && seconds <= secondsMax) return;
  throw new IdentityError('InvalidValue', {
    what: 'durationSeconds',
    expected: `a whole number of seconds from ${SECONDS_MIN} to ${secondsMax}`,
  });
}

/** Removes a slice of the sessions that have expired. True when there may be more. */
export async function sweepSessions({ metadata, clock }: IdentityContext): Promise<boolean> {
  metadata.refresh();
  const rows = await metadata.scan(expiredSessionRange(clock.nowMicros()), SWEPT_PER_SLICE);
  if (rows.length === 0) return false;
  // Nothing else writes these keys but the removal of the pair, which deletes both: there is nothing to check.
  const deletes = rows.flatMap(({ key }) => [key, identityKeys.accessKey(sessionKeyIdOf(key))]);
  const id = metadata.newCommitId();
  await metadata.commit({ id, checks: [], puts: [newRevision], deletes, effect: 'shrink' });
  return rows.length === SWEPT_PER_SLICE;
}
