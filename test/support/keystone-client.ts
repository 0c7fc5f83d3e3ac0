/** The identity services of a running server as a client without a library asks them. */
import assert from 'node:assert/strict';
import { askAdmin } from './ask-admin.ts';
import type { ServerProcess } from './server-process.ts';

export interface KeystoneAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: answers are looked into member by member
  readonly json: any;
}

export interface Asking {
  /** Sent as X-Auth-Token. */
  readonly token?: string;
  readonly subject?: string;
  /** An object is sent as JSON, text and bytes as they are. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** `path`: of the control address, or a whole URL. */
export async function askKeystone(
  server: ServerProcess,
  method: string,
  path: string,
  { token, subject, body, headers }: Asking = {},
): Promise<KeystoneAnswer> {
  const sent = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  const response = await fetch(new URL(path, server.controlUrl), {
    method,
    headers: {
      // A connection of its own each, so that all workers are asked.
      Connection: 'close',
      ...(token === undefined ? {} : { 'X-Auth-Token': token }),
      ...(subject === undefined ? {} : { 'X-Subject-Token': subject }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: sent }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    text,
    json: text.startsWith('{') ? JSON.parse(text) : undefined,
  };
}

/** With everything that every answer has. */
export function assertKeystoneError(answer: KeystoneAnswer, status: number, message: RegExp): void {
  assert.equal(answer.status, status, answer.text);
  const { error } = answer.json;
  assert.deepEqual(Object.keys(answer.json), ['error']);
  assert.deepEqual([error.code, error.title], [status, titles.get(status)]);
  assert.match(error.message, message);
  assert.match(error.message, /\.$/);
  assert.equal(answer.headers.get('content-type'), 'application/json');
  assert.equal(answer.headers.get('vary'), 'X-Auth-Token');
  assert.match(
    answer.headers.get('x-openstack-request-id') ?? '',
    /^req-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  );
  const proof = answer.headers.get('www-authenticate');
  if (status === 401) assert.match(proof ?? '', /^Keystone uri="http:\/\/127\.0\.0\.1:\d+"$/);
  else assert.equal(proof, null);
}

const titles = new Map([
  [400, 'Bad Request'],
  [401, 'Unauthorized'],
  [403, 'Forbidden'],
  [404, 'Not Found'],
  [405, 'Method Not Allowed'],
  [409, 'Conflict'],
  [413, 'Request Entity Too Large'],
  [429, 'Too Many Requests'],
]);

export interface Tenant {
  readonly id: string;
  readonly name: string;
}

export interface TenantUser {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly password: string;
  readonly tenant: Tenant;
}

export async function addTenant(server: ServerProcess, name: string): Promise<Tenant> {
  const { account } = await askAdmin(server, 'POST', '/accounts', { name });
  return { id: account.id, name };
}

/** With a password, and the e-mail address `name@tenant.example`. */
export async function addTenantUser(
  server: ServerProcess,
  tenant: Tenant,
  name: string,
  role?: 'admin' | 'operator' | 'member',
): Promise<TenantUser> {
  const [password, email] = [`password of ${name}`, `${name}@${tenant.name}.example`];
  const { user } = await askAdmin(server, 'POST', `/accounts/${tenant.id}/users`, {
    name,
    email,
    password,
    ...(role === undefined ? {} : { role }),
  });
  return { id: user.id, name, email, password, tenant };
}

export function passwordBody(user: TenantUser, changes: object = {}): object {
  const passwordCredentials = { username: user.email, password: user.password };
  return { auth: { tenantId: user.tenant.id, passwordCredentials, ...changes } };
}

/** A scoped token. */
export async function logIn(server: ServerProcess, user: TenantUser): Promise<string> {
  const answer = await askKeystone(server, 'POST', '/v2.0/tokens', { body: passwordBody(user) });
  assert.equal(answer.status, 200, answer.text);
  return answer.json.access.token.id;
}
