/**
 * The services of Samsung Cloud Platform (Product, STS and the part of IAM that they need), by host name or below `/scp` of the control
 * address. What there is stands in `operation-table.ts`; build specification scp.md.
 *
 * Known differences from the real services:
 * - Versions whose day has come go on answering until GOTGAN_SCP_VERSIONS_ENFORCE_NOT_BEFORE says otherwise (section 12).
 * - A request without any proof is 401 in the documented form; the real gateway answers 404 (section 2.5).
 * - `detail` is in the language asked for and names the field; the real one is in English and does not.
 * - Parameters of the query are checked before permissions are, bodies after.
 * - 503 ServiceUnavailable when the storage takes nothing.
 */
import type { Action } from '../../identity/actions.ts';
import { type AccessDecision, type AccessResource, evaluateAccess } from '../../identity/evaluate-access.ts';
import { accountOf } from '../../identity/principal.ts';
import { scpActionOf } from '../../identity/scp-actions.ts';
import type { Entropy } from '../../lib/entropy.ts';
import { decodeFormComponent } from '../../lib/percent-encoding.ts';
import { mintUuid } from '../../lib/uuid.ts';
import { hasScpProof, type ScpSignatureVerifier } from '../authn/scp-signature.ts';
import type { Dialect } from '../kernel/dialect.ts';
import { createPathTemplates, type PathTemplates } from '../kernel/path-templates.ts';
import { createRouteTable, type RouteTable } from '../kernel/route-table.ts';
import type { WireResponse } from '../kernel/wire.ts';
import { CallState } from './call-state.ts';
import { chooseLanguage } from './choose-language.ts';
import { RequestValues } from './condition-values.ts';
import { jsonResponse } from './json-response.ts';
import { locateService } from './locate-service.ts';
import { compareVersions, endOf, type Microversions } from './microversions.ts';
import { aboutCaller, introducedIn, operations, signedIfAtAll } from './operation-table.ts';
import { errorDocument } from './render-error.ts';
import type { RepeatedQuery, ScpCall, ScpOperation, ScpServices } from './scp-call.ts';
import { notFound, type RefusedAction, ScpError, toScpError } from './scp-errors.ts';
import type { ScpSettings } from './scp-settings.ts';
import { texts } from './scp-texts.ts';

export interface ScpParts {
  readonly verifier: ScpSignatureVerifier;
  readonly entropy: Entropy;
}

export interface ScpDialectSettings {
  /** Below which the services stand as host names; lower case. */
  readonly baseDomain?: string | undefined;
}

const stateOf = (call: ScpCall): CallState => call as CallState;

export function createScpDialect(
  services: ScpServices,
  { verifier, entropy }: ScpParts,
  { baseDomain }: ScpDialectSettings,
): Dialect<ScpCall, ScpServices> {
  const templates = createPathTemplates(operations.map(({ route }) => route.resource));
  const routes = createRouteTable(operations);
  const { microversions } = services;
  return {
    name: 'scp',
    services,
    operations,
    begin(request) {
      const sent = request.headers.get('x-openstack-request-id') ?? '';
      const ids = {
        requestId: `req-${mintUuid(entropy)}`,
        globalRequestId: /^req-[0-9a-f-]{36}$/.test(sent) ? sent : `req-${mintUuid(entropy)}`,
      };
      const language = chooseLanguage(request.headers.get('accept-language'));
      return new CallState(request, ids, language, locateService(request, baseDomain));
    },
    route: (call) => route(stateOf(call), templates, routes),
    async authenticate(call, operation) {
      const state = stateOf(call);
      if (call.request.sessionCaller !== undefined) state.caller = call.request.sessionCaller;
      else if (mustVerify(operation, call, services)) {
        const credential = await verifier.verify(call.request);
        const { accessKeyId, principal } = credential;
        state.credential = credential;
        state.caller = { principal, proof: { kind: 'access-key', accessKeyId, scheme: 'scp-signature' } };
      }
      chooseVersion(state, operation, microversions);
    },
    load: () => Promise.resolve(),
    authorise: (call, operation) => Promise.resolve(authorise(stateOf(call), operation, services.settings)),
    denied: (call) => new ScpError('Forbidden', texts.forbidden, stateOf(call).refusedParts),
    finish: (response, call) => finish(response, stateOf(call)),
    renderError(thrown, call) {
      const error = toScpError(thrown);
      const { audit } = call;
      if (audit !== undefined && error.reason !== undefined) audit.reason = error.reason;
      return jsonResponse(error.status, errorDocument(error, stateOf(call)), error.headers);
    },
    errorCode: (thrown) => causeCodeOf(thrown),
    bodyTooLarge: (_call, bytesMax) => new ScpError('PayloadTooLarge', texts.tooLarge(bytesMax)),
    bodyOf: ({ request }) => request.body,
  };
}

/** For explanations, which may say more than answers do: what was wrong with a proof or an assertion. */
function causeCodeOf(thrown: unknown): string {
  const { code, reason } = toScpError(thrown);
  return reason === undefined ? code : `${code}: ${reason}`;
}

