/**
 * The signature of Samsung Cloud Platform's OpenAPI: HMAC-SHA256 over method, complete URL, time, access key, account and client
 * type, joined without separators (build specification scp.md, section 2.2). The body is not covered.
 *
 * Without separators two requests could have one message, were it not for fixed forms: the time has exactly 13 digits and must lie
 * within the window, so that no digit can wander between it and the end of the URL. The URL is that of the wire, undecoded.
 *
 * Why a proof is refused is for logs and explanations: clients are told one thing, whatever was wrong.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { AccessKeyCredential, CredentialSource } from '../../identity/credentials.ts';
import type { WireHeaders, WireRequest } from '../kernel/wire.ts';

export type ScpProofFault =
  | 'missing-header'
  | 'repeated-header'
  | 'malformed-timestamp'
  | 'malformed-client-type'
  | 'outside-window'
  | 'unknown-access-key'
  | 'unusable-access-key'
  | 'malformed-signature'
  | 'signature-mismatch'
  | 'other-account'
  | 'replayed'
  | 'session-token-missing'
  | 'session-token-wrong'
  | 'session-tokens-differ'
  | 'session-token-unexpected';

/** `facts`: for logs; nothing secret. */
export class ScpProofError extends Error {
  override readonly name = 'ScpProofError';
  readonly fault: ScpProofFault;
  readonly accessKeyId: string | undefined;

  constructor(fault: ScpProofFault, accessKeyId?: string) {
    super(fault);
    this.fault = fault;
    this.accessKeyId = accessKeyId;
  }
}

/** Remembers, across processes, what may be used once. */
export interface OnceRegister {
  /** False when the text has been claimed before and the claim has not expired. */
  claim(text: string, expiresAtMicros: number): Promise<boolean>;
}

export interface ScpSignatureOptions {
  readonly credentials: CredentialSource;
  /** How far the clocks may differ, to either side. Specification: 900,000 ms. */
  readonly windowMillis: number;
  /** Set: every signature is taken once. Two honest calls within one millisecond then collide. */
  readonly replays?: OnceRegister | undefined;
}

export interface ScpSignatureVerifier {
  /** Throws `ScpProofError`. */
  verify(request: WireRequest): Promise<AccessKeyCredential>;
}

const NAMES = ['scp-accesskey', 'scp-signature', 'scp-timestamp', 'scp-clienttype'] as const;
const TIMESTAMP = /^[0-9]{13}$/;
const CLIENT_TYPE = /^[A-Za-z][A-Za-z0-9-]{0,31}$/;
/** 32 bytes in base64, padded. */
const SIGNATURE = /^[A-Za-z0-9+/]{43}=$/;
/** Longer ids are not looked for. */
const ACCESS_KEY_CHARACTERS_MAX = 128;
/** Signed with for access keys that do not exist, so that the time an answer takes does not tell. */
const SECRET_OF_NOBODY = 'the secret of an access key that does not exist';

/** Whether a request means to be signed in this way, however badly. */
export function hasScpProof(headers: WireHeaders): boolean {
  return NAMES.some((name) => headers.has(name)) || headers.has('scp-session-token');
}

export function createScpSignatureVerifier(options: ScpSignatureOptions): ScpSignatureVerifier {
  const { credentials, windowMillis, replays } = options;
  return {
    async verify(request) {
      const proof = readProof(request, windowMillis);
      const { accessKeyId } = proof;
      const isPlausible = accessKeyId.length <= ACCESS_KEY_CHARACTERS_MAX;
      const credential = isPlausible ? await credentials.findAccessKey(accessKeyId) : undefined;
      const isSigned = verifySignature(request, proof, credential?.secret ?? SECRET_OF_NOBODY);
      if (credential === undefined) throw new ScpProofError('unknown-access-key', accessKeyId);
      if (credential.unusable !== undefined) throw new ScpProofError('unusable-access-key', accessKeyId);
      if (!isSigned) throw new ScpProofError('signature-mismatch', accessKeyId);
      const { principal } = credential;
      const account = principal.kind === 'anonymous' ? undefined : principal.account.id;
      if (proof.accountId !== '' && proof.accountId !== account) {
        throw new ScpProofError('other-account', accessKeyId);
      }
      checkSessionToken(request.headers, credential);
      if (replays !== undefined) {
        const expiresAtMicros = (Number(proof.timestamp) + windowMillis) * 1000;
        const isFirst = await replays.claim(`${accessKeyId} ${proof.signatureText}`, expiresAtMicros);
        if (!isFirst) throw new ScpProofError('replayed', accessKeyId);
      }
      return credential;
    },
  };
}

