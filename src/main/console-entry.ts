/**
 * Where a browser's session opens the public APIs, with the caller's own rights and nothing else (docs/adr/0020):
 *
 *     /console/                          the console's pages and its session
 *     /console/api/s3/{region}/{path}    the S3 API of that region, path style
 *     /console/api/{path}                whatever the control address has at /{path}
 *
 * The session is verified here, once; the API sees its path and caller, and for the identity services the token that the session is.
 */
import type { Config } from '../config/config.ts';
import { createConsoleDialect } from '../dialects/console/console-dialect.ts';
import { toConsoleError } from '../dialects/console/console-errors.ts';
import { CONSOLE_PATH, type HeldSession, requireSession } from '../dialects/console/console-session.ts';
import { jsonResponse } from '../dialects/console/render-json.ts';
import { contentHeaders } from '../dialects/console/security-headers.ts';
import { bindDialect, type RequestHandler } from '../dialects/kernel/request-handler.ts';
import type { RequestBody, WireHeaders, WireRequest } from '../dialects/kernel/wire.ts';
import type { Whereabouts } from '../dialects/keystone/keystone-call.ts';
import type { TokenSource } from '../identity/credentials.ts';
import type { Caller } from '../identity/principal.ts';
import type { Clock } from '../lib/clock.ts';
import type { Entropy } from '../lib/entropy.ts';
import type { ChooseHandler } from '../listener/choose-dialect.ts';
import { createConsoleFiles } from './console-files.ts';
import type { WorkerServices } from './worker-services.ts';

const CONSOLE_API_PATH = `${CONSOLE_PATH}api/`;

export interface ConsoleParts {
  readonly services: Pick<WorkerServices, 'identity' | 'handlersOf'>;
  readonly config: Config;
  readonly version: string;
  readonly whereabouts: Whereabouts;
  readonly clock: Clock;
  readonly entropy: Entropy;
  mintRequestId(): string;
}

/** The control address with the console in it: `chooseControl` answers whatever is not the console's. */
export function withConsole(chooseControl: ChooseHandler, parts: ConsoleParts): ChooseHandler {
  const { services, config, version, whereabouts, clock, entropy, mintRequestId } = parts;
  const { identity, handlersOf } = services;
  const pages = bindDialect(
    createConsoleDialect(
      {
        identity,
        clock,
        version,
        whereabouts,
        sessionSeconds: config.tokenLifetimeSeconds,
        findFile: createConsoleFiles(),
      },
      entropy,
    ),
  );
  const s3 = new Map(config.places.map((place) => [place.name.toLowerCase(), handlersOf(place).s3]));
  const api = createConsoleApi({ tokens: identity, s3, chooseControl, mintRequestId });
  const door = createDoor(mintRequestId);
  return (request) => {
    if (request.rawPath.startsWith(CONSOLE_API_PATH)) return api;
    if (request.rawPath.startsWith(CONSOLE_PATH)) return pages;
    return isAtTheDoor(request) ? door : chooseControl(request);
  };
}

/** A person who typed the bare address, or forgot the final slash; programs ask `/` for the versions of the identity services. */
function isAtTheDoor({ method, rawPath, headers }: WireRequest): boolean {
  if (method !== 'GET' && method !== 'HEAD') return false;
  const isPage = (headers.get('accept') ?? '').includes('text/html');
  return `${rawPath}/` === CONSOLE_PATH || (rawPath === '/' && isPage);
}

function createDoor(mintRequestId: () => string): RequestHandler {
  return {
    name: 'console',
    async handle(request, observer) {
      const requestId = mintRequestId();
      const response = {
        status: 303,
        // Relative: a proxy may have cut a prefix off the path.
        headers: ['Location', `.${CONSOLE_PATH}`, 'Vary', 'Accept', 'X-Request-Id', requestId],
        body: null,
      };
      observer.completed('console', 'OpenConsole', { request, requestId }, response, undefined);
      return response;
    },
  };
}

interface ConsoleApiParts {
  readonly tokens: TokenSource;
  /** By lower-case name of the region. */
  readonly s3: ReadonlyMap<string, RequestHandler>;
  /** Who answers at the control address. */
  readonly chooseControl: ChooseHandler;
  mintRequestId(): string;
}

