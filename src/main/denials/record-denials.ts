/**
 * Keeping denials (docs/adr/0013): what the pipeline hands over, as a line of the log. Somebody who is refused again and again, from
 * one source as one principal, is written so many times a second and counted beyond.
 */

import { denialLimits } from '../../config/limits.ts';
import { CoreError } from '../../core/core-errors.ts';
import { AuthnError } from '../../dialects/authn/authn-errors.ts';
import { explainAuthnError } from '../../dialects/authn/explain-authn-error.ts';
import { ScpProofError } from '../../dialects/authn/scp-signature.ts';
import { type Denial, RefusalFacts } from '../../dialects/kernel/denial.ts';
import type { DenialRecord, DeniedParty, SignedInputs } from '../../dialects/kernel/denial-record.ts';
import type { Call } from '../../dialects/kernel/dialect.ts';
import type { WireRequest, WireResponse } from '../../dialects/kernel/wire.ts';
import { ScpError } from '../../dialects/scp/scp-errors.ts';
import { causeOf } from '../../identity/explain-decision.ts';
import { IdentityError } from '../../identity/identity-errors.ts';
import { anonymousCaller, type Principal } from '../../identity/principal.ts';
import { storeQuestion } from '../../identity/stored-question.ts';
import type { DenialLog } from './denial-log.ts';

const MICROS_PER_SECOND = 1_000_000;
/** Cookies belong to no API here. */
const unsignedHeaders: ReadonlySet<string> = new Set(['cookie', 'x-auth-token', 'x-storage-token']);
const HEADER_BYTES_MAX = 16 * 1024;

export class DenialRecorder {
  readonly #log: Pick<DenialLog, 'append'>;
  readonly #rate = new RateOfDenials();

  constructor(log: Pick<DenialLog, 'append'>) {
    this.#log = log;
  }

