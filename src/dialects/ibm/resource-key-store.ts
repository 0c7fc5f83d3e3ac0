/**
 * Resource keys: an API key, and on demand an HMAC pair, of a service ID, for one instance (ibm-cos.md, 8.2). What is made for a key goes
 * with it: the policy, the pair, the API key, and the service ID unless it was there before.
 */
import { COS_SERVICE, instanceCrn, parseCrn, resourceKeyCrn, serviceIdCrn } from '../../identity/ibm-crn.ts';
import type { IbmAttribute } from '../../identity/ibm-policies.ts';
import type { InstanceRecord, ResourceKeyRecord } from '../../identity/ibm-records.ts';
import { findBuiltInRole, findRoleByName } from '../../identity/ibm-roles.ts';
import { IdentityError } from '../../identity/identity-errors.ts';
import type { Versioned } from '../../identity/record-collection.ts';
import { mintUuid } from '../../lib/uuid.ts';
import { customRoleOfCrn } from './custom-roles.ts';
import { serviceUuidIn } from './iam-subjects.ts';
import type { IbmCall, IbmServices } from './ibm-call.ts';
import { IbmError, invalid, notFound } from './ibm-errors.ts';
import { makeApiKey } from './make-api-key.ts';
import { resolvePolicy, setPolicyState, storePolicy } from './policy-store.ts';
import { removeServiceId } from './remove-service-id.ts';

/** Of one instance, or one account, that are listed. Ours. */
const KEYS_MAX = 2000;
/** As IBM's: 32 and 48 hexadecimal characters. */
const ACCESS_KEY_BYTES = 16;
const SECRET_BYTES = 24;

