/**
 * Verification of AWS Signature Version 4, by header and by query (presigned), for whichever service is asked for. The
 * canonical form is that of S3 for every service: one pass of encoding, no normalised path, an explicit payload hash.
 *
 * Source: AWS, "Authenticating Requests (AWS Signature Version 4)" in the S3 API reference.
 */
import type { AccessKeyCredential, CredentialSource } from '../../identity/credentials.ts';
import type { Caller } from '../../identity/principal.ts';
import type { HmacSha256Key } from '../../lib/hmac-sha256.ts';
import type { WireRequest } from '../kernel/wire.ts';
import { AuthnError, type ProofPlace } from './authn-errors.ts';
import type { PayloadMode, SignatureChain } from './payload-mode.ts';
import { checkUsable, sessionTokenOf } from './session-token.ts';
import {
  createSigningKeys,
  deriveSigningKey,
  isSignature,
  type SigningKeys,
  type SigningScope,
} from './signing-keys.ts';
import {
  type CanonicalParts,
  canonicalPath,
  canonicalRequest,
  type PublicAddress,
  pathsBehind,
  stringToSign,
} from './sigv4-canonical.ts';
import {
  accessKeyIdOf,
  checkHeaderProof,
  checkQueryProof,
  readHeaderText,
  readQueryText,
  type SigV4Proof,
  type SigV4Rules,
} from './sigv4-proof.ts';

export interface SigV4Options {
  readonly credentials: CredentialSource;
  /** How far the clocks may differ. AWS: 900. */
  readonly skewSecondsMax: number;
  /** Signatures that a temporary pair may use without its token, because it was given them for just that request. */
  readonly givenSignatures?: {
    isGiven(accessKeyId: string, signature: string): Promise<boolean>;
  };
  /** Derived signing keys that are kept. */
  readonly signingKeysMax: number;
  /** Addresses under which a signature is valid too, besides host and path as sent (behind a proxy). */
  readonly publicAddresses: readonly PublicAddress[];
}

export interface VerifiedSignature {
  readonly caller: Caller;
  readonly scope: SigningScope;
  readonly signedHeaders: readonly string[];
  /** What the body is and must satisfy; see `openPayload`. */
  readonly payload: PayloadMode;
}

export interface SigV4Verifier {
  /**
   * `rulesFor` is told the key pair named by the request, found but not yet proven, because the flavour depends on it.
   * The time is that of the request's arrival. Throws AuthnError.
   */
  verify(
    request: WireRequest,
    place: ProofPlace,
    rulesFor: (credential: AccessKeyCredential | undefined) => SigV4Rules,
  ): Promise<VerifiedSignature>;
}

/** Longer ids are not looked for. */
const ACCESS_KEY_ID_CHARACTERS_MAX = 128;

export function createSigV4Verifier(options: SigV4Options): SigV4Verifier {
  const { credentials, skewSecondsMax, publicAddresses, givenSignatures } = options;
  const signingKeys = createSigningKeys(options.signingKeysMax);
  return {
    async verify(request, place, rulesFor) {
      const text = place === 'header' ? readHeaderText(request) : readQueryText(request);
      const accessKeyId = accessKeyIdOf(text);
      const credential =
        accessKeyId === undefined || accessKeyId.length > ACCESS_KEY_ID_CHARACTERS_MAX
          ? undefined
          : await credentials.findAccessKey(accessKeyId);
      const check = place === 'header' ? checkHeaderProof : checkQueryProof;
      const proof = check(request, text, rulesFor(credential), skewSecondsMax);
      if (credential === undefined) {
        throw new AuthnError('UnknownAccessKey', { accessKeyId: proof.accessKeyId });
      }
      const signed = verifySignature(request, proof, credential, signingKeys, publicAddresses);
      if (credential.session === undefined) refuseUnsignedToken(request, proof);
      const token = sessionTokenOf(request, place, text.pairs);
      const isGiven =
        token === undefined &&
        credential.session !== undefined &&
        (await givenSignatures?.isGiven(credential.accessKeyId, signed.signature)) === true;
      checkUsable(credential, token, isGiven);
      const scheme = place === 'header' ? 'sigv4' : 'sigv4-query';
      return {
        caller: {
          principal: credential.principal,
          proof: { kind: 'access-key', accessKeyId: credential.accessKeyId, scheme },
        },
        scope: proof.scope,
        signedHeaders: proof.signedHeaderNames,
        payload: payloadMode(proof, signed),
      };
    },
  };
}

