/**
 * Every error this dialect can answer with: wire code, status, message and the extra elements the code may carry.
 * Codes, statuses and wording: Amazon S3 API Reference, "Error responses", and what the service answers where the
 * reference is silent. `InsufficientStorage` is not an AWS code; it is what Swift answers (507) and Ceph shows on S3.
 */
import { StacklessError } from '../../lib/stackless-error.ts';

interface CatalogueEntry {
  readonly status: number;
  readonly message: string;
  /** Elements shown between Message and RequestId, in this order. */
  readonly fields?: readonly string[];
}

const catalogue = {
  AccessControlListNotSupported: { status: 400, message: 'The bucket does not allow ACLs' },
  AccessDenied: {
    status: 403,
    message: 'Access Denied',
    fields: ['HeadersNotSigned', 'X-Amz-Expires', 'Expires', 'ServerTime'],
  },
  AccessForbidden: {
    status: 403,
    message: 'CORSResponse: CORS is not enabled for this bucket.',
    fields: ['Method', 'ResourceType'],
  },
  AuthorizationHeaderMalformed: {
    status: 400,
    message: 'The authorization header that you provided is not valid.',
    fields: ['Region'],
  },
  AuthorizationQueryParametersError: {
    status: 400,
    message: 'The authorization query parameters that you provided are not valid.',
    fields: ['Region'],
  },
  BadDigest: {
    status: 400,
    message: 'The Content-MD5 you specified did not match what we received.',
    fields: ['ExpectedDigest', 'CalculatedDigest'],
  },
  BadRequest: { status: 400, message: 'Insufficient information. Origin request header needed.' },
  BucketAlreadyExists: {
    status: 409,
    message:
      'The requested bucket name is not available. The bucket namespace is shared by all users of the system. ' +
      'Please select a different name and try again.',
    fields: ['BucketName'],
  },
  BucketAlreadyOwnedByYou: {
    status: 409,
    message: 'Your previous request to create the named bucket succeeded and you already own it.',
    fields: ['BucketName'],
  },
  BrokenMPU: { status: 409, message: 'A segment of the object is missing or has changed.' },
  BucketNotEmpty: {
    status: 409,
    message: 'The bucket you tried to delete is not empty',
    fields: ['BucketName'],
  },
  ConditionalRequestConflict: {
    status: 409,
    message: 'The conditional request cannot succeed due to a conflicting operation against this resource.',
    fields: ['Condition', 'Key'],
  },
  EntityTooLarge: {
    status: 400,
    message: 'Your proposed upload exceeds the maximum allowed size',
    fields: ['ProposedSize', 'MaxSizeAllowed'],
  },
  EntityTooSmall: {
    status: 400,
    message: 'Your proposed upload is smaller than the minimum allowed size',
    fields: ['ProposedSize', 'MinSizeAllowed', 'PartNumber', 'ETag'],
  },
  ExpiredToken: { status: 400, message: 'The provided token has expired.', fields: ['Token-0'] },
  IllegalLocationConstraintException: {
    status: 400,
    message:
      'The unspecified location constraint is incompatible for the region specific endpoint this request was sent to.',
  },
  IllegalVersioningConfigurationException: {
    status: 400,
    message: 'The Versioning element must be specified',
  },
  IncompleteBody: {
    status: 400,
    message: 'The request body terminated unexpectedly',
    fields: ['NumberBytesExpected', 'NumberBytesProvided'],
  },
  InsufficientStorage: {
    status: 507,
    message: 'The server has no room left for this request. Reading and deleting still work.',
  },
  InternalError: { status: 500, message: 'We encountered an internal error. Please try again.' },
  InvalidAccessKeyId: {
    status: 403,
    message: 'The AWS Access Key Id you provided does not exist in our records.',
    fields: ['AWSAccessKeyId'],
  },
  InvalidArgument: { status: 400, message: 'Invalid Argument', fields: ['ArgumentName', 'ArgumentValue'] },
  InvalidBucketAclWithObjectOwnership: {
    status: 400,
    message: "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting",
  },
  InvalidBucketName: { status: 400, message: 'The specified bucket is not valid.', fields: ['BucketName'] },
  InvalidBucketState: {
    status: 409,
    message: 'The request is not valid with the current state of the bucket.',
  },
  InvalidChunkSizeError: {
    status: 403,
    message: 'Only the last chunk is allowed to have a size less than 8192 bytes',
    fields: ['Chunk', 'BadChunkSize'],
  },
  InvalidDigest: {
    status: 400,
    message: 'The Content-MD5 you specified was invalid.',
    fields: ['Content-MD5'],
  },
  InvalidLocationConstraint: {
    status: 400,
    message: 'The specified location-constraint is not valid',
    fields: ['LocationConstraint'],
  },
  InvalidPart: {
    status: 400,
    message:
      'One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified ' +
      "entity tag may not match the part's entity tag.",
    fields: ['UploadId', 'PartNumber', 'ETag'],
  },
  InvalidPartNumber: {
    status: 416,
    message: 'The requested partnumber is not satisfiable',
    fields: ['PartNumberRequested', 'ActualPartCount'],
  },
  InvalidPartOrder: {
    status: 400,
    message: 'The list of parts was not in ascending order. Parts must be ordered by part number.',
    fields: ['UploadId'],
  },
  InvalidPolicyDocument: {
    status: 400,
    message: 'The content of the form does not meet the conditions specified in the policy document.',
  },
  InvalidRange: {
    status: 416,
    message: 'The requested range is not satisfiable',
    fields: ['RangeRequested', 'ActualObjectSize'],
  },
  InvalidRequest: { status: 400, message: 'Invalid Request' },
  InvalidRetentionPeriod: {
    status: 400,
    message: 'Default retention period must be a positive integer value.',
  },
  InvalidStorageClass: {
    status: 400,
    message: 'The storage class you specified is not valid',
    fields: ['StorageClassRequested'],
  },
  InvalidTag: {
    status: 400,
    message:
      'The tag provided was not a valid tag. This error can occur if the tag did not pass input validation.',
    fields: ['TagKey', 'TagValue'],
  },
  InvalidToken: {
    status: 400,
    message: 'The provided token is malformed or otherwise invalid.',
    fields: ['Token-0'],
  },
  InvalidURI: { status: 400, message: "Couldn't parse the specified URI.", fields: ['URI'] },
  KeyTooLongError: { status: 400, message: 'Your key is too long', fields: ['Size', 'MaxSizeAllowed'] },
  MalformedACLError: {
    status: 400,
    message: 'The XML you provided was not well-formed or did not validate against our published schema',
  },
  MalformedTrailerError: {
    status: 400,
    message:
      'The request contained trailing data that was not well-formed or did not conform to our published schema.',
  },
  MalformedPolicy: { status: 400, message: 'Invalid policy syntax.', fields: ['Detail'] },
  MalformedXML: {
    status: 400,
    message: 'The XML you provided was not well-formed or did not validate against our published schema',
  },
  MalformedPOSTRequest: {
    status: 400,
    message: 'The body of your POST request is not well-formed multipart/form-data.',
  },
  MaxPostPreDataLengthExceededError: {
    status: 400,
    message: 'Your POST request fields preceding the upload file were too large.',
  },
  MaxMessageLengthExceeded: {
    status: 400,
    message: 'Your request was too big.',
    fields: ['MaxMessageLengthBytes'],
  },
  MetadataTooLarge: {
    status: 400,
    message: 'Your metadata headers exceed the maximum allowed metadata size',
    fields: ['Size', 'MaxSizeAllowed'],
  },
  MethodNotAllowed: {
    status: 405,
    message: 'The specified method is not allowed against this resource.',
    fields: ['Method', 'ResourceType'],
  },
  MissingContentLength: { status: 411, message: 'You must provide the Content-Length HTTP header.' },
  MissingRequestBodyError: { status: 400, message: 'Request Body is empty' },
  MissingSecurityHeader: {
    status: 400,
    message: 'Your request was missing a required header',
    fields: ['MissingHeaderName'],
  },
  NoSuchBucket: { status: 404, message: 'The specified bucket does not exist', fields: ['BucketName'] },
  NoSuchBucketPolicy: { status: 404, message: 'The bucket policy does not exist', fields: ['BucketName'] },
  NoSuchConfiguration: {
    status: 404,
    message: 'The specified configuration does not exist.',
    fields: ['BucketName'],
  },
  NoSuchCORSConfiguration: {
    status: 404,
    message: 'The CORS configuration does not exist',
    fields: ['BucketName'],
  },
  NoSuchKey: { status: 404, message: 'The specified key does not exist.', fields: ['Key'] },
  NoSuchLifecycleConfiguration: {
    status: 404,
    message: 'The lifecycle configuration does not exist',
    fields: ['BucketName'],
  },
  NoSuchObjectLockConfiguration: {
    status: 404,
    message: 'The specified object does not have a ObjectLock configuration',
    fields: ['Key'],
  },
  NoSuchPublicAccessBlockConfiguration: {
    status: 404,
    message: 'The public access block configuration was not found',
    fields: ['BucketName'],
  },
  NoSuchTagSet: { status: 404, message: 'The TagSet does not exist', fields: ['BucketName'] },
  NoSuchUpload: {
    status: 404,
    message:
      'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.',
    fields: ['UploadId'],
  },
  NoSuchVersion: {
    status: 404,
    message: 'The specified version does not exist.',
    fields: ['Key', 'VersionId'],
  },
  NoSuchWebsiteConfiguration: {
    status: 404,
    message: 'The specified bucket does not have a website configuration',
    fields: ['BucketName'],
  },
  NotImplemented: {
    status: 501,
    message: 'A header you provided implies functionality that is not implemented',
    fields: ['Operation', 'Header', 'AdditionalMessage'],
  },
  NotModified: { status: 304, message: 'Not Modified' },
  ObjectLockConfigurationNotFoundError: {
    status: 404,
    message: 'Object Lock configuration does not exist for this bucket',
    fields: ['BucketName'],
  },
  OperationAborted: {
    status: 409,
    message:
      'A conflicting conditional operation is currently in progress against this resource. Please try again.',
  },
  OwnershipControlsNotFoundError: {
    status: 404,
    message: 'The bucket ownership controls were not found',
    fields: ['BucketName'],
  },
  PermanentRedirect: {
    status: 301,
    message:
      'The bucket you are attempting to access must be addressed using the specified endpoint. ' +
      'Please send all future requests to this endpoint.',
    fields: ['Bucket'],
  },
  PreconditionFailed: {
    status: 412,
    message: 'At least one of the pre-conditions you specified did not hold',
    fields: ['Condition'],
  },
  ReplicationConfigurationNotFoundError: {
    status: 404,
    message: 'The replication configuration was not found',
    fields: ['BucketName'],
  },
  RequestTimeout: {
    status: 400,
    message:
      'Your socket connection to the server was not read from or written to within the timeout period. ' +
      'Idle connections will be closed.',
  },
  RequestTimeTooSkewed: {
    status: 403,
    message: 'The difference between the request time and the current time is too large.',
    fields: ['RequestTime', 'ServerTime', 'MaxAllowedSkewMilliseconds'],
  },
  ServerSideEncryptionConfigurationNotFoundError: {
    status: 404,
    message: 'The server side encryption configuration was not found',
    fields: ['BucketName'],
  },
  ServiceUnavailable: { status: 503, message: 'Service is unable to handle request.' },
  SignatureDoesNotMatch: {
    status: 403,
    message:
      'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
    fields: [
      'AWSAccessKeyId',
      'StringToSign',
      'SignatureProvided',
      'StringToSignBytes',
      'CanonicalRequest',
      'CanonicalRequestBytes',
    ],
  },
  SlowDown: { status: 503, message: 'Please reduce your request rate.' },
  TooManyBuckets: { status: 400, message: 'You have attempted to create more buckets than allowed' },
  UnexpectedContent: { status: 400, message: 'This request does not support content.' },
  UnresolvableGrantByEmailAddress: {
    status: 400,
    message: 'The e-mail address you provided does not match any account on record.',
    fields: ['EmailAddress'],
  },
  XAmzContentSHA256Mismatch: {
    status: 400,
    message: "The provided 'x-amz-content-sha256' header does not match what was computed.",
    fields: ['ClientComputedContentSHA256', 'S3ComputedContentSHA256'],
  },
} as const satisfies Record<string, CatalogueEntry>;