const S3_PATH = 's3/';
const TOKEN_HEADER = 'x-auth-token';
/** Never an API's business: other proofs, and the host, which names the control address and no bucket. */
const HIDDEN_HEADERS: ReadonlySet<string> = new Set([
  'cookie',
  'authorization',
  'host',
  TOKEN_HEADER,
  'x-storage-token',
]);

function createConsoleApi(parts: ConsoleApiParts): RequestHandler {
  return {
    name: 'console',
    async handle(request, observer) {
      let session: HeldSession;
      try {
        session = await requireSession(request, parts.tokens);
      } catch (error) {
        const requestId = parts.mintRequestId();
        const { status, code, message } = toConsoleError(error);
        const headers = ['X-Request-Id', requestId, ...contentHeaders];
        const response = jsonResponse(status, { error: { code, message, requestId } }, headers);
        observer.completed('console', 'UseSession', { request, requestId }, response, error);
        return response;
      }
      const { rawPath, s3 } = findTarget(request.rawPath.slice(CONSOLE_API_PATH.length), parts);
      const forwarded = new SessionRequest(request, rawPath, session);
      const handler = s3 ?? parts.chooseControl(forwarded);
      const response = await handler.handle(forwarded, observer);
      return { ...response, headers: [...response.headers, ...contentHeaders] };
    },
  };
}

interface Target {
  /** As the API sees it. */
  readonly rawPath: string;
  /** Undefined: the control address knows who answers. */
  readonly s3: RequestHandler | undefined;
}

function findTarget(path: string, { s3 }: ConsoleApiParts): Target {
  if (path.startsWith(S3_PATH)) {
    const slash = path.indexOf('/', S3_PATH.length);
    const region = path.slice(S3_PATH.length, slash < 0 ? undefined : slash).toLowerCase();
    const handler = s3.get(region);
    if (handler !== undefined) return { rawPath: slash < 0 ? '/' : path.slice(slash), s3: handler };
  }
  return { rawPath: `/${path}`, s3: undefined };
}

/** The request as the API sees it: its own path, the session's caller, and no cookie. */
class SessionRequest implements WireRequest {
  readonly rawPath: string;
  readonly headers: WireHeaders;
  readonly sessionCaller: Caller;
  readonly #request: WireRequest;

  constructor(request: WireRequest, rawPath: string, { value, token }: HeldSession) {
    this.#request = request;
    this.rawPath = rawPath;
    this.headers = new SessionHeaders(request.headers, value);
    this.sessionCaller = { principal: token.principal, proof: { kind: 'token', auditId: token.auditId } };
  }

  get method(): string {
    return this.#request.method;
  }

  get rawQuery(): string {
    return this.#request.rawQuery;
  }

  get body(): RequestBody {
    return this.#request.body;
  }

  get remoteAddress(): string {
    return this.#request.remoteAddress;
  }

  get isSecure(): boolean {
    return this.#request.isSecure;
  }

  get clientOrigin(): string {
    return this.#request.clientOrigin;
  }

  get receivedAtMicros(): number {
    return this.#request.receivedAtMicros;
  }
}

class SessionHeaders implements WireHeaders {
  readonly #headers: WireHeaders;
  readonly #token: string;

  constructor(headers: WireHeaders, token: string) {
    this.#headers = headers;
    this.#token = token;
  }

  get(name: string): string | undefined {
    if (name === TOKEN_HEADER) return this.#token;
    return HIDDEN_HEADERS.has(name) ? undefined : this.#headers.get(name);
  }

  has(name: string): boolean {
    return name === TOKEN_HEADER || (!HIDDEN_HEADERS.has(name) && this.#headers.has(name));
  }

  count(name: string): number {
    if (name === TOKEN_HEADER) return 1;
    return HIDDEN_HEADERS.has(name) ? 0 : this.#headers.count(name);
  }

  *names(): Iterable<string> {
    for (const name of this.#headers.names()) if (!HIDDEN_HEADERS.has(name)) yield name;
    yield TOKEN_HEADER;
  }
}
