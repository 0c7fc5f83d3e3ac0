/**
 * The façade of the core: what every dialect may ask of the one namespace. The dialect has already decided who asks and
 * whether they may; the core decides what is true. Errors are `CoreError`s; anything else is a bug or a storage failure.
 *
 * A `Bucket` value is loaded once per request and passed back in. It may be stale: writes check its record and reload it.
 */
import type { ByteSource } from '../lib/byte-source.ts';
import type { Segment } from './composition/segment-list.ts';
import type {
  BucketsQuery,
  PartsPage,
  UploadsPage,
  UploadsQuery,
  VersionsPage,
  VersionsQuery,
} from './listing-queries.ts';
import type {
  AccountId,
  Bucket,
  BucketLock,
  ChecksumAlgorithm,
  ChecksumType,
  ListingPage,
  ListingQuery,
  ObjectMetadata,
  ObjectPart,
  ObjectVersion,
  Place,
  Upload,
  UploadedPart,
  VersionId,
  VersioningState,
} from './model.ts';
import type { AccountStore } from './operations/account-settings.ts';
import type { PinnedObject, PinObjectInput } from './operations/pin-object.ts';
import type { ProtectObjectInput } from './operations/protect-object.ts';
import type { PutSegmentListInput, PutSegmentListResult } from './operations/put-segment-list.ts';
import type { BucketChange } from './operations/update-bucket.ts';
import type { UpdateObjectInput } from './operations/update-object.ts';
import type { ProtectionRequest } from './protection.ts';
import type { OpenBody } from './read-body.ts';
import type { ScrubReport } from './verification/scrub-store.ts';

/** ETags without quotes; `*` matches any existing object. */
export type EtagList = '*' | readonly string[];

/** Conditional reads (RFC 9110, section 13, with the precedence of section 13.2.2). */
export interface ReadConditions {
  readonly ifMatch?: EtagList;
  readonly ifNoneMatch?: EtagList;
  readonly ifModifiedSinceMicros?: number;
  readonly ifUnmodifiedSinceMicros?: number;
}

/** Conditional writes and deletes, decided in the commit. */
export interface WriteConditions {
  readonly ifMatch?: EtagList;
  /** Puts only: the key must have no current object (`*`), or none with one of these ETags. */
  readonly ifNoneMatch?: EtagList;
  /** DeleteObject only. Compared at the precision of a second. */
  readonly ifMatchLastModifiedMicros?: number;
  /** DeleteObject only. */
  readonly ifMatchSize?: number;
}

/** What the bytes must turn out to be. Computed once, while they are stored, and only what is asked for (MD5 always). */
export interface ExpectedDigests {
  /** Hexadecimal MD5 (from Content-MD5). */
  readonly md5Hex?: string;
  /** Hexadecimal SHA-256 of the payload as signed. */
  readonly payloadSha256Hex?: string;
  /** base64 checksum known before the body. */
  readonly checksum?: { readonly algorithm: ChecksumAlgorithm; readonly value: string };
}

export interface BodyInput {
  /** Decoded bytes. Rejects (with the dialect's own error) when a chunk signature or the framing is wrong. */
  readonly source: ByteSource;
  /** Declared number of decoded bytes, when the request declares it. */
  readonly size: number | undefined;
  readonly expected: ExpectedDigests;
  /**
   * Checksum that the request declares but delivers after the body, or wants computed without giving a value
   * (`value()` then answers undefined). `value` is called once, after the source has ended.
   */
  readonly trailingChecksum?: { readonly algorithm: ChecksumAlgorithm; value(): string | undefined };
}

/** `start`/`end` inclusive; `suffix` counts from the end. */
export type RangeRequest =
  | { readonly kind: 'from'; readonly start: number; readonly end: number | undefined }
  | { readonly kind: 'suffix'; readonly length: number };

