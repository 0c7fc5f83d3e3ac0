/**
 * The closed list of what can be wrong with a proof of identity, or with a body that a proof covers, without HTTP. Every
 * dialect that takes such proofs has a total map from these codes to its own errors (leaving one out does not compile);
 * `describeAuthnError` has a sentence for each. Details carry what a precise answer needs; nothing in them is secret.
 */

import type { UnusableReason } from '../../identity/credentials.ts';
import { StacklessError } from '../../lib/stackless-error.ts';
import type { BearerFault } from './bearer-token.ts';

/** Where the proof stands: dialects name the faults of the two differently. */
export type ProofPlace = 'header' | 'query';

export interface AuthnErrorDetails {
  /** More than one of Authorization header, SigV4 query and SigV2 query. */
  SeveralMechanisms: { authorization: string | undefined };
  /** The Authorization header has a scheme that nobody here knows, or one without credentials; `pair`: not `AWS key:signature`. */
  UnsupportedAuthorization: { authorization: string; reason: 'scheme' | 'no-space' | 'pair' };
  /** An algorithm of the AWS4 family that is not offered (ECDSA), or an unknown one in the query. */
  UnsupportedAlgorithm: { place: ProofPlace; algorithm: string };
  /** A header that may be sent once was sent several times. */
  DuplicateHeader: { header: string };
  /** The path or query is not valid percent-encoded UTF-8. */
  MalformedTarget: Record<never, never>;
  /** Not exactly Credential, SignedHeaders and Signature. */
  MalformedAuthorizationHeader: { reason: 'components' };
  /** A parameter of a presigned request is absent, empty or there twice. */
  MalformedQuery: { version: 4 | 2; parameter: string; reason: 'missing' | 'repeated' };
  /** The credential is not `key/date/region/service/aws4_request`. */
  MalformedCredential: { place: ProofPlace; reason: 'parts' | 'empty-access-key' | 'empty-region' };
  /** The date in the credential is not `yyyyMMdd`. */
  MalformedScopeDate: { place: ProofPlace; scopeDate: string };
  WrongRegion: { place: ProofPlace; region: string; expected: string };
  WrongService: { place: ProofPlace; service: string; expected: string };
  WrongTerminal: { place: ProofPlace; terminal: string };
  /** The date in the credential is not the day of the request's timestamp. */
  WrongDate: { place: ProofPlace; scopeDate: string; requestDate: string };
  /** Neither `x-amz-date` nor `Date` (or the parameter), or one that cannot be read. */
  InvalidDate: { place: ProofPlace; value: string | undefined };
  /** `not-a-time`: of Signature Version 2, which has seconds since the epoch. */
  InvalidExpires: { value: string; reason: 'not-a-number' | 'negative' | 'not-a-time' };
  ExpiresTooLarge: { secondsMax: number };
  RequestTimeTooSkewed: { requestTime: string; serverTimeMicros: number; skewSecondsMax: number };
  /** A presigned request dated further ahead than the clocks may differ. */
  NotYetValid: { requestTimeMicros: number; expiresAtMicros: number; serverTimeMicros: number };
  /** `expires`: the period as sent; undefined when the request names an instant (Version 2). */
  RequestExpired: { expires: string | undefined; expiresAtMicros: number; serverTimeMicros: number };
  /** Headers that must be signed when present, in arrival order. */
  UnsignedHeaders: { headers: readonly string[] };
  MissingContentSha256: Record<never, never>;
  InvalidContentSha256: { value: string };
  /** A payload mode that exists and is not offered: the ECDSA ones; signed chunks without a signature to begin with. */
  UnsupportedPayloadMode: { value: string };
  UnknownAccessKey: { accessKeyId: string };
  /** Only told to who holds the secret: checked after the signature. */
  UnusableAccessKey: {
    accessKeyId: string;
    reason: UnusableReason;
  };
  /**
   * Of temporary pairs, and told like the above to who holds the secret only. `missing`: a temporary pair without its token;
   * `wrong`: not the token of the pair; `unexpected`: the pair is a permanent one; `expired`: the session is over.
   */
  SessionToken: {
    accessKeyId: string;
    reason: 'missing' | 'wrong' | 'unexpected' | 'expired';
    /** As sent. */
    token: string | undefined;
  };
  SignatureMismatch: {
    /** Of a chunk or trailer: with the canonical request of the headers, as AWS shows it. */
    part: 'request' | 'chunk' | 'trailer';
    accessKeyId: string;
    stringToSign: string;
    /** Undefined in Version 2, which has none. */
    canonicalRequest: string | undefined;
    signatureProvided: string;
  };
  /** A bearer token that opens nothing; why, by the code of explanations. */
  RefusedBearer: { fault: BearerFault; expiredAtSeconds?: number };
  MissingDecodedLength: Record<never, never>;
  InvalidDecodedLength: { value: string };
  /** Framing of aws-chunked that cannot be followed. */
  MalformedChunk: { reason: 'header' | 'header-too-long' | 'size' | 'delimiter' | 'signature' | 'after-end' };
  /** A chunk that is not the last one is smaller than allowed. `chunk` counts from 1. */
  ChunkTooSmall: { chunk: number; bytes: number; bytesMin: number };
  /** `unexpected`: not announced in `x-amz-trailer`; `mode`: announced in a mode that has none. */
  MalformedTrailer: {
    reason: 'line' | 'too-long' | 'missing' | 'unexpected' | 'repeated' | 'signature' | 'mode';
    trailer?: string;
  };
  /** Fewer or more decoded bytes than `x-amz-decoded-content-length` says, or the body ended inside a chunk. */
  IncompleteBody: { bytesExpected: number; bytesReceived: number };
}

export type AuthnErrorCode = keyof AuthnErrorDetails;

export class AuthnError<C extends AuthnErrorCode = AuthnErrorCode> extends StacklessError {
  override readonly name = 'AuthnError';
  readonly code: C;
  readonly details: AuthnErrorDetails[C];

  constructor(code: C, details: AuthnErrorDetails[C]) {
    super(code);
    this.code = code;
    this.details = details;
  }
}
