import type { Call } from './dialect.ts';
import type { WireResponse } from './wire.ts';

/** Told once about every call when its response is ready: access log, metrics and (later) explanations hang here. */
export interface CallObserver {
  completed(
    dialect: string,
    operation: string | undefined,
    call: Call,
    response: WireResponse,
    error: unknown,
  ): void;
}
