/**
 * The web console (docs/adr/0020): its pages, and the session that a browser logs in to. What a page then asks for are the public APIs,
 * which the control address offers below `/console/api/` to the session's caller (src/main/console-entry.ts).
 */
import { anonymousCaller, type Caller } from '../../identity/principal.ts';
import type { Entropy } from '../../lib/entropy.ts';
import type { AuditFacts } from '../kernel/audit-facts.ts';
import type { Dialect } from '../kernel/dialect.ts';
import { createRouteTable, type RouteTable } from '../kernel/route-table.ts';
import type { WireRequest } from '../kernel/wire.ts';
import type { ConsoleCall, ConsoleOperation, ConsoleServices } from './console-call.ts';
import { ConsoleError, toConsoleError } from './console-errors.ts';
import { CONSOLE_PATH, type HeldSession, refuseForeignOrigin, requireSession } from './console-session.ts';
import { operations } from './operation-table.ts';
import { jsonResponse } from './render-json.ts';
import { pageHeaders } from './security-headers.ts';

const REQUEST_ID_BYTES = 16;
/** Paths that are not files. */
const OWN_PATHS: ReadonlySet<string> = new Set(operations.map(({ route }) => route.resource));

/** Filled step by step by the dialect below, and by nothing else. */
class CallState implements ConsoleCall {
  readonly request: WireRequest;
  readonly requestId: string;
  readonly path: string;
  caller: Caller = anonymousCaller;
  session: HeldSession | undefined;
  audit: AuditFacts | undefined;

  constructor(request: WireRequest, requestId: string) {
    this.request = request;
    this.requestId = requestId;
    this.path = request.rawPath.slice(CONSOLE_PATH.length);
  }
}

const stateOf = (call: ConsoleCall): CallState => call as CallState;

export function createConsoleDialect(
  services: ConsoleServices,
  entropy: Entropy,
): Dialect<ConsoleCall, ConsoleServices> {
  const routes = createRouteTable(operations);
  return {
    name: 'console',
    services,
    operations,
    begin: (request) => new CallState(request, entropy.bytes(REQUEST_ID_BYTES).toString('hex')),
    route: (call) => route(stateOf(call), routes),
    authenticate: (call, operation) => authenticate(stateOf(call), operation, services),
    load: () => Promise.resolve(),
    // Who holds a session may do with it whatever these operations do; what it opens, the APIs decide.
    authorise: () => Promise.resolve({ allowed: true, trace: [] }),
    denied: () => new ConsoleError('NotLoggedIn'),
    finish: (response, call) => ({
      ...response,
      headers: [...response.headers, ...pageHeaders, 'X-Request-Id', call.requestId],
    }),
    renderError(error, { requestId }) {
      const { status, code, message, headers } = toConsoleError(error);
      return jsonResponse(status, { error: { code, message, requestId } }, headers);
    },
    bodyTooLarge: () => new ConsoleError('BodyTooLarge'),
    bodyOf: (call) => call.request.body,
  };
}

function route(state: CallState, routes: RouteTable<ConsoleOperation>): ConsoleOperation {
  const { request, path } = state;
  const result = routes.find({
    method: request.method === 'HEAD' ? 'GET' : request.method,
    resource: OWN_PATHS.has(`/${path}`) ? `/${path}` : '/{file}',
    query: () => undefined,
    hasHeader: (name) => request.headers.has(name),
  });
  if (result.kind === 'found') {
    if (result.operation.mutates) state.audit = { target: {} };
    return result.operation;
  }
  throw new ConsoleError(
    result.kind === 'not-found' ? 'NotFound' : 'MethodNotAllowed',
    undefined,
    result.kind === 'not-found' ? [] : ['Allow', result.allowed.join(', ')],
  );
}

async function authenticate(
  state: CallState,
  { name, permissions }: ConsoleOperation,
  { identity }: ConsoleServices,
): Promise<void> {
  if (permissions === 'public') {
    // Logging in from elsewhere would put somebody into a stranger's session.
    if (name === 'CreateSession') refuseForeignOrigin(state.request);
    if (name === 'GetSession') await findSession(state, identity);
    return;
  }
  enter(state, await requireSession(state.request, identity));
}

async function findSession(state: CallState, tokens: ConsoleServices['identity']): Promise<void> {
  try {
    enter(state, await requireSession(state.request, tokens));
  } catch (error) {
    const isNone = error instanceof ConsoleError && error.status === 401;
    if (!isNone) throw error;
  }
}

function enter(state: CallState, session: HeldSession): void {
  const { principal, auditId } = session.token;
  state.session = session;
  state.caller = { principal, proof: { kind: 'token', auditId } };
}
