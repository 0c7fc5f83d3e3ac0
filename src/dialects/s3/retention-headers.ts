/**
 * IBM's retention in headers (ibm-cos.md, section 9.7): of requests that write an object, and of answers that describe one. It is
 * taken in every flavour: whoever sends these headers means them.
 *
 * `Retention-Period` is in seconds from the object's creation. -1: without end until one is set; -2: for ever, which IBM does not
 * document.
 */
import type { ObjectVersion, RetainUntil } from '../../core/model.ts';
import type { ProtectionRequest, RetainUntilRequest } from '../../core/protection.ts';
import { formatIsoDate } from '../../lib/iso-date.ts';
import type { WireHeaders } from '../kernel/wire.ts';
import type { S3Call } from './s3-call.ts';
import { invalidArgument, S3Error } from './s3-errors.ts';

const PERIOD = 'retention-period';
const EXPIRY = 'retention-expiration-date';
const HOLD = 'retention-legal-hold-id';
const INDEFINITE = -1;
const PERMANENT = -2;
const MICROS_PER_SECOND = 1_000_000;
/** 36,135 days, the longest that a bucket can allow, and some. */
const SECONDS = /^-?\d{1,10}$/;
const HOLD_ID = /^[A-Za-z0-9!_.*()'-]{1,64}$/;
const DATE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d)$/;

/** Undefined when the request asks for none. Throws InvalidArgument. */
export function readRetentionHeaders(headers: WireHeaders): ProtectionRequest | undefined {
  const period = headers.get(PERIOD);
  const expiry = headers.get(EXPIRY);
  const hold = headers.get(HOLD);
  if (period === undefined && expiry === undefined && hold === undefined) return undefined;
  if (period !== undefined && expiry !== undefined) {
    throw invalidArgument(PERIOD, period, `Only one of ${PERIOD} and ${EXPIRY} may be given`);
  }
  const until = period === undefined ? undefined : readPeriod(PERIOD, period);
  const at = expiry === undefined ? undefined : ({ kind: 'at', micros: readDate(EXPIRY, expiry) } as const);
  const wanted = until ?? at;
  return {
    ...(wanted !== undefined && { retention: { mode: 'retention', until: wanted } }),
    ...(hold !== undefined && { holds: [readHoldId(HOLD, hold)] }),
  };
}

/** Of a new object, or of one whose period is set anew. */
export function readPeriod(name: string, text: string): RetainUntilRequest {
  const seconds = SECONDS.test(text) ? Number(text) : Number.NaN;
  if (seconds === INDEFINITE) return { kind: 'indefinite' };
  if (seconds === PERMANENT) return { kind: 'permanent' };
  if (seconds >= 0) return { kind: 'from-creation', seconds };
  throw invalidArgument(name, text, 'A retention period is a number of seconds, -1 or -2');
}

/** 0 or more. */
export function readSeconds(name: string, text: string): number {
  const seconds = SECONDS.test(text) ? Number(text) : Number.NaN;
  if (seconds >= 0) return seconds;
  throw invalidArgument(name, text, 'An extension is a number of seconds');
}

/** ISO 8601. Microseconds. */
export function readDate(name: string, text: string): number {
  const millis = DATE_TIME.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(millis)) return millis * 1000;
  throw invalidArgument(name, text, 'The date must be in ISO 8601 form');
}

export function readHoldId(name: string, text: string): string {
  if (HOLD_ID.test(text)) return text;
  throw invalidArgument(name, text, "A legal hold is 1 to 64 letters, digits, or ! _ . * ( ) - '");
}

/** Before anything is asked of the core. Throws InvalidRequest in a bucket without a protection policy, if anything is asked for. */
export function confirmProtected(call: Pick<S3Call, 'bucket'>, asked: unknown): void {
  if (asked !== undefined && call.bucket.lock?.kind !== 'protection') {
    throw new S3Error('InvalidRequest', {}, 'The bucket has no protection policy.');
  }
}

/** Seconds; -1 and -2 as above. */
export function periodOf(until: RetainUntil, createdAtMicros: number): number {
  if (until === 'indefinite') return INDEFINITE;
  if (until === 'permanent') return PERMANENT;
  return Math.round((until - createdAtMicros) / MICROS_PER_SECOND);
}

export function shownDate(micros: number): string {
  return formatIsoDate(Math.floor(micros / 1000));
}

export function pushRetention(headers: string[], { protection, lastModifiedMicros }: ObjectVersion): void {
  const retention = protection?.retention;
  if (retention?.mode !== 'retention') return;
  const { until } = retention;
  headers.push('Retention-Period', `${periodOf(until, lastModifiedMicros)}`);
  if (typeof until === 'number') headers.push('Retention-Expiration-Date', shownDate(until));
  headers.push('Retention-Legal-Hold-Count', `${protection?.holds?.length ?? 0}`);
}

/**
 * What a copy asks for: with `Retention-Directive: REPLACE` what its headers say; with COPY the period of the source, from the copy's
 * creation on; without a directive the headers if there are any, else the bucket's default. Throws InvalidArgument.
 */
export function readCopiedRetention(
  headers: WireHeaders,
): ((source: ObjectVersion) => ProtectionRequest | undefined) | undefined {
  const name = 'retention-directive';
  const directive = headers.get(name);
  const own = readRetentionHeaders(headers);
  if (directive !== undefined && directive !== 'COPY' && directive !== 'REPLACE') {
    throw invalidArgument(name, directive, 'The directive must be COPY or REPLACE');
  }
  if (directive !== 'COPY') return own === undefined ? undefined : () => own;
  return ({ protection, lastModifiedMicros }) => {
    const retention = protection?.retention;
    if (retention?.mode !== 'retention') return undefined;
    const { until } = retention;
    const wanted: RetainUntilRequest =
      typeof until === 'number'
        ? { kind: 'from-creation', seconds: periodOf(until, lastModifiedMicros) }
        : { kind: until };
    return { retention: { mode: 'retention', until: wanted } };
  };
}
