import { type Principal, subjectOf } from './principal.ts';

/** Who somebody is, for logs: ids that never change, and no secret. Empty when nobody is known. */
export function describePrincipal(principal: Principal): Readonly<Record<string, string>> {
  switch (principal.kind) {
    case 'anonymous':
      return {};
    case 'user':
      return { account: principal.account.id, user: principal.user.id };
    case 'service':
      return { account: principal.account.id, principal: subjectOf(principal) };
    case 'role-session': {
      const { name, source } = principal.session;
      return { account: principal.account.id, principal: subjectOf(principal), session: name, source };
    }
  }
}
