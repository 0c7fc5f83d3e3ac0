/**
 * From what went wrong in the core to what this dialect says about it. The map is total: a new code does not compile until it
 * has its answer here. What went wrong in authentication stands beside it, in `s3-authn-errors.ts`.
 */
import { CoreError, type CoreErrorCode, type CoreErrorDetails } from '../../core/core-errors.ts';
import { AuthnError } from '../authn/authn-errors.ts';
import { RequestBodyError, type RequestBodyFault } from '../kernel/request-body-error.ts';
import { s3ErrorOfAuthn } from './s3-authn-errors.ts';
import { S3Error } from './s3-errors.ts';
import { lastModifiedHeader, type S3Flavour } from './s3-flavours.ts';

/** What an answer may depend on besides the error. */
export interface ErrorContext {
  readonly request: { readonly method: string; readonly headers: { has(name: string): boolean } };
  readonly flavour: Pick<S3Flavour, 'otherPlace'>;
}

type CoreErrorMap = {
  readonly [C in CoreErrorCode]: (details: CoreErrorDetails[C], context: ErrorContext) => S3Error;
};

const fromCore: CoreErrorMap = {
  InvalidBucketName: ({ name }) => new S3Error('InvalidBucketName', { BucketName: name }),
  BucketAlreadyOwned: ({ name }) => new S3Error('BucketAlreadyOwnedByYou', { BucketName: name }),
  BucketNameTaken: ({ name }) => new S3Error('BucketAlreadyExists', { BucketName: name }),
  BucketNotEmpty: ({ name }) => new S3Error('BucketNotEmpty', { BucketName: name }),
  NoSuchBucket: noSuchBucket,
  AccountClosed: () => new S3Error('AccessDenied'),
  TooManyBuckets: () => new S3Error('TooManyBuckets'),
  InvalidKey: () => new S3Error('InvalidURI'),
  KeyTooLong: ({ bytes, bytesMax }) =>
    new S3Error('KeyTooLongError', { Size: `${bytes}`, MaxSizeAllowed: `${bytesMax}` }),
  NoSuchKey: noSuchKey,
  NoSuchVersion: ({ key, versionId }) => new S3Error('NoSuchVersion', { Key: key, VersionId: versionId }),
  InvalidVersionId: ({ versionId }) =>
    new S3Error(
      'InvalidArgument',
      { ArgumentName: 'versionId', ArgumentValue: versionId },
      'Invalid version id specified',
    ),
  VersionIsDeleteMarker: versionIsDeleteMarker,
  PreconditionFailed: ({ condition }) => new S3Error('PreconditionFailed', { Condition: asShown(condition) }),
  NotModified: ({ etag, lastModifiedMicros }) =>
    new S3Error('NotModified', {}, undefined, [
      'ETag',
      `"${etag}"`,
      'Last-Modified',
      lastModifiedHeader(lastModifiedMicros),
    ]),
  // A conditional write with If-Match on an absent key is 404 (Amazon S3 API Reference, PutObject, If-Match).
  ConditionNeedsObject: ({ key }) => new S3Error('NoSuchKey', { Key: key }),
  TooMuchContention: tooMuchContention,
  RangeNotSatisfiable: ({ range, size }) =>
    new S3Error('InvalidRange', { RangeRequested: range, ActualObjectSize: `${size}` }, undefined, [
      'Content-Range',
      `bytes */${size}`,
    ]),
  InvalidPartNumberForObject: ({ partNumber, partCount }) =>
    new S3Error('InvalidPartNumber', {
      PartNumberRequested: `${partNumber}`,
      ActualPartCount: `${partCount}`,
    }),
  EntityTooLarge: ({ bytes, bytesMax }) =>
    new S3Error('EntityTooLarge', { ProposedSize: `${bytes}`, MaxSizeAllowed: `${bytesMax}` }),
  IncompleteBody: ({ bytesExpected, bytesReceived }) =>
    new S3Error(
      'IncompleteBody',
      { NumberBytesExpected: `${bytesExpected}`, NumberBytesProvided: `${bytesReceived}` },
      'You did not provide the number of bytes specified by the Content-Length HTTP header',
    ),
  BadDigest: ({ expected, calculated }) =>
    new S3Error('BadDigest', {
      ExpectedDigest: Buffer.from(expected, 'hex').toString('base64'),
      CalculatedDigest: Buffer.from(calculated, 'hex').toString('base64'),
    }),
  BadChecksum: ({ algorithm, expected, calculated }) =>
    new S3Error(
      'BadDigest',
      { ExpectedDigest: expected, CalculatedDigest: calculated },
      `The ${algorithm} you specified did not match the calculated checksum.`,
    ),
  PayloadHashMismatch: ({ expected, calculated }) =>
    new S3Error('XAmzContentSHA256Mismatch', {
      ClientComputedContentSHA256: expected,
      S3ComputedContentSHA256: calculated,
    }),
  MetadataTooLarge: ({ bytes, bytesMax }) =>
    new S3Error('MetadataTooLarge', { Size: `${bytes}`, MaxSizeAllowed: `${bytesMax}` }),
  NoSuchUpload: ({ uploadId }) => new S3Error('NoSuchUpload', { UploadId: uploadId }),
  InvalidPartNumber: ({ partNumber, partNumberMax }) =>
    new S3Error(
      'InvalidArgument',
      { ArgumentName: 'partNumber', ArgumentValue: `${partNumber}` },
      `Part number must be an integer between 1 and ${partNumberMax}, inclusive`,
    ),
  InvalidPart: ({ partNumber, uploadId, etag }) =>
    new S3Error('InvalidPart', { UploadId: uploadId, PartNumber: `${partNumber}`, ETag: etag }),
  InvalidPartOrder: ({ uploadId }) => new S3Error('InvalidPartOrder', { UploadId: uploadId }),
  PartTooSmall: ({ partNumber, bytes, bytesMin, etag }) =>
    new S3Error('EntityTooSmall', {
      ProposedSize: `${bytes}`,
      MinSizeAllowed: `${bytesMin}`,
      PartNumber: `${partNumber}`,
      ETag: etag,
    }),
  NoParts: () => new S3Error('MalformedXML'),
  ObjectSizeMismatch: ({ expected, actual }) =>
    new S3Error(
      'InvalidRequest',
      {},
      `The provided 'x-amz-mp-object-size' header value ${expected} does not match what was computed: ${actual}`,
    ),
  ChecksumTypeMismatch: ({ expected, actual }) =>
    new S3Error(
      'InvalidRequest',
      {},
      `Checksum Type mismatch occurred, expected checksum Type: ${expected}, actual checksum Type: ${actual}`,
    ),
  CopyOntoItself: () =>
    new S3Error(
      'InvalidRequest',
      {},
      "This copy request is illegal because it is trying to copy an object to itself without changing the object's " +
        'metadata, storage class, website redirect location or encryption attributes.',
    ),
  CopySourceTooLarge: ({ bytesMax }) =>
    new S3Error(
      'InvalidRequest',
      {},
      `The specified copy source is larger than the maximum allowable size for a copy source: ${bytesMax}`,
    ),
  InvalidCopySourceRange: ({ range, size }) =>
    new S3Error(
      'InvalidRange',
      { RangeRequested: range, ActualObjectSize: `${size}` },
      `Range specified is not valid for source object of size: ${size}`,
    ),
  SegmentUnavailable: () => new S3Error('BrokenMPU'),
  ReferencedAccessDenied: () => new S3Error('AccessDenied'),
  LinkBroken: () =>
    new S3Error('InvalidRequest', {}, 'The link that the object is does not lead to an object.'),
  // As Swift's quotas are seen from S3 (nhn-openstack.md, section 21.1).
  QuotaExceeded: ({ scope, of, max }) =>
    new S3Error('EntityTooLarge', {}, `The upload exceeds the quota of the ${scope}: ${max} ${of}`),
  ObjectProtected: () =>
    new S3Error('AccessDenied', {}, 'Access Denied because object protected by object lock.'),
  BucketNotLocked: () => new S3Error('InvalidRequest', {}, 'Bucket is missing Object Lock Configuration'),
  RetentionRefused: ({ reason }) => new S3Error('InvalidArgument', {}, retentionMessages[reason]),
  LegalHoldRefused: ({ reason, id }) =>
    new S3Error(
      reason === 'exists' ? 'OperationAborted' : 'InvalidRequest',
      {},
      legalHoldMessages[reason](id),
    ),
  BucketLockRefused: ({ reason }) => new S3Error('InvalidBucketState', {}, bucketLockMessages[reason]),
  ArchiveUnavailable: ({ name }) =>
    new S3Error('InvalidRequest', {}, `The container ${name}, which keeps older versions, does not exist.`),
  UploadNameRefused: ({ rule }) =>
    new S3Error('AccessDenied', {}, `The bucket does not take objects of this name (${rule}).`),
  StorageFull: () => new S3Error('InsufficientStorage'),
  StoredDataCorrupt: () => new S3Error('InternalError'),
  StorageUnavailable: () => new S3Error('ServiceUnavailable'),
};

