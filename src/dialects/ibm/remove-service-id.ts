/** The end of a service ID: everything that was only its own ends with it (ibm-cos.md, 4.1). */

import type { IbmCall, IbmServices } from './ibm-call.ts';
import { IbmError } from './ibm-errors.ts';
import { endPoliciesOf } from './policy-store.ts';

/** Throws IbmError, IdentityError. */
export async function removeServiceId(services: IbmServices, id: string, call: IbmCall): Promise<void> {
  const { identity, records } = services;
  const found = await identity.services.get(id);
  if (found?.record.locked === true)
    throw new IbmError('locked', 'The service ID is locked: unlock it first.');
  await identity.services.remove(id);
  await endPoliciesOf(services, `service:${id}`, call);
  if ((await records.serviceFacts.get(id)) !== undefined) await records.serviceFacts.remove(id);
}
