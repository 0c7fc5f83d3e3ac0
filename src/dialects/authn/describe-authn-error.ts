/**
 * A sentence for every fault of a proof, in the words that S3 uses where it has any, so that what people look up leads
 * somewhere. Dialects with words of their own need not use it.
 */
import type { AuthnError, AuthnErrorCode, AuthnErrorDetails, ProofPlace } from './authn-errors.ts';
import type { BearerFault } from './bearer-token.ts';

type Sentences = { readonly [C in AuthnErrorCode]: (details: AuthnErrorDetails[C]) => string };

const TRAILER =
  'The request contained trailing data that was not well-formed or did not conform to our published schema.';
const UNFINISHED = 'The request body terminated unexpectedly';
const NOT_THREE_COMPONENTS =
  'the authorization header requires three components: Credential, SignedHeaders, and Signature.';
const QUERY_INCOMPLETE =
  'Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, ' +
  'X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.';
const QUERY_V2_INCOMPLETE =
  'Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters';
const PAYLOAD_KEYWORDS =
  'x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, ' +
  'STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER or a valid sha256 value.';

const scopeFault = (place: ProofPlace, fault: string) =>
  place === 'header'
    ? `The authorization header is malformed; ${fault}`
    : `Error parsing the X-Amz-Credential parameter; ${fault}`;

const authorizationFaults = {
  scheme: 'Unsupported Authorization Type',
  'no-space': "Authorization header is invalid -- one and only one ' ' (space) required",
  pair: 'AWS authorization header is invalid.  Expected AwsAccessKeyId:signature',
} as const;

const bearerFaults: Readonly<Record<BearerFault, string>> = {
  'token-placeholder': 'A word was sent where the token should be.',
  'token-malformed': 'The token is not one of this server.',
  'token-forged': 'The signature of the token is not right.',
  'token-wrong-issuer': 'The token was issued under another address.',
  'token-expired': 'The token has expired.',
  'token-not-yet-valid': 'The token is not valid yet.',
  'token-key-revoked': 'The token, or the API key it was made with, has been taken back.',
  'identity-inactive': 'The identity or the account is gone or disabled.',
};

const credentialFaults = {
  parts: 'the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".',
  'empty-access-key': 'a non-empty Access Key (AKID) must be provided in the credential.',
  'empty-region': 'a non-empty region must be provided in the credential.',
} as const;

const sessionFaults = {
  missing: 'The access key is a temporary one, which needs its session token.',
  wrong: 'The provided token is malformed or otherwise invalid.',
  unexpected: 'The provided token is malformed or otherwise invalid.',
  expired: 'The provided token has expired.',
} as const;

const sentences: Sentences = {
  SeveralMechanisms: () =>
    'Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string ' +
    'parameter or the Authorization header should be specified',
  UnsupportedAuthorization: ({ reason }) => authorizationFaults[reason],
  UnsupportedAlgorithm: ({ place, algorithm }) =>
    place === 'query'
      ? 'X-Amz-Algorithm only supports "AWS4-HMAC-SHA256"'
      : `The signature algorithm ${algorithm} is not supported. Please use AWS4-HMAC-SHA256.`,
  DuplicateHeader: ({ header }) => `The header ${header} may be sent only once.`,
  MalformedTarget: () => "Couldn't parse the specified URI.",
  MalformedAuthorizationHeader: () => scopeFault('header', NOT_THREE_COMPONENTS),
  MalformedQuery: ({ version, parameter, reason }) => {
    if (reason === 'repeated') return `The parameter ${parameter} may be sent only once.`;
    return version === 4 ? QUERY_INCOMPLETE : QUERY_V2_INCOMPLETE;
  },
  MalformedCredential: ({ place, reason }) => scopeFault(place, credentialFaults[reason]),
  MalformedScopeDate: ({ place, scopeDate }) =>
    scopeFault(
      place,
      `incorrect date format "${scopeDate}". This date in the credential must be in the format "yyyyMMdd".`,
    ),
  WrongRegion: ({ place, region, expected }) =>
    scopeFault(place, `the region '${region}' is wrong; expecting '${expected}'`),
  WrongService: ({ place, service, expected }) =>
    scopeFault(place, `incorrect service "${service}". This endpoint belongs to "${expected}".`),
  WrongTerminal: ({ place, terminal }) =>
    scopeFault(place, `incorrect terminal "${terminal}". This endpoint uses "aws4_request".`),
  WrongDate: ({ place, scopeDate, requestDate }) => {
    const fault = `Invalid credential date "${scopeDate}". This date is not the same as X-Amz-Date: "${requestDate}".`;
    return place === 'header' ? scopeFault(place, fault) : fault;
  },
  InvalidDate: ({ place }) =>
    place === 'header'
      ? 'AWS authentication requires a valid Date or x-amz-date header'
      : "X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"",
  InvalidExpires: ({ value, reason }) => {
    if (reason === 'not-a-time') return `Invalid date (should be seconds since epoch): ${value}`;
    return reason === 'negative' ? 'X-Amz-Expires must be non-negative' : 'X-Amz-Expires should be a number';
  },
  ExpiresTooLarge: ({ secondsMax }) =>
    `X-Amz-Expires must be less than ${secondsMax === 604_800 ? 'a week (in seconds)' : 'the limit'}; that is, ` +
    `the given X-Amz-Expires must be less than ${secondsMax} seconds`,
  RequestTimeTooSkewed: () => 'The difference between the request time and the current time is too large.',
  NotYetValid: () => 'Request is not yet valid',
  RequestExpired: () => 'Request has expired',
  UnsignedHeaders: () => 'There were headers present in the request which were not signed',
  MissingContentSha256: () => 'Missing required header for this request: x-amz-content-sha256',
  InvalidContentSha256: () => PAYLOAD_KEYWORDS,
  RefusedBearer: ({ fault }) => bearerFaults[fault],
  UnsupportedPayloadMode: ({ value }) => `The payload mode ${value} is not supported for this request.`,
  UnknownAccessKey: () => 'The AWS Access Key Id you provided does not exist in our records.',
  UnusableAccessKey: ({ reason }) =>
    `The access key cannot be used: ${reason === 'expired' ? 'it has expired' : `its ${reason.replace('-', ' is ')}`}.`,
  SessionToken: ({ reason }) => sessionFaults[reason],
  SignatureMismatch: () =>
    'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
  MissingDecodedLength: () => 'You must provide the x-amz-decoded-content-length HTTP header.',
  InvalidDecodedLength: () => 'The x-amz-decoded-content-length header must be a number of bytes.',
  MalformedChunk: ({ reason }) => `The chunks of the request body are malformed (${reason}).`,
  ChunkTooSmall: ({ bytesMin }) =>
    `Only the last chunk is allowed to have a size less than ${bytesMin} bytes`,
  MalformedTrailer: () => TRAILER,
  IncompleteBody: () => UNFINISHED,
};

export function describeAuthnError<C extends AuthnErrorCode>(error: AuthnError<C>): string {
  return sentences[error.code](error.details);
}