const retentionMessages: Readonly<Record<CoreErrorDetails['RetentionRefused']['reason'], string>> = {
  'not-in-future': 'The retain until date must be in the future!',
  'below-minimum': "The retention period is shorter than the bucket's minimum",
  'above-maximum': "The retention period is longer than the bucket's maximum",
  'permanent-not-allowed': 'The bucket does not allow permanent retention',
  'no-end-to-add-to': 'The object has no retention period to extend',
};

const legalHoldMessages: Readonly<
  Record<CoreErrorDetails['LegalHoldRefused']['reason'], (id: string) => string>
> = {
  exists: (id) => `The object already has the legal hold ${id}`,
  absent: (id) => `The object has no legal hold ${id}`,
  'too-many': () => 'The object has as many legal holds as it can have',
  unprotected: () => 'The object has no retention',
};

const bucketLockMessages: Readonly<Record<CoreErrorDetails['BucketLockRefused']['reason'], string>> = {
  'needs-versioning': "Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration",
  'keeps-versioning':
    'An Object Lock configuration is present on this bucket, so the versioning state cannot be changed.',
  'excludes-versioning': 'A bucket with a protection policy cannot have versioning',
  'other-kind': 'A bucket cannot have both an Object Lock configuration and a protection policy',
  'not-empty': 'The bucket must be empty to be given a protection policy',
  bounds: 'Minimum, default and maximum retention must be in this order',
  'permanent-stays': 'Permanent retention cannot be switched off',
};

