import type { Denial } from './denial.ts';
import type { Call } from './dialect.ts';
import type { WireResponse } from './wire.ts';

/** Told once about every call when its response is ready: access log and metrics hang here, and explanations. */
export interface CallObserver {
  completed(
    dialect: string,
    operation: string | undefined,
    call: Call,
    response: WireResponse,
    error: unknown,
  ): void;
  /** Of a refusal, before its answer leaves, which waits until this is done. Never rejects. */
  denied?(
    dialect: string,
    operation: string | undefined,
    call: Call,
    response: WireResponse,
    denial: Denial,
  ): Promise<void>;
}
