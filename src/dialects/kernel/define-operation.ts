/**
 * One declaration per operation (design, section 3). The tables of these drive routing, authorisation, metrics, access log,
 * 501 answers, the generated API pages, the coverage check and the fuzzer; there is no second list anywhere.
 */
import type { Action } from '../../identity/actions.ts';
import type { RouteShape } from './route-table.ts';
import type { WireResponse } from './wire.ts';

/**
 * What is asked for: an action on the account, on the addressed bucket or object, on the source of a copy, or on every
 * object that the body names, for which the operation asks one by one. Likewise `record`: something that path or body name and the
 * operation has to find before it can ask.
 */
export interface Permission {
  readonly action: Action;
  readonly on: 'account' | 'bucket' | 'object' | 'source' | 'each-object' | 'record';
  /** Is enough instead. */
  readonly or?: Action;
}

export type BodyRule =
  | { readonly kind: 'none' }
  /** Read whole before `run`, at most this many bytes. */
  | { readonly kind: 'buffered'; readonly bytesMax: number }
  /** Handed to `run` as a one-shot stream. */
  | { readonly kind: 'stream' };

/**
 * `C` is the dialect's call: the request, the names in its address, the caller and what was loaded for it.
 * `S` is what the dialect's operations work with (the object store, the identity store …).
 */
export interface Operation<C, S, Input = unknown, Output = unknown> {
  readonly name: string;
  /** One sentence for the generated documentation. */
  readonly summary: string;
  readonly route: RouteShape;
  /** Mandatory; who may call is never implied. */
  readonly permissions: 'public' | readonly Permission[];
  readonly body: BodyRule;
  readonly mutates: boolean;
  /** From the wire to the core's input type. Sees headers and query; a buffered body arrives in `decodeBody`. */
  decode(call: C): Input;
  /** Only with a buffered body: completes the input. */
  decodeBody?(body: Buffer, input: Input, call: C): Input;
  run(services: S, input: Input, call: C): Promise<Output>;
  encode(output: Output, call: C): WireResponse;
}

/** Keeps the inferred types of one operation inside its module and gives the table a uniform type. */
export function defineOperation<C, S, Input, Output>(
  operation: Operation<C, S, Input, Output>,
): Operation<C, S> {
  return operation as Operation<C, S>;
}
