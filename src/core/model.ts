/**
 * What a bucket, an object, a version, an upload and a listing are: the words that every dialect translates to.
 * Nothing here knows HTTP, XML or who is asking.
 *
 * Times are microseconds since the epoch, sizes are bytes, digests are lower-case hexadecimal for ETags and raw base64
 * as the wire shows them for checksums, names are decoded UTF-8.
 */

/** 32 lower-case hexadecimal characters. Account = tenant = project. */
export type AccountId = string;

/** Index-free name of one served region; `KR1`. Its other names (aliases, `us-south`, `kr-west1`) live in the configuration. */
export type Place = string;

/** Unique for ever; never reused, also not for a bucket of the same name. */
export type BucketId = number;

/** Versioning as S3 knows it. `unversioned` has never been switched on. */
export type VersioningState = 'unversioned' | 'enabled' | 'suspended';

export interface Bucket {
  readonly id: BucketId;
  readonly account: AccountId;
  readonly place: Place;
  readonly name: string;
  readonly createdAtMicros: number;
  readonly versioning: VersioningState;
  /** Public name: reachable from S3 by every account (the claim of design, section 5), not only by its own. */
  readonly claimed: boolean;
  /** Configuration documents by kind (`acl`, `policy`, `cors` …), kept verbatim for the layer that owns the kind. */
  readonly documents: Readonly<Record<string, string>>;
  /** Set: versions in the bucket can be protected. Never taken away again. */
  readonly lock?: BucketLock;
  /** Version of the stored record; every write below the bucket checks it. */
  readonly recordVersion: number;
}

/** `null` is the version written while versioning is not enabled. Others are URL-safe tokens of 32 characters. */
export type VersionId = 'null' | (string & {});

export type ChecksumAlgorithm = 'CRC32' | 'CRC32C' | 'CRC64NVME' | 'SHA1' | 'SHA256';

/** `FULL_OBJECT`: over all bytes. `COMPOSITE`: over the checksums of the parts, shown with `-N`. */
export type ChecksumType = 'FULL_OBJECT' | 'COMPOSITE';

export interface Checksum {
  readonly algorithm: ChecksumAlgorithm;
  readonly type: ChecksumType;
  /** base64, without the `-N` of a composite one (the part count says it). */
  readonly value: string;
}

/** Headers that are stored as sent and given back as stored. */
export interface SystemMetadata {
  readonly contentType: string;
  readonly cacheControl?: string;
  readonly contentDisposition?: string;
  readonly contentEncoding?: string;
  readonly contentLanguage?: string;
  readonly expires?: string;
}

export interface ObjectMetadata {
  readonly system: SystemMetadata;
  /** Lower-case names without `x-amz-meta-`; values are UTF-8 text. */
  readonly user: Readonly<Record<string, string>>;
  /** Further properties owned by other layers (`acl`, `tagging`, `websiteRedirect` …). */
  readonly documents: Readonly<Record<string, string>>;
}

/**
/**
 * How an object gets its bytes when they are not its own. `segments`: its body is a list of other objects and ranges of
 * them. `prefix`: all objects of a bucket whose names begin with a prefix, as they are when it is read. `link`: another object.
 */
export type Composition = 'segments' | 'prefix' | 'link';

/**
 * How versions in a bucket are protected. `object-lock`: S3's, and the WORM containers of NHN (without versioning, then a
 * protected object cannot be overwritten either). `protection`: IBM's immutable object storage.
 */
export type BucketLock =
  | {
      readonly kind: 'object-lock';
      /** Of versions that are written without a retention of their own. A count of 0 is none. */
      readonly default?: DefaultRetention;
    }
  | {
      readonly kind: 'protection';
      readonly minimumDays: number;
      readonly defaultDays: number;
      readonly maximumDays: number;
      readonly allowsPermanent: boolean;
    };

export interface DefaultRetention {
  readonly mode: 'governance' | 'compliance';
  readonly unit: 'days' | 'years';
  readonly count: number;
}

/**
 * `governance`: can be shortened and bypassed by who may; `compliance` and `retention` (IBM's) cannot, they only get
 * longer.
 */
export type RetentionMode = 'governance' | 'compliance' | 'retention';

/** Microseconds; `indefinite`: until an end is set; `permanent`: for ever. */
export type RetainUntil = number | 'indefinite' | 'permanent';

export interface Retention {
  readonly mode: RetentionMode;
  readonly until: RetainUntil;
}

export interface NamedHold {
  readonly id: string;
  readonly addedAtMicros: number;
}

