/** Instances by what names them: a GUID, a CRN, or a percent-encoded CRN (ibm-cos.md, section 8). */
import { COS_SERVICE, parseCrn } from '../../identity/ibm-crn.ts';
import { defaultInstanceOf } from '../../identity/ibm-ids.ts';
import { defaultInstance, findInstanceRecord } from '../../identity/ibm-instances.ts';
import type { InstanceRecord } from '../../identity/ibm-records.ts';
import type { Versioned } from '../../identity/record-collection.ts';
import type { ControlTarget, IbmCall, IbmServices } from './ibm-call.ts';
import { IbmError, notFound } from './ibm-errors.ts';

/** The GUID in it; undefined for what names no instance of object storage. */
function guidIn(text: string): string | undefined {
  const crn = parseCrn(text);
  if (crn === undefined) return text.startsWith('crn:') ? undefined : text.toLowerCase();
  return crn.serviceName === COS_SERVICE ? crn.serviceInstance : undefined;
}

/** Throws 404 for what is not there, or is another account's, and 410 for what has been removed. */
export async function findInstance(
  { records }: Pick<IbmServices, 'records'>,
  call: IbmCall,
  idOrCrn: string,
): Promise<Versioned<InstanceRecord>> {
  const guid = guidIn(idOrCrn);
  const found = guid === undefined ? undefined : await findInstanceRecord(records, call.holder.account, guid);
  if (found === undefined) throw notFound('resource instance');
  if (found.record.state === 'removed') throw new IbmError('gone', 'The resource instance has been removed.');
  return found;
}

/** What managing an instance is a question about. */
export function targetOfInstance({
  id,
  resourceGroupId,
}: Pick<InstanceRecord, 'id' | 'resourceGroupId'>): ControlTarget {
  return {
    serviceName: COS_SERVICE,
    serviceType: 'service',
    serviceInstance: id,
    resourceGroupId,
    region: 'global',
  };
}

/** The default instance becomes a record when something of it changes. Throws IdentityError. */
export async function writeInstance(
  { records, clock }: Pick<IbmServices, 'records' | 'clock'>,
  call: IbmCall,
  id: string,
  changes: Partial<InstanceRecord>,
): Promise<Versioned<InstanceRecord>> {
  const stamped = { ...changes, updatedAtMicros: clock.nowMicros(), updatedBy: call.iamId };
  const isUnstored =
    id === defaultInstanceOf(call.accountId) && (await records.instances.get(id)) === undefined;
  if (!isUnstored) return records.instances.update(id, (record) => ({ ...record, ...stamped }));
  const { record } = defaultInstance(call.holder.account);
  return records.instances.create({ ...record, ...stamped });
}
