/** Accounts, users and roles of a clocked server, and its services as they ask them. */
import assert from 'node:assert/strict';
import type { AccountRole } from '../../src/identity/principal.ts';
import type { ClockedServer } from './clocked-server.ts';
import { askScp, type ScpAnswer, type ScpAsking, type ScpKey } from './scp-client.ts';

export interface ScpUser {
  readonly id: string;
  readonly accountId: string;
  readonly key: ScpKey;
}

export function addScpAccount(server: ClockedServer, name: string): Promise<string> {
  return server.inside(async ({ identity }) => (await identity.createAccount({ name })).account.id);
}

export function addScpUser(
  server: ClockedServer,
  accountId: string,
  name: string,
  role: AccountRole = 'member',
): Promise<ScpUser> {
  return server.inside(async ({ identity }) => {
    const { id } = await identity.createUser({ accountId, name, displayName: '', email: '', role });
    const pair = await identity.createAccessKey({ holder: { userId: id }, mintedBy: 'scp' });
    return { id, accountId, key: { accessKeyId: pair.id, secretKey: pair.secretKey } };
  });
}

export type Ask = (
  method: string,
  path: string,
  key?: ScpKey,
  asking?: Partial<ScpAsking>,
) => Promise<ScpAnswer>;

/** `path`: behind `/scp`. */
export function asker(server: ClockedServer): Ask {
  return (method, path, key, asking = {}) =>
    askScp(server.controlUrl, method, `/scp${path}`, {
      nowMillis: server.clock.millis,
      ...(key === undefined ? {} : { key }),
      ...asking,
    });
}

export const allow = (actions: readonly string[], resources: readonly string[] = ['*']) => ({
  Version: '2024-07-01',
  Statement: [{ Sid: 'given', Effect: 'Allow', Action: actions, Resource: resources }],
});

export const trusting = (principal: object, action = 'sts:AssumeRole', more: object = {}) => ({
  Version: '2024-07-01',
  Statement: [
    { Sid: 'trusted', Effect: 'Allow', Action: [action], Resource: ['*'], Principal: principal, ...more },
  ],
});

/** By the administrator of an account, through IAM. Answers the role. */
export async function addScpRole(
  ask: Ask,
  admin: ScpUser,
  name: string,
  trust: object,
  policy: object = allow(['object-store:*']),
  more: object = {},
): Promise<{ id: string; name: string; indicator: string; policyId: string }> {
  const made = await ask('POST', '/iam/v1/policies', admin.key, {
    body: { policy_name: `${name}-policy`, policy_version: { policy_document: policy } },
  });
  assert.equal(made.status, 201, made.text);
  const role = await ask('POST', '/iam/v1/roles', admin.key, {
    body: { name, assume_role_policy_document: trust, policy_ids: [made.json.id], ...more },
  });
  assert.equal(role.status, 202, role.text);
  return {
    id: role.json.role.id,
    name,
    indicator: `e:${admin.accountId}:${name}`,
    policyId: made.json.id,
  };
}

/** Throws when it is refused. */
export async function assume(
  ask: Ask,
  key: ScpKey,
  indicator: string,
  more: object = {},
): Promise<Required<ScpKey> & { readonly answer: ScpAnswer }> {
  const answer = await ask('POST', '/sts/v1/assume-role', key, {
    body: { role_indicator: indicator, role_session_name: 'backup', ...more },
  });
  assert.equal(answer.status, 200, answer.text);
  return { ...keyOf(answer), answer };
}

export function keyOf({ json }: ScpAnswer): Required<ScpKey> {
  const {
    access_key_id: accessKeyId,
    secret_access_key: secretKey,
    session_token: sessionToken,
  } = json.credentials;
  return { accessKeyId, secretKey, sessionToken };
}
