/** How the services of the control plane say an error: one shape each (see ibm-errors.ts). */
import type { WireRequest, WireResponse } from '../kernel/wire.ts';
import { type IbmError, type IbmErrorKind, TokenError, toIbmError } from './ibm-errors.ts';
import { jsonResponse } from './render-json.ts';

/** The services behind one address, told apart by the path. */
export type IbmServiceName = 'token' | 'identity' | 'groups' | 'policies' | 'resources' | 'configuration';

/** First two segments of the path; what is not here is the token service's. */
const servicesByPath: ReadonlyMap<string, IbmServiceName> = new Map<string, IbmServiceName>([
  ['v1/serviceids', 'identity'],
  ['v1/apikeys', 'identity'],
  ['v1/accounts', 'identity'],
  ['v2/groups', 'groups'],
  ['v1/policies', 'policies'],
  ['v2/policies', 'policies'],
  ['v2/roles', 'policies'],
  ['v1/reclamations', 'resources'],
  ['v2/resource_instances', 'resources'],
  ['v2/resource_keys', 'resources'],
  ['v2/resource_groups', 'resources'],
  ['globalcatalog/api', 'resources'],
  ['v1/b', 'configuration'],
  ['v2/endpoints', 'configuration'],
]);

/** Paths of the control address that belong to this dialect, as the listener takes them. */
export const ibmPaths: readonly string[] = [
  '/identity/',
  '/oidc/',
  '/.well-known/',
  '/globalcatalog/',
  ...[...servicesByPath.keys()].flatMap((path) => (path.startsWith('v') ? [`/${path}/`] : [])),
];

function serviceOfPath(rawPath: string): IbmServiceName {
  const [, first = '', second = ''] = rawPath.split('/');
  return servicesByPath.get(`${first}/${second}`) ?? 'token';
}

export interface ErrorContext {
  readonly request: WireRequest;
  readonly requestId: string;
  readonly nowMicros: number;
}

export function renderIbmError(thrown: unknown, context: ErrorContext): WireResponse {
  const error = toIbmError(thrown);
  const service = serviceOfPath(context.request.rawPath);
  if (error instanceof TokenError || service === 'token') return renderTokenError(error, context);
  const { status, parts } = error;
  const headers = [...(parts.headers ?? [])];
  switch (service) {
    case 'identity':
      return jsonResponse(status, identityBody(error, context), headers);
    case 'groups':
      return jsonResponse(status, groupsBody(error, context), headers);
    case 'policies':
      return jsonResponse(status, policiesBody(error, context), headers);
    case 'resources':
      return jsonResponse(status, resourcesBody(error, context), headers);
    case 'configuration':
      return jsonResponse(status, { error: codeOf(error.kind), message: error.message }, headers);
  }
}

/** All strings, as IBM has them; without `url`. */
function contextOf({ request, requestId, nowMicros }: ErrorContext): Record<string, string> {
  const began = request.receivedAtMicros;
  return {
    requestId,
    requestType: `incoming.${serviceOfPath(request.rawPath)}`,
    userAgent: request.headers.get('user-agent') ?? '',
    clientIp: request.remoteAddress,
    instanceId: 'gotgan',
    threadId: '0',
    host: request.headers.get('host') ?? '',
    startTime: readableTime(began),
    endTime: readableTime(nowMicros),
    elapsedTime: String(Math.max(0, Math.round((nowMicros - began) / 1000))),
    locale: 'en_US',
  };
}

/** `31.01.2026 09:15:02:123 UTC` */
function readableTime(micros: number): string {
  const [date = '', time = ''] = new Date(Math.floor(micros / 1000)).toISOString().split('T');
  const [year, month, day] = date.split('-');
  return `${day}.${month}.${year} ${time.replace('.', ':').replace('Z', '')} UTC`;
}