/** The first is ours, the second what the official SDK has a place for, the third what every client of S3 knows. */
const TOKEN_NAMES = ['scp-session-token', 'x-auth-token', 'x-amz-security-token'] as const;

/**
 * A temporary pair proves nothing without its token (section 2.3). The token of another service may stand in `X-Auth-Token` beside a
 * permanent pair.
 */
function checkSessionToken(headers: WireHeaders, { accessKeyId, session }: AccessKeyCredential): void {
  const sent = TOKEN_NAMES.map((name) => headers.get(name) ?? '').filter((token) => token !== '');
  const [token] = sent;
  if (session === undefined) {
    const isMeant = (headers.get('scp-session-token') ?? '') !== '';
    if (isMeant) throw new ScpProofError('session-token-unexpected', accessKeyId);
    return;
  }
  if (token === undefined) throw new ScpProofError('session-token-missing', accessKeyId);
  if (sent.some((other) => other !== token)) throw new ScpProofError('session-tokens-differ', accessKeyId);
  if (!session.tokenMatches(token)) throw new ScpProofError('session-token-wrong', accessKeyId);
}

interface Proof {
  readonly accessKeyId: string;
  readonly signature: Buffer;
  readonly signatureText: string;
  readonly timestamp: string;
  readonly clientType: string;
  /** Empty: none was named. */
  readonly accountId: string;
}

function readProof({ headers, receivedAtMicros }: WireRequest, windowMillis: number): Proof {
  const [accessKeyId = '', signatureText = '', timestamp = '', clientType = ''] = NAMES.map((name) => {
    if (headers.count(name) > 1) throw new ScpProofError('repeated-header');
    return headers.get(name) ?? '';
  });
  if (accessKeyId === '' || signatureText === '' || timestamp === '' || clientType === '') {
    throw new ScpProofError('missing-header', accessKeyId === '' ? undefined : accessKeyId);
  }
  if (headers.count('scp-accountid') > 1) throw new ScpProofError('repeated-header', accessKeyId);
  if (!TIMESTAMP.test(timestamp)) throw new ScpProofError('malformed-timestamp', accessKeyId);
  if (!CLIENT_TYPE.test(clientType)) throw new ScpProofError('malformed-client-type', accessKeyId);
  if (Math.abs(receivedAtMicros / 1000 - Number(timestamp)) > windowMillis) {
    throw new ScpProofError('outside-window', accessKeyId);
  }
  if (!SIGNATURE.test(signatureText)) throw new ScpProofError('malformed-signature', accessKeyId);
  const accountId = headers.get('scp-accountid') ?? '';
  const signature = Buffer.from(signatureText, 'base64');
  return { accessKeyId, signature, signatureText, timestamp, clientType, accountId };
}

function verifySignature(request: WireRequest, proof: Proof, secret: string): boolean {
  const rest = `${proof.timestamp}${proof.accessKeyId}${proof.accountId}${proof.clientType}`;
  let isSigned = false;
  for (const url of urlsOf(request)) {
    const expected = createHmac('sha256', secret).update(`${request.method}${url}${rest}`).digest();
    if (timingSafeEqual(expected, proof.signature)) isSigned = true;
  }
  return isSigned;
}

/**
 * What the client may have called the URL: by the host it has named, or by the public one that the configuration knows; with the
 * port of the scheme written out where it leaves it out. A `?` with nothing behind it cannot be told from none.
 */
function urlsOf({ clientOrigin, isSecure, headers, rawPath, rawQuery }: WireRequest): readonly string[] {
  const scheme = isSecure ? 'https' : 'http';
  const named = `${scheme}://${headers.get('host') ?? ''}`;
  const origins = clientOrigin === named ? [named] : [named, clientOrigin];
  const rest = rawQuery === '' ? [rawPath, `${rawPath}?`] : [`${rawPath}?${rawQuery}`];
  return origins.flatMap((origin) =>
    [origin, withDefaultPort(origin)].flatMap((base) =>
      base === undefined ? [] : rest.map((path) => base + path),
    ),
  );
}

const ORIGIN = /^(https?):\/\/([^/]+)(.*)$/;

/** Undefined when a port is there already. */
function withDefaultPort(origin: string): string | undefined {
  const [, scheme, authority = '', prefix = ''] = ORIGIN.exec(origin) ?? [];
  if (scheme === undefined || /:\d*$/.test(authority)) return undefined;
  return `${scheme}://${authority}:${scheme === 'https' ? 443 : 80}${prefix}`;
}
