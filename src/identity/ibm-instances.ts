/**
 * Service instances of accounts: the default one, which is stored only when something of it has been changed, and those that were
 * made (ibm-cos.md, 8.1).
 */

import { defaultInstanceOf, defaultResourceGroupOf } from './ibm-ids.ts';
import type { IbmRecords, InstanceRecord } from './ibm-records.ts';
import type { AccountRecord } from './principal.ts';
import type { Versioned } from './record-collection.ts';
import type { InstanceDirectory, ServiceInstance } from './service-instances.ts';

/** Of one account, that are listed. Ours. */
const INSTANCES_MAX = 1000;

/** Plan `standard` of IBM Cloud Object Storage. */
export const STANDARD_PLAN_ID = '744bfc56-d12c-4866-88d5-dac9139e0e5d';

/** Version 0: it is not stored. */
export function defaultInstance({
  id: accountId,
  createdAtMicros,
}: Pick<AccountRecord, 'id' | 'createdAtMicros'>): Versioned<InstanceRecord> {
  const record: InstanceRecord = {
    id: defaultInstanceOf(accountId),
    accountId,
    name: 'default',
    resourceGroupId: defaultResourceGroupOf(accountId),
    planId: STANDARD_PLAN_ID,
    target: 'bluemix-global',
    tags: [],
    parameters: {},
    allowCleanup: false,
    locked: false,
    state: 'active',
    createdAtMicros,
    createdBy: '',
    updatedAtMicros: createdAtMicros,
    updatedBy: '',
  };
  return { record, version: 0 };
}

/** Undefined: the account has none of that GUID. */
export async function findInstanceRecord(
  { instances }: Pick<IbmRecords, 'instances'>,
  account: Pick<AccountRecord, 'id' | 'createdAtMicros'>,
  guid: string,
): Promise<Versioned<InstanceRecord> | undefined> {
  const stored = await instances.get(guid);
  if (stored !== undefined) return stored.record.accountId === account.id ? stored : undefined;
  return guid === defaultInstanceOf(account.id) ? defaultInstance(account) : undefined;
}

/** Oldest first; the default one among them, whatever its state. */
export async function listInstanceRecords(
  { instances }: Pick<IbmRecords, 'instances'>,
  account: Pick<AccountRecord, 'id' | 'createdAtMicros'>,
): Promise<readonly Versioned<InstanceRecord>[]> {
  const { items } = await instances.list('account', [account.id], { limit: INSTANCES_MAX });
  const hasDefault = items.some(({ record }) => record.id === defaultInstanceOf(account.id));
  return hasDefault ? items : [defaultInstance(account), ...items];
}

/** For the storage APIs, which know no more of instances than whose they are, and in which group. */
export function createInstanceDirectory(records: Pick<IbmRecords, 'instances'>): InstanceDirectory {
  const accountOf = (id: string) => ({ id, createdAtMicros: 0 });
  return {
    defaultOf: defaultInstanceOf,
    async find(account, guid) {
      const found = await findInstanceRecord(records, accountOf(account), guid);
      return found?.record.state === 'active' ? serviceInstanceOf(found.record) : undefined;
    },
    async list(account, limit) {
      const found = await listInstanceRecords(records, accountOf(account));
      const usable = found.filter(({ record }) => record.state === 'active');
      return usable.slice(0, limit).map(({ record }) => serviceInstanceOf(record));
    },
  };
}

function serviceInstanceOf({ id, accountId, resourceGroupId }: InstanceRecord): ServiceInstance {
  return { guid: id, account: accountId, resourceGroup: resourceGroupId };
}