function renderTokenError(error: IbmError | TokenError, context: ErrorContext): WireResponse {
  const [code, details, headers] =
    error instanceof TokenError
      ? [error.code, error.details, []]
      : [tokenCodeOf(error.kind), error.parts.details, error.parts.headers ?? []];
  const document = {
    errorCode: code,
    errorMessage: error.message,
    ...(details === undefined ? {} : { errorDetails: details }),
    context: contextOf(context),
  };
  const proof = error.status === 401 ? ['WWW-Authenticate', 'Basic realm="IAM"'] : [];
  return jsonResponse(error.status, document, [...proof, ...headers]);
}

/** Where the token service has no number of IBM's to offer. */
function tokenCodeOf(kind: IbmErrorKind): string {
  return kind === 'invalid' ? 'BXNIM0106E' : kind === 'unauthenticated' ? 'BXNIM0402E' : codeOf(kind);
}

function identityBody(error: IbmError, context: ErrorContext): object {
  const { kind, status, message, parts } = error;
  return {
    context: contextOf(context),
    status_code: String(status),
    errors: [
      {
        code: codeOf(kind),
        message_code: `BXNIM${identityNumbers[kind] ?? '0001'}E`,
        message,
        ...(parts.details === undefined ? {} : { details: parts.details }),
      },
    ],
    trace: context.requestId,
  };
}

/** Numbers of IBM's where they are known, and of the token service's otherwise. */
const identityNumbers: Readonly<Partial<Record<IbmErrorKind, string>>> = {
  invalid: '0106',
  unauthenticated: '0402',
  forbidden: '0513',
  'not-found': '0310',
  'stale-version': '0311',
  locked: '0312',
  conflict: '0313',
};

function groupsBody({ kind, status, message }: IbmError, { requestId }: ErrorContext): object {
  return {
    trace: requestId,
    errors: [{ code: groupsCodes[kind] ?? codeOf(kind), message, more_info: '' }],
    status_code: status,
  };
}

const groupsCodes: Readonly<Partial<Record<IbmErrorKind, string>>> = {
  invalid: 'invalid_body',
  unauthenticated: 'invalid_token',
  forbidden: 'forbidden',
  conflict: 'group_conflict_error',
  'stale-version': 'group_conflict_error',
};

function policiesBody({ kind, status, message, parts }: IbmError, { requestId }: ErrorContext): object {
  const { conflictsWith } = parts;
  return {
    trace: requestId,
    errors: [
      {
        code: policiesCodes[kind] ?? codeOf(kind),
        message,
        ...(conflictsWith === undefined ? {} : { details: { conflicts_with: conflictsWith } }),
        more_info: '',
      },
    ],
    status_code: status,
  };
}

const policiesCodes: Readonly<Partial<Record<IbmErrorKind, string>>> = {
  invalid: 'invalid_body',
  'missing-query': 'missing_required_query_parameter',
  unauthenticated: 'invalid_token',
  // As IBM spells it.
  forbidden: 'insufficent_permissions',
  'not-found': 'policy_not_found',
  conflict: 'policy_conflict_error',
  'stale-version': 'policy_conflict_error',
  'unsupported-type': 'unsupported_content_type',
  'too-many': 'too_many_requests',
};

function resourcesBody({ kind, status, message, parts }: IbmError, { requestId }: ErrorContext): object {
  return {
    error_code: resourcesCodes[kind] ?? `RC-${codeOf(kind)}`,
    message,
    status_code: status,
    transaction_id: requestId,
    ...(parts.details === undefined ? {} : { details: parts.details }),
  };
}

const resourcesCodes: Readonly<Partial<Record<IbmErrorKind, string>>> = {
  invalid: 'RC-BadRequest',
  'missing-query': 'RC-BadRequest',
  'has-children': 'RC-InstanceHasKeys',
  unauthenticated: 'RC-IamUnauthorized',
  forbidden: 'RC-Forbidden',
  'not-found': 'RC-NotFound',
  gone: 'RC-ResourceIsGone',
  conflict: 'RC-Conflict',
  locked: 'RC-ResourceIsLocked',
};

/** `not-found` as `not_found`. */
function codeOf(kind: IbmErrorKind): string {
  return kind.replaceAll('-', '_');
}
