/** Instances of object storage (ibm-cos.md, 8.1). Deleting one keeps it for a week, in which it can be had back. */
import { COS_SERVICE } from '../../../identity/ibm-crn.ts';
import { listInstanceRecords } from '../../../identity/ibm-instances.ts';
import type { InstanceRecord } from '../../../identity/ibm-records.ts';
import { mintUuid } from '../../../lib/uuid.ts';
import { defineOperation } from '../../kernel/define-operation.ts';
import { findInstance, targetOfInstance, writeInstance } from '../find-instance.ts';
import type { IbmCall, IbmServices } from '../ibm-call.ts';
import { IbmError, invalid } from '../ibm-errors.ts';
import {
  BODY_BYTES_MAX,
  flagIn,
  type JsonObject,
  optionalObjectIn,
  optionalTextIn,
  parseJson,
  textIn,
  textsIn,
} from '../read-json.ts';
import { limitOf, offsetOf, pageUrl } from '../read-page.ts';
import { jsonResponse, noContent } from '../render-json.ts';
import { COS_RESOURCE_ID, instanceDocument, plans } from '../resource-documents.ts';
import { demandResourceGroup } from '../resource-groups.ts';
import { keysOfInstance, removeResourceKey } from '../resource-key-store.ts';

/** By id or name. Throws IbmError 400. */
function planIdOf(text: string): string {
  const found = plans.find(({ id, name }) => id === text || name === text);
  if (found === undefined) throw invalid('"resource_plan_id" is no plan of object storage.');
  return found.id;
}

const NAME_LENGTH_MAX = 180;
const TAGS_MAX = 100;

export const createResourceInstance = defineOperation({
  name: 'CreateResourceInstance',
  summary: 'Makes an instance of object storage.',
  route: { method: 'POST', resource: '/v2/resource_instances' },
  permissions: [{ action: 'resource:write', on: 'record' }],
  body: { kind: 'buffered', bytesMax: BODY_BYTES_MAX },
  mutates: true,
  decode: (_call: IbmCall): JsonObject => ({}),
  decodeBody: (body) => parseJson(body),
  async run(services: IbmServices, body, call) {
    const { records, entropy, clock } = services;
    const name = textIn(body, 'name', NAME_LENGTH_MAX);
    const group = await demandResourceGroup(services, call, textIn(body, 'resource_group'));
    const planId = planIdOf(textIn(body, 'resource_plan_id'));
    const target = textIn(body, 'target');
    if (!/(?:^|-|:)global$|%3Aglobal$/.test(target))
      throw invalid('"target" must be global for object storage.');
    call.demand('resource:write', {
      serviceName: COS_SERVICE,
      serviceType: 'service',
      resourceGroupId: group.id,
      region: 'global',
    });
    const now = clock.nowMicros();
    const { record } = await records.instances.create({
      id: mintUuid(entropy),
      accountId: call.accountId,
      name,
      resourceGroupId: group.id,
      planId,
      target,
      tags: textsIn(body, 'tags', TAGS_MAX),
      parameters: optionalObjectIn(body, 'parameters') ?? {},
      allowCleanup: flagIn(body, 'allow_cleanup') ?? false,
      locked: false,
      state: 'active',
      createdAtMicros: now,
      createdBy: call.iamId,
      updatedAtMicros: now,
      updatedBy: call.iamId,
    });
    if (call.audit !== undefined) call.audit.target = { instance: record.id };
    return instanceDocument(record);
  },
  encode: (document) => jsonResponse(201, document),
});

/** Members of an instance that a list can be narrowed by, as the query names them. */
const filters: readonly (readonly [parameter: string, value: (record: InstanceRecord) => string])[] = [
  ['guid', ({ id }) => id],
  ['name', ({ name }) => name],
  ['resource_group_id', ({ resourceGroupId }) => resourceGroupId],
  ['resource_id', () => COS_RESOURCE_ID],
  ['resource_plan_id', ({ planId }) => planId],
  ['type', () => 'service_instance'],
  ['sub_type', () => ''],
  ['state', ({ state }) => state],
];

export const listResourceInstances = defineOperation({
  name: 'ListResourceInstances',
  summary: 'Lists the instances of object storage of the account that the caller may see.',
  route: { method: 'GET', resource: '/v2/resource_instances' },
  permissions: [
    { action: 'iam:use', on: 'account' },
    { action: 'resource:read', on: 'record' },
  ],
  body: { kind: 'none' },
  mutates: false,
  decode: (call: IbmCall) => ({ limit: limitOf(call, 'limit', 100), start: offsetOf(call, 'start') }),
  async run({ records }: IbmServices, { limit, start }, call) {
    const all = await listInstanceRecords(records, call.holder.account);
    const found = all.filter(({ record }) => {
      const isWanted = filters.every(([name, value]) => {
        const wanted = call.query.get(name);
        return wanted === undefined || wanted === value(record);
      });
      const isShown = record.state === 'active' || call.query.has('state');
      return isWanted && isShown && call.may('resource:read', targetOfInstance(record));
    });
    const page = found.slice(start, start + limit).map(({ record }) => instanceDocument(record));
    const hasMore = found.length > start + limit;
    return {
      rows_count: page.length,
      next_url: hasMore ? pageUrl('', call, { start: String(start + limit) }) : null,
      resources: page,
    };
  },
  encode: (document) => jsonResponse(200, document),
});

