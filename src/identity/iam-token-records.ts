/** Records of IAM tokens: what is kept of each access token (by its `jti`) and of each family of refresh tokens. */
import type { Change, IdentityContext } from './commit-change.ts';
import { expiredRange, iamTokenKeys, recordKeyOf } from './iam-token-keys.ts';
import { encodeRecord } from './identity-records.ts';
import type { Subject } from './subjects.ts';

const SWEPT_PER_SLICE = 200;

/** What holds for an access token and for the family that it came from. */
export interface TokenOrigin {
  /** A user or a service. */
  readonly subject: Subject;
  readonly accountId: string;
  readonly clientId: string;
  /** The API key that was exchanged for it, whose end is the token's. */
  readonly apiKeyId?: string;
  /** GUID of the service instance whose resource key holds that API key. */
  readonly instanceId?: string;
  readonly scope: string;
}

export interface StoredAccessToken extends TokenOrigin {
  readonly jti: string;
  readonly grantType: string;
  readonly issuedAtMicros: number;
  readonly expiresAtMicros: number;
}

/** A value of a family. Several hold at a time: clients race, and each may keep what it was given. */
export interface StoredRefreshValue {
  /** HMAC of the value, base64url. */
  readonly fingerprint: string;
  readonly validUntilMicros: number;
}

export interface StoredRefreshFamily extends TokenOrigin {
  readonly id: string;
  readonly masterKeyId: number;
  readonly expiresAtMicros: number;
  /** Oldest first. */
  readonly values: readonly StoredRefreshValue[];
}

export function putAccessToken(change: Change, token: StoredAccessToken): void {
  const key = iamTokenKeys.accessToken(token.jti);
  change.put(key, encodeRecord(token));
  change.put(iamTokenKeys.byExpiry(token.expiresAtMicros, key), Buffer.alloc(0));
}

/** A family never changes the time of its end. */
export function putRefreshFamily(change: Change, family: StoredRefreshFamily): void {
  const key = iamTokenKeys.refreshFamily(family.id);
  change.put(key, encodeRecord(family));
  change.put(iamTokenKeys.byExpiry(family.expiresAtMicros, key), Buffer.alloc(0));
}

/** Removes a slice of what has expired. True when there may be more. */
export async function sweepIamTokens({ metadata, clock }: IdentityContext): Promise<boolean> {
  metadata.refresh();
  const rows = await metadata.scan(expiredRange(clock.nowMicros()), SWEPT_PER_SLICE);
  if (rows.length === 0) return false;
  // Whoever changes an expired family between the scan and this would only write what the next sweep finds again.
  const deletes = rows.flatMap(({ key }) => [key, recordKeyOf(key)]);
  await metadata.commit({ id: metadata.newCommitId(), checks: [], puts: [], deletes, effect: 'shrink' });
  return rows.length === SWEPT_PER_SLICE;
}
