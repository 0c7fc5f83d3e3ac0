/** Resource groups of an account: the one that it has from the start, and those that were made (ibm-cos.md, 8.3). */
import { resourceGroupCrn } from '../../identity/ibm-crn.ts';
import { defaultResourceGroupOf } from '../../identity/ibm-ids.ts';
import type { ResourceGroupRecord } from '../../identity/ibm-records.ts';
import type { AccountRecord } from '../../identity/principal.ts';
import type { IbmCall, IbmServices } from './ibm-call.ts';
import { invalid } from './ibm-errors.ts';
import { isoMillis } from './render-json.ts';

/** Of one account, that are listed. Ours. */
const GROUPS_MAX = 500;

function defaultGroup({ id, createdAtMicros }: AccountRecord): ResourceGroupRecord {
  return {
    id: defaultResourceGroupOf(id),
    accountId: id,
    name: 'Default',
    createdAtMicros,
    updatedAtMicros: createdAtMicros,
  };
}

/** The default one first. */
export async function listResourceGroupsOf(
  { records }: Pick<IbmServices, 'records'>,
  { holder, accountId }: Pick<IbmCall, 'holder' | 'accountId'>,
): Promise<readonly ResourceGroupRecord[]> {
  const { items } = await records.resourceGroups.list('name', [accountId], { limit: GROUPS_MAX });
  return [defaultGroup(holder.account), ...items.map(({ record }) => record)];
}

/** By id or CRN. Undefined when the account has none of that id. */
export async function findResourceGroup(
  services: Pick<IbmServices, 'records'>,
  call: Pick<IbmCall, 'holder' | 'accountId'>,
  idOrCrn: string,
): Promise<ResourceGroupRecord | undefined> {
  const id = idOrCrn.split(':').at(-1) ?? '';
  return (await listResourceGroupsOf(services, call)).find((group) => group.id === id);
}

/** Throws IbmError 400. */
export async function demandResourceGroup(
  services: Pick<IbmServices, 'records'>,
  call: Pick<IbmCall, 'holder' | 'accountId'>,
  id: string,
): Promise<ResourceGroupRecord> {
  const found = await findResourceGroup(services, call, id);
  if (found === undefined) throw invalid('There is no such resource group in this account.');
  return found;
}

export function resourceGroupDocument(group: ResourceGroupRecord): object {
  const { id, accountId, name, createdAtMicros, updatedAtMicros } = group;
  return {
    id,
    crn: resourceGroupCrn(accountId, id),
    account_id: accountId,
    name,
    state: 'ACTIVE',
    default: id === defaultResourceGroupOf(accountId),
    enable_reclamation: true,
    quota_id: '',
    quota_url: '',
    payment_methods_url: `/v2/resource_groups/${id}/payment_methods`,
    resource_linkages: [],
    teams_url: `/v2/resource_groups/${id}/teams`,
    created_at: isoMillis(createdAtMicros),
    updated_at: isoMillis(updatedAtMicros),
  };
}