  /** Whether it is kept; resolves when every worker can read it. */
  async record(
    api: string,
    operation: string | undefined,
    call: Call,
    response: WireResponse,
    denial: Denial,
  ): Promise<boolean> {
    const { request } = call;
    const leftOut = this.#rate.take(rateNameOf(call, denial), request.receivedAtMicros);
    if (leftOut === undefined) return false;
    const record = {
      ...recordOf(api, operation ?? 'unknown', call, response, denial),
      ...(leftOut > 0 && { leftOut }),
    };
    const text = JSON.stringify(record);
    await (text.length <= denialLimits.lineBytesMax
      ? this.#log.append(record, text)
      : this.#log.append(shortened(record)));
    return true;
  }
}

function recordOf(
  api: string,
  operation: string,
  call: Call,
  { status }: WireResponse,
  denial: Denial,
): DenialRecord {
  const { request, requestId, caller = anonymousCaller } = call;
  const { code } = denial;
  const question = denial.decision?.question;
  const bucket = question?.resource.bucket ?? call.bucketName ?? '';
  const key = question?.resource.key ?? call.key ?? '';
  const account = question?.resource.account;
  return {
    id: requestId,
    atMicros: request.receivedAtMicros,
    api,
    operation,
    status,
    ...(code !== undefined && { code }),
    cause: causeOfDenial(denial),
    source: request.remoteAddress,
    method: request.method,
    path: call.loggedPath ?? request.rawPath,
    principal: partyOf(caller.principal),
    proof: caller.proof,
    ...(account !== undefined && { account }),
    ...(bucket !== '' && { bucket }),
    ...(key !== '' && { key }),
    ...(question !== undefined && { question: storeQuestion(question) }),
    ...faultOf(denial, request),
    ...factsOf(denial),
  };
}

export function partyOf(principal: Principal): DeniedParty {
  switch (principal.kind) {
    case 'anonymous':
      return { kind: 'anonymous' };
    case 'user': {
      const { account, user } = principal;
      return { kind: 'user', account: account.id, id: user.id, name: user.name };
    }
    case 'service': {
      const { account, service } = principal;
      return { kind: 'service', account: account.id, id: service.id, name: service.name };
    }
    case 'role-session': {
      const { account, role, session } = principal;
      return {
        kind: 'role-session',
        account: account.id,
        id: role.id,
        name: role.name,
        session: session.name,
      };
    }
  }
}

function causeOfDenial({ step, error, decision }: Denial): string {
  if (decision?.question !== undefined) return causeOf(decision.trace, decision.question);
  if (error instanceof AuthnError) return explainAuthnError(error).cause;
  if (error instanceof IdentityError && 'reason' in error.details) return String(error.details.reason);
  if (error instanceof ScpProofError) return error.fault;
  if (error instanceof ScpError && error.reason !== undefined) return error.reason;
  if (step === 'authenticate') return 'proof-refused';
  return 'refused';
}

function faultOf({ error }: Denial, request: WireRequest): Pick<DenialRecord, 'fault' | 'signed'> {
  if (!(error instanceof AuthnError)) return {};
  const { code, details } = error;
  const isOfRequest = code === 'SignatureMismatch' && 'part' in details && details.part === 'request';
  return {
    fault: { code, details: withoutApiKey(details) },
    ...(isOfRequest && { signed: signedInputsOf(request) }),
  };
}

/** As long as IBM's API keys are, where pairs made here have 32 hexadecimal digits. */
const API_KEY = /^[\w-]{44}$/;
const SHOWN_CHARACTERS = 4;

/** Somebody may have taken an API key, which is a secret, for the id of a key pair, which is none. Its form stays, for explanations. */
function withoutApiKey(details: object): object {
  if (!('accessKeyId' in details) || typeof details.accessKeyId !== 'string') return details;
  const { accessKeyId } = details;
  if (!API_KEY.test(accessKeyId)) return details;
  return { ...details, accessKeyId: accessKeyId.slice(0, SHOWN_CHARACTERS).padEnd(accessKeyId.length, '_') };
}

function factsOf({ error }: Denial): Pick<DenialRecord, 'facts'> {
  if (error instanceof CoreError) return { facts: { code: error.code, details: error.details } };
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof RefusalFacts ? { facts: { code: cause.code, details: cause.details } } : {};
}

function signedInputsOf({ method, rawPath, rawQuery, headers, isSecure }: WireRequest): SignedInputs {
  const kept: (readonly [string, string])[] = [];
  let bytes = 0;
  for (const name of headers.names()) {
    const value = headers.get(name) ?? '';
    bytes += name.length + value.length;
    if (bytes > HEADER_BYTES_MAX) break;
    if (!unsignedHeaders.has(name)) kept.push([name, value]);
  }
  const place = headers.has('authorization') ? 'header' : 'query';
  return { method, rawPath, rawQuery, headers: kept, isSecure, place };
}

/** Of a line that is too long, what it depends on goes: it can still be found, and explained as far as its cause says. */
function shortened({ question, signed, ...rest }: DenialRecord): DenialRecord {
  return { ...rest, path: rest.path.slice(0, 1024) };
}

function rateNameOf({ request, caller }: Call, { error }: Denial): string {
  const claimed =
    error instanceof AuthnError && 'accessKeyId' in error.details ? error.details.accessKeyId : '';
  const { id = '', session = '' } = partyOf((caller ?? anonymousCaller).principal);
  return `${request.remoteAddress} ${id} ${session} ${claimed}`;
}

interface Second {
  count: number;
  leftOut: number;
}

class RateOfDenials {
  #second = 0;
  #ofAll = 0;
  #bySource = new Map<string, Second>();

  /** How many were left out since the last one that was not; undefined when this one is left out. */
  take(name: string, nowMicros: number): number | undefined {
    const second = Math.floor(nowMicros / MICROS_PER_SECOND);
    if (second !== this.#second) this.#beginSecond(second);
    const found = this.#bySource.get(name) ?? { count: 0, leftOut: 0 };
    this.#bySource.set(name, found);
    if (found.count >= denialLimits.perSecondMax || this.#ofAll >= denialLimits.perSecondOfAllMax) {
      found.leftOut += 1;
      return undefined;
    }
    found.count += 1;
    this.#ofAll += 1;
    const { leftOut } = found;
    found.leftOut = 0;
    return leftOut;
  }

  /** What was left out is told by the next line of that source, within the second after. */
  #beginSecond(second: number): void {
    const isNext = second === this.#second + 1;
    this.#second = second;
    this.#ofAll = 0;
    const kept = [...this.#bySource].filter(([, { leftOut }]) => isNext && leftOut > 0);
    this.#bySource = new Map(kept.map(([name, { leftOut }]) => [name, { count: 0, leftOut }]));
  }
}
