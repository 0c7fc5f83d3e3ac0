/**
 * Who is calling, by whichever proof the request carries, and what that proof demands of its body.
 *
 * The region of a signature is judged by flavour: `nhn` takes the place's names only and tells the right one
 * (nhn-openstack.md, section 23.1), the others any text. Version 2 names no region. Bearer tokens are IBM's (ibm-cos.md, section
 * 9.1).
 */
import type { Place } from '../../core/model.ts';
import type { AccessKeyCredential } from '../../identity/credentials.ts';
import { anonymousCaller, type Caller } from '../../identity/principal.ts';
import { AuthnError } from '../authn/authn-errors.ts';
import type { BearerVerifier } from '../authn/bearer-token.ts';
import { findProof } from '../authn/find-proof.ts';
import { type OpenedPayload, openPayload } from '../authn/open-payload.ts';
import { type PayloadMode, payloadModeWithoutSigV4 } from '../authn/payload-mode.ts';
import { IncompleteForm, type PostPolicyVerifier } from '../authn/post-policy.ts';
import type { SigV2Verifier } from '../authn/sigv2.ts';
import type { SigV4Verifier } from '../authn/sigv4.ts';
import type { SigV4Rules } from '../authn/sigv4-proof.ts';
import type { WireRequest } from '../kernel/wire.ts';
import { bucketOfHost } from './addressing.ts';
import type { CredentialInstance } from './find-instance.ts';
import { confirmPostPolicy, readPostPolicy } from './post-policy.ts';
import type { S3Body } from './s3-call.ts';
import { S3Error } from './s3-errors.ts';
import type { S3Flavour } from './s3-flavours.ts';
import { isSignedParameter } from './signed-parameters.ts';
import { missingField, openUploadForm, type UploadForm } from './upload-form.ts';

export interface AuthenticationRules {
  readonly place: Place;
  /** Below which bucket names stand as host names. */
  readonly domains: readonly string[];
  isNameOfPlace(name: string): boolean;
  readonly anonymousAllowed: boolean;
  readonly signatureV2Allowed: boolean;
}

export interface Authenticated {
  readonly caller: Caller;
  readonly body: S3Body;
  /** Of the resource key that the proof was made with. */
  readonly instance?: CredentialInstance;
}

/** The words of AWS's own regions that take Version 4 only. */
const VERSION_4_ONLY =
  'The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.';

/** Of a link, a browser asks about a request with another method than the one that was signed. */
const PREFLIGHT = 'OPTIONS';

export interface ProofVerifiers {
  readonly verifier: SigV4Verifier;
  readonly sigV2Verifier: SigV2Verifier;
  readonly bearerVerifier: BearerVerifier;
  readonly formVerifier: PostPolicyVerifier;
}

/** Told the key pair that the request names, once, before anything is proven; undefined: nobody has it. */
type AdoptFlavour = (key: AccessKeyCredential | undefined) => S3Flavour;

/** Reads nothing of the body. Throws AuthnError and S3Error. */
export async function authenticateCall(
  request: WireRequest,
  { verifier, sigV2Verifier, bearerVerifier }: ProofVerifiers,
  rules: AuthenticationRules,
  adoptFlavour: AdoptFlavour,
): Promise<Authenticated> {
  if (request.sessionCaller !== undefined) {
    return { caller: request.sessionCaller, body: openBody(request, payloadModeWithoutSigV4(request)) };
  }
  if (request.method === PREFLIGHT) return unproven(request);
  const proof = findProof(request);
  switch (proof.kind) {
    case 'sigv4':
    case 'sigv4-query': {
      const place = proof.kind === 'sigv4' ? 'header' : 'query';
      const verified = await verifier.verify(request, place, (key) =>
        signatureRules(rules, adoptFlavour(key)),
      );
      return { caller: verified.caller, body: openBody(request, verified.payload) };
    }
    case 'sigv2':
    case 'sigv2-query': {
      if (!rules.signatureV2Allowed) throw new S3Error('InvalidRequest', {}, VERSION_4_ONLY);
      const host = request.headers.get('host');
      const verified = await sigV2Verifier.verify(request, proof.kind === 'sigv2' ? 'header' : 'query', {
        hostedBucket: host === undefined ? undefined : bucketOfHost(host, rules.domains),
        isSignedParameter,
        onKey: adoptFlavour,
      });
      return { caller: verified.caller, body: openBody(request, verified.payload) };
    }
    case 'bearer':
      return verifyBearer(request, proof.token, bearerVerifier);
    case 'none':
      if (!rules.anonymousAllowed) throw new S3Error('AccessDenied');
      return unproven(request);
  }
}

/**
 * Of an upload form: by its own policy, whatever else the request carries; without one nobody is known. Reads the fields before the
 * file. Throws AuthnError and S3Error.
 */
export async function authenticateForm(
  request: WireRequest,
  bucketName: string,
  { formVerifier }: Pick<ProofVerifiers, 'formVerifier'>,
  rules: AuthenticationRules,
  adoptFlavour: AdoptFlavour,
): Promise<{ readonly caller: Caller; readonly form: UploadForm }> {
  const opened = await openUploadForm(request);
  const { fields } = opened;
  const text = fields.get('policy');
  if (text === undefined) {
    if (!rules.anonymousAllowed) throw new S3Error('AccessDenied');
    return { caller: anonymousCaller, form: { ...opened, policy: undefined } };
  }
  if (!rules.signatureV2Allowed && fields.has('awsaccesskeyid')) {
    throw new S3Error('InvalidRequest', {}, VERSION_4_ONLY);
  }
  try {
    const caller = await formVerifier.verify(fields, (key) => signatureRules(rules, adoptFlavour(key)));
    const policy = readPostPolicy(text);
    confirmPostPolicy(policy, fields, bucketName, request.receivedAtMicros);
    return { caller, form: { ...opened, policy } };
  } catch (error) {
    throw error instanceof IncompleteForm ? missingField(error.missing) : error;
  }
}

async function verifyBearer(
  request: WireRequest,
  token: string,
  verifier: BearerVerifier,
): Promise<Authenticated> {
  const verdict = await verifier.verify(token);
  if (verdict.kind === 'refused') {
    const { kind: _, ...refused } = verdict;
    throw new AuthnError('RefusedBearer', refused);
  }
  const { caller, instanceId: guid } = verdict;
  const body = openBody(request, payloadModeWithoutSigV4(request));
  return guid === undefined ? { caller, body } : { caller, body, instance: { guid, isBinding: false } };
}

function unproven(request: WireRequest): Authenticated {
  return { caller: anonymousCaller, body: openBody(request, payloadModeWithoutSigV4(request)) };
}

function signatureRules({ place, isNameOfPlace }: AuthenticationRules, flavour: S3Flavour): SigV4Rules {
  return {
    service: 's3',
    presignSecondsMax: flavour.presignSecondsMax ?? Number.MAX_SAFE_INTEGER,
    region: (region) =>
      flavour.signatureRegion === 'any' || isNameOfPlace(region)
        ? { kind: 'ok' }
        : { kind: 'wrong', expected: place },
  };
}

function openBody(request: WireRequest, mode: PayloadMode): S3Body {
  return bodyOf(openPayload(request, mode));
}

function bodyOf(opened: OpenedPayload): S3Body {
  return {
    source: opened.source,
    size: opened.size,
    payloadSha256Hex: opened.sha256Hex,
    trailerNames: opened.announcedTrailers,
    trailer: opened.trailer,
  };
}
