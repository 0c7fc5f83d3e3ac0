/** One S3 request on its way through the pipeline, and what the operations work with. */
import type { Bucket, Place, VersionId } from '../../core/model.ts';
import type { ObjectStore } from '../../core/object-store.ts';
import type { Action } from '../../identity/actions.ts';
import type { AccessDecision, ObjectFacts } from '../../identity/evaluate-access.ts';
import type { Grants } from '../../identity/grants.ts';
import type { Caller } from '../../identity/principal.ts';
import type { InstanceDirectory } from '../../identity/service-instances.ts';
import type { ByteSource } from '../../lib/byte-source.ts';
import type { Call } from '../kernel/dialect.ts';
import type { QueryParameters } from '../kernel/query-parameters.ts';
import type { AccountDirectory } from './grantees.ts';
import type { S3Flavour } from './s3-flavours.ts';
import type { UploadForm } from './upload-form.ts';

export interface S3Services {
  readonly store: ObjectStore;
  /** Whom grants can name, and what their owners are called. */
  readonly accounts: AccountDirectory;
  /** Whether a region's name means that place: its own name or an alias, in any case (LocationConstraint, signatures). */
  isNameOfPlace(name: string, place: Place): boolean;
  /** Whether it names a place that is served, but at another address. */
  isNameOfOtherPlace(name: string): boolean;
  /** What IBM calls a place; its own name when it has none there. */
  ibmNameOf(place: Place): string;
  /** What Samsung Cloud Platform calls the place of this address. */
  readonly scpRegion: string;
  readonly instances: InstanceDirectory;
}

/** Filled step by step by the dialect; read by operations. Nothing outside `s3-dialect.ts` and its state assigns to it. */
export interface S3Call extends Call {
  readonly flavour: S3Flavour;
  /** The place this address answers for. */
  readonly place: Place;
  readonly query: QueryParameters;
  /** A day of lifecycle rules. */
  readonly lifecycleDayMicros: number;
  /** What the address names. */
  readonly addressed: 'service' | 'bucket' | 'object';
  /** Decoded names in the address; empty when it names none. */
  readonly bucketName: string;
  readonly key: string;
  /** Of `{account}:{bucket}`; undefined in the ordinary form. */
  readonly bucketAccount: string | undefined;
  /** Path as sent, shown as Resource in errors. */
  readonly resource: string;
  readonly caller: Caller;
  /** Loaded once; set for every operation whose permissions are on the bucket or the object. */
  readonly bucket: Bucket;
  /** GUID of the service instance that a call on the service is about, or that the loaded bucket belongs to. */
  readonly instanceId: string | undefined;
  /** Of `x-amz-copy-source`; set for every operation that has a permission on the source. */
  readonly copySource: CopySource;
  /** Of a POST of a browser; set for PostObject. */
  readonly uploadForm: UploadForm;
  /** Decoded bytes as the proof demands them: chunk signatures and trailers are verified by reading. */
  readonly body: S3Body;
  /** What the owner of a loaded bucket gives to everybody. */
  publicGrantsOf(bucket: Pick<Bucket, 'account'>): Grants | undefined;
  /** GUID of the service instance of a bucket. */
  instanceOf(bucket: Bucket): string;
  /**
   * Resource group of a service instance, by its GUID: known when a policy asks for it. Empty for one that is being removed.
   */
  resourceGroupOf(instance: string): string | undefined;
  /** What IBM calls the place of a bucket. */
  ibmRegionOf(bucket: Pick<Bucket, 'place'>): string;
  /** What Samsung Cloud Platform calls the place of this address. */
  readonly scpRegion: string;
  /** Whether the caller may do this to that key of the loaded bucket, or to a version. `object`: what it is about to be. */
  decideOn(
    action: Action,
    key: string,
    versionId: VersionId | undefined,
    object?: ObjectFacts,
  ): AccessDecision;
}

export interface CopySource {
  readonly bucket: Bucket;
  readonly key: string;
  readonly versionId: VersionId | undefined;
}

export interface S3Body {
  readonly source: ByteSource;
  /** Decoded size, when declared. */
  readonly size: number | undefined;
  /** The signed SHA-256 of the whole payload, when the signature names one. */
  readonly payloadSha256Hex: string | undefined;
  /** Declared trailer names in lower case; values are complete after the source has ended. */
  readonly trailerNames: readonly string[];
  trailer(name: string): string | undefined;
}
