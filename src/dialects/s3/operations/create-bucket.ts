/**
 * CreateBucket. A second creation by the owner is always BucketAlreadyOwnedByYou: the silent 200 of AWS's us-east-1 is
 * not followed. LocationConstraint may be any of the place's names in any case, or be left out; another
 * place that is served is IllegalLocationConstraintException, as AWS answers it.
 *
 * A bucket whose rule of object ownership disables ACLs cannot be given one (Amazon S3 API Reference, "CreateBucket").
 */
import type { Bucket } from '../../../core/model.ts';
import { bucketNameFault } from '../../../core/names.ts';
import { accountOf } from '../../../identity/principal.ts';
import { encodeStrict } from '../../../lib/percent-encoding.ts';
import { defineOperation } from '../../kernel/define-operation.ts';
import type { WireHeaders } from '../../kernel/wire.ts';
import { type AclRequest, aclDocument, readAclHeaders } from '../acl-headers.ts';
import { instanceDocument } from '../find-instance.ts';
import { hasAclsDisabled, OWNERSHIP_DOCUMENT, ownershipRules } from '../object-ownership.ts';
import { optional, readXml, xmlObject, xmlToken } from '../parse-xml.ts';
import type { S3Call, S3Services } from '../s3-call.ts';
import { invalidArgument, S3Error } from '../s3-errors.ts';
import { readLocation } from '../storage-location.ts';
import { checkTags, tagDocuments, tagElements } from '../tag-set.ts';

const BODY_BYTES_MAX = 64 * 1024;

interface CreateBucketInput {
  readonly account: string;
  readonly name: string;
  readonly location: string;
  readonly acl: AclRequest | undefined;
  readonly documents: Readonly<Record<string, string>>;
  readonly isLocked: boolean;
}

const configuration = xmlObject({
  LocationConstraint: optional(xmlToken),
  Location: optional(xmlObject({ Name: optional(xmlToken), Type: optional(xmlToken) })),
  Bucket: optional(xmlObject({ DataRedundancy: optional(xmlToken), Type: optional(xmlToken) })),
  Tags: optional(xmlObject({ Tag: tagElements })),
});

export const createBucket = defineOperation<S3Call, S3Services, CreateBucketInput, Bucket>({
  name: 'CreateBucket',
  summary: 'Creates a bucket in the place of this address and claims its name.',
  route: { method: 'PUT', resource: 'bucket' },
  permissions: [{ action: 'bucket:create', on: 'account' }],
  body: { kind: 'buffered', bytesMax: BODY_BYTES_MAX },
  mutates: true,

  decode(call) {
    const isReserved = call.flavour.reservedBucketPrefixes.some((prefix) =>
      call.bucketName.startsWith(prefix),
    );
    if (isReserved || bucketNameFault(call.bucketName) !== undefined) {
      throw new S3Error('InvalidBucketName', { BucketName: call.bucketName });
    }
    const account = accountOf(call.caller) ?? '';
    // `{account}:{bucket}` addresses buckets that exist; a new one is always the caller's own.
    if (call.bucketAccount !== undefined && call.bucketAccount !== account) throw new S3Error('AccessDenied');
    const { headers } = call.request;
    refuseUnsupported(headers);
    const acl = readAclHeaders(call, 'bucket');
    const documents = readOwnership(headers);
    if (hasAclsDisabled({ documents }) && acl !== undefined && !isWithoutEffect(acl)) {
      throw new S3Error('InvalidBucketAclWithObjectOwnership');
    }
    return { account, name: call.bucketName, location: '', acl, documents, isLocked: readLocked(headers) };
  },

  decodeBody(body, input) {
    if (body.length === 0) return input;
    const {
      LocationConstraint,
      Location,
      Bucket: kind,
      Tags,
    } = readXml(body, 'CreateBucketConfiguration', configuration);
    if (Location !== undefined || kind !== undefined) throw notImplemented('Directory buckets');
    const tags = (Tags?.Tag ?? []).map(({ Key: key, Value: value }) => ({ key, value }));
    const documents = { ...input.documents, ...tagDocuments(checkTags(tags, 'bucket')) };
    return { ...input, documents, location: LocationConstraint ?? '' };
  },

  async run(services, input, call) {
    const { account, name, location } = input;
    const asked = readLocation(location, call.place, call.flavour, services);
    const acl = await aclDocument(input.acl, { kind: 'bucket', owner: account }, services.accounts);
    const documents = {
      ...input.documents,
      ...asked.documents,
      ...instanceDocument(account, call.instanceId, services.instances),
      ...(acl !== null && { acl }),
    };
    // Locks are of versions (Amazon S3 User Guide, "Locking objects with Object Lock").
    const locked = { lock: { kind: 'object-lock' }, versioning: 'enabled' } as const;
    return services.store.createBucket({
      account,
      place: call.place,
      name,
      documents,
      ...(input.isLocked && locked),
    });
  },

  encode: (bucket, call) => ({
    status: 200,
    headers: call.flavour.createBucketShowsLocation ? ['Location', `/${encodeStrict(bucket.name)}`] : [],
    body: null,
  }),
});

const KEY_PROTECT_HEADERS = ['ibm-sse-kp-encryption-algorithm', 'ibm-sse-kp-customer-root-key-crn'];

function refuseUnsupported(headers: WireHeaders): void {
  const header = KEY_PROTECT_HEADERS.find((name) => headers.has(name));
  if (header !== undefined) throw notImplemented('Encryption by Key Protect', header);
}

function readLocked(headers: WireHeaders): boolean {
  const lock = headers.get('x-amz-bucket-object-lock-enabled') ?? 'false';
  if (lock.toLowerCase() === 'true') return true;
  if (lock.toLowerCase() === 'false') return false;
  throw invalidArgument('x-amz-bucket-object-lock-enabled', lock, 'Invalid Argument');
}

/** AWS takes these on buckets too, where they say nothing. */
function isWithoutEffect(acl: AclRequest): boolean {
  return (
    acl.kind === 'canned' && ['private', 'bucket-owner-read', 'bucket-owner-full-control'].includes(acl.name)
  );
}

function readOwnership(headers: WireHeaders): Readonly<Record<string, string>> {
  const rule = headers.get('x-amz-object-ownership');
  if (rule === undefined) return {};
  if (ownershipRules.includes(rule)) return { [OWNERSHIP_DOCUMENT]: rule };
  throw invalidArgument('x-amz-object-ownership', rule, 'Invalid x-amz-object-ownership header');
}

function notImplemented(what: string, header?: string): S3Error {
  return new S3Error('NotImplemented', {
    ...(header !== undefined && { Header: header }),
    AdditionalMessage: `${what} is not implemented.`,
  });
}