export interface PutObjectInput {
  readonly bucket: Bucket;
  readonly key: string;
  readonly owner: AccountId;
  readonly metadata: ObjectMetadata;
  readonly body: BodyInput;
  readonly conditions: WriteConditions;
  /** Instead of what the settings allow. */
  readonly bytesMax?: number;
  /** The body is a list of segments, which together are this (`putSegmentList` makes it). */
  readonly segmented?: { readonly size: number; readonly joinedMd5: string };
  /** Undefined: by the bucket's default. */
  readonly protection?: ProtectionRequest;
  /** From then on the version is not there. */
  readonly expiresAtMicros?: number;
}

/**
 * Asked before bytes of another object than the addressed one are read for it, or names listed: segments below a prefix, and targets of
 * links. Segments of a stored list were asked for when the list was made (24.3 of the specification of the Swift side).
 */
export type MayRead = (bucket: Bucket, key: string, purpose: 'read' | 'list') => boolean | Promise<boolean>;

export interface GetObjectInput {
  readonly bucket: Bucket;
  readonly key: string;
  readonly versionId?: VersionId;
  readonly conditions: ReadConditions;
  /** Mutually exclusive with `partNumber`. */
  readonly range?: RangeRequest;
  readonly partNumber?: number;
  /**
   * The object's own bytes: the list of its segments and not the segments, the link and not its target. `behind-links`: those of
   * the object that links lead to.
   */
  readonly asStored?: boolean | 'behind-links';
  /** Undefined: no other object may. */
  readonly mayRead?: MayRead;
}

export interface FoundObject {
  readonly version: ObjectVersion;
  /**
   * Bytes selected by range or part number, inclusive; undefined: the whole object. `end` is `start - 1` for a part
   * without bytes.
   */
  readonly selected?: { readonly start: number; readonly end: number };
  /** The object that a link led to, whose version this is. */
  readonly linkedTo?: { readonly bucket: Bucket; readonly key: string };
  /** Of a list of segments that was asked for one of them. */
  readonly segmentCount?: number;
}

export interface OpenedObject extends FoundObject {
  readonly body: OpenBody;
}

export interface DeleteObjectInput {
  readonly bucket: Bucket;
  readonly key: string;
  readonly versionId?: VersionId;
  readonly conditions: WriteConditions;
  /** The caller may, and wants to, delete what is retained in mode `governance`. */
  readonly bypassGovernance?: boolean;
}

export interface DeletedObject {
  /** Version that was removed, or of the delete marker that was made; undefined in an unversioned bucket. */
  readonly versionId?: VersionId;
  /** A delete marker was made, or the removed version was one. */
  readonly deleteMarker: boolean;
  /** There was a current object, or the version. */
  readonly existed: boolean;
}

export interface CopyObjectInput {
  readonly source: { readonly bucket: Bucket; readonly key: string; readonly versionId?: VersionId };
  readonly sourceConditions: ReadConditions;
  readonly bucket: Bucket;
  readonly key: string;
  readonly owner: AccountId;
  /** Given the source, answers the destination's metadata (the COPY and REPLACE directives are the dialect's). */
  readonly metadata: (source: ObjectVersion) => ObjectMetadata;
  /** As `metadata`; without it, or when it answers undefined, the destination bucket's default applies. */
  readonly protection?: (source: ObjectVersion) => ProtectionRequest | undefined;
  /** Without it the copy does not expire. */
  readonly expiresAtMicros?: (source: ObjectVersion) => number | undefined;
  /** The dialect found something that a copy of an object onto itself changes (metadata replaced, storage class …). */
  readonly changesSomething: boolean;
  /** Compute this checksum for the copy; undefined keeps the source's. */
  readonly checksumAlgorithm?: ChecksumAlgorithm;
  readonly conditions: WriteConditions;
  /** As in `GetObjectInput`: a composed object is copied as it is stored; otherwise its bytes become one object. */
  readonly asStored?: boolean;
  readonly mayRead?: MayRead;
}

