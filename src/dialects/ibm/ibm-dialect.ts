/**
 * IBM Cloud's control plane on the control address: the token service, IAM identity, access groups, policies and the resource
 * controller, as IBM's SDKs speak to them when only their addresses are changed (ibm-cos.md). What there is stands in
 * `operation-table.ts`.
 *
 * Known differences from the real services:
 * - A user belongs to one account, so nothing switches a token to another one.
 * - Policies take effect on the next request of every worker; IBM's take minutes.
 * - The account's owner and administrators have their rights by being that. The two policies that say so at IBM are shown, and cannot
 *   be changed.
 * - A missing `account_id` means the caller's account, where IBM refuses some calls without one.
 * - What belongs to another account is not there.
 */
import { mintUuid } from '../../lib/uuid.ts';
import { bearerTokenIn, createIamBearerVerifier } from '../authn/iam-bearer.ts';
import { RefusalFacts } from '../kernel/denial.ts';
import type { Dialect } from '../kernel/dialect.ts';
import { createPathTemplates } from '../kernel/path-templates.ts';
import { parseQuery } from '../kernel/query-parameters.ts';
import { createRouteTable } from '../kernel/route-table.ts';
import { CallState } from './call-state.ts';
import type { IbmCall, IbmOperation, IbmServices } from './ibm-call.ts';
import { forbidden, IbmError, TokenError, toIbmError } from './ibm-errors.ts';
import { operations } from './operation-table.ts';
import { renderIbmError } from './render-error.ts';

const stateOf = (call: IbmCall): CallState => call as CallState;

export function createIbmDialect(services: IbmServices): Dialect<IbmCall, IbmServices> {
  const find = createFinder();
  const { iam, clock, entropy } = services;
  const bearer = createIamBearerVerifier(iam);
  return {
    name: 'ibm',
    services,
    operations,
    begin(request) {
      const given = request.headers.get('transaction-id') ?? '';
      return new CallState(request, TRANSACTION_ID.test(given) ? given : mintUuid(entropy));
    },
    route: (call) => find(stateOf(call)),
    async authenticate(call, { permissions }) {
      if (permissions === 'public') return;
      if (call.request.sessionCaller !== undefined) {
        stateOf(call).caller = call.request.sessionCaller;
        return;
      }
      const token = bearerTokenIn(call.request);
      if (token === undefined) throw unauthenticated('token-absent');
      const verdict = await bearer.verify(token);
      if (verdict.kind === 'refused') {
        const error = unauthenticated(verdict.fault);
        error.cause = new RefusalFacts('RefusedBearer', verdict);
        throw error;
      }
      stateOf(call).caller = verdict.caller;
    },
    load: () => Promise.resolve(),
    // What is asked for stands in the body or in a record: operations demand it when they have that.
    authorise: (call, { permissions }) => {
      if (permissions === 'public') return Promise.resolve({ allowed: true, trace: [] });
      const asked = permissions.find(({ on }) => on === 'account');
      return Promise.resolve(
        asked === undefined
          ? { allowed: true, trace: [] }
          : stateOf(call).decide(asked.action, ACCOUNT_TARGET),
      );
    },
    denied: () => forbidden(),
    finish: (response, { requestId }) => ({
      ...response,
      headers: [...response.headers, 'Transaction-Id', requestId, 'X-Request-Id', requestId],
    }),
    renderError(error, call) {
      noteRefusal(error, stateOf(call));
      return renderIbmError(error, { ...call, nowMicros: clock.nowMicros() });
    },
    bodyTooLarge: (_call, bytesMax) =>
      new IbmError('too-large', `The body may have at most ${bytesMax} bytes.`),
    bodyOf: ({ request }) => request.body,
  };
}

/** Clients may name their call (IBM: "Transaction-Id"); anything else is replaced. */
const TRANSACTION_ID = /^[\w.-]{8,64}$/;
const ACCOUNT_TARGET = { serviceName: 'iam-identity', serviceType: 'platform_service' };

function createFinder(): (state: CallState) => IbmOperation {
  const templates = createPathTemplates(operations.map(({ route }) => route.resource));
  const routes = createRouteTable(operations);
  return (state) => {
    const { request } = state;
    state.query = parseQuery(request.rawQuery);
    state.matched = templates.match(request.rawPath);
    const result = routes.find({
      method: request.method,
      resource: state.matched?.template ?? '',
      query: (name) => state.query.get(name),
      hasHeader: (name) => request.headers.has(name),
    });
    if (result.kind === 'not-found') throw new IbmError('not-found', 'There is no such path.');
    if (result.kind === 'method-not-allowed') {
      const allowed = result.allowed.join(', ');
      throw new IbmError('method-not-allowed', `This path takes ${allowed}.`, {
        headers: ['Allow', allowed],
      });
    }
    if (result.operation.mutates) {
      state.audit = { target: Object.fromEntries(state.matched?.parameters ?? []) };
    }
    return result.operation;
  };
}

/** The fault is said in words: whoever holds the token may know what is wrong with it. */
function unauthenticated(fault: string): IbmError {
  const text = faults.get(fault) ?? 'The provided token is not accepted.';
  return new IbmError('unauthenticated', text, { details: fault, reason: fault });
}

const faults: ReadonlyMap<string, string> = new Map([
  ['token-absent', 'The request has no token: send Authorization: Bearer with one.'],
  ['token-placeholder', 'A placeholder was sent instead of a token: the client never got one.'],
  ['token-malformed', 'The provided token is no token of this server.'],
  ['token-forged', 'The signature of the provided token is not valid.'],
  ['token-wrong-issuer', 'The provided token was made by another issuer.'],
  ['token-expired', 'The provided token has expired.'],
  ['token-not-yet-valid', 'The provided token is not valid yet.'],
  ['token-key-revoked', 'The API key of the provided token is not valid any more.'],
  ['identity-inactive', 'The identity of the provided token is not active any more.'],
]);

/** What the answer does not say, for the audit log. */
function noteRefusal(thrown: unknown, { audit }: CallState): void {
  if (audit === undefined) return;
  const error = toIbmError(thrown);
  const reason = error instanceof TokenError ? error.reason : error.parts.reason;
  if (reason !== undefined) audit.reason = reason;
}
