/** Services, groups, roles, policies and API keys of one store, and who speaks for whom among them. */
import { type ApiKeys, createApiKeys } from './api-keys.ts';
import { type AssumableRoles, createAssumableRoles } from './assumable-roles.ts';
import type { IdentityContext } from './commit-change.ts';
import { GrantsFinder } from './find-grants.ts';
import { PrincipalFinder, recordKeyOf } from './find-principal.ts';
import type { Grants } from './grants.ts';
import { createGroups, type Groups } from './groups.ts';
import {
  apiKeyCollection,
  groupCollection,
  membershipCollection,
  policyCollection,
  roleCollection,
  serviceCollection,
  tenancyCollection,
} from './identity-collections.ts';
import { identityKeys } from './identity-keys.ts';
import { createPolicies, type Policies } from './policy-records.ts';
import type { CollectionRegister } from './record-collection.ts';
import { createHoldingsRemover, type RemoveHoldings } from './remove-holdings.ts';
import { createServices, type Services } from './services.ts';
import type { Subject } from './subjects.ts';
import { createTenancies, type Tenancies } from './tenancies.ts';

export interface PartyStores {
  readonly services: Services;
  readonly groups: Groups;
  readonly roles: AssumableRoles;
  readonly policies: Policies;
  readonly apiKeys: ApiKeys;
  readonly tenancies: Tenancies;
}

export interface Parties {
  readonly stores: PartyStores;
  readonly principals: PrincipalFinder;
  readonly removeHoldings: RemoveHoldings;
  /** What an account's policies give to everybody. */
  findPublicGrants(accountId: string): Promise<Grants | undefined>;
}

export function openParties(context: IdentityContext, collections: CollectionRegister): Parties {
  const services = collections.open(serviceCollection);
  const groups = collections.open(groupCollection);
  const memberships = collections.open(membershipCollection);
  const policies = collections.open(policyCollection);
  const roles = collections.open(roleCollection);
  const apiKeys = collections.open(apiKeyCollection);
  const tenancies = collections.open(tenancyCollection);
  const removeHoldings = createHoldingsRemover({ memberships, policies, apiKeys, tenancies });
  const grants = new GrantsFinder({ memberships, policies });
  const principals = new PrincipalFinder(context.metadata, grants);
  const exists = async (subject: Subject) => (await context.metadata.get(recordKeyOf(subject))) !== undefined;
  return {
    stores: {
      services: createServices(context, services, removeHoldings),
      groups: createGroups(context, { collection: groups, memberships, removeHoldings, exists }),
      roles: createAssumableRoles(context, roles, removeHoldings),
      policies: createPolicies(context, { collection: policies, exists }),
      apiKeys: createApiKeys(context, apiKeys, principals),
      tenancies: createTenancies(context, tenancies),
    },
    principals,
    removeHoldings,
    async findPublicGrants(accountId) {
      const mark = await context.metadata.get(identityKeys.grants(accountId));
      return grants.find('public', accountId, mark?.version);
    },
  };
}
