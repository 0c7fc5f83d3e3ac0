import type { IdentityStore } from '../../identity/identity-store.ts';
import type { AccountRecord } from '../../identity/principal.ts';
import type { TokenRecord } from '../../identity/tokens.ts';

/** The accounts that whoever holds the token can have one for. */
export async function accountsOfToken(
  { tenancies }: Pick<IdentityStore, 'tenancies'>,
  { principal }: TokenRecord,
): Promise<readonly AccountRecord[]> {
  return principal.kind === 'user' ? tenancies.accountsOf(principal.user.id) : [principal.account];
}
