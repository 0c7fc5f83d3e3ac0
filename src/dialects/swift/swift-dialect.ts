/**
 * The Swift API, which NHN Cloud calls OBS. Operations stand in `operation-table.ts`; here is what holds for all of them.
 *
 * Known differences from OpenStack Swift:
 * - Counters of accounts and containers are exact at every moment.
 * - A token that does not hold is 401 everywhere, also where nobody needs one.
 * - Objects that other accounts have written through S3 are theirs to read, as S3 has it.
 */

import { CoreError } from '../../core/core-errors.ts';
import type { Place } from '../../core/model.ts';
import type { ObjectStore } from '../../core/object-store.ts';
import type { TokenSource } from '../../identity/credentials.ts';
import type { AccessDecision } from '../../identity/evaluate-access.ts';
import type { Entropy } from '../../lib/entropy.ts';
import { PercentEncodingError } from '../../lib/percent-encoding.ts';
import { verifyAuthToken } from '../authn/auth-token.ts';
import type { TempUrlDigest } from '../authn/temp-url.ts';
import type { Operation } from '../kernel/define-operation.ts';
import type { Dialect } from '../kernel/dialect.ts';
import { parseQuery, type QueryParameters } from '../kernel/query-parameters.ts';
import { createRouteTable } from '../kernel/route-table.ts';
import { mintTransactionId } from '../kernel/transaction-id.ts';
import { type WireRequest, type WireResponse, withResponseHeaders } from '../kernel/wire.ts';
import { checkNames, parseAddress } from './addressing.ts';
import { authoriseCall } from './authorise-call.ts';
import { exposureHeaders } from './cross-origin.ts';
import { operations } from './operation-table.ts';
import { renderError } from './render-error.ts';
import type { AccountLookup, SwiftCall, SwiftServices } from './swift-call.ts';
import { SwiftCallState } from './swift-call-state.ts';
import { toSwiftError } from './swift-error-maps.ts';
import { SwiftError } from './swift-errors.ts';
import { swiftInfo } from './swift-info.ts';
import { linkedAnswer, openLink, ownerByKey, withoutForeignParameters } from './temp-url-call.ts';
import { WriteLimiter, type WriteRates } from './write-limiter.ts';

export interface SwiftParts {
  readonly store: ObjectStore;
  readonly accounts: AccountLookup;
  readonly tokens: TokenSource;
  readonly entropy: Entropy;
}

/** Of one address or host name, which answers for one place. */
export interface SwiftSettings {
  readonly place: Place;
  /** What Samsung Cloud Platform calls it. Default: its name. */
  readonly scpName?: string;
  /** Where tokens are to be had, for 401 answers. */
  identityUrl(request: WireRequest): string;
  /** With which digests TempURLs and upload forms may be signed. */
  readonly tempUrlDigests: readonly TempUrlDigest[];
  readonly rates: WriteRates;
}

export type SwiftDialect = Dialect<SwiftCall, SwiftServices>;
type SwiftOperation = Operation<SwiftCall, SwiftServices>;

/** The pipeline hands back to the dialect the calls that `begin` made. */
const stateOf = (call: SwiftCall): SwiftCallState => call as SwiftCallState;

/** Those that answer pages where a container is a web site. */
const pageOperations: ReadonlySet<string> = new Set([
  'GetObject',
  'HeadObject',
  'ListContainerObjects',
  'HeadContainer',
]);
const ALLOWED: AccessDecision = { allowed: true, trace: [] };

