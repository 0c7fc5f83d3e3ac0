/** Roles that an account has defined (ibm-cos.md, 6.1). */
import { customRoleCrn } from '../../identity/ibm-crn.ts';
import type { CustomRoleRecord } from '../../identity/ibm-records.ts';
import type { IbmServices } from './ibm-call.ts';

/** The stem with the account, in front of the name. */
const PREFIX = (accountId: string) => customRoleCrn(accountId, '');

/** Undefined when the CRN names none of the account's. */
export async function customRoleOfCrn(
  { records }: Pick<IbmServices, 'records'>,
  accountId: string,
  crn: string,
): Promise<CustomRoleRecord | undefined> {
  const prefix = PREFIX(accountId);
  if (!crn.startsWith(prefix)) return undefined;
  return (await records.customRoles.findBy('name', [accountId, crn.slice(prefix.length)]))?.record;
}
