/**
 * Bearer tokens as a proof: who verifies them, and what may be wrong with one (ibm-cos.md, section 12.3, row 8). Callers are told no
 * more than that they are refused; the fault is for explanations.
 */
import type { Caller } from '../../identity/principal.ts';

export type BearerFault =
  /** A word where a token should be: a client printed a variable that it never set. */
  | 'token-placeholder'
  | 'token-malformed'
  /** Unsigned, signed by somebody else, or changed afterwards. */
  | 'token-forged'
  | 'token-wrong-issuer'
  | 'token-expired'
  | 'token-not-yet-valid'
  /** The token, or what it was made with, has been taken back. */
  | 'token-key-revoked'
  /** Whose it is, or their account, is gone or disabled. */
  | 'identity-inactive';

export type BearerVerdict =
  | {
      readonly kind: 'verified';
      readonly caller: Caller;
      /** GUID of the service instance whose resource key the token was made with. */
      readonly instanceId: string | undefined;
    }
  | {
      readonly kind: 'refused';
      readonly fault: BearerFault;
      /** Of an expired token whose signature was right. */
      readonly expiredAtSeconds?: number;
    };

export interface BearerVerifier {
  /** `token`: what stands behind `Bearer `, of any length, and possibly nothing. Reads the store on every call. */
  verify(token: string): Promise<BearerVerdict>;
}
