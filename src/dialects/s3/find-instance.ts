/**
 * Service instances as owners of buckets (ibm-cos.md, sections 2 and 9.3; design, section 5). A bucket belongs to the instance that
 * it was made in, or, made through another cloud's door, to the one that its account has from the start.
 *
 * Which instance a call on the service is about: that of the resource key behind the credential; else the one that
 * `ibm-service-instance-id` names; else the only one whose buckets the caller may list.
 */
import type { Bucket } from '../../core/model.ts';
import type { InstanceDirectory, ServiceInstance } from '../../identity/service-instances.ts';
import { RefusalFacts } from '../kernel/denial.ts';
import type { S3Call } from './s3-call.ts';
import { invalidArgument, S3Error } from './s3-errors.ts';

/** The instance of the resource key that a credential was made with. */
export interface CredentialInstance {
  readonly guid: string;
  /** A key pair acts in this one only; a token may act in others of its account, too. */
  readonly isBinding: boolean;
}

/** The bucket's document that names its instance; absent: the default one of its account. */
const INSTANCE_DOCUMENT = 'service-instance';

const HEADER = 'ibm-service-instance-id';
const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const SERVICE = 'cloud-object-storage';
const CRN_SERVICE_PART = 4;
const CRN_INSTANCE_PART = 7;
const CRN_PARTS = 10;
/** Of an account, that are asked about when a call names none. Ours. */
const INSTANCES_ASKED_MAX = 50;

export function instanceOf({ account, documents }: Bucket, directory: InstanceDirectory): string {
  return documents[INSTANCE_DOCUMENT] ?? directory.defaultOf(account);
}

/** What to store with a bucket that is made in the instance. */
export function instanceDocument(
  account: string,
  guid: string | undefined,
  directory: InstanceDirectory,
): Bucket['documents'] {
  return guid === undefined || guid === directory.defaultOf(account) ? {} : { [INSTANCE_DOCUMENT]: guid };
}

/**
 * The instance that a call on the service is about. `ofCredential`: of the resource key behind it. `mayUse`: whether the caller
 * may do there what it asks for. Throws InvalidArgument for what is no instance's id, AccessDenied for one that is not the
 * caller's, whether it exists or not.
 */
export async function findInstance(
  call: Pick<S3Call, 'request'>,
  account: string,
  ofCredential: CredentialInstance | undefined,
  directory: InstanceDirectory,
  mayUse: (instance: ServiceInstance) => boolean,
): Promise<ServiceInstance> {
  const header = call.request.headers.get(HEADER);
  const named = header === undefined ? undefined : readInstanceId(header);
  const guid = named ?? ofCredential?.guid;
  if (guid !== undefined) {
    const instance = await directory.find(account, guid);
    const isOther = ofCredential?.isBinding === true && guid !== ofCredential.guid;
    if (instance === undefined || isOther) throw instanceRefused(header ?? guid);
    return instance;
  }
  const usable = (await directory.list(account, INSTANCES_ASKED_MAX)).filter(mayUse);
  const [only] = usable;
  if (only !== undefined && usable.length === 1) return only;
  const missing = invalidArgument(HEADER, '', `The header ${HEADER} has to name a service instance.`);
  missing.cause = new RefusalFacts('InstanceMissing', {});
  throw missing;
}

/**
 * A GUID, or a CRN of one with however many colons behind it (ibm-cos.md, section 0, point 9). A service ID is told from what is
 * no id at all, as IBM does.
 */
function readInstanceId(value: string): string {
  if (GUID.test(value)) return value.toLowerCase();
  if (/^(?:iam-)?ServiceId-/.test(value)) throw instanceRefused(value);
  const parts = value.split(':');
  const guid = parts[CRN_INSTANCE_PART] ?? '';
  const isCrn = parts[0] === 'crn' && parts.length >= CRN_PARTS && parts[CRN_SERVICE_PART] === SERVICE;
  if (isCrn && GUID.test(guid)) return guid.toLowerCase();
  throw invalidArgument(
    HEADER,
    value,
    `The header ${HEADER} has to be the GUID or the CRN of a service instance.`,
  );
}

/** What was sent is for explanations; the caller is not told whether there is such an instance. */
function instanceRefused(value: string): S3Error {
  const error = new S3Error('AccessDenied');
  error.cause = new RefusalFacts('InstanceRefused', { value: value.slice(0, 256) });
  return error;
}
