/** The Swift API of a running server as a client without a library speaks it: targets and headers go out exactly as given. */
import { request } from 'node:http';
import type { S3Client } from '@aws-sdk/client-s3';
import {
  addTenant,
  addTenantUser,
  askKeystone,
  logIn,
  type Tenant,
  type TenantUser,
} from './keystone-client.ts';
import { connectS3 } from './s3-client.ts';
import type { ServerProcess } from './server-process.ts';

export interface SwiftAnswer {
  readonly status: number;
  /** The last of several fields of one name. */
  header(name: string): string | undefined;
  /** Flat list, as received. */
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
  readonly text: string;
}

export interface SwiftRequest {
  /** Sent as X-Auth-Token. */
  readonly token?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** Without Content-Length. */
  readonly isChunked?: boolean;
}

/** `target`: path and query as they go out. */
export function askSwift(
  storageUrl: string,
  method: string,
  target: string,
  { token, headers, body, isChunked = false }: SwiftRequest = {},
): Promise<SwiftAnswer> {
  const { hostname, port } = new URL(storageUrl);
  const length = isChunked || (body === undefined && method !== 'PUT' && method !== 'POST');
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        hostname,
        port,
        method,
        path: target,
        agent: false,
        headers: {
          ...(token === undefined ? {} : { 'X-Auth-Token': token }),
          ...(length ? {} : { 'Content-Length': String(Buffer.byteLength(body ?? '')) }),
          ...headers,
        },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const bytes = Buffer.concat(chunks);
          resolve({
            status: response.statusCode ?? 0,
            header: (name) => headerIn(response.rawHeaders, name),
            rawHeaders: response.rawHeaders,
            body: bytes,
            text: bytes.toString(),
          });
        });
      },
    );
    sent.on('error', reject);
    // As bytes: Node would write the header in the encoding of a text.
    sent.end(body === undefined ? undefined : Buffer.from(body));
  });
}

/** Header bytes are UTF-8. */
function headerIn(rawHeaders: readonly string[], name: string): string | undefined {
  for (let index = rawHeaders.length - 2; index >= 0; index -= 2) {
    if (rawHeaders[index]?.toLowerCase() === name.toLowerCase()) {
      return Buffer.from(rawHeaders[index + 1] ?? '', 'latin1').toString();
    }
  }
  return undefined;
}

export interface SwiftUser extends TenantUser {
  readonly token: string;
  /** `/v1/AUTH_{account}`. */
  readonly path: string;
  /** Below the account: `ask('PUT', '/c/o')`. */
  ask(method: string, below: string, asking?: SwiftRequest): Promise<SwiftAnswer>;
}

/** A user with a token. `tenant`: of an account that is there; by default one of its own, with the user's name. */
export async function addSwiftUser(
  server: ServerProcess,
  name: string,
  {
    tenant,
    role = 'admin',
  }: { readonly tenant?: Tenant; readonly role?: 'admin' | 'operator' | 'member' } = {},
): Promise<SwiftUser> {
  const own = tenant ?? (await addTenant(server, `tenant-of-${name}`));
  const user = await addTenantUser(server, own, name, role);
  const token = await logIn(server, user);
  const path = `/v1/AUTH_${own.id}`;
  return {
    ...user,
    token,
    path,
    ask: (method, below, asking) => askSwift(server.storageUrl, method, path + below, { token, ...asking }),
  };
}

/** The S3 door for the same user, with a key pair of its own. */
export async function connectS3As(server: ServerProcess, user: SwiftUser): Promise<S3Client> {
  const answer = await askKeystone(server, 'POST', `/v2.0/users/${user.id}/credentials/OS-EC2`, {
    token: user.token,
    body: { tenant_id: user.tenant.id },
  });
  const { access, secret } = answer.json.credential;
  return connectS3(server, { credentials: { accessKeyId: access, secretAccessKey: secret } });
}

/** A pair for S3, minted with the user's token. */
export async function s3KeysOf(
  server: ServerProcess,
  user: SwiftUser,
): Promise<{ readonly accessKeyId: string; readonly secretAccessKey: string }> {
  const { json } = await askKeystone(server, 'POST', `/v2.0/users/${user.id}/credentials/OS-EC2`, {
    token: user.token,
    headers: { 'Content-Type': 'application/json' },
    body: { tenant_id: user.tenant.id },
  });
  return { accessKeyId: json.credential.access, secretAccessKey: json.credential.secret };
}
