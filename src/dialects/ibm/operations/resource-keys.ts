/** Resource keys, which the console calls service credentials (ibm-cos.md, 8.2). Only administrators see what is secret in them. */
import { instanceCrn, resourceKeyCrn } from '../../../identity/ibm-crn.ts';
import { findInstanceRecord } from '../../../identity/ibm-instances.ts';
import type { ResourceKeyRecord } from '../../../identity/ibm-records.ts';
import type { Versioned } from '../../../identity/record-collection.ts';
import { defineOperation } from '../../kernel/define-operation.ts';
import { findInstance, targetOfInstance } from '../find-instance.ts';
import { serviceUuidIn } from '../iam-subjects.ts';
import type { ControlTarget, IbmCall, IbmServices } from '../ibm-call.ts';
import { invalid } from '../ibm-errors.ts';
import {
  BODY_BYTES_MAX,
  flagIn,
  type JsonObject,
  optionalObjectIn,
  optionalTextIn,
  parseJson,
  textIn,
} from '../read-json.ts';
import { limitOf, offsetOf, pageUrl } from '../read-page.ts';
import { isoMillis, jsonResponse, noContent } from '../render-json.ts';
import { COS_RESOURCE_ID } from '../resource-documents.ts';
import {
  createResourceKey,
  credentialsOf,
  findResourceKey,
  keysOfAccount,
  keysOfInstance,
  removeResourceKey,
} from '../resource-key-store.ts';
import { serviceTarget } from './service-ids.ts';

const NAME_LENGTH_MAX = 180;
const REDACTED = { REDACTED: 'REDACTED' };

/** What managing a key is a question about: its instance. */
async function targetOfKey(
  { records }: IbmServices,
  call: IbmCall,
  key: ResourceKeyRecord,
): Promise<{
  readonly target: ControlTarget;
  readonly resourceGroupId: string;
}> {
  const instance = await findInstanceRecord(records, call.holder.account, key.instanceId);
  const resourceGroupId = instance?.record.resourceGroupId ?? '';
  return { target: targetOfInstance({ id: key.instanceId, resourceGroupId }), resourceGroupId };
}

async function keyDocument(
  services: IbmServices,
  call: IbmCall,
  { record }: Versioned<ResourceKeyRecord>,
): Promise<object> {
  const { target, resourceGroupId } = await targetOfKey(services, call, record);
  const maySee = call.may('resource:read-credential', target);
  const crn = resourceKeyCrn(record.accountId, record.instanceId, record.id);
  const source = instanceCrn(record.accountId, record.instanceId);
  const time = (micros: number | undefined) => (micros === undefined ? null : isoMillis(micros));
  return {
    id: crn,
    guid: record.id,
    url: `/v2/resource_keys/${encodeURIComponent(crn)}`,
    created_at: isoMillis(record.createdAtMicros),
    updated_at: isoMillis(record.updatedAtMicros),
    deleted_at: time(record.deletedAtMicros),
    created_by: record.createdBy,
    updated_by: record.updatedBy,
    deleted_by: record.deletedBy ?? '',
    source_crn: source,
    name: record.name,
    crn,
    state: record.state,
    account_id: record.accountId,
    resource_group_id: resourceGroupId,
    resource_id: COS_RESOURCE_ID,
    onetime_credentials: false,
    credentials: maySee ? await credentialsOf(services, call, record) : REDACTED,
    iam_compatible: true,
    migrated: false,
    resource_instance_url: `/v2/resource_instances/${encodeURIComponent(source)}`,
    resource_alias_url: null,
  };
}

export const createResourceKeyOperation = defineOperation({
  name: 'CreateResourceKey',
  summary:
    'Makes a credential of an instance: a service ID with an API key, a role, and on demand an HMAC pair.',
  route: { method: 'POST', resource: '/v2/resource_keys' },
  permissions: [
    { action: 'resource:write-key', on: 'record' },
    { action: 'iam:manage', on: 'record' },
  ],
  body: { kind: 'buffered', bytesMax: BODY_BYTES_MAX },
  mutates: true,
  decode: (_call: IbmCall): JsonObject => ({}),
  decodeBody: (body) => parseJson(body),
  async run(services: IbmServices, body, call) {
    const name = textIn(body, 'name', NAME_LENGTH_MAX);
    const { record } = await findInstance(services, call, textIn(body, 'source'));
    call.demand('resource:write-key', targetOfInstance(record));
    const parameters = optionalObjectIn(body, 'parameters') ?? {};
    const role = optionalTextIn(body, 'role') ?? optionalTextIn(parameters, 'role_crn');
    // Nobody gives away by a key what they could not give by a policy.
    if (role !== undefined && role.toUpperCase() !== 'NONE' && role !== '') {
      call.demand('resource:read-credential', targetOfInstance(record));
    }
    const serviceCrn = optionalTextIn(parameters, 'serviceid_crn');
    // A key of a service ID has all that the service ID has, on whatever it has that.
    const serviceId = serviceCrn === undefined ? undefined : serviceUuidIn(serviceCrn);
    if (serviceId !== undefined) call.demand('iam:manage', serviceTarget(serviceId));
    const made = await createResourceKey(services, call, record, {
      name,
      role,
      withHmac: flagIn(parameters, 'HMAC') ?? false,
      serviceCrn,
      parameters,
    });
    if (call.audit !== undefined) call.audit.target = { resourceKey: made.record.id };
    return keyDocument(services, call, made);
  },
  encode: (document) => jsonResponse(201, document),
});