const TOKEN = 'x-amz-security-token';

/** Beside a permanent pair the header is one like any other. */
function refuseUnsignedToken({ headers }: WireRequest, { signedHeaderNames }: SigV4Proof): void {
  if (!headers.has(TOKEN) || signedHeaderNames.includes(TOKEN)) return;
  throw new AuthnError('UnsignedHeaders', { headers: [TOKEN] });
}

interface VerifiedText {
  readonly signingKey: HmacSha256Key;
  readonly canonicalRequest: string;
  /** Lower case. */
  readonly signature: string;
}

/** Throws SignatureMismatch, with what was signed for the address as sent. */
function verifySignature(
  request: WireRequest,
  proof: SigV4Proof,
  credential: AccessKeyCredential,
  signingKeys: SigningKeys,
  publicAddresses: readonly PublicAddress[],
): VerifiedText {
  const parts: CanonicalParts = {
    method: request.method,
    path: canonicalPath(request.rawPath),
    query: proof.canonicalQuery,
    headers: request.headers,
    signedHeaders: proof.signedHeaders,
    signedHeaderNames: proof.signedHeaderNames,
    payload: proof.payload,
  };
  const { scopeText, timestamp } = proof;
  const keptKey = signingKeys.find(proof.credential, credential);
  const signingKey = keptKey ?? deriveSigningKey(credential.secret, proof.scope);
  const signature = proof.signature.toLowerCase();
  const holds = (canonical: string) =>
    isSignature(signature, signingKey, stringToSign(timestamp, scopeText, canonical));
  const asSent = canonicalRequest(parts);
  const canonical = holds(asSent) ? asSent : findBehindProxy(parts, publicAddresses, holds);
  if (canonical === undefined) {
    throw new AuthnError('SignatureMismatch', {
      part: 'request',
      accessKeyId: credential.accessKeyId,
      stringToSign: stringToSign(timestamp, scopeText, asSent),
      canonicalRequest: asSent,
      signatureProvided: proof.signature,
    });
  }
  if (keptKey === undefined) signingKeys.keep(proof.credential, credential, signingKey);
  return { signingKey, canonicalRequest: canonical, signature };
}

/** As a client signs that knows the server by another address. */
function findBehindProxy(
  parts: CanonicalParts,
  publicAddresses: readonly PublicAddress[],
  holds: (canonical: string) => boolean,
): string | undefined {
  for (const address of publicAddresses) {
    for (const path of pathsBehind(address.pathPrefix, parts.path)) {
      const canonical = canonicalRequest({ ...parts, path }, address);
      if (holds(canonical)) return canonical;
    }
  }
  return undefined;
}

function payloadMode(proof: SigV4Proof, signed: VerifiedText): PayloadMode {
  switch (proof.declaredPayload) {
    case 'unsigned':
    case 'chunks':
      return { kind: proof.declaredPayload };
    case 'hash':
      return { kind: 'hash', sha256Hex: proof.payload.toLowerCase() };
    case 'signed-chunks':
      return { kind: 'signed-chunks', hasTrailer: false, chain: chainOf(proof, signed) };
    case 'signed-chunks-trailer':
      return { kind: 'signed-chunks', hasTrailer: true, chain: chainOf(proof, signed) };
  }
}

function chainOf(
  { accessKeyId, timestamp, scopeText }: SigV4Proof,
  { signingKey, signature, canonicalRequest }: VerifiedText,
): SignatureChain {
  return {
    accessKeyId,
    signingKey,
    timestamp,
    scope: scopeText,
    seedSignature: signature,
    canonicalRequest,
  };
}
