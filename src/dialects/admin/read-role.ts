import type { AccountRole } from '../../identity/principal.ts';
import { AdminError } from './admin-errors.ts';

const roles: readonly AccountRole[] = ['admin', 'operator', 'member'];

/** Throws AdminError InvalidRequest. */
export function readRole(text: string): AccountRole {
  const role = roles.find((known) => known === text);
  if (role === undefined)
    throw new AdminError(400, 'InvalidRequest', `Role must be one of ${roles.join(', ')}.`);
  return role;
}