export function createSwiftDialect(parts: SwiftParts, settings: SwiftSettings): SwiftDialect {
  const { store, accounts, tokens, entropy } = parts;
  const find = createFinder();
  const digests = new Set(settings.tempUrlDigests);
  const limiter = new WriteLimiter(settings.rates);
  return {
    name: 'swift',
    services: { store, accounts, entropy, tempUrlDigests: digests, info: swiftInfo(settings) },
    operations,
    begin(request) {
      const extra = request.headers.get('x-trans-id-extra');
      const requestId = mintTransactionId(entropy, request.receivedAtMicros, extra);
      return new SwiftCallState(request, requestId, settings, store);
    },
    route: (call) => find(stateOf(call)),
    async authenticate(call, operation) {
      const state = stateOf(call);
      state.link = await openLink(state, parts, digests);
      if (state.link !== undefined) {
        state.caller = ownerByKey(state.account);
        return;
      }
      const proof = await verifyAuthToken(state.request, tokens);
      if (proof.kind === 'verified') state.caller = proof.caller;
      else if (proof.kind === 'refused' && operation.permissions !== 'public') throw new SwiftError(401);
    },
    load: (call, operation) => load(stateOf(call), operation, store),
    async authorise(call, operation) {
      const state = stateOf(call);
      // A web site decides page by page (`serveWebSite`).
      const isPage = pageOperations.has(operation.name) && state.isForWebSite;
      const decision = isPage ? ALLOWED : await authoriseCall(store, state, operation);
      // Only who may write uses up what the account may.
      if (decision.allowed && operation.mutates) {
        await limiter.admit(state.account, state.containerName, state.request.receivedAtMicros);
      }
      return decision;
    },
    denied: (call) => new SwiftError(call.refusal),
    finish(response, call) {
      const { link } = stateOf(call);
      return finish(
        link === undefined ? response : linkedAnswer(response, stateOf(call), link),
        stateOf(call),
      );
    },
    renderError: (error, call) =>
      renderError(toSwiftError(error, call.refusal), call.request.method, {
        accountName: stateOf(call).accountName,
        identityUrl: settings.identityUrl(call.request),
      }),
    bodyTooLarge: () => new SwiftError(413),
    bodyOf: ({ request }) => request.body,
  };
}

function createFinder(): (state: SwiftCallState) => SwiftOperation {
  const routes = createRouteTable(operations);
  return (state) => {
    const { request } = state;
    state.address = parseAddress(request.rawPath);
    state.query = withoutForeignParameters(queryOf(request.rawQuery));
    const { container, key, resource } = state.address;
    const result = routes.find(state.routeSubject);
    if (result.kind === 'method-not-allowed') {
      throw new SwiftError(405, undefined, ['Allow', result.allowed.join(', ')]);
    }
    if (result.kind === 'not-found') throw new SwiftError(405);
    if (resource === 'container' || resource === 'object') checkNames(container, key);
    return result.operation;
  };
}

/** Throws 412 for what is not UTF-8, also in a query. */
function queryOf(rawQuery: string): QueryParameters {
  try {
    return parseQuery(rawQuery);
  } catch (error) {
    if (error instanceof PercentEncodingError) throw new SwiftError(412, 'Invalid UTF8 or contains NULL');
    throw error;
  }
}

/** A container that is not there is known to be missing only when the caller may know it: `authoriseCall`. */
async function load(
  state: SwiftCallState,
  { permissions }: SwiftOperation,
  store: ObjectStore,
): Promise<void> {
  if (permissions === 'public' || permissions.every(({ on }) => on === 'account')) return;
  const { place, containerName: name } = state;
  const { account } = state.address;
  if (account === undefined) return;
  try {
    state.loadedBucket = await store.findBucket({ caller: undefined, place, name, account });
  } catch (error) {
    if (!(error instanceof CoreError && error.code === 'NoSuchBucket')) throw error;
  }
}

/** Answers without a body name a type all the same, as Swift's do; 304 repeats nothing of the kind. */
function finish(response: WireResponse, call: SwiftCallState): WireResponse {
  const { requestId, request, loadedBucket } = call;
  const headers = [...response.headers];
  headers.push('X-Trans-Id', requestId, 'X-Openstack-Request-Id', requestId);
  if (loadedBucket !== undefined && request.headers.has('origin')) {
    headers.push(...exposureHeaders(request, loadedBucket, response.headers));
  }
  if (response.status !== 304 && !namesContentType(response.headers)) {
    headers.push('Content-Type', 'text/html; charset=UTF-8');
  }
  return withResponseHeaders(response, headers);
}

function namesContentType(headers: readonly string[]): boolean {
  for (let index = 0; index < headers.length; index += 2) {
    if (headers[index] === 'Content-Type') return true;
  }
  return false;
}
