/**
 * IAM tokens (ibm-cos.md, section 3): access tokens that anybody can verify by the published keys, and refresh tokens that only
 * this server understands. What a signature cannot say is read on every use, and never kept: whether the API key behind the token,
 * its holder and the account are still there and enabled. So each of them ends a token on the next request of every worker.
 *
 * Refresh tokens come in families, one for each login, which end 72 hours after it. A family keeps several values: the one that
 * was used stays good for a minute, because Python's background thread and its foreground race for it, and whatever was handed out
 * to a racer stays good, too.
 */
import { SignJWT } from 'jose';
import { mintUuid } from '../lib/uuid.ts';
import { commitChange, type IdentityContext } from './commit-change.ts';
import { iamClaims, type TokenHolder } from './iam-claims.ts';
import type { IamSigningKeys } from './iam-signing-keys.ts';
import { iamTokenKeys } from './iam-token-keys.ts';
import {
  putAccessToken,
  putRefreshFamily,
  type StoredAccessToken,
  type StoredRefreshFamily,
  type TokenOrigin,
} from './iam-token-records.ts';
import { decodeRecord } from './identity-records.ts';
import { type MasterKey, MasterKeyError } from './master-key.ts';
import { subjectOf } from './principal.ts';

const MICROS = 1_000_000;
const FAMILY_ID_BYTES = 16;
const SECRET_BYTES = 32;
/** How long a refresh token that was used stays good (ibm-cos.md, 3.1). */
const GRACE_SECONDS = 60;
/** Racers that may each hold a value of their own; the oldest goes first. Ours. */
const VALUES_PER_FAMILY_MAX = 8;
const REFRESH_VALUE = /^([0-9a-f]{32})\.([0-9a-f]{64})$/;

export interface IamTokenSettings {
  readonly accessSeconds: number;
  readonly refreshSeconds: number;
}

export interface NewIamToken {
  readonly holder: TokenHolder;
  readonly grantType: string;
  readonly clientId: string;
  readonly scope: string;
  readonly apiKeyId?: string;
  readonly instanceId?: string;
  /** Clients without credentials of their own get none. */
  readonly withRefreshToken: boolean;
  /** Shorter lives than the server's, of an account that wants them. */
  readonly settings?: Partial<IamTokenSettings>;
}

export interface IssuedIamToken {
  readonly accessToken: string;
  readonly refreshToken?: string;
  readonly jti: string;
  readonly holder: TokenHolder;
  readonly scope: string;
  readonly lifetimeSeconds: number;
  readonly expiresAtSeconds: number;
  readonly apiKeyId?: string;
}

/** What became of a refresh token. */
export type RefreshVerdict =
  | { readonly kind: 'found'; readonly family: StoredRefreshFamily }
  /** Malformed, forged, used before, or another client's. */
  | { readonly kind: 'invalid' }
  | { readonly kind: 'expired' };

export interface IamTokenIssuerParts {
  readonly context: IdentityContext;
  readonly keys: Pick<IamSigningKeys, 'current'>;
  /** As it stands in the tokens: the address of the token service and `/identity`. */
  issuer(): string;
  readonly settings: IamTokenSettings;
}

export class IamTokenIssuer {
  readonly #parts: IamTokenIssuerParts;

  constructor(parts: IamTokenIssuerParts) {
    this.#parts = parts;
  }

