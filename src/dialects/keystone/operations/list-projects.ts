import type { AccountRecord } from '../../../identity/principal.ts';
import { isAdministratorsToken } from '../../../identity/token-user.ts';
import { defineOperation } from '../../kernel/define-operation.ts';
import { accountsOfToken } from '../accounts-of-token.ts';
import type { KeystoneCall, KeystoneServices } from '../keystone-call.ts';
import { notFound } from '../keystone-errors.ts';
import { jsonResponse, listLinks, projectJson } from '../render-json.ts';

const PROJECTS_MAX = 1000;

type FindProjects = (services: KeystoneServices, call: KeystoneCall) => Promise<readonly AccountRecord[]>;

function define(name: string, summary: string, resource: string, find: FindProjects) {
  return defineOperation({
    name,
    summary,
    route: { method: 'GET', resource },
    permissions: [{ action: 'identity:read', on: 'account' }],
    body: { kind: 'none' },
    mutates: false,
    decode: (_call: KeystoneCall) => undefined,
    async run(services: KeystoneServices, _input: undefined, call) {
      const url = services.whereabouts.identityUrl(call.request);
      const wanted = call.query.get('name');
      const found = await find(services, call);
      return {
        projects: found
          .filter((account) => wanted === undefined || account.name === wanted)
          .map((account) => projectJson(account, url)),
        links: listLinks(`${url}${call.request.rawPath}`),
      };
    },
    encode: (document) => jsonResponse(200, document),
  });
}

export const listAuthProjects = define(
  'ListAuthProjects',
  'Lists the projects that the caller can have a token for.',
  '/v3/auth/projects',
  ({ identity }, { held }) => accountsOfToken(identity, held.record),
);

export const listUserProjects = define(
  'ListUserProjects',
  'Lists the projects of a user.',
  '/v3/users/{user}/projects',
  ({ identity }, { user }) => identity.tenancies.accountsOf(user.id),
);

export const listProjects = define(
  'ListProjects',
  'Lists projects: all to the administrator of the server, the own one to everybody else.',
  '/v3/projects',
  async ({ identity }, { held }) => {
    const { account } = held.record.principal;
    const isServerAdmin = isAdministratorsToken(held.record);
    return isServerAdmin ? (await identity.listAccounts('', PROJECTS_MAX)).accounts : [account];
  },
);

export const showProject = defineOperation({
  name: 'ShowProject',
  summary: 'Shows a project: the own one, or any to the administrator of the server.',
  route: { method: 'GET', resource: '/v3/projects/{project}' },
  permissions: [{ action: 'identity:read', on: 'account' }],
  body: { kind: 'none' },
  mutates: false,
  decode: (_call: KeystoneCall) => undefined,
  run: ({ whereabouts }: KeystoneServices, _input: undefined, { account, request }) =>
    Promise.resolve({ project: projectJson(account, whereabouts.identityUrl(request)) }),
  encode: (document) => jsonResponse(200, document),
});

/** Of a user as a client asks for it who wants to show a name. */
export const showUser = defineOperation({
  name: 'ShowUser',
  summary: 'Shows a user.',
  route: { method: 'GET', resource: '/v3/users/{user}' },
  permissions: [{ action: 'identity:read', on: 'account' }],
  body: { kind: 'none' },
  mutates: false,
  decode: (_call: KeystoneCall) => undefined,
  run({ whereabouts }: KeystoneServices, _input: undefined, { user, request }) {
    const { id, name, enabled, email, accountId } = user;
    const links = { self: `${whereabouts.identityUrl(request)}/v3/users/${id}` };
    const optional = email === '' ? {} : { email };
    return Promise.resolve({
      user: { id, name, enabled, domain_id: 'default', default_project_id: accountId, ...optional, links },
    });
  },
  encode: (document) => jsonResponse(200, document),
});

export const showDomain = defineOperation({
  name: 'ShowDomain',
  summary: 'Shows the domain `default`, the only one there is.',
  route: { method: 'GET', resource: '/v3/domains/{domain}' },
  permissions: [{ action: 'identity:read', on: 'account' }],
  body: { kind: 'none' },
  mutates: false,
  decode: (_call: KeystoneCall) => undefined,
  run({ whereabouts }: KeystoneServices, _input: undefined, call) {
    if (call.parameter('domain') !== 'default') throw notFound('domain');
    const links = { self: `${whereabouts.identityUrl(call.request)}/v3/domains/default` };
    return Promise.resolve({ domain: { id: 'default', name: 'Default', enabled: true, links } });
  },
  encode: (document) => jsonResponse(200, document),
});