/** What keeps a version from being destroyed; its rules stand in `protection.ts`. */
export interface Protection {
  readonly retention?: Retention;
  /** S3's; false: it has been on or off explicitly, and is off. */
  readonly legalHold?: boolean;
  /** IBM's, by id: each of them holds. */
  readonly holds?: readonly NamedHold[];
}

export interface ProtectedVersion {
  readonly protection?: Protection | undefined;
}

/** One version of an object, without its bytes. */
export interface ObjectVersion extends ProtectedVersion {
  readonly key: string;
  readonly versionId: VersionId;
  readonly isLatest: boolean;
  readonly isDeleteMarker: boolean;
  /** Orders the versions of a key: max(clock, last + 1) at the commit, microseconds. */
  readonly sequence: number;
  readonly lastModifiedMicros: number;
  readonly size: number;
  /**
   * MD5 of the bytes; of the parts' digests when `partCount` is set; `joinedMd5` when composed of segments. 32 hexadecimal
   * characters, no quotes, no `-N`.
   */
  readonly etagMd5: string;
  /** Number of parts, for objects made by CompleteMultipartUpload. */
  readonly partCount?: number;
  /** Of an object with parts or segments: MD5 of their hexadecimal MD5s, joined as text. */
  readonly joinedMd5?: string;
  readonly composition?: Composition;
  /** Of a composed object: the bytes that are its own (the list of its segments). `size` and `etagMd5` are the whole's. */
  readonly stored?: { readonly size: number; readonly etagMd5: string };
  readonly checksum?: Checksum;
  readonly metadata: ObjectMetadata;
  /** Account that owns the object; shown as Owner. */
  readonly owner: AccountId;
  /** From then on it is not there any more. */
  readonly expiresAtMicros?: number;
}

/** ETag as S3 shows it, without quotes: `md5`, `md5-5` of five parts, or `md5-N` (with the letter) of a list of segments. */
export function etagOf(version: Pick<ObjectVersion, 'etagMd5' | 'partCount' | 'composition'>): string {
  if (version.partCount !== undefined) return `${version.etagMd5}-${version.partCount}`;
  return version.composition === 'segments' ? `${version.etagMd5}-N` : version.etagMd5;
}

/** A part of a finished multipart object, for `partNumber=` reads and GetObjectAttributes. */
export interface ObjectPart {
  readonly partNumber: number;
  readonly offset: number;
  readonly size: number;
  readonly checksumValue?: string;
  /** Hexadecimal MD5 of its bytes; unknown for objects completed before it was kept. */
  readonly md5Hex?: string;
}

export interface Upload {
  /** URL-safe token. */
  readonly uploadId: string;
  readonly key: string;
  readonly initiatedAtMicros: number;
  readonly initiator: string;
  readonly owner: AccountId;
  readonly metadata: ObjectMetadata;
  readonly checksumAlgorithm?: ChecksumAlgorithm;
  readonly checksumType?: ChecksumType;
}

export interface UploadedPart {
  readonly partNumber: number;
  readonly lastModifiedMicros: number;
  readonly size: number;
  readonly etagMd5: string;
  readonly checksumValue?: string;
}

/** Lengths in one page; `delimiter` may be any non-empty text. */
export interface ListingQuery {
  readonly prefix: string;
  readonly delimiter: string;
  /** Names must be greater than this (exclusive), or than every name below it when it is a common prefix. Empty: from the start. */
  readonly after: string;
  readonly limit: number;
  /** Where the listing ends: names must be less than this; in reverse order, greater. Empty: at the end. */
  readonly until?: string;
  /** From the last name to the first: then names must be less than `after`. */
  readonly isReverse?: boolean;
  /** Rows then have `metadata`. */
  readonly withMetadata?: boolean;
}

export type ListingItem =
  | { readonly kind: 'object'; readonly object: ListedObject }
  | { readonly kind: 'prefix'; readonly prefix: string };

/** What a listing row holds: decoded from the fixed part of the record only. */
export interface ListedObject {
  readonly key: string;
  readonly lastModifiedMicros: number;
  readonly size: number;
  readonly etagMd5: string;
  readonly partCount?: number;
  readonly joinedMd5?: string;
  readonly composition?: Composition;
  /** As in `ObjectVersion`. */
  readonly stored?: { readonly size: number; readonly etagMd5: string };
  readonly checksumAlgorithm?: ChecksumAlgorithm;
  readonly checksumType?: ChecksumType;
  readonly owner: AccountId;
  /** Both only in listings that ask for the metadata. */
  readonly metadata?: ObjectMetadata;
  readonly versionId?: VersionId;
}

export interface ListingPage {
  readonly items: readonly ListingItem[];
  readonly isTruncated: boolean;
  /** Pass as `after` to get the next page; set exactly when `isTruncated`. */
  readonly next?: string;
}
