/** Resource groups (ibm-cos.md, 8.3). */

import { COS_SERVICE } from '../../../identity/ibm-crn.ts';
import { defaultResourceGroupOf } from '../../../identity/ibm-ids.ts';
import { listInstanceRecords } from '../../../identity/ibm-instances.ts';
import type { ResourceGroupRecord } from '../../../identity/ibm-records.ts';
import { defineOperation } from '../../kernel/define-operation.ts';
import type { ControlTarget, IbmCall, IbmServices } from '../ibm-call.ts';
import { IbmError, notFound } from '../ibm-errors.ts';
import { BODY_BYTES_MAX, type JsonObject, optionalTextIn, parseJson, textIn } from '../read-json.ts';
import { jsonResponse, noContent } from '../render-json.ts';
import { findResourceGroup, listResourceGroupsOf, resourceGroupDocument } from '../resource-groups.ts';
import { assertOwnAccount } from './service-ids.ts';

const NAME_LENGTH_MAX = 40;
const ID_BYTES = 16;

const targetOf = (id?: string): ControlTarget => ({
  serviceName: COS_SERVICE,
  serviceType: 'service',
  ...(id === undefined ? {} : { resourceGroupId: id }),
});

export const listResourceGroups = defineOperation({
  name: 'ListResourceGroups',
  summary: 'Lists the resource groups of the account.',
  route: { method: 'GET', resource: '/v2/resource_groups' },
  permissions: [{ action: 'iam:use', on: 'account' }],
  body: { kind: 'none' },
  mutates: false,
  decode: (_call: IbmCall) => undefined,
  async run(services: IbmServices, _input: undefined, call) {
    const { query } = call;
    assertOwnAccount(query.get('account_id'), call);
    const name = query.get('name');
    const isDefault = query.get('default');
    const found = (await listResourceGroupsOf(services, call)).filter(
      (group) =>
        (name === undefined || group.name === name) &&
        (isDefault === undefined ||
          String(group.id === defaultResourceGroupOf(group.accountId)) === isDefault),
    );
    return { resources: found.map(resourceGroupDocument) };
  },
  encode: (document) => jsonResponse(200, document),
});

/** Throws 404. */
async function findGroup(services: IbmServices, call: IbmCall): Promise<ResourceGroupRecord> {
  const found = await findResourceGroup(services, call, call.parameter('id'));
  if (found === undefined) throw notFound('resource group');
  return found;
}

export const getResourceGroup = defineOperation({
  name: 'GetResourceGroup',
  summary: 'Shows a resource group.',
  route: { method: 'GET', resource: '/v2/resource_groups/{id}' },
  permissions: [{ action: 'iam:use', on: 'account' }],
  body: { kind: 'none' },
  mutates: false,
  decode: (_call: IbmCall) => undefined,
  run: (services: IbmServices, _input: undefined, call) => findGroup(services, call),
  encode: (group) => jsonResponse(200, resourceGroupDocument(group)),
});

export const createResourceGroup = defineOperation({
  name: 'CreateResourceGroup',
  summary: 'Makes a resource group.',
  route: { method: 'POST', resource: '/v2/resource_groups' },
  permissions: [{ action: 'resource:write-group', on: 'record' }],
  body: { kind: 'buffered', bytesMax: BODY_BYTES_MAX },
  mutates: true,
  decode: (_call: IbmCall): JsonObject => ({}),
  decodeBody: (body) => parseJson(body),
  async run({ records, entropy, clock }: IbmServices, body, call) {
    call.demand('resource:write-group', targetOf());
    assertOwnAccount(optionalTextIn(body, 'account_id'), call);
    const now = clock.nowMicros();
    const name = textIn(body, 'name', NAME_LENGTH_MAX);
    if (name === 'Default') throw new IbmError('conflict', 'Another resource group has the same name.');
    const { record } = await records.resourceGroups.create({
      id: entropy.bytes(ID_BYTES).toString('hex'),
      accountId: call.accountId,
      name,
      createdAtMicros: now,
      updatedAtMicros: now,
    });
    const { id, crn } = resourceGroupDocument(record) as { readonly id: string; readonly crn: string };
    return { id, crn };
  },
  encode: (document) => jsonResponse(201, document),
});

export const updateResourceGroup = defineOperation({
  name: 'UpdateResourceGroup',
  summary: 'Changes the name of a resource group.',
  route: { method: 'PATCH', resource: '/v2/resource_groups/{id}' },
  permissions: [{ action: 'resource:write-group', on: 'record' }],
  body: { kind: 'buffered', bytesMax: BODY_BYTES_MAX },
  mutates: true,
  decode: (_call: IbmCall): JsonObject => ({}),
  decodeBody: (body) => parseJson(body),
  async run(services: IbmServices, body, call) {
    const group = await findGroup(services, call);
    call.demand('resource:write-group', targetOf(group.id));
    refuseDefault(group);
    const name = textIn(body, 'name', NAME_LENGTH_MAX);
    const updatedAtMicros = services.clock.nowMicros();
    const after = await services.records.resourceGroups.update(group.id, (record) => ({
      ...record,
      name,
      updatedAtMicros,
    }));
    return resourceGroupDocument(after.record);
  },
  encode: (document) => jsonResponse(200, document),
});

export const deleteResourceGroup = defineOperation({
  name: 'DeleteResourceGroup',
  summary: 'Removes a resource group that no instance is in.',
  route: { method: 'DELETE', resource: '/v2/resource_groups/{id}' },
  permissions: [{ action: 'resource:write-group', on: 'record' }],
  body: { kind: 'none' },
  mutates: true,
  decode: (_call: IbmCall) => undefined,
  async run(services: IbmServices, _input: undefined, call) {
    const group = await findGroup(services, call);
    call.demand('resource:write-group', targetOf(group.id));
    refuseDefault(group);
    const instances = await listInstanceRecords(services.records, call.holder.account);
    if (instances.some(({ record }) => record.resourceGroupId === group.id && record.state !== 'removed')) {
      throw new IbmError('has-children', 'Instances are in the resource group: move or delete them first.');
    }
    await services.records.resourceGroups.remove(group.id);
  },
  encode: () => noContent(),
});

function refuseDefault({ id, accountId }: ResourceGroupRecord): void {
  if (id !== defaultResourceGroupOf(accountId)) return;
  throw new IbmError('forbidden', 'The resource group that an account has from the start stays as it is.');
}