  /** `family`: of the refresh token that was presented, and its value. */
  async issue(
    input: NewIamToken,
    renewed?: { readonly family: StoredRefreshFamily; readonly value: string },
  ): Promise<IssuedIamToken> {
    const { context, keys, settings } = this.#parts;
    const { entropy } = context;
    const issuedAtSeconds = Math.floor(context.clock.nowMicros() / MICROS);
    const lifetimeSeconds = input.settings?.accessSeconds ?? settings.accessSeconds;
    const expiresAtSeconds = issuedAtSeconds + lifetimeSeconds;
    const jti = mintUuid(entropy);
    const { kid, privateKey } = await keys.current();
    const claims = iamClaims(input.holder, {
      jti,
      issuer: this.#parts.issuer(),
      issuedAtSeconds,
      expiresAtSeconds,
      grantType: input.grantType,
      scope: input.scope,
      clientId: input.clientId,
    });
    const accessToken = await new SignJWT(claims).setProtectedHeader({ kid, alg: 'RS256' }).sign(privateKey);
    const origin = originOf(input);
    const familyId = renewed?.family.id ?? entropy.bytes(FAMILY_ID_BYTES).toString('hex');
    const secret = entropy.bytes(SECRET_BYTES).toString('hex');
    const refreshToken = input.withRefreshToken ? `${familyId}.${secret}` : undefined;
    await commitChange(context, async (change) => {
      putAccessToken(change, {
        ...origin,
        jti,
        grantType: input.grantType,
        issuedAtMicros: issuedAtSeconds * MICROS,
        expiresAtMicros: expiresAtSeconds * MICROS,
      });
      if (refreshToken === undefined) return;
      if (renewed === undefined) {
        const refreshSeconds = input.settings?.refreshSeconds ?? settings.refreshSeconds;
        const expiresAtMicros = (issuedAtSeconds + refreshSeconds) * MICROS;
        putRefreshFamily(change, this.#newFamily(familyId, origin, refreshToken, expiresAtMicros));
        return;
      }
      const entry = await change.read(iamTokenKeys.refreshFamily(familyId));
      if (entry === undefined) return;
      const family = decodeRecord<StoredRefreshFamily>(entry.value);
      putRefreshFamily(change, this.#renewFamily(family, renewed.value, refreshToken));
    });
    return {
      accessToken,
      jti,
      holder: input.holder,
      scope: input.scope,
      lifetimeSeconds,
      expiresAtSeconds,
      ...(refreshToken === undefined ? {} : { refreshToken }),
      ...(input.apiKeyId === undefined ? {} : { apiKeyId: input.apiKeyId }),
    };
  }

  /** Whether a refresh token holds; who it is for has to be looked at besides. */
  async findFamily(value: string, clientId: string): Promise<RefreshVerdict> {
    const { metadata, masterKey, clock } = this.#parts.context;
    const match = REFRESH_VALUE.exec(value);
    if (match === null) return { kind: 'invalid' };
    const entry = await metadata.get(iamTokenKeys.refreshFamily(match[1] ?? ''));
    if (entry === undefined) return { kind: 'invalid' };
    const family = decodeRecord<StoredRefreshFamily>(entry.value);
    const fingerprint = fingerprintOf(masterKey, value, family.masterKeyId);
    const found = family.values.find((known) => known.fingerprint === fingerprint);
    if (found === undefined || family.clientId !== clientId) return { kind: 'invalid' };
    const now = clock.nowMicros();
    if (family.expiresAtMicros <= now) return { kind: 'expired' };
    return found.validUntilMicros <= now ? { kind: 'invalid' } : { kind: 'found', family };
  }

  /** Of an access token; undefined when it is not known (any more). */
  async findAccessToken(jti: string): Promise<StoredAccessToken | undefined> {
    const entry = await this.#parts.context.metadata.get(iamTokenKeys.accessToken(jti));
    return entry === undefined ? undefined : decodeRecord<StoredAccessToken>(entry.value);
  }

  #newFamily(id: string, origin: TokenOrigin, value: string, expiresAtMicros: number): StoredRefreshFamily {
    const { masterKey } = this.#parts.context;
    const fingerprint = fingerprintOf(masterKey, value, masterKey.currentKeyId) ?? '';
    return {
      ...origin,
      id,
      masterKeyId: masterKey.currentKeyId,
      expiresAtMicros,
      values: [{ fingerprint, validUntilMicros: expiresAtMicros }],
    };
  }

  #renewFamily(family: StoredRefreshFamily, used: string, added: string): StoredRefreshFamily {
    const { masterKey, clock } = this.#parts.context;
    const now = clock.nowMicros();
    const usedFingerprint = fingerprintOf(masterKey, used, family.masterKeyId);
    const kept = family.values.flatMap((value) => {
      if (value.validUntilMicros <= now) return [];
      if (value.fingerprint !== usedFingerprint) return [value];
      const validUntilMicros = Math.min(value.validUntilMicros, now + GRACE_SECONDS * MICROS);
      return [{ ...value, validUntilMicros }];
    });
    const fingerprint = fingerprintOf(masterKey, added, family.masterKeyId) ?? '';
    const values = [...kept, { fingerprint, validUntilMicros: family.expiresAtMicros }];
    return { ...family, values: values.slice(-VALUES_PER_FAMILY_MAX) };
  }
}

function originOf({ holder, clientId, apiKeyId, instanceId, scope }: NewIamToken): TokenOrigin {
  return {
    subject: subjectOf(holder),
    accountId: holder.account.id,
    clientId,
    scope,
    ...(apiKeyId === undefined ? {} : { apiKeyId }),
    ...(instanceId === undefined ? {} : { instanceId }),
  };
}

/** Undefined when the master key that it was made under is not there any more. */
function fingerprintOf(masterKey: MasterKey, value: string, keyId: number): string | undefined {
  try {
    return masterKey.fingerprint(`refresh ${value}`, keyId).toString('base64url');
  } catch (error) {
    if (error instanceof MasterKeyError) return undefined;
    throw error;
  }
}
