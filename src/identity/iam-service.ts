/**
 * IAM's token service, put together: signing keys, tokens and their verification, over one identity store. Every worker has one; all
 * of them work on the same records.
 */
import type { IdentityContext } from './commit-change.ts';
import { keysOfHolder } from './find-principal.ts';
import type { TokenHolder } from './iam-claims.ts';
import { IamSigningKeys, type PublishedKey } from './iam-signing-keys.ts';
import { iamTokenKeys } from './iam-token-keys.ts';
import { type StoredAccessToken, type StoredRefreshFamily, sweepIamTokens } from './iam-token-records.ts';
import {
  IamTokenIssuer,
  type IamTokenSettings,
  type IssuedIamToken,
  type NewIamToken,
  type RefreshVerdict,
} from './iam-tokens.ts';
import { IamVerdictCache } from './iam-verdict-cache.ts';
import { type IamVerdict, IamVerifier } from './iam-verifier.ts';
import { apiKeyCollection } from './identity-collections.ts';
import { collectionKeys } from './identity-keys.ts';
import type { IdentityStore } from './identity-store.ts';
import type { Subject } from './subjects.ts';

const apiKeyKeys = collectionKeys(apiKeyCollection.kind);

type VerifiedIamToken = Extract<IamVerdict<TokenHolder>, { readonly kind: 'verified' }>;

export interface IamServiceSettings extends IamTokenSettings {
  /** How long one key signs. */
  readonly keyRotationSeconds: number;
}

export interface IamService {
  readonly settings: IamServiceSettings;
  /** What stands in `iss`: the URL of the token service, ending in `/identity`. */
  issuer(): string;
  /** Public halves of the keys, newest first. */
  publishedKeys(): Promise<readonly PublishedKey[]>;
  /** `renewed`: the refresh token that was presented, and its family. */
  issue(
    input: NewIamToken,
    renewed?: { readonly family: StoredRefreshFamily; readonly value: string },
  ): Promise<IssuedIamToken>;
  findFamily(value: string, clientId: string): Promise<RefreshVerdict>;
  verify(token: string): Promise<IamVerdict<TokenHolder>>;
  /** Undefined when they are gone, disabled, or cannot hold tokens. */
  findHolder(subject: Subject): Promise<TokenHolder | undefined>;
  isApiKeyUsable(id: string): Promise<boolean>;
  /** Rotates keys, and removes a slice of what has expired. True when there may be more. */
  keepHouse(): Promise<boolean>;
}

export interface IamServiceParts {
  readonly context: IdentityContext;
  readonly identity: Pick<IdentityStore, 'findPrincipal' | 'apiKeys'>;
  readonly settings: IamServiceSettings;
  issuer(): string;
}

export function createIamService({ context, identity, settings, issuer }: IamServiceParts): IamService {
  const keys = new IamSigningKeys(context, {
    rotationSeconds: settings.keyRotationSeconds,
    tokenSecondsMax: settings.accessSeconds,
  });
  const tokens = new IamTokenIssuer({ context, keys, issuer, settings });
  const findHolder = async (subject: Subject): Promise<TokenHolder | undefined> => {
    const found = await identity.findPrincipal(subject);
    if (found === undefined || found.unusable !== undefined) return undefined;
    const { principal } = found;
    return principal.kind === 'user' || principal.kind === 'service' ? principal : undefined;
  };
  const isApiKeyUsable = async (id: string): Promise<boolean> => {
    const key = (await identity.apiKeys.get(id))?.record;
    if (key?.enabled !== true) return false;
    return key.expiresAtMicros === undefined || key.expiresAtMicros > context.clock.nowMicros();
  };
  const verifier = new IamVerifier<TokenHolder>({
    clock: context.clock,
    keys,
    issuer,
    findAccessToken: (jti) => tokens.findAccessToken(jti),
    findHolder,
    isApiKeyUsable,
  });
  const good = new IamVerdictCache<VerifiedIamToken>(context.metadata);
  const basisOf = async ({ jti, apiKeyId, subject, accountId, expiresAtMicros }: StoredAccessToken) => {
    const apiKey = apiKeyId === undefined ? undefined : (await identity.apiKeys.get(apiKeyId))?.record;
    return {
      keys: [
        iamTokenKeys.signingKeys(),
        iamTokenKeys.accessToken(jti),
        ...(apiKeyId === undefined ? [] : [apiKeyKeys.record(apiKeyId)]),
        ...keysOfHolder({ subject, accountId }),
      ],
      untilMicros: Math.min(expiresAtMicros, apiKey?.expiresAtMicros ?? expiresAtMicros),
    };
  };
  return {
    settings,
    issuer,
    findHolder,
    isApiKeyUsable,
    publishedKeys: () => keys.published(),
    issue: (input, renewed) => tokens.issue(input, renewed),
    findFamily: (value, clientId) => tokens.findFamily(value, clientId),
    async verify(token) {
      const recalled = await good.recall(token, context.clock.nowMicros());
      if (recalled?.claims.iss === issuer()) return recalled;
      const verdict = await verifier.verify(token);
      if (verdict.kind === 'verified') {
        await good.keep(token, await basisOf(verdict.token), async () => {
          const again = await verifier.verify(token);
          return again.kind === 'verified' ? again : undefined;
        });
      }
      return verdict;
    },
    async keepHouse() {
      context.metadata.refresh();
      await keys.maintain();
      return sweepIamTokens(context);
    },
  };
}
