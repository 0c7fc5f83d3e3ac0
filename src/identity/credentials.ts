import type { Principal } from './principal.ts';
import type { TokenRecord } from './tokens.ts';

/** The clouds whose identity services make key pairs here. */
export type KeyFlavour = 'nhn' | 'ibm' | 'scp';

export type UnusableReason =
  | 'key-disabled'
  | 'user-disabled'
  | 'service-disabled'
  | 'account-disabled'
  | 'expired';

/** An access-key pair with the principal it acts as, as found for one request. */
export interface AccessKeyCredential {
  readonly accessKeyId: string;
  /** Recovered from its encrypted record; never logged. */
  readonly secret: string;
  /** Changes whenever the stored record does, so that derived signing keys can be cached by it. */
  readonly recordVersion: number;
  readonly principal: Principal;
  /** Through whose API the pair was made; absent: by none that S3 speaks otherwise for. */
  readonly flavour?: KeyFlavour;
  /** GUID of the service instance that the pair acts in. */
  readonly instanceId?: string;
  /** Why the pair may not be used although it exists; undefined when it may. */
  readonly unusable?: UnusableReason;
  readonly expiresAtMicros?: number;
  /** Of a temporary pair, which proves nothing without its token. */
  readonly session?: {
    /** In constant time. */
    tokenMatches(presented: string): boolean;
  };
}

/** Reads the store on every call (deletion and disabling take effect on the next request, on every worker). */
export interface CredentialSource {
  findAccessKey(accessKeyId: string): Promise<AccessKeyCredential | undefined>;
}

/** Reads the store on every call, as above. */
export interface TokenSource {
  /** Undefined when it is unknown, expired, revoked or void, without a difference. */
  findToken(value: string): Promise<TokenRecord | undefined>;
}
