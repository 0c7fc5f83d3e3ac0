/**
 * The one table of everything in which the three S3 clouds differ on the wire. Nothing else may ask for a flavour's name.
 *
 * - `nhn`: the default, and what AWS clients see. NHN Cloud's "API Guide for AWS S3 Compatibility" and OpenStack Swift's s3api
 *   (build specification nhn-openstack.md, sections 2.2 to 2.4 and 23), with AWS semantics wherever those are silent or weaker.
 * - `ibm`: IBM Cloud Object Storage (build specification ibm-cos.md, sections 9.1 to 9.10).
 * - `scp`: Samsung Cloud Platform, a Ceph RGW behind (build specification scp.md, section 6); where it is silent, as `nhn`.
 */
import { formatHttpDate } from '../../lib/http-date.ts';
import { formatIsoDate } from '../../lib/iso-date.ts';

export type S3FlavourName = 'nhn' | 'ibm' | 'scp';

/** An element of an error document besides Code and Message. `fields` stands for the code's own. */
export type ErrorMember = 'fields' | 'Resource' | 'RequestId' | 'HostId' | 'httpStatusCode';

export interface S3Flavour {
  readonly name: S3FlavourName;
  readonly xmlDeclaration: string;
  /** In the order shown, after Code and Message. */
  readonly errorMembers: readonly ErrorMember[];
  /** Path as sent, or with a slash behind a bucket and nothing for the service. */
  readonly errorResource: 'path-as-sent' | 'bucket-with-slash';
  /** `transaction`: Swift's `tx` + 21 hex + `-` + 10 hex of epoch seconds. `uuid`: version 4. */
  readonly requestIdForm: 'transaction' | 'uuid';
  /** Every response carries the request id in each of these. */
  readonly requestIdHeaders: readonly string[];
  /** Codes that the cloud has another word for; the others are AWS's. */
  readonly errorCodes: Readonly<Record<string, string>>;
  /** Flat list of headers on every response that has none of the name. */
  readonly extraHeaders: readonly string[];
  /** Content-Type of a success without a body; undefined: none is sent. */
  readonly emptyContentType: string | undefined;
  /** PutObject answers with Last-Modified. */
  readonly putObjectShowsLastModified: boolean;
  /** CreateBucket answers with `Location: /name`. */
  readonly createBucketShowsLocation: boolean;
  /**
   * How results and listings show LastModified: as the header does (whole seconds, rounded up), or with three true digits.
   */
  readonly lastModified: 'second-rounded-up' | 'millisecond';
  /** What stands for an owner: the account's id and name, or the service instance's id twice. */
  readonly owner: 'account' | 'service-instance';
  /** Region in the scope of a signature: one of the place's names, or any text, verified as sent. */
  readonly signatureRegion: 'name-of-place' | 'any';
  /** Ceiling of X-Amz-Expires; undefined: none. */
  readonly presignSecondsMax: number | undefined;
  /** Text of LocationConstraint: the place's name, or its IBM name with the storage class. */
  readonly location: 'place' | 'place-and-class';
  /** Canned access control lists that a request may name, where grants in headers are unknown; undefined: all, and grants. */
  readonly cannedAcls: readonly string[] | undefined;
  /** Names of new buckets may not begin with these. */
  readonly reservedBucketPrefixes: readonly string[];
  /** Listings of objects name their delimiter also when it is empty. */
  readonly listingShowsEmptyDelimiter: boolean;
  /** HeadBucket tells the region of the bucket. */
  readonly headBucketShowsRegion: boolean;
  /** Which buckets the service lists: those of the place, or of the service instance wherever they are. */
  readonly listsBucketsOf: 'place' | 'every-place';
  /** Languages that PutBucketPolicy takes. */
  readonly bucketPolicyLanguages: readonly ('aws' | 'scp')[];
  /** A bucket of another place: as if it did not exist, or with the place to go to. */
  readonly otherPlace: 'NoSuchBucket' | 'PermanentRedirect';
}

const WEEK_SECONDS = 604_800;

