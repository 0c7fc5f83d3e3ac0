/** Who a token speaks for, as APIs show users that know no sessions of roles. */
import type { UserRecord } from './principal.ts';
import type { TokenRecord } from './tokens.ts';

/** A session of a role is shown as a member by the name of both, whose id is that of the assumed role. */
export function userOfToken({ principal }: Pick<TokenRecord, 'principal'>): UserRecord {
  if (principal.kind === 'user') return principal.user;
  const { account, role, session } = principal;
  return {
    id: `${role.id}:${session.name}`,
    accountId: account.id,
    name: `${role.name}/${session.name}`,
    displayName: '',
    email: '',
    isRoot: false,
    role: 'member',
    enabled: true,
    createdAtMicros: session.issuedAtMicros,
  };
}

export function isAdministratorsToken({ principal }: Pick<TokenRecord, 'principal'>): boolean {
  return principal.kind === 'user' && principal.isServerAdmin;
}

/** Whose rights it has: the user, or the role. */
export function ownerIdOf({ principal }: Pick<TokenRecord, 'principal'>): string {
  return principal.kind === 'user' ? principal.user.id : principal.role.id;
}