/** Of every service the one resource that needs no version: where versions are told. */
const isDiscovery = ({ route: { resource } }: ScpOperation): boolean => resource.lastIndexOf('/') === 0;

function mustVerify(
  { permissions, name }: ScpOperation,
  { request }: ScpCall,
  { settings }: ScpServices,
): boolean {
  if (permissions !== 'public') return true;
  return signedIfAtAll.has(name) && (settings.samlRequiresSignature || hasScpProof(request.headers));
}

function route(state: CallState, templates: PathTemplates, routes: RouteTable<ScpOperation>): ScpOperation {
  const { request, located } = state;
  if (located === undefined) throw notFound(texts.noResource);
  state.query = parseRepeatedQuery(request.rawQuery);
  state.matched = templates.match(`/${located.service}${located.rawPath}`);
  const result = routes.find({
    method: request.method,
    resource: state.matched?.template ?? '',
    query: (name) => state.query.get(name)?.[0],
    hasHeader: (name) => request.headers.has(name),
  });
  if (result.kind === 'not-found') throw notFound(texts.noResource);
  if (result.kind === 'method-not-allowed') {
    const allowed = result.allowed.join(', ');
    throw new ScpError('MethodNotAllowed', texts.methodNotAllowed(allowed), { headers: ['Allow', allowed] });
  }
  if (result.operation.mutates) {
    state.audit = { target: Object.fromEntries(state.matched?.parameters ?? []) };
  }
  return result.operation;
}

function chooseVersion(state: CallState, operation: ScpOperation, microversions: Microversions): void {
  if (isDiscovery(operation)) return;
  const { request, service } = state;
  const header = request.headers.get('scp-api-version');
  const chosen = microversions.choose(service, header, request.receivedAtMicros);
  if (chosen.kind === 'malformed') throw new ScpError('InvalidApiVersion', texts.malformedVersion);
  if (chosen.kind === 'unsupported') {
    const { min, max } = chosen;
    throw new ScpError('UnsupportedApiVersion', texts.unsupportedVersion(min, max), {
      versions: { min, max },
    });
  }
  state.version = chosen.version;
  const since = introducedIn.get(operation.name);
  if (since !== undefined && compareVersions(chosen.version.version, since) < 0) {
    throw notFound(texts.noResource);
  }
}

function authorise(
  state: CallState,
  operation: ScpOperation,
  { homeRegion }: Pick<ScpSettings, 'homeRegion'>,
): AccessDecision {
  const { permissions } = operation;
  let decision: AccessDecision = { allowed: true, trace: [] };
  if (permissions === 'public') return decision;
  const { caller } = state;
  const { principal } = caller;
  const account = accountOf(caller);
  const ownId =
    principal.kind === 'user'
      ? principal.user.id
      : principal.kind === 'service'
        ? principal.service.id
        : undefined;
  const resource: AccessResource = {
    account,
    ...(aboutCaller.has(operation.name) && ownId !== undefined && { user: ownId }),
  };
  const request = new RequestValues(state.request, homeRegion);
  for (const { action } of permissions) {
    decision = evaluateAccess({ principal, action, resource, request });
    if (decision.allowed) continue;
    state.refused = refusedBy(operation, action);
    break;
  }
  return decision;
}

/** Operations of IAM are called as they are named, in policies of the platform too. */
function refusedBy({ name, mutates }: ScpOperation, action: Action): RefusedAction {
  const named = scpActionOf(action);
  if (named !== undefined) return { accessLevel: named.accessLevel, actionName: named.name };
  return { accessLevel: mutates ? 'Permission' : 'Show', actionName: `iam:${name}` };
}

function finish(response: WireResponse, state: CallState): WireResponse {
  const { requestId, language, version, located } = state;
  const headers = [...response.headers, 'X-Request-Id', requestId, 'Content-Language', language];
  // Secrets are shown by these two.
  if (located !== undefined && located.service !== 'product') headers.push('Cache-Control', 'no-store');
  if (version === undefined) return { ...response, headers: [...headers, 'Vary', 'Accept-Language'] };
  headers.push('Scp-Api-Version', `${state.service} ${version.version}`);
  headers.push('Vary', 'Scp-Api-Version, Accept-Language');
  const endMicros = endOf(version);
  if (version.status === 'DEPRECATED' && endMicros !== undefined) {
    headers.push('Deprecation', 'true', 'Sunset', new Date(endMicros / 1000).toUTCString());
  }
  return { ...response, headers };
}

/** Throws `PercentEncodingError`. */
function parseRepeatedQuery(rawQuery: string): RepeatedQuery {
  const found = new Map<string, string[]>();
  for (const pair of rawQuery.split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = decodeFormComponent(equals < 0 ? pair : pair.slice(0, equals));
    const value = equals < 0 ? '' : decodeFormComponent(pair.slice(equals + 1));
    const values = found.get(name);
    if (values === undefined) found.set(name, [value]);
    else values.push(value);
  }
  return found;
}
