/** From what went wrong in the core to what this dialect says about it. The map is total: a new code does not compile until it has its answer here. */
import { CoreError, type CoreErrorCode, type CoreErrorDetails } from '../../core/core-errors.ts';
import { RequestBodyError, type RequestBodyFault } from '../kernel/request-body-error.ts';
import { lastModifiedHeader } from './dates.ts';
import { SwiftError } from './swift-errors.ts';
import { swiftLimits } from './swift-limits.ts';
import { swiftVersionId } from './version-ids.ts';

type CoreErrorMap = { readonly [C in CoreErrorCode]: (details: CoreErrorDetails[C]) => SwiftError };

const { containerNameBytesMax, objectNameBytesMax } = swiftLimits;
const notFound = () => new SwiftError(404);
const conflict = () => new SwiftError(409);
const digestDiffers = () => new SwiftError(422);

const ruleWords = {
  allowedExtensions: 'its extension is not among those that are allowed',
  deniedExtensions: 'its extension is among those that are denied',
  allowedKeywords: 'it has none of the words that are allowed',
  deniedKeywords: 'it has a word that is denied',
} as const;

const fromCore: CoreErrorMap = {
  InvalidBucketName: ({ name, reason }) =>
    new SwiftError(
      400,
      Buffer.byteLength(name) > containerNameBytesMax
        ? `Container name length of ${Buffer.byteLength(name)} longer than ${containerNameBytesMax}`
        : `Container name is not valid: ${reason}`,
    ),
  BucketAlreadyOwned: conflict,
  BucketNameTaken: conflict,
  BucketNotEmpty: conflict,
  NoSuchBucket: notFound,
  AccountClosed: () => new SwiftError(403),
  TooManyBuckets: ({ limit }) => new SwiftError(413, `The account has its ${limit} containers already`),
  InvalidKey: () => new SwiftError(412, 'Invalid UTF8 or contains NULL'),
  KeyTooLong: ({ bytes }) =>
    new SwiftError(400, `Object name length of ${bytes} longer than ${objectNameBytesMax}`),
  NoSuchKey: notFound,
  NoSuchVersion: notFound,
  InvalidVersionId: () => new SwiftError(400, 'Invalid version-id'),
  VersionIsDeleteMarker: ({ versionId }) =>
    new SwiftError(404, undefined, [
      'X-Object-Version-Id',
      swiftVersionId(versionId),
      'Content-Type',
      'application/x-deleted;swift_versions_deleted=1',
    ]),
  PreconditionFailed: () => new SwiftError(412),
  NotModified: ({ etag, lastModifiedMicros }) =>
    new SwiftError(304, undefined, ['Etag', etag, 'Last-Modified', lastModifiedHeader(lastModifiedMicros)]),
  ConditionNeedsObject: () => new SwiftError(412),
  TooMuchContention: () => new SwiftError(503),
  RangeNotSatisfiable: ({ size }) => new SwiftError(416, undefined, ['Content-Range', `bytes */${size}`]),
  InvalidPartNumberForObject: () => new SwiftError(416),
  EntityTooLarge: () => new SwiftError(413),
  QuotaExceeded: () => new SwiftError(413, 'Upload exceeds quota.'),
  IncompleteBody: () => new SwiftError(499),
  BadDigest: digestDiffers,
  BadChecksum: digestDiffers,
  PayloadHashMismatch: digestDiffers,
  MetadataTooLarge: ({ bytesMax }) => new SwiftError(400, `Total metadata too large; max ${bytesMax}`),
  NoSuchUpload: notFound,
  InvalidPartNumber: () => new SwiftError(400),
  InvalidPart: () => new SwiftError(400),
  InvalidPartOrder: () => new SwiftError(400),
  PartTooSmall: () => new SwiftError(400),
  NoParts: () => new SwiftError(400),
  ObjectSizeMismatch: () => new SwiftError(400),
  ChecksumTypeMismatch: () => new SwiftError(400),
  CopyOntoItself: conflict,
  CopySourceTooLarge: () => new SwiftError(413),
  InvalidCopySourceRange: ({ size }) => new SwiftError(416, undefined, ['Content-Range', `bytes */${size}`]),
  SegmentUnavailable: conflict,
  ReferencedAccessDenied: () => new SwiftError(403),
  LinkBroken: ({ reason }) =>
    reason === 'too-many'
      ? new SwiftError(409, 'Too many levels of symbolic links, maximum allowed is 2')
      : new SwiftError(409),
  ObjectProtected: () => new SwiftError(403, 'The object is locked'),
  BucketNotLocked: () => new SwiftError(400, 'The container keeps no objects from being destroyed'),
  RetentionRefused: ({ reason }) => new SwiftError(400, `The retention is refused: ${reason}`),
  LegalHoldRefused: ({ reason }) => new SwiftError(400, `The hold is refused: ${reason}`),
  BucketLockRefused: ({ reason }) => new SwiftError(400, `The lock is refused: ${reason}`),
  ArchiveUnavailable: () => new SwiftError(412),
  UploadNameRefused: ({ rule }) =>
    new SwiftError(409, `The container does not take objects of this name: ${ruleWords[rule]}`),
  StorageFull: () => new SwiftError(507),
  StoredDataCorrupt: () => new SwiftError(500),
  StorageUnavailable: () => new SwiftError(503),
};

function errorOfCore<C extends CoreErrorCode>(error: CoreError<C>): SwiftError {
  return fromCore[error.code](error.details);
}

/** Why the rest of a body will never come. Nobody may be there to hear it. */
const fromBody: Readonly<Record<RequestBodyFault, () => SwiftError>> = {
  aborted: () => new SwiftError(499),
  malformed: () => new SwiftError(400),
  idle: () => new SwiftError(408),
};

/** `refusal`: of what the caller may not have. Total: what no map knows is a bug and shows nothing of itself. */
export function toSwiftError(error: unknown, refusal: 401 | 403 = 403): SwiftError {
  if (error instanceof CoreError && error.code === 'ReferencedAccessDenied') return new SwiftError(refusal);
  if (error instanceof SwiftError) return error;
  if (error instanceof CoreError) return errorOfCore(error);
  if (error instanceof RequestBodyError) return fromBody[error.fault]();
  return new SwiftError(500);
}
