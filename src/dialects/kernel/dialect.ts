/**
 * What a dialect is to the pipeline: it knows its wire, its proofs and its errors; the pipeline knows the order of steps.
 */
import type { AccessDecision } from '../../identity/evaluate-access.ts';
import type { Caller } from '../../identity/principal.ts';
import type { Eventual } from '../../lib/eventual.ts';
import type { AuditFacts } from './audit-facts.ts';
import type { Operation } from './define-operation.ts';
import type { WireRequest, WireResponse } from './wire.ts';

/** What every dialect's call has. Dialects extend it with the names in their addresses and what they load. */
export interface Call {
  readonly request: WireRequest;
  /** In the dialect's form; shown in headers, errors, logs and explanations. */
  readonly requestId: string;
  /** Set by `authenticate`; shown in the access log. */
  readonly caller?: Caller;
  /** Set when the call belongs into the audit log. */
  readonly audit?: AuditFacts | undefined;
  /** Shown in logs instead of the path, when that holds a secret. */
  readonly loggedPath?: string;
  /** Of an operation on many things that goes on when one is denied: the first that was. */
  readonly deniedWithin?: AccessDecision | undefined;
  /** Names in the address, decoded, where it has any; for explanations. Empty: none. */
  readonly bucketName?: string;
  readonly key?: string;
}

export interface Dialect<C extends Call, S> {
  readonly name: string;
  readonly services: S;
  readonly operations: readonly Operation<C, S>[];
  /**
   * From here on every failure can be rendered: it never throws, and even a malformed address has a request id. The
   * request has already begun at the store (`ObjectStore.beginRequest`), and ends there when its response has been sent.
   */
  begin(request: WireRequest): C;
  /** Parses the address and finds the operation. Throws the dialect's own errors. */
  route(call: C): Operation<C, S>;
  /** Establishes the caller in the call, and wraps the body with what the proof demands of it. */
  authenticate(call: C, operation: Operation<C, S>): Promise<void>;
  /** Loads, once, what authorisation and the operation both need (the bucket). */
  load(call: C, operation: Operation<C, S>): undefined | Promise<void>;
  authorise(call: C, operation: Operation<C, S>): Eventual<AccessDecision>;
  /** The dialect's error for a denied call. */
  denied(call: C, decision: AccessDecision): Error;
  /** Headers and framing that every response of the dialect carries, errors included. Never throws. */
  finish(response: WireResponse, call: C): Eventual<WireResponse>;
  /** Total: known errors by catalogue, anything else as the dialect's internal error. Never throws. */
  renderError(error: unknown, call: C): WireResponse;
  /** The code that `renderError` writes for it, where the dialect has codes; for explanations. */
  errorCode?(error: unknown, call: C): string | undefined;
  /** The error for a buffered body that is too large or a body where none may be. */
  bodyTooLarge(call: C, bytesMax: number): Error;
  /** Where buffered and streamed bodies are read from, after the proof has wrapped them. */
  bodyOf(call: C): { read(): Promise<Buffer | null> };
}
