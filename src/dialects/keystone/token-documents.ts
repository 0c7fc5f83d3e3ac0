/** A token as v2.0 and v3 show it (spec 3.1, 4.1). */
import { roleOf } from '../../identity/roles.ts';
import { isAdministratorsToken, userOfToken } from '../../identity/token-user.ts';
import type { TokenRecord } from '../../identity/tokens.ts';
import type { KeystoneCall, KeystoneServices } from './keystone-call.ts';
import { domain, isoMicros, isoSeconds, tenantJson } from './render-json.ts';
import { catalogV2, catalogV3 } from './service-catalog.ts';

/** `groupId`, `project_domain` and `swift` are NHN's. */
export function accessDocument(
  token: TokenRecord & { readonly value: string },
  { whereabouts }: KeystoneServices,
  { request }: KeystoneCall,
) {
  const { account } = token.principal;
  const user = userOfToken(token);
  const isServerAdmin = isAdministratorsToken(token);
  const role = roleOf(user);
  const tenant = {
    ...tenantJson(account),
    groupId: account.id,
    project_domain: 'NORMAL',
    swift: true,
  };
  const roles = token.isScoped ? [role] : [];
  return {
    access: {
      token: {
        id: token.value,
        expires: isoSeconds(token.expiresAtMicros),
        issued_at: isoMicros(token.issuedAtMicros),
        ...(token.isScoped ? { tenant } : {}),
        audit_ids: [token.auditId],
      },
      serviceCatalog: catalogV2(token, whereabouts, request),
      user: {
        id: user.id,
        username: user.email === '' ? user.name : user.email,
        name: user.name,
        roles: roles.map((name) => ({ name })),
        roles_links: [],
      },
      metadata: { roles, is_admin: isServerAdmin ? 1 : 0 },
    },
  };
}

export function tokenDocument(
  token: TokenRecord,
  { whereabouts }: KeystoneServices,
  { request, query }: KeystoneCall,
) {
  const { account } = token.principal;
  const user = userOfToken(token);
  const role = roleOf(user);
  const scope = {
    project: { id: account.id, name: account.name, domain },
    is_domain: false,
    roles: [{ id: role, name: role }],
    ...(query.has('nocatalog') ? {} : { catalog: catalogV3(token, whereabouts, request) }),
  };
  return {
    token: {
      methods: token.methods,
      user: { id: user.id, name: user.name, domain, password_expires_at: null },
      audit_ids: [token.auditId],
      expires_at: `${isoMicros(token.expiresAtMicros)}Z`,
      issued_at: `${isoMicros(token.issuedAtMicros)}Z`,
      ...(token.isScoped ? scope : {}),
    },
  };
}
