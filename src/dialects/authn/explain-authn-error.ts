/**
 * What is wrong with a proof of identity, in the words of explanations: a code that stays, and what whoever holds the credential can
 * do about it. Total: a new fault does not compile until it has its row.
 */
import type { AuthnError, AuthnErrorCode, AuthnErrorDetails } from './authn-errors.ts';

export interface ProofFault {
  /** Kebab-case, stable. */
  readonly cause: string;
  /** One or two sentences in English. */
  readonly advice: string;
  /** Of clocks: by how much that of the client is ahead, in seconds. */
  readonly skewSeconds?: number;
}

type Explanations = { readonly [C in AuthnErrorCode]: (details: AuthnErrorDetails[C]) => ProofFault };

const MICROS_PER_SECOND = 1_000_000;

const fault = (cause: string, advice: string) => (): ProofFault => ({ cause, advice });

const explanations: Explanations = {
  SeveralMechanisms: fault(
    'several-proofs',
    'Send one proof: the Authorization header, or a signature in the query.',
  ),
  UnsupportedAuthorization: fault(
    'unknown-scheme',
    'Sign with AWS Signature Version 4, or send `Bearer` and a token.',
  ),
  UnsupportedAlgorithm: fault('unknown-algorithm', 'Sign with AWS4-HMAC-SHA256.'),
  DuplicateHeader: ({ header }) => ({
    cause: 'repeated-header',
    advice: `Send the header ${header} once. A proxy may have added it.`,
  }),
  MalformedTarget: fault('malformed-target', 'Encode path and query as UTF-8 in percent-encoding.'),
  MalformedAuthorizationHeader: fault(
    'malformed-proof',
    'The Authorization header needs Credential, SignedHeaders and Signature.',
  ),
  MalformedQuery: ({ parameter, reason }) => ({
    cause: 'malformed-proof',
    advice: `The parameter ${parameter} of the link is ${reason}.`,
  }),
  MalformedCredential: fault('malformed-proof', 'The credential is key/date/region/service/aws4_request.'),
  MalformedScopeDate: fault('malformed-proof', 'The date in the credential is yyyyMMdd.'),
  WrongRegion: ({ region, expected }) => ({
    cause: 'wrong-region',
    advice: `The request is signed for the region ${JSON.stringify(region)}: set ${JSON.stringify(expected)} in the client.`,
  }),
  WrongService: ({ service, expected }) => ({
    cause: 'wrong-service',
    advice: `The request is signed for the service ${JSON.stringify(service)}: this address is ${JSON.stringify(expected)}.`,
  }),
  WrongTerminal: fault('malformed-proof', 'The credential ends in aws4_request.'),
  WrongDate: ({ scopeDate, requestDate }) => ({
    cause: 'wrong-date',
    advice: `The credential is for ${scopeDate} and the request is dated ${requestDate}: both must be the same day in UTC.`,
  }),
  InvalidDate: fault('malformed-date', 'Send x-amz-date as yyyyMMddTHHmmssZ.'),
  InvalidExpires: fault('malformed-proof', 'The period of the link is a number of seconds.'),
  ExpiresTooLarge: ({ secondsMax }) => ({
    cause: 'link-too-long',
    advice: `A link may be valid for ${secondsMax} seconds at most.`,
  }),
  RequestTimeTooSkewed: ({ requestTime, serverTimeMicros, skewSecondsMax }) =>
    clockSkew(parseTime(requestTime), serverTimeMicros, skewSecondsMax),
  NotYetValid: ({ requestTimeMicros, serverTimeMicros }) =>
    clockSkew(requestTimeMicros, serverTimeMicros, undefined),
  RequestExpired: ({ expiresAtMicros, serverTimeMicros }) => ({
    cause: 'link-expired',
    advice: `The link ended ${secondsBetween(expiresAtMicros, serverTimeMicros)} seconds before the request: make another one.`,
  }),
  UnsignedHeaders: ({ headers }) => ({
    cause: 'unsigned-headers',
    advice: `These headers are not among the signed ones: ${headers.join(', ')}. A proxy may have added them.`,
  }),
  MissingContentSha256: fault('malformed-proof', 'Send x-amz-content-sha256.'),
  InvalidContentSha256: fault(
    'malformed-proof',
    'x-amz-content-sha256 is a SHA-256 in hexadecimal digits, or a keyword.',
  ),
  UnsupportedPayloadMode: fault('unknown-algorithm', 'Send the body in a payload mode of AWS4-HMAC-SHA256.'),
  UnknownAccessKey: ({ accessKeyId }) => ({
    cause: 'unknown-key',
    advice: LOOKS_LIKE_API_KEY.test(accessKeyId)
      ? 'No access key has this id, and it looks like an API key: exchange it for a token, or make an access-key pair.'
      : 'No access key has this id: it was removed, is of another server, or is misspelt.',
  }),
  UnusableAccessKey: ({ reason }) => ({
    cause: reason === 'expired' ? 'key-expired' : reason,
    advice:
      reason === 'expired'
        ? 'The access key has expired: make another one.'
        : `Enable the ${reason.replace('-disabled', '')} again, or use another key.`,
  }),
  RefusedBearer: ({ fault: reason }) => ({
    cause: reason,
    advice: 'Fetch a new token and send it as it is.',
  }),
  SessionToken: ({ reason }) => ({ cause: `session-token-${reason}`, advice: sessionAdvice[reason] }),
  SignatureMismatch: fault(
    'signature-mismatch',
    'The secret is not that of the key, or something changed the request after it was signed.',
  ),
  MissingDecodedLength: fault('malformed-proof', 'Send x-amz-decoded-content-length with a body in chunks.'),
  InvalidDecodedLength: fault('malformed-proof', 'x-amz-decoded-content-length is a number of bytes.'),
  MalformedChunk: fault('malformed-body', 'The chunks of the body are not framed as aws-chunked.'),
  ChunkTooSmall: fault('malformed-body', 'Only the last chunk may be small.'),
  MalformedTrailer: fault('malformed-body', 'The trailer of the body is not as announced.'),
  IncompleteBody: fault('malformed-body', 'The body ended early.'),
};

