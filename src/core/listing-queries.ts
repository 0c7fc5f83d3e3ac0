/** What listings of buckets, versions, uploads and parts are asked, and their pages. */
import type { AccountId, ObjectVersion, Place, Upload, UploadedPart } from './model.ts';

export interface PartsPage {
  readonly upload: Upload;
  readonly parts: readonly UploadedPart[];
  readonly isTruncated: boolean;
}

export interface UploadsQuery {
  readonly prefix: string;
  readonly delimiter: string;
  readonly keyMarker: string;
  /** Only meaningful together with `keyMarker`. */
  readonly uploadIdMarker: string;
  readonly limit: number;
}

export interface UploadsPage {
  readonly uploads: readonly Upload[];
  readonly prefixes: readonly string[];
  readonly isTruncated: boolean;
  readonly nextKeyMarker?: string;
  readonly nextUploadIdMarker?: string;
}

export interface VersionsQuery {
  readonly prefix: string;
  readonly delimiter: string;
  readonly keyMarker: string;
  readonly versionIdMarker: string;
  readonly limit: number;
}

export interface VersionsPage {
  /** Versions and delete markers in key order, latest first within a key. */
  readonly versions: readonly ObjectVersion[];
  readonly prefixes: readonly string[];
  readonly isTruncated: boolean;
  readonly nextKeyMarker?: string;
  readonly nextVersionIdMarker?: string;
}

export interface BucketsQuery {
  readonly account: AccountId;
  /** Undefined: buckets of every place. */
  readonly place?: Place;
  readonly prefix: string;
  readonly after: string;
  readonly limit: number;
}