export type S3ErrorCode = keyof typeof catalogue;

type FieldName<C extends S3ErrorCode> = (typeof catalogue)[C] extends {
  readonly fields: readonly (infer N extends string)[];
}
  ? N
  : never;

/** The elements a code may carry; leave out those that do not apply. */
export type S3ErrorFields<C extends S3ErrorCode> = { readonly [N in FieldName<C>]?: string };

export class S3Error<C extends S3ErrorCode = S3ErrorCode> extends StacklessError {
  override readonly name = 'S3Error';
  readonly code: C;
  readonly status: number;
  /** In the order of the catalogue. */
  readonly fields: readonly (readonly [name: string, value: string])[];
  /** Flat list: name, value, name, value. */
  readonly headers: readonly string[];

  /** `message`: instead of the catalogue's. `headers`: response headers of this error, as a flat list. */
  constructor(code: C, fields: S3ErrorFields<C> = {}, message?: string, headers: readonly string[] = []) {
    const entry: CatalogueEntry = catalogue[code];
    super(message ?? entry.message);
    this.code = code;
    this.status = entry.status;
    this.headers = headers;
    const values: Readonly<Record<string, string | undefined>> = fields;
    this.fields = (entry.fields ?? []).flatMap((name) => {
      const value = values[name];
      return value === undefined ? [] : [[name, value] as const];
    });
  }
}

export const s3ErrorCodes = Object.keys(catalogue) as readonly S3ErrorCode[];

/** `InvalidArgument` with the name and value it is about: the most frequent one. */
export function invalidArgument(name: string, value: string, message: string): S3Error<'InvalidArgument'> {
  return new S3Error('InvalidArgument', { ArgumentName: name, ArgumentValue: value }, message);
}
