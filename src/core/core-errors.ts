/**
 * The closed list of what can go wrong in the core, without HTTP. Every dialect has a total map from these codes to its
 * own errors (leaving one out does not compile). Details carry what a precise message needs.
 */
import { StacklessError } from '../lib/stackless-error.ts';
import type { ChecksumAlgorithm, Place, RetainUntil } from './model.ts';

export interface CoreErrorDetails {
  InvalidBucketName: { name: string; reason: string };
  /** The caller's own account already has it. */
  BucketAlreadyOwned: { name: string };
  /** Another account has claimed the name, or it is in its cool-down. */
  BucketNameTaken: { name: string };
  BucketNotEmpty: { name: string };
  /** `place`: where the name is claimed, when it is not where it was looked for. */
  NoSuchBucket: { name: string; place?: Place };
  /** The account is being removed. */
  AccountClosed: { account: string };
  TooManyBuckets: { limit: number };
  InvalidKey: { reason: 'empty' | 'not-utf8' | 'nul' };
  KeyTooLong: { bytes: number; bytesMax: number };
  NoSuchKey: { key: string; deleteMarkerVersionId?: string };
  NoSuchVersion: { key: string; versionId: string };
  InvalidVersionId: { versionId: string };
  /** The addressed version is a delete marker: it has no body. */
  VersionIsDeleteMarker: { key: string; versionId: string; lastModifiedMicros: number };
  /** A condition of the request does not hold. `condition` is the header's name in lower case. */
  PreconditionFailed: { condition: string };
  /** A conditional read finds its copy current. */
  NotModified: { etag: string; lastModifiedMicros: number };
  /** A conditional write named an ETag for a key that does not exist. */
  ConditionNeedsObject: { key: string };
  /** Writers met on one key more often than the server retries. */
  TooMuchContention: { key: string };
  RangeNotSatisfiable: { range: string; size: number };
  InvalidPartNumberForObject: { partNumber: number; partCount: number };
  EntityTooLarge: { bytes: number; bytesMax: number };
  /** Fewer bytes arrived than were declared. */
  IncompleteBody: { bytesExpected: number; bytesReceived: number };
  BadDigest: { algorithm: 'MD5'; expected: string; calculated: string };
  /** A checksum header or trailer does not match. `expected`, `calculated`: base64. */
  BadChecksum: { algorithm: ChecksumAlgorithm; expected: string; calculated: string };
  /** The signed payload hash does not match. Hexadecimal. */
  PayloadHashMismatch: { expected: string; calculated: string };
  MetadataTooLarge: { bytes: number; bytesMax: number };
  NoSuchUpload: { uploadId: string };
  InvalidPartNumber: { partNumber: number; partNumberMax: number };
  /** A part in the list is absent or its ETag or checksum differs. */
  InvalidPart: { partNumber: number; uploadId: string; etag: string };
  InvalidPartOrder: { uploadId: string };
  PartTooSmall: { partNumber: number; bytes: number; bytesMin: number; etag: string };
  NoParts: Record<never, never>;
  /** The declared size of a completed object (`x-amz-mp-object-size`) differs from the sum of its parts. */
  ObjectSizeMismatch: { expected: number; actual: number };
  ChecksumTypeMismatch: { expected: string; actual: string };
  CopyOntoItself: { key: string };
  CopySourceTooLarge: { bytes: number; bytesMax: number };
  InvalidCopySourceRange: { range: string; size: number };
  /**
   * A segment of a composed object is not there any more, is not what it was, or stands too deep in lists of lists. Nothing of the
   * answer was sent, or it must be cut off.
   */
  SegmentUnavailable: { bucket: string; key: string; reason: 'absent' | 'replaced' | 'too-deep' };
  /** The caller may read the object, but not another one that it takes its bytes from. */
  ReferencedAccessDenied: { bucket: string; key: string };
  /** A link leads through too many others, or to something else than what it was made for. */
  LinkBroken: { key: string; reason: 'too-many' | 'replaced' };
  /** The change would add more than a quota allows. `name`: of the bucket, or id of the account. */
  QuotaExceeded: { scope: 'bucket' | 'account'; name: string; of: 'bytes' | 'objects'; max: number };
  /** A retention or a hold keeps the version: it is neither destroyed nor is its retention shortened. */
  ObjectProtected: { key: string; by: 'retention' | 'hold'; until?: RetainUntil };
  /** Protection of a version was asked for, in a bucket that has none. */
  BucketNotLocked: { name: string };
  RetentionRefused: {
    reason:
      | 'not-in-future'
      | 'below-minimum'
      | 'above-maximum'
      | 'permanent-not-allowed'
      | 'no-end-to-add-to';
  };
  /** Holds by name. `unprotected`: the version has no retention. */
  LegalHoldRefused: { reason: 'exists' | 'absent' | 'too-many' | 'unprotected'; id: string };
  /** Of a bucket's lock, or of its versioning because of its lock (`keeps-versioning`). */
  BucketLockRefused: {
    name: string;
    reason:
      | 'needs-versioning'
      | 'excludes-versioning'
      | 'keeps-versioning'
      | 'other-kind'
      | 'not-empty'
      | 'bounds'
      | 'permanent-stays';
  };
  /** What a write replaces is to be kept in a bucket that is not there. */
  ArchiveUnavailable: { name: string };
  /** The bucket takes no objects of such a name. */
  UploadNameRefused: {
    key: string;
    rule: 'allowedExtensions' | 'deniedExtensions' | 'allowedKeywords' | 'deniedKeywords';
  };
  StorageFull: Record<never, never>;
  /** A stored block is damaged; nothing of it was sent. */
  StoredDataCorrupt: { key: string };
  StorageUnavailable: Record<never, never>;
}

export type CoreErrorCode = keyof CoreErrorDetails;

/** Failures of ours: where they came from is worth knowing. */
const failures: ReadonlySet<CoreErrorCode> = new Set([
  'StorageFull',
  'StoredDataCorrupt',
  'StorageUnavailable',
]);

export class CoreError<C extends CoreErrorCode = CoreErrorCode> extends StacklessError {
  override readonly name = 'CoreError';
  readonly code: C;
  readonly details: CoreErrorDetails[C];

  constructor(code: C, details: CoreErrorDetails[C]) {
    super(code, failures.has(code) ? Error.stackTraceLimit : 0);
    this.code = code;
    this.details = details;
  }
}
