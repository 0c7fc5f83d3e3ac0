/**
 * The identity services of OpenStack as NHN Cloud offers them (v2.0) and as current clients want them (v3), on the control
 * address; and Swift's first one (TempAuth, `/auth/v1.0`) on the storage address. What there is stands in `operation-table.ts`.
 *
 * Known differences from the real services:
 * - `Content-Type` of a request is not looked at: people forget it.
 * - TempAuth gives a new token each time: the server could not repeat one that it does not know (docs/adr/0010).
 * - What is not there and what belongs to somebody else answer alike where the answer would tell.
 * - Proofs of v3 are `password` and `token`; there are no domains but `default`, no trusts, no application credentials.
 */
import { type AccessDecision, evaluateAccess } from '../../identity/evaluate-access.ts';
import { IdentityError } from '../../identity/identity-errors.ts';
import { isAdministratorsToken, ownerIdOf } from '../../identity/token-user.ts';
import { mintUuid } from '../../lib/uuid.ts';
import { verifyAuthToken } from '../authn/auth-token.ts';
import type { Dialect } from '../kernel/dialect.ts';
import { createPathTemplates } from '../kernel/path-templates.ts';
import { parseQuery } from '../kernel/query-parameters.ts';
import { createRouteTable } from '../kernel/route-table.ts';
import { mintTransactionId } from '../kernel/transaction-id.ts';
import type { WireResponse } from '../kernel/wire.ts';
import { CallState } from './call-state.ts';
import type { HeldToken, KeystoneCall, KeystoneOperation, KeystoneServices } from './keystone-call.ts';
import { KeystoneError, notFound, titleOf, toKeystoneError, unauthorized } from './keystone-errors.ts';
import { operations } from './operation-table.ts';
import { jsonResponse } from './render-json.ts';
import { TEMP_AUTH_PATH, tempAuthPaths } from './temp-auth-paths.ts';

const stateOf = (call: KeystoneCall): CallState => call as CallState;

export function createKeystoneDialect(services: KeystoneServices): Dialect<KeystoneCall, KeystoneServices> {
  const find = createFinder();
  const { identity, entropy, whereabouts } = services;
  return {
    name: 'keystone',
    services,
    operations,
    begin(request) {
      const isTempAuth = tempAuthPaths.has(request.rawPath);
      const requestId = isTempAuth
        ? mintTransactionId(entropy, request.receivedAtMicros, undefined)
        : `req-${mintUuid(entropy)}`;
      return new CallState(request, requestId, isTempAuth);
    },
    route: (call) => find(stateOf(call)),
    async authenticate(call, { permissions }) {
      if (permissions === 'public') return;
      const state = stateOf(call);
      const proof = await verifyAuthToken(call.request, identity);
      if (proof.kind !== 'verified') throw unauthorized();
      state.caller = proof.caller;
      state.heldToken = { value: proof.value, record: proof.token };
    },
    load: (call, { permissions }) =>
      permissions === 'public' ? Promise.resolve() : load(stateOf(call), services),
    authorise: (call, operation) => Promise.resolve(authorise(stateOf(call), operation)),
    denied: (call) => deny(stateOf(call)),
    finish: (response, call) => finish(response, stateOf(call)),
    renderError: (error, call) =>
      renderError(error, stateOf(call), safeUrl(whereabouts.identityUrl(call.request))),
    bodyTooLarge: (_call, bytesMax) => new KeystoneError(413, `The body may have at most ${bytesMax} bytes.`),
    bodyOf: ({ request }) => request.body,
  };
}

function createFinder(): (state: CallState) => KeystoneOperation {
  const templates = createPathTemplates(operations.map(({ route }) => route.resource));
  const routes = createRouteTable(operations);
  return (state) => {
    const { request } = state;
    state.query = parseQuery(request.rawQuery);
    state.matched = templates.match(state.isTempAuth ? TEMP_AUTH_PATH : request.rawPath);
    const result = routes.find({
      method: request.method,
      resource: state.matched?.template ?? '',
      query: (name) => state.query.get(name),
      hasHeader: (name) => request.headers.has(name),
    });
    if (result.kind === 'not-found') throw notFound('resource');
    if (result.kind === 'method-not-allowed') {
      const allowed = result.allowed.join(', ');
      throw new KeystoneError(405, `This resource takes ${allowed}.`, ['Allow', allowed]);
    }
    if (result.operation.mutates) {
      const { token, ...target } = Object.fromEntries(state.matched?.parameters ?? []);
      state.audit = { target };
    }
    return result.operation;
  };
}