export interface CreateUploadInput {
  readonly bucket: Bucket;
  readonly key: string;
  readonly owner: AccountId;
  readonly initiator: string;
  readonly metadata: ObjectMetadata;
  readonly checksumAlgorithm?: ChecksumAlgorithm;
  readonly checksumType?: ChecksumType;
  /** Of the object to be; undefined: by the bucket's default. */
  readonly protection?: ProtectionRequest;
  /** When the object to be expires. */
  readonly expiresAtMicros?: number;
}

export interface UploadPartInput {
  readonly bucket: Bucket;
  readonly key: string;
  readonly uploadId: string;
  readonly partNumber: number;
  readonly body: BodyInput;
}

export interface UploadPartCopyInput {
  readonly source: { readonly bucket: Bucket; readonly key: string; readonly versionId?: VersionId };
  readonly sourceConditions: ReadConditions;
  /** Inclusive bytes; must lie inside the source. */
  readonly sourceRange?: { readonly start: number; readonly end: number };
  readonly bucket: Bucket;
  readonly key: string;
  readonly uploadId: string;
  readonly partNumber: number;
  /** As in `GetObjectInput`. */
  readonly mayRead?: MayRead;
}

export interface CompletedPart {
  readonly partNumber: number;
  readonly etag: string;
  readonly checksum?: { readonly algorithm: ChecksumAlgorithm; readonly value: string };
}

export interface CompleteUploadInput {
  readonly bucket: Bucket;
  readonly key: string;
  readonly uploadId: string;
  readonly parts: readonly CompletedPart[];
  /** Whole-object checksum given with the request. */
  readonly checksum?: { readonly algorithm: ChecksumAlgorithm; readonly value: string };
  readonly checksumType?: ChecksumType;
  readonly objectSize?: number;
  /** Instead of what the upload was begun with. */
  readonly protection?: ProtectionRequest;
  readonly conditions: WriteConditions;
}

export interface CreateBucketInput {
  readonly account: AccountId;
  readonly place: Place;
  readonly name: string;
  readonly documents?: Readonly<Record<string, string>>;
  /**
   * `required` (default; S3): the name must be legal for S3, and in mode `global` free. `if-free` (Swift): any container
   * name will do; it is claimed when it is legal and free, and the bucket exists all the same.
   */
  readonly claim?: 'required' | 'if-free';
  /** Default: `unversioned`. */
  readonly versioning?: VersioningState;
  readonly lock?: BucketLock;
}

export interface Usage {
  readonly objects: number;
  readonly bytes: number;
}

export interface ObjectStore extends AccountStore {
  /** A day of lifecycle rules, by which answers tell when objects expire. */
  readonly lifecycleDayMicros: number;

  /** Called once at the start of every request: see `MetadataStore.refresh`. The result must be ended when the request is. */
  beginRequest(): RunningRequest;

  /** Throws InvalidBucketName, BucketAlreadyOwned, BucketNameTaken, TooManyBuckets. */
  createBucket(input: CreateBucketInput): Promise<Bucket>;
  /** Own account's bucket first, then the register of claimed names (design, section 5). Throws NoSuchBucket. */
  findBucket(input: {
    /** Undefined: anonymous. */
    readonly caller: AccountId | undefined;
    readonly place: Place;
    readonly name: string;
    /** Set for `{account}:{bucket}`: only that account's bucket. */
    readonly account?: AccountId;
  }): Promise<Bucket>;
  listBuckets(
    query: BucketsQuery,
  ): Promise<{ readonly buckets: readonly Bucket[]; readonly isTruncated: boolean }>;
  /** Unfinished uploads go with it; objects do not: BucketNotEmpty. */
  deleteBucket(bucket: Bucket): Promise<void>;
  /**
   * Replaces (or with null removes) configuration documents, and optionally the versioning state or the lock. Throws
   * BucketLockRefused.
   */
  updateBucket(bucket: Bucket, change: BucketChange): Promise<Bucket>;
  bucketUsage(bucket: Bucket): Promise<Usage>;

