import { defineOperation } from '../../kernel/define-operation.ts';
import { accountsOfToken } from '../accounts-of-token.ts';
import type { KeystoneCall, KeystoneServices } from '../keystone-call.ts';
import { invalid } from '../read-json.ts';
import { jsonResponse, tenantJson } from '../render-json.ts';

interface TenantsPage {
  readonly marker: string | undefined;
  readonly limit: number;
}

/** Also with an unscoped token: this is how clients find out what to ask a token for. */
export const listTenants = defineOperation({
  name: 'ListTenants',
  summary: 'Lists the tenants of the caller.',
  route: { method: 'GET', resource: '/v2.0/tenants' },
  permissions: [{ action: 'identity:read', on: 'account' }],
  body: { kind: 'none' },
  mutates: false,
  decode({ query }: KeystoneCall): TenantsPage {
    const limit = query.get('limit') ?? '1000';
    if (!/^\d{1,9}$/.test(limit)) throw invalid('"limit" must be a whole number, not negative.');
    return { marker: query.get('marker'), limit: Number(limit) };
  },
  async run({ identity }: KeystoneServices, { marker, limit }: TenantsPage, { held }) {
    const tenants = await accountsOfToken(identity, held.record);
    if (marker === undefined) return tenants.slice(0, limit);
    const at = tenants.findIndex(({ id }) => id === marker);
    if (at < 0) throw invalid('"marker" is none of your tenants.');
    return tenants.slice(at + 1, at + 1 + limit);
  },
  encode: (tenants) => jsonResponse(200, { tenants: tenants.map(tenantJson), tenants_links: [] }),
});

export const showTenant = defineOperation({
  name: 'ShowTenant',
  summary: 'Shows a tenant: the own one, or any to the administrator of the server.',
  route: { method: 'GET', resource: '/v2.0/tenants/{tenant}' },
  permissions: [{ action: 'identity:read', on: 'account' }],
  body: { kind: 'none' },
  mutates: false,
  decode: (_call: KeystoneCall) => undefined,
  run: (_services: KeystoneServices, _input: undefined, { account }) => Promise.resolve(account),
  encode: (account) => jsonResponse(200, { tenant: tenantJson(account) }),
});
