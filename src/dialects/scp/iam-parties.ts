/** What a call to IAM is about: always something of the caller's own account. */
import type { AccessKeyRecord } from '../../identity/access-keys.ts';
import type { PolicyRecord } from '../../identity/identity-collections.ts';
import type { RoleRecord } from '../../identity/principal.ts';
import { idOfAccessKey, readAll, storedPolicyId } from './iam-records.ts';
import type { SamlProviderRecord } from './saml-providers.ts';
import type { ScpCall, ScpServices } from './scp-call.ts';
import { forbidden, notFound } from './scp-errors.ts';
import { texts } from './scp-texts.ts';

export function accountIdOf({ caller: { principal } }: ScpCall): string {
  if (principal.kind === 'anonymous') throw forbidden(undefined);
  return principal.account.id;
}

/** Sessions hold no keys of their own. */
export function holderOf({ caller: { principal } }: ScpCall): { userId: string } | { serviceId: string } {
  if (principal.kind === 'user') return { userId: principal.user.id };
  if (principal.kind === 'service') return { serviceId: principal.service.id };
  throw forbidden(undefined);
}

export async function findAccessKey({ identity }: ScpServices, call: ScpCall): Promise<AccessKeyRecord> {
  const id = call.parameter('access_key_id');
  const keys = await identity.listAccessKeys(holderOf(call));
  const found = keys.find((key) => idOfAccessKey(key.id) === id);
  if (found === undefined) throw notFound(texts.noSuchAccessKey);
  return found;
}

const ID = /^[0-9a-f]{32}$/;

export async function findRole({ identity }: ScpServices, call: ScpCall): Promise<RoleRecord> {
  const id = call.parameter('role_id');
  const found = ID.test(id) ? await identity.roles.get(id) : undefined;
  if (found === undefined || found.record.accountId !== accountIdOf(call)) throw notFound(texts.noSuchRole);
  return found.record;
}

/** By the id that is shown. */
export async function findPolicy(
  { identity }: ScpServices,
  call: ScpCall,
  shown = call.parameter('policy_id'),
): Promise<PolicyRecord> {
  const found = ID.test(shown) ? await identity.policies.get(storedPolicyId(shown)) : undefined;
  const isOwn = found?.record.accountId === accountIdOf(call) && found.record.language === 'scp';
  if (found === undefined || !isOwn) throw notFound(texts.noSuchPolicy);
  return found.record;
}

export async function policiesOfRole(
  { identity }: ScpServices,
  role: RoleRecord,
): Promise<readonly PolicyRecord[]> {
  const attached = await readAll((page) =>
    identity.policies.list(role.accountId, { ...page, subject: `role:${role.id}` }),
  );
  return attached.filter(({ language }) => language === 'scp');
}

export async function findProvider({ providers }: ScpServices, call: ScpCall): Promise<SamlProviderRecord> {
  const found = await providers.get(accountIdOf(call), call.parameter('saml_provider_id'));
  if (found === undefined) throw notFound(texts.noSuchProvider);
  return found;
}