const nhn: S3Flavour = {
  name: 'nhn',
  xmlDeclaration: "<?xml version='1.0' encoding='UTF-8'?>",
  errorMembers: ['Resource', 'fields', 'RequestId', 'HostId'],
  errorResource: 'path-as-sent',
  requestIdForm: 'transaction',
  requestIdHeaders: ['x-amz-id-2', 'x-amz-request-id', 'x-trans-id', 'x-openstack-request-id'],
  errorCodes: {},
  extraHeaders: [],
  emptyContentType: 'text/html; charset=UTF-8',
  putObjectShowsLastModified: true,
  createBucketShowsLocation: true,
  lastModified: 'second-rounded-up',
  owner: 'account',
  signatureRegion: 'name-of-place',
  presignSecondsMax: WEEK_SECONDS,
  location: 'place',
  cannedAcls: undefined,
  reservedBucketPrefixes: [],
  listingShowsEmptyDelimiter: false,
  headBucketShowsRegion: true,
  listsBucketsOf: 'place',
  otherPlace: 'NoSuchBucket',
  bucketPolicyLanguages: ['aws'],
};

/** ibm-cos.md, section 9.10. */
const ibmErrorCodes: S3Flavour['errorCodes'] = {
  IllegalLocationConstraintException: 'InvalidLocationConstraint',
  KeyTooLongError: 'KeyTooLong',
};

const ibm: S3Flavour = {
  name: 'ibm',
  xmlDeclaration: '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>',
  errorMembers: ['Resource', 'RequestId', 'httpStatusCode', 'fields'],
  errorResource: 'bucket-with-slash',
  requestIdForm: 'uuid',
  requestIdHeaders: ['x-amz-request-id', 'X-Clv-Request-Id'],
  errorCodes: ibmErrorCodes,
  extraHeaders: ['Accept-Ranges', 'bytes', 'Server', 'Gotgan', 'X-Clv-S3-Version', '2.5'],
  emptyContentType: undefined,
  putObjectShowsLastModified: false,
  createBucketShowsLocation: false,
  lastModified: 'millisecond',
  owner: 'service-instance',
  signatureRegion: 'any',
  presignSecondsMax: undefined,
  location: 'place-and-class',
  cannedAcls: ['private', 'public-read'],
  reservedBucketPrefixes: ['cosv1-', 'account-'],
  listingShowsEmptyDelimiter: true,
  headBucketShowsRegion: false,
  listsBucketsOf: 'every-place',
  otherPlace: 'NoSuchBucket',
  bucketPolicyLanguages: ['aws'],
};

const scp: S3Flavour = {
  name: 'scp',
  xmlDeclaration: '<?xml version="1.0" encoding="UTF-8"?>',
  errorMembers: ['fields', 'RequestId', 'HostId'],
  errorResource: 'path-as-sent',
  requestIdForm: 'transaction',
  requestIdHeaders: ['x-amz-request-id', 'x-amz-id-2', 'x-trans-id', 'x-openstack-request-id'],
  errorCodes: {},
  extraHeaders: [],
  emptyContentType: undefined,
  putObjectShowsLastModified: false,
  createBucketShowsLocation: false,
  lastModified: 'millisecond',
  owner: 'account',
  signatureRegion: 'any',
  presignSecondsMax: WEEK_SECONDS,
  location: 'place',
  cannedAcls: undefined,
  reservedBucketPrefixes: [],
  listingShowsEmptyDelimiter: false,
  headBucketShowsRegion: true,
  listsBucketsOf: 'place',
  otherPlace: 'NoSuchBucket',
  bucketPolicyLanguages: ['aws', 'scp'],
};

export const s3Flavours: Readonly<Record<S3FlavourName, S3Flavour>> = { nhn, ibm, scp };

const SECOND_MICROS = 1_000_000;

/**
 * HTTP date of Last-Modified, rounded up in every flavour, so that If-Unmodified-Since with the shown value always holds
 * (nhn-openstack.md, section 2.4).
 */
export function lastModifiedHeader(micros: number): string {
  return formatHttpDate(Math.ceil(micros / SECOND_MICROS) * SECOND_MICROS);
}

/** `YYYY-MM-DDThh:mm:ss.000Z` as listings and results show it. */
export function lastModifiedXml(flavour: S3Flavour, micros: number): string {
  const millis =
    flavour.lastModified === 'second-rounded-up'
      ? Math.ceil(micros / SECOND_MICROS) * 1000
      : Math.floor(micros / 1000);
  return formatIsoDate(millis);
}