export const getResourceInstance = defineOperation({
  name: 'GetResourceInstance',
  summary: 'Shows an instance, by GUID or CRN.',
  route: { method: 'GET', resource: '/v2/resource_instances/{id}' },
  permissions: [{ action: 'resource:read', on: 'record' }],
  body: { kind: 'none' },
  mutates: false,
  decode: (_call: IbmCall) => undefined,
  async run(services: IbmServices, _input: undefined, call) {
    const { record } = await findInstance(services, call, call.parameter('id'));
    call.demand('resource:read', targetOfInstance(record));
    return instanceDocument(record);
  },
  encode: (document) => jsonResponse(200, document),
});

/** Throws IbmError for an instance that is locked. */
function assertUnlocked({ locked }: InstanceRecord): void {
  if (locked) throw new IbmError('locked', 'The resource instance is locked: unlock it first.');
}

export const updateResourceInstance = defineOperation({
  name: 'UpdateResourceInstance',
  summary: 'Changes name, plan or parameters of an instance.',
  route: { method: 'PATCH', resource: '/v2/resource_instances/{id}' },
  permissions: [{ action: 'resource:write', on: 'record' }],
  body: { kind: 'buffered', bytesMax: BODY_BYTES_MAX },
  mutates: true,
  decode: (_call: IbmCall): JsonObject => ({}),
  decodeBody: (body) => parseJson(body),
  async run(services: IbmServices, body, call) {
    const { record } = await findInstance(services, call, call.parameter('id'));
    call.demand('resource:write', targetOfInstance(record));
    assertUnlocked(record);
    const name = optionalTextIn(body, 'name', NAME_LENGTH_MAX);
    const planId = optionalTextIn(body, 'resource_plan_id');
    const parameters = optionalObjectIn(body, 'parameters');
    const allowCleanup = flagIn(body, 'allow_cleanup');
    if (name === '') throw invalid('"name" must not be empty.');
    const changes = {
      ...(name === undefined ? {} : { name }),
      ...(planId === undefined ? {} : { planId: planIdOf(planId) }),
      ...(parameters === undefined ? {} : { parameters }),
      ...(allowCleanup === undefined ? {} : { allowCleanup }),
    };
    return instanceDocument((await writeInstance(services, call, record.id, changes)).record);
  },
  encode: (document) => jsonResponse(200, document),
});

export const deleteResourceInstance = defineOperation({
  name: 'DeleteResourceInstance',
  summary: 'Shuts an instance, which can be had back for a week; with keys only if `recursive=true`.',
  route: { method: 'DELETE', resource: '/v2/resource_instances/{id}' },
  permissions: [{ action: 'resource:write', on: 'record' }],
  body: { kind: 'none' },
  mutates: true,
  decode: ({ query }: IbmCall) => query.get('recursive') === 'true',
  async run(services: IbmServices, isRecursive, call) {
    const { record } = await findInstance(services, call, call.parameter('id'));
    call.demand('resource:write', targetOfInstance(record));
    assertUnlocked(record);
    const keys = await keysOfInstance(services, record.id);
    if (keys.length > 0 && !isRecursive) {
      throw new IbmError('has-children', 'The instance has keys: delete them first, or send recursive=true.');
    }
    for (const key of keys) await removeResourceKey(services, call, key.record);
    if (record.state !== 'active') return;
    await writeInstance(services, call, record.id, {
      state: 'pending_reclamation',
      deletedAtMicros: services.clock.nowMicros(),
      deletedBy: call.iamId,
    });
  },
  encode: () => noContent(),
});

function lockOperation(name: string, method: 'POST' | 'DELETE', locked: boolean) {
  return defineOperation({
    name,
    summary: `${locked ? 'Locks' : 'Unlocks'} an instance${locked ? ': it cannot be changed or deleted' : ''}.`,
    route: { method, resource: '/v2/resource_instances/{id}/lock' },
    permissions: [{ action: 'resource:write', on: 'record' }],
    body: { kind: 'none' },
    mutates: true,
    decode: (_call: IbmCall) => undefined,
    async run(services: IbmServices, _input: undefined, call) {
      const { record } = await findInstance(services, call, call.parameter('id'));
      call.demand('resource:write', targetOfInstance(record));
      return instanceDocument((await writeInstance(services, call, record.id, { locked })).record);
    },
    encode: (document) => jsonResponse(200, document),
  });
}

export const lockResourceInstance = lockOperation('LockResourceInstance', 'POST', true);
export const unlockResourceInstance = lockOperation('UnlockResourceInstance', 'DELETE', false);
