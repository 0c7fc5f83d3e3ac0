/**
 * One request from end to end: begun at the store, answered by its dialect, counted and logged when its response has gone
 * out. What is logged is chosen here, name by name: no header, no query and no body ever reaches the log, so no secret and
 * no signature can.
 */

import type { Logger } from 'pino';
import type { RunningRequest } from '../core/object-store.ts';
import type { Denial } from '../dialects/kernel/denial.ts';
import type { Call } from '../dialects/kernel/dialect.ts';
import type { CallObserver } from '../dialects/kernel/observe-call.ts';
import { RequestBodyError } from '../dialects/kernel/request-body-error.ts';
import type { WireRequest, WireResponse } from '../dialects/kernel/wire.ts';
import { describePrincipal } from '../identity/describe-principal.ts';
import type { Clock } from '../lib/clock.ts';
import type { ChooseHandler } from '../listener/choose-dialect.ts';
import type { Exchange } from '../listener/http-listener.ts';
import type { SentResponse } from '../listener/write-response.ts';
import type { AuditLog } from './audit-log.ts';
import type { CallMetrics } from './call-metrics.ts';
import type { DenialRecorder } from './denials/record-denials.ts';

export interface CallServices {
  readonly choose: ChooseHandler;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: CallMetrics;
  readonly audit: AuditLog;
  readonly denials: Pick<DenialRecorder, 'record'>;
  beginRequest(): RunningRequest;
}

const MICROS_PER_SECOND = 1_000_000;

export class ServedCall implements Exchange, CallObserver {
  readonly #services: CallServices;
  readonly #running: RunningRequest;
  #request: WireRequest | undefined;
  #dialect = 'none';
  #operation = 'unknown';
  #status = 500;
  #call: Call | undefined;
  #error: unknown;

  constructor(services: CallServices) {
    this.#services = services;
    this.#running = services.beginRequest();
    services.metrics.running += 1;
  }

  respond(request: WireRequest): Promise<WireResponse> {
    this.#request = request;
    return this.#services.choose(request).handle(request, this);
  }

  completed(
    dialect: string,
    operation: string | undefined,
    call: Call,
    response: WireResponse,
    error: unknown,
  ): void {
    this.#dialect = dialect;
    if (operation !== undefined) this.#operation = operation;
    this.#call = call;
    this.#status = response.status;
    this.#error = error;
    if (call.audit !== undefined) {
      this.#services.audit.record(dialect, this.#operation, call, response.status, error);
    }
  }

  async denied(
    dialect: string,
    operation: string | undefined,
    call: Call,
    response: WireResponse,
    denial: Denial,
  ): Promise<void> {
    const { denials, metrics, log } = this.#services;
    try {
      metrics.recordDenial(await denials.record(dialect, operation, call, response, denial));
    } catch (error) {
      log.error({ err: error, requestId: call.requestId }, 'a denial could not be kept');
    }
  }

  ended(sent: SentResponse): void {
    this.#running.end();
    const { metrics, clock, log } = this.#services;
    metrics.running -= 1;
    const request = this.#request;
    if (request === undefined) return;
    const seconds = (clock.nowMicros() - request.receivedAtMicros) / MICROS_PER_SECOND;
    const bytesIn = request.body.bytesRead;
    metrics.record({
      dialect: this.#dialect,
      operation: this.#operation,
      status: this.#status,
      seconds,
      bytesIn,
      bytesOut: sent.bodyBytesSent,
    });
    const level = this.#level(sent);
    if (log.isLevelEnabled(level)) log[level](this.#fields(request, sent, seconds, bytesIn), 'call');
  }

  /** Failures of ours are errors, refusals of callers are worth knowing, the rest is for who looks closely. */
  #level(sent: SentResponse): 'error' | 'info' | 'debug' {
    if (sent.error !== undefined) return 'error';
    if (this.#status >= 500 && this.#status !== 501) {
      return this.#error instanceof RequestBodyError ? 'debug' : 'error';
    }
    return this.#status === 401 || this.#status === 403 ? 'info' : 'debug';
  }

  #fields(request: WireRequest, sent: SentResponse, seconds: number, bytesIn: number): object {
    const caller = this.#call?.caller;
    return {
      requestId: this.#call?.requestId,
      api: this.#dialect,
      operation: this.#operation,
      method: request.method,
      path: this.#call?.loggedPath ?? request.rawPath,
      status: this.#status,
      ms: Math.round(seconds * 1e6) / 1e3,
      bytesIn,
      bytesOut: sent.bodyBytesSent,
      remote: request.remoteAddress,
      ...(caller !== undefined && describePrincipal(caller.principal)),
      ...(caller?.principal.kind === 'user' && { user: caller.principal.user.name }),
      ...(caller?.proof.kind === 'access-key' && { accessKey: caller.proof.accessKeyId }),
      ...(!sent.isComplete && { cutOff: true }),
      ...describeError(this.#status >= 500 ? (sent.error ?? this.#error) : sent.error, this.#error),
    };
  }
}

/** A known refusal by its code; a failure of ours with its stack. */
function describeError(failure: unknown, refusal: unknown): object {
  if (failure instanceof Error) {
    const { cause } = failure;
    return {
      error: failure.message,
      stack: failure.stack,
      ...(cause instanceof Error && { cause: cause.stack ?? cause.message }),
    };
  }
  if (refusal instanceof Error && 'code' in refusal) return { error: String(refusal.code) };
  return {};
}
