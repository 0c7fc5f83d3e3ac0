/**
 * Verification of IAM access tokens (ibm-cos.md, 3.2): signature by the key that the token names, issuer, times, and then what
 * no token can say: that the API key behind it, its holder and the account still are. Only RS256 is known, so a token without a
 * signature, or one "signed" with our public key as a secret, fails before its claims are looked at.
 *
 * A signature that has been verified is remembered for as long as its key is published; nothing else is.
 */
import { compactVerify, errors, type JWTPayload } from 'jose';
import type { Clock } from '../lib/clock.ts';
import { isUuid } from '../lib/uuid.ts';
import type { IamSigningKeys } from './iam-signing-keys.ts';
import type { StoredAccessToken } from './iam-token-records.ts';
import type { Subject } from './subjects.ts';

/** Codes of explanations, too (ibm-cos.md, 12.3, row 8). */
export type IamTokenFault =
  /** A word where a token should be: a client printed a variable that it never set. */
  | 'token-placeholder'
  | 'token-malformed'
  /** Unsigned, signed by somebody else, or changed afterwards. */
  | 'token-forged'
  | 'token-wrong-issuer'
  | 'token-expired'
  | 'token-not-yet-valid'
  /** The API key that it was made with is gone, disabled or expired; or the token itself was revoked. */
  | 'token-key-revoked'
  /** The holder or the account is gone or disabled. */
  | 'identity-inactive';

export type IamVerdict<H> =
  | {
      readonly kind: 'verified';
      readonly token: StoredAccessToken;
      readonly holder: H;
      readonly claims: JWTPayload;
    }
  | {
      readonly kind: 'refused';
      readonly fault: IamTokenFault;
      /** Of an expired token, whose signature was right. */
      readonly expiredAtSeconds?: number;
      readonly jti?: string;
    };

export interface IamVerifierParts<H> {
  readonly clock: Clock;
  readonly keys: Pick<IamSigningKeys, 'find'>;
  issuer(): string;
  findAccessToken(jti: string): Promise<StoredAccessToken | undefined>;
  /** Undefined when holder or account are gone or disabled. */
  findHolder(subject: Subject): Promise<H | undefined>;
  isApiKeyUsable(id: string): Promise<boolean>;
}

/** IBM's are about 1.2 KB; the longest names we take make 3 KB. */
const TOKEN_CHARACTERS_MAX = 8192;
/** Clocks of clients that look into tokens may be late; ours wrote it. */
const FUTURE_SECONDS_MAX = 60;
/** About 3 KB each. */
const REMEMBERED_MAX = 2048;
const MICROS = 1_000_000;
const placeholders: ReadonlySet<string> = new Set([
  '',
  'none',
  'undefined',
  'null',
  'nil',
  '[object object]',
]);

interface Remembered {
  readonly kid: string;
  readonly claims: JWTPayload;
}

export class IamVerifier<H> {
  readonly #parts: IamVerifierParts<H>;
  readonly #remembered = new Map<string, Remembered>();

  constructor(parts: IamVerifierParts<H>) {
    this.#parts = parts;
  }

  /** `token`: what stands behind `Bearer `. */
  async verify(token: string): Promise<IamVerdict<H>> {
    if (placeholders.has(token.toLowerCase())) return { kind: 'refused', fault: 'token-placeholder' };
    if (token.length > TOKEN_CHARACTERS_MAX) return { kind: 'refused', fault: 'token-malformed' };
    const claims = (await this.#recall(token)) ?? (await this.#check(token));
    if (typeof claims === 'string') return { kind: 'refused', fault: claims };
    const { jti, exp, iat, iss } = claims;
    if (jti === undefined || !isUuid(jti) || exp === undefined || iat === undefined) {
      return { kind: 'refused', fault: 'token-malformed' };
    }
    const refuse = (fault: IamTokenFault, more: object = {}) =>
      ({ kind: 'refused', fault, jti, ...more }) as const;
    if (iss !== this.#parts.issuer()) return refuse('token-wrong-issuer');
    const now = this.#parts.clock.nowMicros() / MICROS;
    if (exp <= now) return refuse('token-expired', { expiredAtSeconds: exp });
    if (iat > now + FUTURE_SECONDS_MAX) return refuse('token-not-yet-valid');
    const stored = await this.#parts.findAccessToken(jti);
    if (stored === undefined) return refuse('token-key-revoked');
    if (stored.apiKeyId !== undefined && !(await this.#parts.isApiKeyUsable(stored.apiKeyId))) {
      return refuse('token-key-revoked');
    }
    const holder = await this.#parts.findHolder(stored.subject);
    if (holder === undefined) return refuse('identity-inactive');
    return { kind: 'verified', token: stored, holder, claims };
  }

  async #recall(token: string): Promise<JWTPayload | undefined> {
    const found = this.#remembered.get(token);
    if (found === undefined) return undefined;
    if ((await this.#parts.keys.find(found.kid)) !== undefined) return found.claims;
    this.#remembered.delete(token);
    return undefined;
  }

  /** Signature and form; times and issuer are looked at afterwards, so that an explanation can name them. */
  async #check(token: string): Promise<JWTPayload | IamTokenFault> {
    let kid = '';
    let payload: Uint8Array;
    try {
      const findKey = async (header: { readonly kid?: string }) => {
        kid = header.kid ?? '';
        const key = await this.#parts.keys.find(kid);
        if (key === undefined) throw new errors.JWKSNoMatchingKey();
        return key;
      };
      ({ payload } = await compactVerify(token, findKey, { algorithms: ['RS256'] }));
    } catch (error) {
      return faultOf(error);
    }
    // Whoever holds the key has signed it: only this server, which writes JSON.
    const claims: JWTPayload = JSON.parse(Buffer.from(payload).toString('utf8'));
    this.#remember(token, { kid, claims });
    return claims;
  }

  #remember(token: string, verified: Remembered): void {
    if (this.#remembered.size >= REMEMBERED_MAX) {
      const [oldest] = this.#remembered.keys();
      if (oldest !== undefined) this.#remembered.delete(oldest);
    }
    this.#remembered.set(token, verified);
  }
}

function faultOf(error: unknown): IamTokenFault {
  if (
    error instanceof errors.JWSSignatureVerificationFailed ||
    error instanceof errors.JWKSNoMatchingKey ||
    error instanceof errors.JOSEAlgNotAllowed
  ) {
    return 'token-forged';
  }
  if (error instanceof errors.JOSEError) return 'token-malformed';
  throw error;
}