  putObject(input: PutObjectInput): Promise<ObjectVersion>;
  /** An object composed of other objects, or of ranges of them. Throws BadDigest. */
  putSegmentList(input: PutSegmentListInput): Promise<PutSegmentListResult>;
  /** The list that such an object was made of. */
  readSegmentList(object: {
    readonly bucket: Bucket;
    readonly key: string;
    readonly versionId?: VersionId;
  }): Promise<{ readonly version: ObjectVersion; readonly segments: readonly Segment[] } | undefined>;
  /** The version without opening its body. Throws NoSuchKey, NoSuchVersion, VersionIsDeleteMarker and condition errors. */
  headObject(input: GetObjectInput): Promise<FoundObject>;
  getObject(input: GetObjectInput): Promise<OpenedObject>;
  /** A version of which any number of ranges can be read, at any time until the request ends. Throws as `headObject`. */
  pinObject(input: PinObjectInput): Promise<PinnedObject>;
  deleteObject(input: DeleteObjectInput): Promise<DeletedObject>;
  copyObject(input: CopyObjectInput): Promise<ObjectVersion>;
  /**
   * Replaces documents of one version (`acl`, `tagging`) without touching its bytes or its LastModified, or all of its
   * metadata, which moves LastModified. `sequence`: only while it still is that one; TooMuchContention otherwise.
   */
  updateObject(input: UpdateObjectInput): Promise<ObjectVersion>;
  /**
   * Changes what keeps a version from being destroyed. Throws what reading the version throws, BucketNotLocked,
   * RetentionRefused, LegalHoldRefused, and ObjectProtected for what would weaken a retention.
   */
  protectObject(input: ProtectObjectInput): Promise<ObjectVersion>;
  /** Parts of a multipart object, from part number `after` + 1. Empty for an object of one piece. */
  listObjectParts(
    version: { readonly bucket: Bucket; readonly key: string; readonly versionId?: VersionId },
    after: number,
    limit: number,
  ): Promise<{ readonly parts: readonly ObjectPart[]; readonly isTruncated: boolean }>;

  listObjects(bucket: Bucket, query: ListingQuery): Promise<ListingPage>;
  listVersions(bucket: Bucket, query: VersionsQuery): Promise<VersionsPage>;

  createUpload(input: CreateUploadInput): Promise<Upload>;
  uploadPart(input: UploadPartInput): Promise<UploadedPart>;
  uploadPartCopy(
    input: UploadPartCopyInput,
  ): Promise<{ readonly part: UploadedPart; readonly sourceVersionId: VersionId }>;
  completeUpload(input: CompleteUploadInput): Promise<ObjectVersion>;
  abortUpload(bucket: Bucket, key: string, uploadId: string): Promise<void>;
  listParts(bucket: Bucket, key: string, uploadId: string, after: number, limit: number): Promise<PartsPage>;
  listUploads(bucket: Bucket, query: UploadsQuery): Promise<UploadsPage>;

  /**
   * One bounded piece of housekeeping (folding counters, reclaiming, purging deleted buckets, sweeping finished uploads).
   * Answers whether there is more to do at once. Runs in one worker only.
   */
  housekeep(): Promise<boolean>;

  /**
   * Reads some of what is stored in search of damage, at the pace that is set. Answers whether there is more to do now. Runs
   * in one worker only.
   */
  scrub(signal: AbortSignal): Promise<boolean>;
  scrubReport(): Promise<ScrubReport>;

  /**
   * Tells housekeeping which requests are running here. To be called about once a second in every worker, also in idle
   * ones: reclaiming waits for all of them.
   */
  publishRound(): Promise<void>;
}

export type VersioningChange = 'enabled' | 'suspended';

/** Blobs condemned while a request runs stay readable until it ends (design, section 6, Reclaiming). */
export interface RunningRequest {
  end(): void;
}
