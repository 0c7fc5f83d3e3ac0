/** Instances that were deleted and can still be had back (ibm-cos.md, 8.1). A reclamation has the id of its instance. */

import { instanceCrn } from '../../../identity/ibm-crn.ts';
import { listInstanceRecords } from '../../../identity/ibm-instances.ts';
import type { InstanceRecord } from '../../../identity/ibm-records.ts';
import { defineOperation } from '../../kernel/define-operation.ts';
import { findInstance, targetOfInstance, writeInstance } from '../find-instance.ts';
import type { IbmCall, IbmServices } from '../ibm-call.ts';
import { IbmError, invalid, notFound } from '../ibm-errors.ts';
import { BODY_BYTES_MAX, parseJson } from '../read-json.ts';
import { isoMillis, jsonResponse } from '../render-json.ts';

/** IBM's. */
const KEPT_MICROS = 7 * 86_400 * 1_000_000;

function reclamationDocument(record: InstanceRecord, state: string): object {
  const deletedAtMicros = record.deletedAtMicros ?? 0;
  return {
    id: record.id,
    entity_id: record.id,
    entity_type_id: 'resource-instance',
    entity_crn: instanceCrn(record.accountId, record.id),
    resource_instance_id: record.id,
    resource_group_id: record.resourceGroupId,
    account_id: record.accountId,
    policy_id: '',
    state,
    target_time: isoMillis(deletedAtMicros + KEPT_MICROS),
    custom_properties: {},
    created_at: isoMillis(deletedAtMicros),
    created_by: record.deletedBy ?? '',
    updated_at: isoMillis(record.updatedAtMicros),
    updated_by: record.updatedBy,
  };
}

export const listReclamations = defineOperation({
  name: 'ListReclamations',
  summary: 'Lists the instances that were deleted and can be had back.',
  route: { method: 'GET', resource: '/v1/reclamations' },
  permissions: [
    { action: 'iam:use', on: 'account' },
    { action: 'resource:read', on: 'record' },
  ],
  body: { kind: 'none' },
  mutates: false,
  decode: ({ query }: IbmCall) => query.get('resource_instance_id'),
  async run({ records }: IbmServices, instanceId, call) {
    const all = await listInstanceRecords(records, call.holder.account);
    const resources = all.flatMap(({ record }) => {
      const isWanted = instanceId === undefined || instanceId === record.id;
      const isShown =
        record.state === 'pending_reclamation' && call.may('resource:read', targetOfInstance(record));
      return isWanted && isShown ? [reclamationDocument(record, 'SCHEDULED')] : [];
    });
    return { resources };
  },
  encode: (document) => jsonResponse(200, document),
});

/** Whether any bucket lies in the instance. */
async function holdsBuckets({ store, records }: IbmServices, record: InstanceRecord): Promise<boolean> {
  const isDefault = (await records.instances.get(record.id)) === undefined;
  let after = '';
  for (;;) {
    const { buckets, isTruncated } = await store.listBuckets({
      account: record.accountId,
      prefix: '',
      after,
      limit: 1000,
    });
    for (const { documents } of buckets) {
      const instance = documents['service-instance'];
      if (instance === record.id || (instance === undefined && isDefault)) return true;
    }
    const last = buckets.at(-1);
    if (!isTruncated || last === undefined) return false;
    after = last.name;
  }
}

export const runReclamationAction = defineOperation({
  name: 'RunReclamationAction',
  summary: 'Has a deleted instance back (`restore`), or ends it for good (`reclaim`).',
  route: { method: 'POST', resource: '/v1/reclamations/{id}/actions/{action}' },
  permissions: [{ action: 'resource:write', on: 'record' }],
  body: { kind: 'buffered', bytesMax: BODY_BYTES_MAX },
  mutates: true,
  decode: (_call: IbmCall) => undefined,
  decodeBody(body) {
    parseJson(body);
    return undefined;
  },
  async run(services: IbmServices, _input: undefined, call) {
    const action = call.parameter('action');
    if (action !== 'restore' && action !== 'reclaim') throw invalid('The action must be restore or reclaim.');
    const { record } = await findInstance(services, call, call.parameter('id'));
    call.demand('resource:write', targetOfInstance(record));
    if (record.state !== 'pending_reclamation') throw notFound('reclamation');
    if (action === 'reclaim' && (await holdsBuckets(services, record))) {
      throw new IbmError('conflict', 'The instance has buckets: delete them first.');
    }
    const state = action === 'restore' ? 'active' : 'removed';
    const after = await writeInstance(services, call, record.id, { state });
    return reclamationDocument(after.record, action === 'restore' ? 'RESTORING' : 'RECLAIMING');
  },
  encode: (document) => jsonResponse(200, document),
});
