/**
 * From what is wrong with a proof of identity to what S3 says about it. Total: a new code does not compile until it has its
 * answer here. Codes and wording are the service's own (Amazon S3 API Reference, "Error responses" and "Authenticating
 * requests"; where those are silent, what the service answers).
 */
import type { AuthnError, AuthnErrorCode, AuthnErrorDetails, ProofPlace } from '../authn/authn-errors.ts';
import { invalidArgument, S3Error } from './s3-errors.ts';

type AuthnErrorMap = { readonly [C in AuthnErrorCode]: (details: AuthnErrorDetails[C]) => S3Error };

const fromAuthn: AuthnErrorMap = {
  SeveralMechanisms: ({ authorization }) =>
    invalidArgument(
      'Authorization',
      authorization ?? '',
      'Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter ' +
        'or the Authorization header should be specified',
    ),
  UnsupportedAuthorization: ({ authorization, reason }) =>
    invalidArgument('Authorization', authorization, authorizationFaults[reason]),
  UnsupportedAlgorithm: ({ place, algorithm }) =>
    place === 'header'
      ? new S3Error('NotImplemented', {
          Header: 'Authorization',
          AdditionalMessage: `The algorithm ${algorithm} is not implemented.`,
        })
      : new S3Error(
          'AuthorizationQueryParametersError',
          {},
          'X-Amz-Algorithm only supports "AWS4-HMAC-SHA256"',
        ),
  DuplicateHeader: ({ header }) =>
    new S3Error('InvalidRequest', {}, `The header ${header} may be sent only once.`),
  MalformedTarget: () => new S3Error('InvalidURI'),
  MalformedAuthorizationHeader: () =>
    malformedScope(
      'header',
      'the authorization header requires three components: Credential, SignedHeaders, and Signature.',
    ),
  MalformedQuery: ({ version }) => {
    if (version === 2) return new S3Error('AccessDenied', {}, QUERY_V2_INCOMPLETE);
    return new S3Error(
      'AuthorizationQueryParametersError',
      {},
      'Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, ' +
        'X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.',
    );
  },
  MalformedCredential: ({ place, reason }) => malformedScope(place, credentialFaults[reason]),
  MalformedScopeDate: ({ place, scopeDate }) =>
    malformedScope(
      place,
      `incorrect date format "${scopeDate}". This date in the credential must be in the format "yyyyMMdd".`,
    ),
  WrongRegion: ({ place, region, expected }) =>
    malformedScope(place, `the region '${region}' is wrong; expecting '${expected}'`, expected),
  WrongService: ({ place, service, expected }) =>
    malformedScope(place, `incorrect service "${service}". This endpoint belongs to "${expected}".`),
  WrongTerminal: ({ place, terminal }) =>
    malformedScope(place, `incorrect terminal "${terminal}". This endpoint uses "aws4_request".`),
  WrongDate: ({ place, scopeDate, requestDate }) =>
    malformedScope(
      place,
      `Invalid credential date "${scopeDate}". This date is not the same as X-Amz-Date: "${requestDate}".`,
    ),
  InvalidDate: ({ place }) =>
    place === 'header'
      ? new S3Error('AccessDenied', {}, 'AWS authentication requires a valid Date or x-amz-date header')
      : new S3Error(
          'AuthorizationQueryParametersError',
          {},
          "X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"",
        ),
  InvalidExpires: ({ value, reason }) => {
    if (reason === 'not-a-time') {
      return new S3Error('AccessDenied', {}, `Invalid date (should be seconds since epoch): ${value}`);
    }
    return new S3Error(
      'AuthorizationQueryParametersError',
      {},
      reason === 'negative' ? 'X-Amz-Expires must be non-negative' : 'X-Amz-Expires should be a number',
    );
  },
  ExpiresTooLarge: ({ secondsMax }) =>
    new S3Error(
      'AuthorizationQueryParametersError',
      {},
      'X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than ' +
        `${secondsMax} seconds`,
    ),
  RequestTimeTooSkewed: ({ requestTime, serverTimeMicros, skewSecondsMax }) =>
    new S3Error('RequestTimeTooSkewed', {
      RequestTime: requestTime,
      ServerTime: shownTime(serverTimeMicros),
      MaxAllowedSkewMilliseconds: `${skewSecondsMax * 1000}`,
    }),
  NotYetValid: ({ expiresAtMicros, serverTimeMicros }) =>
    new S3Error(
      'AccessDenied',
      { Expires: shownTime(expiresAtMicros), ServerTime: shownTime(serverTimeMicros) },
      'Request is not valid yet',
    ),
  RequestExpired: ({ expires, expiresAtMicros, serverTimeMicros }) =>
    new S3Error(
      'AccessDenied',
      {
        ...(expires !== undefined && { 'X-Amz-Expires': expires }),
        Expires: shownTime(expiresAtMicros),
        ServerTime: shownTime(serverTimeMicros),
      },
      'Request has expired',
    ),
  UnsignedHeaders: ({ headers }) =>
    new S3Error(
      'AccessDenied',
      { HeadersNotSigned: headers.join(', ') },
      'There were headers present in the request which were not signed',
    ),
  MissingContentSha256: () =>
    new S3Error('InvalidRequest', {}, 'Missing required header for this request: x-amz-content-sha256'),
  InvalidContentSha256: ({ value }) =>
    invalidArgument(
      'x-amz-content-sha256',
      value,
      'x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, ' +
        'STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER or a valid sha256 value.',
    ),
  UnsupportedPayloadMode: ({ value }) =>
    new S3Error('NotImplemented', {
      Header: 'x-amz-content-sha256',
      AdditionalMessage: `${value} is not possible with this request.`,
    }),
  UnknownAccessKey: ({ accessKeyId }) => new S3Error('InvalidAccessKeyId', { AWSAccessKeyId: accessKeyId }),
  UnusableAccessKey: unusableAccessKey,
  // 403 whatever is wrong with it, and nothing of what (ibm-cos.md, section 9.10).
  RefusedBearer: () => new S3Error('AccessDenied'),
  SessionToken: sessionTokenFault,
  SignatureMismatch: signatureMismatch,
  MissingDecodedLength: () => new S3Error('MissingContentLength'),
  InvalidDecodedLength: ({ value }) =>
    invalidArgument('x-amz-decoded-content-length', value, 'The decoded length is not a number of bytes'),
  MalformedChunk: () =>
    new S3Error('InvalidRequest', {}, 'The body of the request is not framed as aws-chunked demands.'),
  ChunkTooSmall: ({ chunk, bytes }) =>
    new S3Error('InvalidChunkSizeError', { Chunk: `${chunk}`, BadChunkSize: `${bytes}` }),
  MalformedTrailer: () => new S3Error('MalformedTrailerError'),
  IncompleteBody: ({ bytesExpected, bytesReceived }) =>
    new S3Error('IncompleteBody', {
      NumberBytesExpected: `${bytesExpected}`,
      NumberBytesProvided: `${bytesReceived}`,
    }),
};