/** Token, user or tenant that the path names. */
async function load(state: CallState, { identity }: KeystoneServices): Promise<void> {
  const parameters = state.matched?.parameters;
  const { held } = state;
  if (parameters?.has('token') === true || state.matched?.template === '/v3/auth/tokens') {
    const value = parameters?.get('token') ?? state.request.headers.get('x-subject-token') ?? '';
    if (value === '') throw new KeystoneError(400, 'Name the token in the header X-Subject-Token.');
    state.subjectToken = await findSubject(value, held, identity);
    if (state.audit !== undefined) state.audit.target = { token: state.subjectToken.record.auditId };
  }
  const userId = parameters?.get('user');
  if (userId !== undefined) {
    state.foundUser = await identity.findUser(userId, undefined);
    if (state.foundUser === undefined) {
      throw isAdministratorsToken(held.record) ? notFound('user') : deny(state);
    }
  }
  const accountId = parameters?.get('tenant') ?? parameters?.get('project');
  if (accountId !== undefined) {
    const account = await identity.findAccount(accountId);
    if (account?.id !== accountId) throw notFound('tenant');
    state.foundAccount = account;
  }
}

async function findSubject(
  value: string,
  held: HeldToken,
  identity: KeystoneServices['identity'],
): Promise<HeldToken> {
  if (value === held.value) return held;
  const record = await identity.findToken(value);
  if (record === undefined) throw notFound('token');
  return { value, record };
}

function authorise(state: CallState, { permissions }: KeystoneOperation): AccessDecision {
  let decision: AccessDecision = { allowed: permissions === 'public', trace: [] };
  if (permissions === 'public') return decision;
  const { principal } = state.held.record;
  for (const { action } of permissions) {
    decision = evaluateAccess({ principal, action, resource: resourceOf(state) });
    if (!decision.allowed) break;
  }
  return decision;
}

function resourceOf({ held, subjectToken, foundAccount, foundUser }: CallState): {
  account: string;
  user?: string;
} {
  const caller = held.record.principal;
  if (subjectToken !== undefined) {
    const owner = subjectToken.record.principal;
    return { account: owner.account.id, user: ownerIdOf(subjectToken.record) };
  }
  if (foundAccount === undefined && foundUser !== undefined) {
    return { account: foundUser.accountId, user: foundUser.id };
  }
  if (foundAccount === undefined) return { account: caller.account.id, user: ownerIdOf(held.record) };
  const isOwn = foundAccount.id === caller.account.id;
  return { account: foundAccount.id, ...(isOwn ? { user: ownerIdOf(held.record) } : {}) };
}

function deny({ subjectToken, foundAccount }: CallState): KeystoneError {
  if (subjectToken !== undefined) return notFound('token');
  if (foundAccount !== undefined) return notFound('tenant');
  return new KeystoneError(403, 'Your token does not allow this: it is about another user.');
}

function finish(response: WireResponse, { requestId, isTempAuth }: CallState): WireResponse {
  const own = isTempAuth ? ['X-Trans-Id', requestId] : ['Vary', 'X-Auth-Token'];
  return { ...response, headers: [...response.headers, ...own, 'X-Openstack-Request-Id', requestId] };
}

function renderError(thrown: unknown, state: CallState, identityUrl: string): WireResponse {
  const error = toKeystoneError(thrown);
  const { status, message, headers } = error;
  if (state.audit !== undefined && thrown instanceof IdentityError) noteRefusal(thrown, state);
  if (state.isTempAuth) {
    const proof = status === 401 ? ['WWW-Authenticate', `Swift realm="${realmOf(state)}"`] : [];
    return {
      status,
      headers: ['Content-Type', 'text/plain; charset=UTF-8', ...proof, ...headers],
      body: `${message}\n`,
    };
  }
  const proof = status === 401 ? ['WWW-Authenticate', `Keystone uri="${identityUrl}"`] : [];
  const document = { error: { code: status, title: titleOf(status), message } };
  return jsonResponse(status, document, [...proof, ...headers]);
}

/** What the answer does not say, for the audit log. */
function noteRefusal({ code, details }: IdentityError, { audit }: CallState): void {
  if (audit === undefined) return;
  audit.reason = 'reason' in details ? details.reason : code;
  if ('userId' in details && details.userId !== undefined) audit.userId = details.userId;
  if ('accountId' in details && details.accountId !== undefined) audit.accountId = details.accountId;
}

/** The account that somebody tried to log in to, when it can stand in a header. */
function realmOf({ request }: CallState): string {
  const user = request.headers.get('x-auth-user') ?? request.headers.get('x-storage-user') ?? '';
  return /^([\w.-]{1,64}):/.exec(user)?.[1] ?? 'unknown';
}

/** The Host field of a request may hold anything: what could end the quotation stays out. */
function safeUrl(url: string): string {
  return /^https?:\/\/[\w.:[\]%/~-]+$/.test(url) ? url : '';
}