function s3ErrorOfCore<C extends CoreErrorCode>(error: CoreError<C>, context: ErrorContext): S3Error {
  return fromCore[error.code](error.details, context);
}

/** Total: what no map knows is a bug and shows nothing of itself. */
export function toS3Error(error: unknown, context: ErrorContext): S3Error {
  if (error instanceof S3Error) return error;
  if (error instanceof CoreError) return s3ErrorOfCore(error, context);
  if (error instanceof AuthnError) return s3ErrorOfAuthn(error);
  if (error instanceof RequestBodyError) return fromBody[error.fault](error);
  return new S3Error('InternalError');
}

/** Why the rest of a body will never come. Nobody may be there to hear it. */
const fromBody: Readonly<Record<RequestBodyFault, (error: RequestBodyError) => S3Error>> = {
  aborted: incompleteBody,
  malformed: incompleteBody,
  idle: () => new S3Error('RequestTimeout'),
};

function incompleteBody({ bytesExpected, bytesReceived }: RequestBodyError): S3Error {
  return new S3Error('IncompleteBody', {
    ...(bytesExpected !== undefined && { NumberBytesExpected: `${bytesExpected}` }),
    NumberBytesProvided: `${bytesReceived}`,
  });
}

/** `place`: where the bucket is, when the name is claimed in another place than that of the address. */
function noSuchBucket({ name, place }: CoreErrorDetails['NoSuchBucket'], { flavour }: ErrorContext): S3Error {
  if (place === undefined || flavour.otherPlace === 'NoSuchBucket') {
    return new S3Error('NoSuchBucket', { BucketName: name });
  }
  // Without Endpoint: the SDKs follow x-amz-bucket-region, and behind a proxy no address here is one they could use.
  return new S3Error('PermanentRedirect', { Bucket: name }, undefined, ['x-amz-bucket-region', place]);
}

/** A key whose latest version is a delete marker says so (Amazon S3 User Guide, "Working with delete markers"). */
function noSuchKey({ key, deleteMarkerVersionId }: CoreErrorDetails['NoSuchKey']): S3Error {
  const headers =
    deleteMarkerVersionId === undefined
      ? []
      : ['x-amz-delete-marker', 'true', 'x-amz-version-id', deleteMarkerVersionId];
  return new S3Error('NoSuchKey', { Key: key }, undefined, headers);
}

/** An addressed delete marker takes no GET or HEAD (Amazon S3 User Guide, "Working with delete markers"). */
function versionIsDeleteMarker(
  { versionId, lastModifiedMicros }: CoreErrorDetails['VersionIsDeleteMarker'],
  { request }: ErrorContext,
): S3Error {
  return new S3Error(
    'MethodNotAllowed',
    { Method: request.method, ResourceType: 'DeleteMarker' },
    undefined,
    [
      'Allow',
      'DELETE',
      'x-amz-delete-marker',
      'true',
      'x-amz-version-id',
      versionId,
      'Last-Modified',
      lastModifiedHeader(lastModifiedMicros),
    ],
  );
}

/** AWS answers a lost race of conditional writers with 409; without a condition there is nothing the client did. */
function tooMuchContention(
  { key }: CoreErrorDetails['TooMuchContention'],
  { request }: ErrorContext,
): S3Error {
  const condition = ['if-match', 'if-none-match'].find((name) => request.headers.has(name));
  return condition === undefined
    ? new S3Error('SlowDown')
    : new S3Error('ConditionalRequestConflict', { Condition: asShown(condition), Key: key });
}

/** `if-none-match` as `If-None-Match`; headers of Amazon stay in lower case. */
function asShown(header: string): string {
  if (header.startsWith('x-amz-')) return header;
  return header.replace(/(?:^|-)[a-z]/g, (start) => start.toUpperCase());
}
