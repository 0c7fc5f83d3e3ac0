/** Service instances as the resource controller shows them (ibm-cos.md, 8.1). */
import { instanceCrn, resourceGroupCrn } from '../../identity/ibm-crn.ts';
import { STANDARD_PLAN_ID } from '../../identity/ibm-instances.ts';
import type { InstanceRecord } from '../../identity/ibm-records.ts';
import { isoMillis } from './render-json.ts';

/** Of IBM's catalogue. */
export const COS_RESOURCE_ID = 'dff97f5c-bc5e-4455-b470-411c3edbe49c';
/** Of IBM's catalogue; nothing here depends on which an instance has. */
export const plans: readonly { readonly id: string; readonly name: string }[] = [
  { id: STANDARD_PLAN_ID, name: 'standard' },
  { id: '2fdf0c08-2d32-4f46-84b5-32e0c92fffd8', name: 'lite' },
  { id: '1e4e33e4-cfa6-4f12-9016-be594a6d5f87', name: 'cos-one-rate-plan' },
];

const TARGET_CRN = 'crn:v1:bluemix:public:globalcatalog::::deployment:';

export interface InstanceDocument extends Record<string, unknown> {
  readonly id: string;
}

export function instanceDocument(record: InstanceRecord): InstanceDocument {
  const crn = instanceCrn(record.accountId, record.id);
  const url = `/v2/resource_instances/${encodeURIComponent(crn)}`;
  const time = (micros: number | undefined) => (micros === undefined ? null : isoMillis(micros));
  return {
    id: crn,
    guid: record.id,
    url,
    created_at: isoMillis(record.createdAtMicros),
    updated_at: isoMillis(record.updatedAtMicros),
    deleted_at: time(record.deletedAtMicros),
    created_by: record.createdBy,
    updated_by: record.updatedBy,
    deleted_by: record.deletedBy ?? '',
    scheduled_reclaim_at: null,
    restored_at: null,
    name: record.name,
    region_id: 'global',
    account_id: record.accountId,
    reseller_channel_id: '',
    resource_plan_id: record.planId,
    resource_group_id: record.resourceGroupId,
    resource_group_crn: resourceGroupCrn(record.accountId, record.resourceGroupId),
    target_crn: `${TARGET_CRN}${record.planId}%3Aglobal`,
    parameters: record.parameters,
    allow_cleanup: record.allowCleanup,
    crn,
    state: record.state,
    type: 'service_instance',
    sub_type: '',
    resource_id: COS_RESOURCE_ID,
    dashboard_url: null,
    last_operation: { type: 'create', state: 'succeeded', async: false, description: 'Completed' },
    resource_aliases_url: `${url}/resource_aliases`,
    resource_bindings_url: `${url}/resource_bindings`,
    resource_keys_url: `${url}/resource_keys`,
    plan_history: [{ resource_plan_id: record.planId, start_date: isoMillis(record.createdAtMicros) }],
    migrated: false,
    controlled_by: '',
    locked: record.locked,
    onetime_credentials: false,
    tags: record.tags,
  };
}
