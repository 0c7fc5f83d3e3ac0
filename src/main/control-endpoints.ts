/**
 * What the control address answers besides the APIs: is the process alive, is the server ready, what are its figures. No
 * identity is asked for: bind the address where only operators reach it.
 */
import type { RequestHandler } from '../dialects/kernel/request-handler.ts';
import type { WireRequest, WireResponse } from '../dialects/kernel/wire.ts';
import type { ControlEntry } from '../listener/choose-dialect.ts';

export interface ControlEndpointServices {
  isReady(): boolean;
  /** Text in the Prometheus exposition format. */
  collectMetrics(): Promise<{ readonly contentType: string; readonly text: string }>;
  mintRequestId(): string;
}

const DIALECT = 'control';

export function createControlEndpoints(services: ControlEndpointServices): readonly ControlEntry[] {
  const endpoint = (
    path: string,
    name: string,
    respond: (request: WireRequest) => WireResponse | Promise<WireResponse>,
  ): ControlEntry => ({ path, handler: createHandler(services, name, ['GET', 'HEAD'], respond) });
  return [
    endpoint('/healthz', 'Healthz', () => json(200, { status: 'ok' })),
    endpoint('/readyz', 'Readyz', () =>
      services.isReady() ? json(200, { status: 'ready' }) : json(503, { status: 'starting' }),
    ),
    endpoint('/metrics', 'Metrics', async () => {
      const { contentType, text } = await services.collectMetrics();
      return { status: 200, headers: ['Content-Type', contentType, 'Cache-Control', 'no-store'], body: text };
    }),
  ];
}

/** For every path that nobody claims; `/console/` among them until there is one. */
export function createNotFound(services: Pick<ControlEndpointServices, 'mintRequestId'>): RequestHandler {
  return createHandler(services, 'NotFound', undefined, () =>
    error(404, 'NotFound', 'There is nothing at this path of the control address.'),
  );
}

function createHandler(
  services: Pick<ControlEndpointServices, 'mintRequestId'>,
  name: string,
  methods: readonly string[] | undefined,
  respond: (request: WireRequest) => WireResponse | Promise<WireResponse>,
): RequestHandler {
  return {
    name: DIALECT,
    async handle(request, observer) {
      const call = { request, requestId: services.mintRequestId() };
      let response: WireResponse;
      let failure: unknown;
      try {
        response =
          methods === undefined || methods.includes(request.method)
            ? await respond(request)
            : { ...error(405, 'MethodNotAllowed', `${methods.join(' and ')} only.`), ...allow(methods) };
      } catch (thrown) {
        failure = thrown;
        response = error(503, 'Unavailable', 'The server cannot answer this at the moment.');
      }
      response = { ...response, headers: [...response.headers, 'X-Request-Id', call.requestId] };
      observer.completed(DIALECT, name, call, response, failure);
      return response;
    },
  };
}

function allow(methods: readonly string[]): Pick<WireResponse, 'headers'> {
  return { headers: ['Content-Type', 'application/json', 'Allow', methods.join(', ')] };
}

function json(status: number, document: object): WireResponse {
  const headers = ['Content-Type', 'application/json', 'Cache-Control', 'no-store'];
  return { status, headers, body: JSON.stringify(document) };
}

function error(status: number, code: string, message: string): WireResponse {
  return json(status, { error: { code, message } });
}