const sessionAdvice = {
  missing: 'The key is a temporary one: send its session token in x-amz-security-token.',
  wrong: 'The session token is not that of the key: send the three parts of one session.',
  unexpected: 'The key is a permanent one: take the session token out of the client (AWS_SESSION_TOKEN).',
  expired: 'The session is over: begin another one.',
} as const;

/** 44 characters where pairs made here have 32 hexadecimal digits. */
const LOOKS_LIKE_API_KEY = /^[\w-]{44}$/;

export function explainAuthnError<C extends AuthnErrorCode>(
  error: Pick<AuthnError<C>, 'code' | 'details'>,
): ProofFault {
  return explanations[error.code](error.details);
}

function clockSkew(
  clientMicros: number | undefined,
  serverMicros: number,
  secondsMax: number | undefined,
): ProofFault {
  const allowed = secondsMax === undefined ? '' : `; ${secondsMax} seconds are allowed`;
  if (clientMicros === undefined) {
    return { cause: 'clock-skew', advice: `The clocks of client and server differ too much${allowed}.` };
  }
  const skewSeconds = Math.round((clientMicros - serverMicros) / MICROS_PER_SECOND);
  const side = skewSeconds < 0 ? 'behind' : 'ahead of';
  return {
    cause: 'clock-skew',
    advice: `The clock of the client is ${Math.abs(skewSeconds)} seconds ${side} that of the server${allowed}. Set it right.`,
    skewSeconds,
  };
}

function secondsBetween(earlierMicros: number, laterMicros: number): number {
  return Math.round((laterMicros - earlierMicros) / MICROS_PER_SECOND);
}

/** `20261121T090000Z`, or a date of HTTP. */
function parseTime(text: string): number | undefined {
  const iso = text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z');
  const millis = Date.parse(iso);
  return Number.isNaN(millis) ? undefined : millis * 1000;
}