export function s3ErrorOfAuthn<C extends AuthnErrorCode>(error: AuthnError<C>): S3Error {
  return fromAuthn[error.code](error.details);
}

const QUERY_V2_INCOMPLETE =
  'Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters';

const authorizationFaults: Readonly<Record<AuthnErrorDetails['UnsupportedAuthorization']['reason'], string>> =
  {
    scheme: 'Unsupported Authorization Type',
    'no-space': "Authorization header is invalid -- one and only one ' ' (space) required",
    pair: 'AWS authorization header is invalid.  Expected AwsAccessKeyId:signature',
  };

const credentialFaults: Readonly<Record<AuthnErrorDetails['MalformedCredential']['reason'], string>> = {
  parts: 'the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".',
  'empty-access-key': 'a non-empty Access Key (AKID) must be provided in the credential.',
  'empty-region': 'a non-empty region must be provided in the credential.',
};

/** The same faults have one code in the header and another in the query. */
function malformedScope(place: ProofPlace, fault: string, region?: string): S3Error {
  const fields = region === undefined ? {} : { Region: region };
  return place === 'header'
    ? new S3Error('AuthorizationHeaderMalformed', fields, `The authorization header is malformed; ${fault}`)
    : new S3Error(
        'AuthorizationQueryParametersError',
        fields,
        `Error parsing the X-Amz-Credential parameter; ${fault}`,
      );
}

/** A pair that is switched off is as unknown; somebody shut out is told so (nhn-openstack.md, section 23.1). */
function unusableAccessKey({ accessKeyId, reason }: AuthnErrorDetails['UnusableAccessKey']): S3Error {
  return reason === 'user-disabled' || reason === 'service-disabled' || reason === 'account-disabled'
    ? new S3Error('AccessDenied')
    : new S3Error('InvalidAccessKeyId', { AWSAccessKeyId: accessKeyId });
}

/** Without its token a temporary pair is unknown to AWS, too. */
function sessionTokenFault({ accessKeyId, reason, token }: AuthnErrorDetails['SessionToken']): S3Error {
  const shown = token === undefined ? {} : { 'Token-0': token };
  switch (reason) {
    case 'missing':
      return new S3Error('InvalidAccessKeyId', { AWSAccessKeyId: accessKeyId });
    case 'wrong':
    case 'unexpected':
      return new S3Error('InvalidToken', shown);
    case 'expired':
      return new S3Error('ExpiredToken', shown);
  }
}

function signatureMismatch(details: AuthnErrorDetails['SignatureMismatch']): S3Error {
  const { canonicalRequest } = details;
  return new S3Error('SignatureDoesNotMatch', {
    AWSAccessKeyId: details.accessKeyId,
    StringToSign: details.stringToSign,
    SignatureProvided: details.signatureProvided,
    StringToSignBytes: spacedHex(details.stringToSign),
    ...(canonicalRequest !== undefined && {
      CanonicalRequest: canonicalRequest,
      CanonicalRequestBytes: spacedHex(canonicalRequest),
    }),
  });
}

function spacedHex(text: string): string {
  return Buffer.from(text, 'utf8')
    .toString('hex')
    .replace(/..(?!$)/g, '$& ');
}

function shownTime(micros: number): string {
  return new Date(Math.floor(micros / 1_000_000) * 1000).toISOString().replace('.000Z', 'Z');
}
