/** What users may do for their account and for each other. */
import type { AccountRole, Principal, UserRecord } from './principal.ts';

/** Users of earlier versions have no role in their record and are operators. */
export function roleOf({ isRoot, role }: Pick<UserRecord, 'isRoot' | 'role'>): AccountRole {
  return isRoot ? 'admin' : (role ?? 'operator');
}

/** Whether somebody administers an account: its own as its administrator, or every one as the administrator of the server. */
export function administers(principal: Principal, accountId: string): boolean {
  if (principal.kind !== 'user') return false;
  if (principal.isServerAdmin) return true;
  return principal.account.id === accountId && roleOf(principal.user) === 'admin';
}
