/**
 * What belongs to an account is at the disposal of its root user and its administrators and operators, without any grant (design,
 * section 7).
 * Other kinds of principals have what is granted to them and nothing from ownership: a new kind does not compile until it
 * has its answer here.
 */
import type { Principal } from './principal.ts';
import { roleOf } from './roles.ts';

/** `account`: owner of the bucket or object; undefined when nobody is. */
export function actsAsOwner(principal: Principal, account: string | undefined): boolean {
  switch (principal.kind) {
    case 'anonymous':
      return false;
    case 'user':
      return principal.account.id === account && roleOf(principal.user) !== 'member';
  }
}