export interface ResourceKeyInput {
  readonly name: string;
  /** Name or CRN; undefined: none. */
  readonly role: string | undefined;
  readonly withHmac: boolean;
  /** Of a service ID that is there. */
  readonly serviceCrn: string | undefined;
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** CRN of a role that is there, by its CRN or name. Throws IbmError. */
async function roleCrnOf(
  services: IbmServices,
  call: IbmCall,
  role: string | undefined,
): Promise<string | undefined> {
  if (role === undefined || role === '' || role.toUpperCase() === 'NONE') return undefined;
  const found = findBuiltInRole(role) ?? findRoleByName(role);
  if (found !== undefined) return found.crn;
  if ((await customRoleOfCrn(services, call.accountId, role)) !== undefined) return role;
  throw invalid(`There is no role ${role.slice(0, 200)}.`);
}

/** Throws IbmError, IdentityError. */
export async function createResourceKey(
  services: IbmServices,
  call: IbmCall,
  instance: InstanceRecord,
  input: ResourceKeyInput,
): Promise<Versioned<ResourceKeyRecord>> {
  const { identity, records, masterKey, entropy, clock } = services;
  const roleCrn = await roleCrnOf(services, call, input.role);
  const { serviceId, ownsService } = await findOrMakeService(services, call, input);
  const id = mintUuid(entropy);
  const subject = `service:${serviceId}` as const;
  const { key, value } = await makeApiKey(
    services,
    subject,
    {
      name: input.name,
      description: `Auto-generated for key ${resourceKeyCrn(call.accountId, instance.id, id)}`.slice(0, 240),
      isStored: false,
      supportSessions: false,
      actionWhenLeaked: 'none',
      isLocked: false,
      isDisabled: false,
    },
    call.iamId,
  );
  const policyId =
    roleCrn === undefined ? undefined : await grantOnInstance(services, call, serviceId, instance, roleCrn);
  const pair = input.withHmac
    ? await identity.createAccessKey({
        holder: { serviceId },
        mintedBy: 'ibm',
        instanceId: instance.id,
        pair: {
          accessKeyId: entropy.bytes(ACCESS_KEY_BYTES).toString('hex'),
          secretKey: entropy.bytes(SECRET_BYTES).toString('hex'),
        },
      })
    : undefined;
  const now = clock.nowMicros();
  return records.resourceKeys.create({
    id,
    accountId: call.accountId,
    instanceId: instance.id,
    name: input.name,
    ...(roleCrn === undefined ? {} : { roleCrn }),
    serviceId,
    ownsService,
    apiKeyId: key.record.id,
    apiKey: masterKey.seal(value, apiKeyOwner(id)),
    ...(pair === undefined ? {} : { accessKeyId: pair.id }),
    ...(policyId === undefined ? {} : { policyId }),
    parameters: input.parameters,
    state: 'active',
    createdAtMicros: now,
    createdBy: call.iamId,
    updatedAtMicros: now,
    updatedBy: call.iamId,
  });
}

/** What the sealed API key is bound to. */
function apiKeyOwner(id: string): string {
  return `resource-key ${id}`;
}

async function findOrMakeService(
  { identity, records }: IbmServices,
  call: IbmCall,
  { name, serviceCrn }: ResourceKeyInput,
): Promise<{ readonly serviceId: string; readonly ownsService: boolean }> {
  if (serviceCrn !== undefined) {
    const serviceId = serviceUuidIn(serviceCrn);
    const found = serviceId === undefined ? undefined : await identity.services.get(serviceId);
    if (serviceId === undefined || found?.record.accountId !== call.accountId) {
      throw invalid('"serviceid_crn" names no service ID of this account.');
    }
    return { serviceId, ownsService: false };
  }
  const { record } = await identity.services.create({
    accountId: call.accountId,
    name,
    description: 'Auto-generated for a resource key',
  });
  const facts = { id: record.id, accountId: call.accountId, createdBy: call.iamId, uniqueInstanceCrns: [] };
  await records.serviceFacts.create(facts);
  return { serviceId: record.id, ownsService: true };
}

/** On the whole instance, whatever a bucket is called. Undefined when the service has just this right already. */
async function grantOnInstance(
  services: IbmServices,
  call: IbmCall,
  serviceId: string,
  instance: InstanceRecord,
  roleCrn: string,
): Promise<string | undefined> {
  const equals = (key: string, value: string): IbmAttribute => ({ key, operator: 'stringEquals', value });
  const document = {
    type: 'access' as const,
    subject: [equals('iam_id', `iam-ServiceId-${serviceId}`)],
    resource: [
      equals('accountId', call.accountId),
      equals('serviceName', COS_SERVICE),
      equals('serviceInstance', instance.id),
    ],
    tags: [],
    roles: [{ role_id: roleCrn }],
  };
  try {
    return (await storePolicy(services, call, await resolvePolicy(services, call, document), 'v1')).id;
  } catch (error) {
    if (error instanceof IbmError && error.kind === 'conflict') return undefined;
    throw error;
  }
}

export async function keysOfInstance(
  { records }: Pick<IbmServices, 'records'>,
  instanceId: string,
): Promise<readonly Versioned<ResourceKeyRecord>[]> {
  const { items } = await records.resourceKeys.list('instance', [instanceId], { limit: KEYS_MAX });
  return items.filter(({ record }) => record.state === 'active');
}

export async function keysOfAccount(
  { records }: Pick<IbmServices, 'records'>,
  accountId: string,
): Promise<readonly Versioned<ResourceKeyRecord>[]> {
  const { items } = await records.resourceKeys.list('account', [accountId], { limit: KEYS_MAX });
  return items.filter(({ record }) => record.state === 'active');
}

/** By GUID or CRN. Throws 404 for what is not there, or is another account's, and 410 for what has been removed. */
export async function findResourceKey(
  { records }: Pick<IbmServices, 'records'>,
  call: IbmCall,
  idOrCrn: string,
): Promise<Versioned<ResourceKeyRecord>> {
  const crn = parseCrn(idOrCrn);
  const id = crn === undefined ? idOrCrn : crn.resourceType === 'resource-key' ? crn.resource : '';
  const found = await records.resourceKeys.get(id);
  if (found === undefined || found.record.accountId !== call.accountId) throw notFound('resource key');
  if (found.record.state === 'removed') throw new IbmError('gone', 'The resource key has been removed.');
  return found;
}

/** Takes back exactly what was made. Throws IbmError, IdentityError. */
export async function removeResourceKey(
  services: IbmServices,
  call: IbmCall,
  key: ResourceKeyRecord,
): Promise<void> {
  const { identity, records, clock } = services;
  await unlessGone(identity.apiKeys.remove(key.apiKeyId));
  await unlessGone(records.apiKeyFacts.remove(key.apiKeyId));
  if (key.accessKeyId !== undefined) await unlessGone(identity.removeAccessKey(key.accessKeyId));
  if (key.policyId !== undefined) {
    const facts = await records.policyFacts.get(key.policyId);
    if (facts?.record.state === 'active') await setPolicyState(services, call, key.policyId, 'deleted');
  }
  if (key.ownsService) await unlessGone(removeServiceId(services, key.serviceId, call));
  await records.resourceKeys.update(key.id, (record) => ({
    ...record,
    state: 'removed',
    deletedAtMicros: clock.nowMicros(),
    deletedBy: call.iamId,
    apiKey: services.masterKey.seal('', apiKeyOwner(key.id)),
  }));
}

/** Somebody may have removed parts of it by hand. */
async function unlessGone(removal: Promise<unknown>): Promise<void> {
  try {
    await removal;
  } catch (error) {
    const isGone =
      error instanceof IdentityError && (error.code === 'NoSuchRecord' || error.code === 'NoSuchAccessKey');
    if (!isGone) throw error;
  }
}

/** What programs need to use the instance: as IBM's SDKs read it from a file. */
export async function credentialsOf(
  { identity, masterKey, iam, whereabouts }: IbmServices,
  call: IbmCall,
  key: ResourceKeyRecord,
): Promise<Record<string, unknown>> {
  const pair = key.accessKeyId === undefined ? undefined : await identity.findAccessKey(key.accessKeyId);
  const url = whereabouts.identityUrl(call.request);
  const crn = resourceKeyCrn(key.accountId, key.instanceId, key.id);
  return {
    apikey: masterKey.open(key.apiKey, apiKeyOwner(key.id)),
    ...(pair === undefined
      ? {}
      : { cos_hmac_keys: { access_key_id: pair.accessKeyId, secret_access_key: pair.secret } }),
    endpoints: `${url}/v2/endpoints`,
    iam_apikey_description: `Auto-generated for key ${crn}`,
    iam_apikey_id: `ApiKey-${key.apiKeyId}`,
    iam_apikey_name: key.name,
    ...(key.roleCrn === undefined ? {} : { iam_role_crn: key.roleCrn }),
    iam_serviceid_crn: serviceIdCrn(key.accountId, `ServiceId-${key.serviceId}`),
    resource_instance_id: instanceCrn(key.accountId, key.instanceId),
    // Ours: the SDK for Python finds the token service by it.
    iam_auth_endpoint: `${iam.issuer()}/token`,
  };
}
