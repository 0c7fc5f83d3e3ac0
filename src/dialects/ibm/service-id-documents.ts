/** Service IDs as IAM shows them (ibm-cos.md, 4.1). */
import { serviceIdCrn } from '../../identity/ibm-crn.ts';
import { iamIdOfService } from '../../identity/ibm-ids.ts';
import type { ServiceRecord } from '../../identity/principal.ts';
import type { Versioned } from '../../identity/record-collection.ts';
import { tagOf } from './entity-tags.ts';
import type { IbmServices } from './ibm-call.ts';
import { isoMinutes } from './render-json.ts';

export interface ServiceIdDocument extends Record<string, unknown> {
  readonly entity_tag: string;
}

export async function serviceIdDocument(
  { records }: Pick<IbmServices, 'records'>,
  { record, version }: Versioned<ServiceRecord>,
): Promise<ServiceIdDocument> {
  const facts = (await records.serviceFacts.get(record.id))?.record;
  const id = `ServiceId-${record.id}`;
  return {
    id,
    iam_id: iamIdOfService(record.id),
    entity_tag: tagOf(version),
    crn: serviceIdCrn(record.accountId, id),
    locked: record.locked,
    created_at: isoMinutes(record.createdAtMicros),
    modified_at: isoMinutes(record.modifiedAtMicros),
    account_id: record.accountId,
    name: record.name,
    description: record.description,
    unique_instance_crns: facts?.uniqueInstanceCrns ?? [],
    ...(facts?.groupId === undefined ? {} : { group_id: facts.groupId }),
  };
}
