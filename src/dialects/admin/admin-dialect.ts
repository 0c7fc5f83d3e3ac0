/**
 * The admin API: JSON below `/admin/v1` of the control address, signed with Signature Version 4 for the service `gotgan` and
 * any region that is served. Only the root user of the root account may use it. What it can do stands in
 * `operation-table.ts`; the command line tool uses nothing else.
 */
import { createHash } from 'node:crypto';
import type { Action } from '../../identity/actions.ts';
import { type AccessDecision, type AccessResource, evaluateAccess } from '../../identity/evaluate-access.ts';
import { anonymousCaller, type Caller, subjectOf } from '../../identity/principal.ts';
import type { ByteSource } from '../../lib/byte-source.ts';
import type { Entropy } from '../../lib/entropy.ts';
import { findProof } from '../authn/find-proof.ts';
import type { PayloadMode } from '../authn/payload-mode.ts';
import type { SigV4Verifier } from '../authn/sigv4.ts';
import type { SigV4Rules } from '../authn/sigv4-proof.ts';
import type { AuditFacts } from '../kernel/audit-facts.ts';
import type { Dialect } from '../kernel/dialect.ts';
import { createPathTemplates, type MatchedPath } from '../kernel/path-templates.ts';
import { parseQuery, type QueryParameters } from '../kernel/query-parameters.ts';
import { createRouteTable } from '../kernel/route-table.ts';
import type { WireRequest, WireResponse } from '../kernel/wire.ts';
import type { AdminCall, AdminOperation, AdminServices } from './admin-call.ts';
import { AdminError, toAdminError } from './admin-errors.ts';
import { operations } from './operation-table.ts';
import { jsonResponse } from './render-json.ts';

export interface AdminSettings {
  /** Region names that a signature may name, in any case. Never empty; the first is told to who names another. */
  readonly regions: readonly string[];
}

export const ADMIN_PATH = '/admin/v1';

const SERVICE = 'gotgan';
/** Links to administrative calls are not meant to be kept. */
const PRESIGN_SECONDS_MAX = 900;
const REQUEST_ID_BYTES = 16;

/** Filled step by step by the dialect below, and by nothing else. */
class CallState implements AdminCall {
  readonly request: WireRequest;
  readonly requestId: string;
  caller: Caller = anonymousCaller;
  query: QueryParameters = parseQuery('');
  matched: MatchedPath | undefined;
  payload: PayloadMode | { readonly kind: 'session' } = { kind: 'unsigned' };
  audit: AuditFacts | undefined;

  constructor(request: WireRequest, requestId: string) {
    this.request = request;
    this.requestId = requestId;
  }

  parameter(name: string): string {
    return this.matched?.parameters.get(name) ?? '';
  }
}

const stateOf = (call: AdminCall): CallState => call as CallState;

export function createAdminDialect(
  services: AdminServices,
  parts: { readonly verifier: SigV4Verifier; readonly entropy: Entropy },
  settings: AdminSettings,
): Dialect<AdminCall, AdminServices> {
  const templates = createPathTemplates(operations.map(({ route }) => route.resource));
  const routes = createRouteTable(operations);
  const rules = signatureRules(settings);
  return {
    name: 'admin',
    services,
    operations,
    begin: (request) => new CallState(request, parts.entropy.bytes(REQUEST_ID_BYTES).toString('hex')),
    route: (call) => route(stateOf(call), templates, routes),
    authenticate: (call) => authenticate(stateOf(call), parts.verifier, rules),
    load: () => Promise.resolve(),
    authorise: (call, operation) => Promise.resolve(authorise(call, operation)),
    denied: () =>
      new AdminError(403, 'AccessDenied', 'Only the root user of the root account administers the server.'),
    finish: (response, call) => ({
      ...response,
      headers: [...response.headers, 'X-Request-Id', call.requestId],
    }),
    renderError: (error, call) => renderError(toAdminError(error), call),
    errorCode: (error) => toAdminError(error).code,
    bodyTooLarge: (_call, bytesMax) =>
      new AdminError(413, 'BodyTooLarge', `The body may have at most ${bytesMax} bytes.`),
    bodyOf: (call) => verifiedBody(stateOf(call)),
  };
}

