/**
 * What a request says to the conditions of policies (AWS Service Authorization Reference, "Condition keys for Amazon S3"; IAM User
 * Guide, "AWS global condition context keys"). Looked up when a condition asks, so a call without policies pays nothing.
 *
 * A header that stands for a condition is taken from where the operation takes it, so that nobody shows one value to the policy
 * and another to the operation: those of access control lists also from the query, the source of a copy decoded.
 */
import { findTag } from '../../identity/object-tags.ts';
import { REQUEST_TAG_PREFIX } from '../../identity/policy-condition-keys.ts';
import type { ConditionValues } from '../../identity/policy-conditions.ts';
import type { Proof } from '../../identity/principal.ts';
import { globalCondition } from '../kernel/global-conditions.ts';
import type { WireRequest } from '../kernel/wire.ts';
import { parseCopySource } from './copy-source.ts';
import { type AskedAbout, ibmAttribute } from './ibm-attributes.ts';
import type { S3Call } from './s3-call.ts';
import { readTagHeader, type TagSet, tagRecord } from './tag-set.ts';

/** What a call shows of itself. */
export type ConditionedCall = Pick<
  S3Call,
  | 'caller'
  | 'query'
  | 'key'
  | 'place'
  | 'scpRegion'
  | 'bucketName'
  | 'instanceOf'
  | 'ibmRegionOf'
  | 'publicGrantsOf'
  | 'resourceGroupOf'
> & {
  readonly request: Pick<
    WireRequest,
    'method' | 'headers' | 'remoteAddress' | 'isSecure' | 'receivedAtMicros'
  >;
};

const IBM_PREFIX = 'ibm:';
const S3_HEADER = /^s3:(x-amz-.*|if-match|if-none-match)$/;
const ALSO_IN_QUERY = /^x-amz-(?:acl|grant-.*)$/;

export class RequestConditions implements ConditionValues {
  readonly #call: ConditionedCall;
  readonly #asked: AskedAbout;
  readonly #requestTags: TagSet | undefined;

  /** `requestTags`: of a body that has been read; otherwise they are in a header. */
  constructor(call: ConditionedCall, asked: AskedAbout, requestTags?: TagSet) {
    this.#call = call;
    this.#asked = asked;
    this.#requestTags = requestTags;
  }

  get(key: string): string | readonly string[] | undefined {
    if (key.startsWith(REQUEST_TAG_PREFIX)) {
      return findTag(this.#tags(), key.slice(REQUEST_TAG_PREFIX.length));
    }
    if (key.startsWith(IBM_PREFIX)) {
      return ibmAttribute(key.slice(IBM_PREFIX.length).toLowerCase(), this.#asked, this.#call);
    }
    const { query } = this.#call;
    switch (key) {
      case 's3:prefix':
        // A listing without a prefix is one with an empty one.
        return query.get('prefix') ?? (this.#call.key === '' ? '' : undefined);
      case 's3:delimiter':
      case 's3:max-keys':
        return query.get(key.slice('s3:'.length));
      case 's3:versionid':
        return this.#asked.versionId;
      case 's3:authtype':
        return authTypeOf(this.#call.caller.proof);
      case 's3:signatureversion':
        return signatureVersionOf(this.#call.caller.proof);
      case 's3:signatureage':
        return this.#signatureAge();
      case 's3:x-amz-copy-source':
        return this.#copySource();
      case 's3:requestobjecttagkeys':
        return Object.keys(this.#tags());
      default:
        return globalCondition(key, this.#call) ?? this.#header(key);
    }
  }

  /** Throws what the operation would. */
  #tags(): Readonly<Record<string, string>> {
    return tagRecord(this.#requestTags ?? readTagHeader(this.#call));
  }

  #header(key: string): string | undefined {
    const [, name] = S3_HEADER.exec(key) ?? [];
    if (name === undefined) return undefined;
    const { request, query } = this.#call;
    return request.headers.get(name) ?? (ALSO_IN_QUERY.test(name) ? query.get(name) : undefined);
  }

  /** `{bucket}/{key}`. Throws what the operation would. */
  #copySource(): string | undefined {
    const { request } = this.#call;
    const header = request.headers.get('x-amz-copy-source');
    if (header === undefined || request.method !== 'PUT') return undefined;
    const { bucketName, key } = parseCopySource(header);
    return `${bucketName}/${key}`;
  }

  /** Milliseconds since a Signature Version 4 was made. */
  #signatureAge(): string | undefined {
    const { request, query } = this.#call;
    const date = request.headers.get('x-amz-date') ?? query.get('X-Amz-Date');
    const [, year, month, day, hour, minute, second] = AMZ_DATE.exec(date ?? '') ?? [];
    if (year === undefined) return undefined;
    const signedAt = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
    return String(Math.max(0, Math.floor(request.receivedAtMicros / 1000 - signedAt)));
  }
}

const AMZ_DATE = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;

function authTypeOf(proof: Proof): string | undefined {
  if (proof.kind !== 'access-key') return undefined;
  return proof.scheme.endsWith('-query') ? 'REST-QUERY-STRING' : 'REST-HEADER';
}

function signatureVersionOf(proof: Proof): string | undefined {
  if (proof.kind !== 'access-key') return undefined;
  return proof.scheme.startsWith('sigv4') ? 'AWS4-HMAC-SHA256' : 'AWS';
}
