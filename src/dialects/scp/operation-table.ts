/**
 * Every operation of the Samsung Cloud Platform services: routing, permissions, documentation and the coverage check all read this.
 * Resources begin with the service; where that is a host name, the rest is the path.
 */
import {
  createAccessKey,
  deleteAccessKey,
  listAccessKeys,
  setAccessKey,
  showAccessKey,
} from './operations/access-keys.ts';
import { assumeRole } from './operations/assume-role.ts';
import { assumeRoleWithSaml } from './operations/assume-role-with-saml.ts';
import { authenticateTokenWithContext } from './operations/authenticate-token-with-context.ts';
import { createObjectStoreAuthorization } from './operations/create-object-store-authorization.ts';
import { listEndpoints } from './operations/list-endpoints.ts';
import { listProductCategories } from './operations/list-product-categories.ts';
import { listProducts } from './operations/list-products.ts';
import { listIamVersions, listProductVersions, listStsVersions } from './operations/list-versions.ts';
import {
  addRolePolicyBindings,
  createPolicy,
  deletePolicy,
  listPolicies,
  listRolePolicyBindings,
  removeRolePolicyBinding,
  setPolicy,
  showPolicy,
} from './operations/policies.ts';
import { roleKeystoneToken } from './operations/role-keystone-token.ts';
import {
  createRole,
  deleteRole,
  listRoles,
  setRole,
  setRoleTrustPolicy,
  showRole,
} from './operations/roles.ts';
import {
  createSamlProvider,
  deleteSamlProviders,
  listSamlProviders,
  setSamlProvider,
  showSamlProvider,
} from './operations/saml-providers.ts';
import { showProduct } from './operations/show-product.ts';
import { showProductCategory } from './operations/show-product-category.ts';
import type { ScpOperation } from './scp-call.ts';

export const operations: readonly ScpOperation[] = [
  listProductVersions,
  listProductCategories,
  showProductCategory,
  listProducts,
  showProduct,
  listStsVersions,
  assumeRole,
  assumeRoleWithSaml,
  createObjectStoreAuthorization,
  authenticateTokenWithContext,
  roleKeystoneToken,
  listIamVersions,
  listEndpoints,
  listAccessKeys,
  createAccessKey,
  showAccessKey,
  setAccessKey,
  deleteAccessKey,
  listRoles,
  createRole,
  showRole,
  setRole,
  setRoleTrustPolicy,
  deleteRole,
  listRolePolicyBindings,
  addRolePolicyBindings,
  removeRolePolicyBinding,
  listPolicies,
  createPolicy,
  showPolicy,
  setPolicy,
  deletePolicy,
  listSamlProviders,
  createSamlProvider,
  // Before the resources by id: the first template that fits is the one.
  deleteSamlProviders,
  showSamlProvider,
  setSamlProvider,
];

/** About the caller itself; other operations on identities are about the account. */
export const aboutCaller: ReadonlySet<string> = new Set([
  'ListAccessKeys',
  'CreateAccessKey',
  'ShowAccessKey',
  'SetAccessKey',
  'DeleteAccessKey',
]);

/** Operations that need no signature; one that is there must hold all the same. */
export const signedIfAtAll: ReadonlySet<string> = new Set(['AssumeRoleWithSAML']);

/** Operations that a service has had only since a version. */
export const introducedIn: ReadonlyMap<string, string> = new Map([
  ['AuthenticateTokenWithContext', '1.1'],
  ['RoleKeystoneToken', '1.1'],
]);
