/**
 * A running server as IBM's own SDKs see it: accounts with an owner who has an API key, and the SDKs' clients pointed at it. Nothing
 * here speaks to the server but they, the admin API for what only an operator can do, and one login with a password.
 */
import assert from 'node:assert/strict';
import IamAccessGroupsV2 from '@ibm-cloud/platform-services/iam-access-groups/v2.js';
import IamIdentityV1 from '@ibm-cloud/platform-services/iam-identity/v1.js';
import IamPolicyManagementV1 from '@ibm-cloud/platform-services/iam-policy-management/v1.js';
import ResourceControllerV2 from '@ibm-cloud/platform-services/resource-controller/v2.js';
import ResourceManagerV2 from '@ibm-cloud/platform-services/resource-manager/v2.js';
import { IamAuthenticator } from 'ibm-cloud-sdk-core';
import { addTenant, addTenantUser } from './keystone-client.ts';
import type { ServerProcess } from './server-process.ts';

export const APIKEY_GRANT = 'urn:ibm:params:oauth:grant-type:apikey';

export interface IbmUser {
  readonly iamId: string;
  readonly apiKey: string;
}

export interface IbmAccount {
  readonly id: string;
  readonly owner: IbmUser;
}

export interface IbmClients {
  readonly identity: IamIdentityV1;
  readonly policies: IamPolicyManagementV1;
  readonly groups: IamAccessGroupsV2;
  readonly resources: ResourceControllerV2;
  readonly resourceGroups: ResourceManagerV2;
}

export function ibmClients(server: ServerProcess, apikey: string): IbmClients {
  const authenticator = new IamAuthenticator({ apikey, url: server.controlUrl });
  const options = { authenticator, serviceUrl: server.controlUrl };
  return {
    identity: new IamIdentityV1(options),
    policies: new IamPolicyManagementV1(options),
    groups: new IamAccessGroupsV2(options),
    resources: new ResourceControllerV2(options),
    resourceGroups: new ResourceManagerV2(options),
  };
}

export interface TokenAnswer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: answers are looked into member by member
  readonly json: any;
}

/** As a client without a library asks the token service. */
export async function askToken(
  server: ServerProcess,
  form: Readonly<Record<string, string>>,
  { client, path = '/identity/token' }: { readonly client?: string; readonly path?: string } = {},
): Promise<TokenAnswer> {
  const response = await fetch(new URL(path, server.controlUrl), {
    method: 'POST',
    headers: {
      Connection: 'close',
      'Content-Type': 'application/x-www-form-urlencoded',
      ...(client === undefined ? {} : { Authorization: `Basic ${btoa(client)}` }),
    },
    body: new URLSearchParams(form).toString(),
  });
  return { status: response.status, headers: response.headers, json: await response.json() };
}

export async function accessTokenFor(server: ServerProcess, apikey: string): Promise<string> {
  const answer = await askToken(server, { grant_type: APIKEY_GRANT, apikey });
  assert.equal(answer.status, 200, JSON.stringify(answer.json));
  return answer.json.access_token;
}

// biome-ignore lint/suspicious/noExplicitAny: claims are looked into member by member
export function claimsOf(token: string): any {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
}

/** An account with an administrator, who logs in with a password once, for an API key. */
export async function addIbmAccount(server: ServerProcess, name: string): Promise<IbmAccount> {
  const tenant = await addTenant(server, name);
  return { id: tenant.id, owner: await addIbmUser(server, tenant, 'owner', 'admin') };
}

export async function addIbmUser(
  server: ServerProcess,
  tenant: { readonly id: string; readonly name: string },
  userName: string,
  role: 'admin' | 'operator' | 'member',
): Promise<IbmUser> {
  const { email, password } = await addTenantUser(server, tenant, userName, role);
  const form = { grant_type: 'password', username: email, password };
  const login = await askToken(server, form, { client: 'bx:bx' });
  assert.equal(login.status, 200, JSON.stringify(login.json));
  const token: string = login.json.access_token;
  const iamId: string = claimsOf(token).iam_id;
  const response = await fetch(new URL('/v1/apikeys', server.controlUrl), {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ name: 'first', iam_id: iamId, account_id: tenant.id }),
  });
  // biome-ignore lint/suspicious/noExplicitAny: of the answer one member is wanted
  const made: any = await response.json();
  assert.equal(response.status, 201, JSON.stringify(made));
  return { iamId, apiKey: made.apikey };
}

/** What the SDK threw: status, message as callers see it, and the body of the answer. */
export async function failureOf(
  promise: Promise<unknown>,
  // biome-ignore lint/suspicious/noExplicitAny: bodies are looked into member by member
): Promise<{ readonly status: number; readonly message: string; readonly body: any }> {
  try {
    await promise;
  } catch (error) {
    // biome-ignore lint/suspicious/noExplicitAny: what the SDK throws has no type
    const thrown = error as any;
    const { result } = thrown;
    const body = typeof result === 'string' && result.startsWith('{') ? JSON.parse(result) : result;
    return { status: thrown.status, message: thrown.message, body };
  }
  throw new Error('the call was not refused');
}