function route(
  state: CallState,
  templates: ReturnType<typeof createPathTemplates>,
  routes: ReturnType<typeof createRouteTable<AdminOperation>>,
): AdminOperation {
  const { request } = state;
  state.query = parseQuery(request.rawQuery);
  state.matched = templates.match(request.rawPath.slice(ADMIN_PATH.length));
  const result = routes.find({
    method: request.method,
    resource: state.matched?.template ?? '',
    query: (name) => state.query.get(name),
    hasHeader: (name) => request.headers.has(name),
  });
  if (result.kind === 'found') {
    if (result.operation.mutates)
      state.audit = { target: Object.fromEntries(state.matched?.parameters ?? []) };
    return result.operation;
  }
  if (result.kind === 'not-found')
    throw new AdminError(404, 'NotFound', 'The admin API has nothing at this path.');
  const allowed = result.allowed.join(', ');
  throw new AdminError(405, 'MethodNotAllowed', `This path takes ${allowed}.`, ['Allow', allowed]);
}

function signatureRules({ regions }: AdminSettings): SigV4Rules {
  const names = new Set(regions.map((name) => name.toLowerCase()));
  return {
    service: SERVICE,
    presignSecondsMax: PRESIGN_SECONDS_MAX,
    region: (region) =>
      names.has(region.toLowerCase()) ? { kind: 'ok' } : { kind: 'wrong', expected: regions[0] ?? '' },
  };
}

async function authenticate(state: CallState, verifier: SigV4Verifier, rules: SigV4Rules): Promise<void> {
  if (state.request.sessionCaller !== undefined) {
    state.caller = state.request.sessionCaller;
    state.payload = { kind: 'session' };
    return;
  }
  const proof = findProof(state.request);
  if (proof.kind !== 'sigv4' && proof.kind !== 'sigv4-query') {
    const message = `Sign the request with AWS Signature Version 4 for the service ${SERVICE}.`;
    throw new AdminError(401, 'NotAuthenticated', message, ['WWW-Authenticate', 'AWS4-HMAC-SHA256']);
  }
  const place = proof.kind === 'sigv4' ? 'header' : 'query';
  const verified = await verifier.verify(state.request, place, () => rules);
  state.caller = verified.caller;
  state.payload = verified.payload;
}

function authorise({ caller }: AdminCall, { permissions }: AdminOperation): AccessDecision {
  const asked = permissions === 'public' ? [] : permissions;
  let decision: AccessDecision = { allowed: permissions === 'public', trace: [] };
  for (const { action } of asked) {
    decision = evaluateAccess({ principal: caller.principal, action, resource: resourceOf(caller, action) });
    if (!decision.allowed) break;
  }
  return decision;
}

/** What is read of identities here is about the caller: the operations show no more than it may know. */
function resourceOf({ principal }: Caller, action: Action): AccessResource {
  if (!action.startsWith('identity:') || principal.kind === 'anonymous') return { account: undefined };
  const [, user = ''] = subjectOf(principal).split(':');
  return { account: principal.account.id, user };
}

function renderError({ status, code, message, headers }: AdminError, { requestId }: AdminCall): WireResponse {
  const response = jsonResponse(status, { error: { code, message, requestId } });
  return { ...response, headers: [...response.headers, ...headers] };
}

/** A body counts only as far as the signature covers it; the console's has come with its session. */
function verifiedBody({ request, payload }: CallState): ByteSource {
  if (payload.kind === 'session') return request.body;
  if (payload.kind !== 'hash') {
    throw new AdminError(400, 'UnsignedBody', 'Sign the SHA-256 of the body (x-amz-content-sha256).');
  }
  const hash = createHash('sha256');
  return {
    async read() {
      const chunk = await request.body.read();
      if (chunk !== null) hash.update(chunk);
      else if (hash.digest('hex') !== payload.sha256Hex) {
        throw new AdminError(400, 'BodyMismatch', 'The body is not the one that was signed.');
      }
      return chunk;
    },
  };
}
