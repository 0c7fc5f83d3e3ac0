/** Every operation of the admin API: routing, permissions, documentation and the coverage check all read this. */
import type { AdminOperation } from './admin-call.ts';
import { accessKeyOperations } from './operations/access-keys.ts';
import { accountOperations } from './operations/accounts.ts';
import { apiKeyOperations } from './operations/api-keys.ts';
import { denialOperations } from './operations/denials.ts';
import { getStatus } from './operations/get-status.ts';
import { groupOperations } from './operations/groups.ts';
import { holdReclaiming } from './operations/hold-reclaiming.ts';
import { listAuditEvents } from './operations/list-audit-events.ts';
import { masterKeyOperations } from './operations/master-keys.ts';
import { policyOperations } from './operations/policies.ts';
import { productOperations } from './operations/products.ts';
import { quotaOperations } from './operations/quotas.ts';
import { roleOperations } from './operations/roles.ts';
import { serviceOperations } from './operations/services.ts';
import { tenancyOperations } from './operations/tenancies.ts';
import { userOperations } from './operations/users.ts';

export const operations: readonly AdminOperation[] = [
  ...accountOperations,
  ...quotaOperations,
  ...userOperations,
  ...accessKeyOperations,
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
  ...masterKeyOperations,
];
