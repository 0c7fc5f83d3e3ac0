/**
 * Verification of AWS Signature Version 2, by header and by query: HMAC-SHA1 in base64 over the request. It covers every
 * `x-amz-*` header and nothing of the body; Content-MD5 is signed when it is there.
 *
 * Source: AWS, "Signing and authenticating REST requests" in the S3 developer guide; NHN Cloud prints its header form in
 * every table of its guide. Kept for old clients: it binds a signature to no region and, in the query, to no start.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { AccessKeyCredential, CredentialSource } from '../../identity/credentials.ts';
import type { Caller } from '../../identity/principal.ts';
import type { WireRequest } from '../kernel/wire.ts';
import { AuthnError, type ProofPlace } from './authn-errors.ts';
import { type PayloadMode, payloadModeWithoutSigV4 } from './payload-mode.ts';
import { checkUsable, sessionTokenOf } from './session-token.ts';
import { type SigV2Rules, stringsToSign } from './sigv2-canonical.ts';
import { readHeaderProof, readQueryProof, type SigV2Proof } from './sigv2-proof.ts';
import { type PublicAddress, readQueryPairs } from './sigv4-canonical.ts';

export interface SigV2Options {
  readonly credentials: CredentialSource;
  /** How far the clocks may differ. AWS: 900. */
  readonly skewSecondsMax: number;
  /** Paths under which a signature is valid too, besides the path as sent (behind a proxy). */
  readonly publicAddresses: readonly PublicAddress[];
}

export interface VerifiedSigV2 {
  readonly caller: Caller;
  /** Not what the signature says, which says nothing, but what the request declares. */
  readonly payload: PayloadMode;
}

interface SigV2Demands extends SigV2Rules {
  /** Told the key pair named by the request, found but not yet proven. */
  onKey?(credential: AccessKeyCredential | undefined): unknown;
}

export interface SigV2Verifier {
  /** Throws AuthnError. */
  verify(request: WireRequest, place: ProofPlace, rules: SigV2Demands): Promise<VerifiedSigV2>;
}

/** Longer ids are not looked for. */
const ACCESS_KEY_ID_CHARACTERS_MAX = 128;

export function createSigV2Verifier(options: SigV2Options): SigV2Verifier {
  const { credentials, skewSecondsMax, publicAddresses } = options;
  return {
    async verify(request, place, rules) {
      const proof = place === 'header' ? readHeaderProof(request, skewSecondsMax) : readQueryProof(request);
      const { accessKeyId } = proof;
      const credential =
        accessKeyId.length > ACCESS_KEY_ID_CHARACTERS_MAX
          ? undefined
          : await credentials.findAccessKey(accessKeyId);
      rules.onKey?.(credential);
      if (credential === undefined) throw new AuthnError('UnknownAccessKey', { accessKeyId });
      verifySignature(proof, credential, stringsToSign(request, proof.date, rules, publicAddresses));
      const pairs = place === 'query' ? readQueryPairs(request.rawQuery) : [];
      checkUsable(credential, sessionTokenOf(request, place, pairs));
      const scheme = place === 'header' ? 'sigv2' : 'sigv2-query';
      return {
        caller: { principal: credential.principal, proof: { kind: 'access-key', accessKeyId, scheme } },
        payload: payloadModeWithoutSigV4(request),
      };
    },
  };
}

/** Throws SignatureMismatch, with the first of the strings. */
function verifySignature(
  proof: SigV2Proof,
  { accessKeyId, secret }: AccessKeyCredential,
  strings: Iterable<string>,
): void {
  let shown: string | undefined;
  for (const text of strings) {
    shown ??= text;
    if (isSignature(proof.signature, secret, text)) return;
  }
  throw new AuthnError('SignatureMismatch', {
    part: 'request',
    accessKeyId,
    stringToSign: shown ?? '',
    canonicalRequest: undefined,
    signatureProvided: proof.signature,
  });
}

/** In constant time, on the text, since base64 has several spellings of one value. */
function isSignature(provided: string, secret: string, text: string): boolean {
  const expected = Buffer.from(createHmac('sha1', secret).update(text).digest('base64'));
  const given = Buffer.from(provided);
  return given.length === expected.length && timingSafeEqual(given, expected);
}
