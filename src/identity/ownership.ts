/**
 * What belongs to an account is at the disposal of its root user and its administrators and operators, without any grant (design,
 * section 7), also when policies grant them more or deny them something.
 * Other kinds of principals have what is granted to them and nothing from ownership: a new kind does not compile until it
 * has its answer here.
 */
import type { Principal } from './principal.ts';
import { roleOf } from './roles.ts';

/** `account`: owner of the bucket or object; undefined when nobody is. */
export function actsAsOwner(principal: Principal, account: string | undefined): boolean {
  switch (principal.kind) {
    case 'anonymous':
    case 'service':
    case 'role-session':
      return false;
    case 'user':
      return principal.account.id === account && roleOf(principal.user) !== 'member';
  }
}

/**
 * Whether somebody of another account may take what a resource offers only if a policy of its own allows it, too (IAM User Guide,
 * "Cross-account policy evaluation logic"). Users and services need not: an offer that names them, or everybody, is enough, as in
 * the access control lists of OpenStack and the public access group of IBM Cloud, neither of which knows a second consent.
 */
export function needsOwnAllow({ kind }: Principal): boolean {
  return kind === 'role-session';
}
