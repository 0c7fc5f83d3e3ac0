/** What most operations of the admin API have in common: members of a JSON body in, a JSON document or nothing out. */
import type { Action } from '../../identity/actions.ts';
import { defineOperation } from '../kernel/define-operation.ts';
import type { AdminCall, AdminOperation, AdminServices } from './admin-call.ts';
import { BODY_BYTES_MAX, type Members, readJson, type Shape } from './read-json.ts';
import { jsonResponse, noContent } from './render-json.ts';

export interface AdminOperationDeclaration<S extends Shape> {
  readonly name: string;
  readonly summary: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly resource: string;
  /** Of the body; absent: it has none. */
  readonly members?: S;
  /** Default: `admin:read` of GET, else `admin:write`. */
  readonly action?: Action;
  /** Of a success that has a document; default 200. */
  readonly status?: number;
  /** Answers the document; undefined: 204. */
  run(services: AdminServices, sent: Members<S>, call: AdminCall): Promise<object | undefined>;
}

export function defineAdminOperation<const S extends Shape = Record<never, never>>({
  name,
  summary,
  method,
  resource,
  members,
  action = method === 'GET' ? 'admin:read' : 'admin:write',
  status = 200,
  run,
}: AdminOperationDeclaration<S>): AdminOperation {
  return defineOperation<AdminCall, AdminServices, Members<S>, object | undefined>({
    name,
    summary,
    route: { method, resource },
    permissions: [{ action, on: 'account' }],
    body: members === undefined ? { kind: 'none' } : { kind: 'buffered', bytesMax: BODY_BYTES_MAX },
    mutates: method !== 'GET',
    decode: () => ({}) as Members<S>,
    ...(members !== undefined && { decodeBody: (body: Buffer) => readJson(body, members) }),
    run,
    encode: (document) => (document === undefined ? noContent() : jsonResponse(status, document)),
  });
}
