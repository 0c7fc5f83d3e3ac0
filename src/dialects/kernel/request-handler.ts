import type { Call, Dialect } from './dialect.ts';
import { handleRequest } from './handle-request.ts';
import type { CallObserver } from './observe-call.ts';
import type { WireRequest, WireResponse } from './wire.ts';

/** A dialect as the listener sees it: its types of calls and services are its own business. */
export interface RequestHandler {
  readonly name: string;
  /** Never rejects: every failure is a response. */
  handle(request: WireRequest, observer: CallObserver): Promise<WireResponse>;
}

export function bindDialect<C extends Call, S>(dialect: Dialect<C, S>): RequestHandler {
  return {
    name: dialect.name,
    handle: (request, observer) => handleRequest(dialect, request, observer),
  };
}
