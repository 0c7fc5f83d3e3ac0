/** Every operation of the admin API: routing, permissions, documentation and the coverage check all read this. */
import type { AdminOperation } from './admin-call.ts';
import { addMasterKey } from './operations/add-master-key.ts';
import { apiKeyOperations } from './operations/api-keys.ts';
import { createAccessKey } from './operations/create-access-key.ts';
import { createAccount } from './operations/create-account.ts';
import { createUser } from './operations/create-user.ts';
import { deleteAccessKey } from './operations/delete-access-key.ts';
import { deleteAccount } from './operations/delete-account.ts';
import { deleteUser } from './operations/delete-user.ts';
import { denialOperations } from './operations/denials.ts';
import { getStatus } from './operations/get-status.ts';
import { groupOperations } from './operations/groups.ts';
import { holdReclaiming } from './operations/hold-reclaiming.ts';
import { listAccessKeys } from './operations/list-access-keys.ts';
import { listAccountBuckets } from './operations/list-account-buckets.ts';
import { listAccounts } from './operations/list-accounts.ts';
import { listAuditEvents } from './operations/list-audit-events.ts';
import { listUsers } from './operations/list-users.ts';
import { policyOperations } from './operations/policies.ts';
import { productOperations } from './operations/product-operations.ts';
import { quotaOperations } from './operations/quotas.ts';
import { resealSecrets } from './operations/reseal-secrets.ts';
import { roleOperations } from './operations/roles.ts';
import { serviceOperations } from './operations/services.ts';
import { setUserPassword } from './operations/set-user-password.ts';
import { tenancyOperations } from './operations/tenancies.ts';
import { updateAccessKey } from './operations/update-access-key.ts';
import { updateAccount } from './operations/update-account.ts';
import { updateUser } from './operations/update-user.ts';

export const operations: readonly AdminOperation[] = [
  listAccounts,
  createAccount,
  updateAccount,
  deleteAccount,
  listAccountBuckets,
  ...quotaOperations,
  listUsers,
  createUser,
  updateUser,
  setUserPassword,
  deleteUser,
  listAccessKeys,
  createAccessKey,
  updateAccessKey,
  deleteAccessKey,
  ...tenancyOperations,
  ...serviceOperations,
  ...groupOperations,
  ...roleOperations,
  ...policyOperations,
  ...apiKeyOperations,
  ...denialOperations,
  ...productOperations,
  getStatus,
  listAuditEvents,
  holdReclaiming,
  addMasterKey,
  resealSecrets,
];
