/**
 * The audit log (docs/adr/0010): who changed what about identities, who logged in, and who could not; JSON lines in `audit.log` of the
 * data directory, for its owner only. A line is written before the answer leaves, in one write, so that lines of several workers do not
 * mix; the file is opened for every line, so that it may be renamed away at any time.
 *
 * Somebody who is refused again and again must not fill the disk: of the refusals of one source a worker writes so many a minute, and then
 * counts; the next line says how many were left out (`leftOut`). What succeeds is always written.
 *
 * What a line holds is chosen here, name by name. No secret can get in: bodies, headers and queries are not looked at, and dialects keep
 * passwords, tokens and names of users who do not exist out of `AuditFacts`.
 */
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Call } from '../dialects/kernel/dialect.ts';
import { describePrincipal } from '../identity/describe-principal.ts';

export interface AuditLog {
  /** A call that carries `audit`; `error`: the dialect's or the core's, if it was refused. */
  record(dialect: string, operation: string, call: Call, status: number, error: unknown): void;
}

export const AUDIT_FILE_NAME = 'audit.log';
const OWNER_ONLY = 0o600;
/** Per source and worker; about 300 bytes each. Ours. */
const REFUSALS_PER_MINUTE_MAX = 120;
const MICROS_PER_MINUTE = 60_000_000;
/** Characters of what comes from the path of a request: no id is longer. */
const TARGET_LENGTH_MAX = 128;

/** A log that cannot be written does not stop the server: the line then goes to the ordinary log, as an error. */
export function createAuditLog(dataDirectory: string, log: Logger): AuditLog {
  const path = join(dataDirectory, AUDIT_FILE_NAME);
  const refusals = new RefusalCounter();
  return {
    record(dialect, operation, call, status, error) {
      if (call.audit === undefined) return;
      const { remoteAddress, receivedAtMicros } = call.request;
      if (status >= 400 && !refusals.mayWrite(remoteAddress, receivedAtMicros)) return;
      const leftOut = refusals.takeLeftOut();
      const line = {
        ...describe(dialect, operation, call, status, error),
        ...(leftOut === 0 ? {} : { leftOut }),
      };
      try {
        appendFileSync(path, `${JSON.stringify(line)}\n`, { mode: OWNER_ONLY });
      } catch (failure) {
        log.error({ err: failure, audit: line }, 'the audit log cannot be written');
      }
    },
  };
}

class RefusalCounter {
  #minute = 0;
  readonly #bySource = new Map<string, number>();
  #leftOut = 0;

  mayWrite(source: string, nowMicros: number): boolean {
    const minute = Math.floor(nowMicros / MICROS_PER_MINUTE);
    if (minute !== this.#minute) {
      this.#minute = minute;
      this.#bySource.clear();
    }
    const count = (this.#bySource.get(source) ?? 0) + 1;
    this.#bySource.set(source, count);
    if (count <= REFUSALS_PER_MINUTE_MAX) return true;
    this.#leftOut += 1;
    return false;
  }

  takeLeftOut(): number {
    const count = this.#leftOut;
    this.#leftOut = 0;
    return count;
  }
}

function describe(dialect: string, operation: string, call: Call, status: number, error: unknown): object {
  const { request, caller, audit } = call;
  const isDone = status < 400;
  return {
    time: new Date(Math.floor(request.receivedAtMicros / 1000)).toISOString(),
    requestId: call.requestId,
    api: dialect,
    operation,
    outcome: isDone ? 'success' : 'failure',
    status,
    ...(isDone ? {} : { reason: audit?.reason ?? codeOf(error) }),
    remote: request.remoteAddress,
    ...(caller !== undefined && describePrincipal(caller.principal)),
    ...(caller?.proof.kind === 'access-key' && { accessKey: caller.proof.accessKeyId }),
    ...(caller?.proof.kind === 'api-key' && { apiKey: caller.proof.id }),
    ...(caller?.proof.kind === 'token' && { token: caller.proof.auditId }),
    ...(audit?.userId !== undefined && { loginUser: audit.userId }),
    ...(audit?.accountId !== undefined && { loginAccount: audit.accountId }),
    target: shorten(audit?.target ?? {}),
  };
}

function shorten(target: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(target).map(([name, text]) => [name, text.slice(0, TARGET_LENGTH_MAX)]),
  );
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}