/** A page of keys as a list shows it. */
async function pageOf(
  services: IbmServices,
  call: IbmCall,
  all: readonly Versioned<ResourceKeyRecord>[],
  { limit, start }: { readonly limit: number; readonly start: number },
): Promise<object> {
  const seen: Versioned<ResourceKeyRecord>[] = [];
  for (const key of all) {
    const { target } = await targetOfKey(services, call, key.record);
    if (call.may('resource:read', target)) seen.push(key);
  }
  const page = seen.slice(start, start + limit);
  const hasMore = seen.length > start + limit;
  return {
    rows_count: page.length,
    next_url: hasMore ? pageUrl('', call, { start: String(start + limit) }) : null,
    resources: await Promise.all(page.map((key) => keyDocument(services, call, key))),
  };
}

const pageIn = (call: IbmCall) => ({ limit: limitOf(call, 'limit', 100), start: offsetOf(call, 'start') });

export const listResourceKeys = defineOperation({
  name: 'ListResourceKeys',
  summary: 'Lists the credentials of all instances of the account.',
  route: { method: 'GET', resource: '/v2/resource_keys' },
  permissions: [
    { action: 'iam:use', on: 'account' },
    { action: 'resource:read', on: 'record' },
  ],
  body: { kind: 'none' },
  mutates: false,
  decode: pageIn,
  async run(services: IbmServices, page, call) {
    const { query } = call;
    const is = (name: string, value: string) => (query.get(name) ?? value) === value;
    const all = (await keysOfAccount(services, call.accountId)).filter(
      ({ record }) => is('guid', record.id) && is('name', record.name) && is('resource_id', COS_RESOURCE_ID),
    );
    return pageOf(services, call, all, page);
  },
  encode: (document) => jsonResponse(200, document),
});

export const listKeysOfInstance = defineOperation({
  name: 'ListResourceKeysForInstance',
  summary: 'Lists the credentials of an instance.',
  route: { method: 'GET', resource: '/v2/resource_instances/{id}/resource_keys' },
  permissions: [{ action: 'resource:read', on: 'record' }],
  body: { kind: 'none' },
  mutates: false,
  decode: pageIn,
  async run(services: IbmServices, page, call) {
    const { record } = await findInstance(services, call, call.parameter('id'));
    call.demand('resource:read', targetOfInstance(record));
    return pageOf(services, call, await keysOfInstance(services, record.id), page);
  },
  encode: (document) => jsonResponse(200, document),
});

export const getResourceKey = defineOperation({
  name: 'GetResourceKey',
  summary: 'Shows a credential; its secrets to administrators only.',
  route: { method: 'GET', resource: '/v2/resource_keys/{id}' },
  permissions: [
    { action: 'resource:read', on: 'record' },
    { action: 'resource:read-credential', on: 'record' },
  ],
  body: { kind: 'none' },
  mutates: false,
  decode: (_call: IbmCall) => undefined,
  async run(services: IbmServices, _input: undefined, call) {
    const key = await findResourceKey(services, call, call.parameter('id'));
    const { target } = await targetOfKey(services, call, key.record);
    call.demand('resource:read', target);
    return keyDocument(services, call, key);
  },
  encode: (document) => jsonResponse(200, document),
});

export const updateResourceKey = defineOperation({
  name: 'UpdateResourceKey',
  summary: 'Changes the name of a credential.',
  route: { method: 'PATCH', resource: '/v2/resource_keys/{id}' },
  permissions: [{ action: 'resource:write-key', on: 'record' }],
  body: { kind: 'buffered', bytesMax: BODY_BYTES_MAX },
  mutates: true,
  decode: (_call: IbmCall): JsonObject => ({}),
  decodeBody: (body) => parseJson(body),
  async run(services: IbmServices, body, call) {
    const key = await findResourceKey(services, call, call.parameter('id'));
    const { target } = await targetOfKey(services, call, key.record);
    call.demand('resource:write-key', target);
    const name = textIn(body, 'name', NAME_LENGTH_MAX);
    if (name.trim() === '') throw invalid('"name" must not be empty.');
    const { clock, records } = services;
    const after = await records.resourceKeys.update(key.record.id, (record) => ({
      ...record,
      name,
      updatedAtMicros: clock.nowMicros(),
      updatedBy: call.iamId,
    }));
    return keyDocument(services, call, after);
  },
  encode: (document) => jsonResponse(200, document),
});

export const deleteResourceKey = defineOperation({
  name: 'DeleteResourceKey',
  summary: 'Takes a credential back with everything that was made for it.',
  route: { method: 'DELETE', resource: '/v2/resource_keys/{id}' },
  permissions: [{ action: 'resource:write-key', on: 'record' }],
  body: { kind: 'none' },
  mutates: true,
  decode: (_call: IbmCall) => undefined,
  async run(services: IbmServices, _input: undefined, call) {
    const { record } = await findResourceKey(services, call, call.parameter('id'));
    const { target } = await targetOfKey(services, call, record);
    call.demand('resource:write-key', target);
    await removeResourceKey(services, call, record);
  },
  encode: () => noContent(),
});
