/**
 * Reading a Signature Version 2 proof from the Authorization header (`AWS key:signature`) or the query (`AWSAccessKeyId`,
 * `Signature`, `Expires`), up to what can be judged without the secret.
 *
 * A raw `+` in a query is a space, and signatures have no spaces: there it was a plus that the client did not escape.
 */
import { parseHttpDate } from '../../lib/http-date.ts';
import type { WireRequest } from '../kernel/wire.ts';
import { parseAmzTimestamp } from './amz-timestamp.ts';
import { AuthnError } from './authn-errors.ts';
import { readQueryPairs } from './sigv4-canonical.ts';

export interface SigV2Proof {
  readonly accessKeyId: string;
  /** Base64 as sent. */
  readonly signature: string;
  /** What stands for the date in the string to sign. */
  readonly date: string;
}

/** Throws DuplicateHeader, UnsupportedAuthorization, InvalidDate and RequestTimeTooSkewed. */
export function readHeaderProof(request: WireRequest, skewSecondsMax: number): SigV2Proof {
  const { headers } = request;
  const authorization = headers.get('authorization') ?? '';
  const pair = authorization.slice(authorization.indexOf(' ') + 1).trim();
  const colon = pair.lastIndexOf(':');
  if (colon <= 0 || colon === pair.length - 1) {
    throw new AuthnError('UnsupportedAuthorization', { authorization, reason: 'pair' });
  }
  checkDate(request, skewSecondsMax);
  return {
    accessKeyId: pair.slice(0, colon),
    signature: pair.slice(colon + 1),
    // With x-amz-date, which is signed among the headers, the date's own line stays empty.
    date: headers.has('x-amz-date') ? '' : (headers.get('date') ?? ''),
  };
}

function checkDate({ headers, receivedAtMicros }: WireRequest, skewSecondsMax: number): void {
  for (const header of ['x-amz-date', 'date']) {
    if (headers.count(header) > 1) throw new AuthnError('DuplicateHeader', { header });
  }
  const sent = headers.get('x-amz-date') ?? headers.get('date');
  const requestTimeMicros = sent === undefined ? undefined : (parseHttpDate(sent) ?? parseAmzTimestamp(sent));
  if (sent === undefined || requestTimeMicros === undefined) {
    throw new AuthnError('InvalidDate', { place: 'header', value: sent });
  }
  if (Math.abs(receivedAtMicros - requestTimeMicros) > skewSecondsMax * 1_000_000) {
    throw new AuthnError('RequestTimeTooSkewed', {
      requestTime: sent,
      serverTimeMicros: receivedAtMicros,
      skewSecondsMax,
    });
  }
}

/** Seconds since the epoch; more digits are beyond every calendar. */
const EPOCH_SECONDS = /^\d{1,12}$/;
/** End of the year 9999: later instants cannot be written in an answer. */
const LAST_SECONDS = 253_402_300_799;

/** Throws MalformedTarget, MalformedQuery, InvalidExpires and RequestExpired. */
export function readQueryProof(request: WireRequest): SigV2Proof {
  const pairs = readQueryPairs(request.rawQuery);
  const parameter = (name: string): string => {
    const [first, second] = pairs.filter((pair) => pair.name === name);
    const reason = second !== undefined ? 'repeated' : 'missing';
    if (second !== undefined || first === undefined || first.value === '') {
      throw new AuthnError('MalformedQuery', { version: 2, parameter: name, reason });
    }
    return first.value;
  };
  const signature = parameter('Signature').replaceAll(' ', '+');
  const accessKeyId = parameter('AWSAccessKeyId');
  const expires = parameter('Expires');
  if (!EPOCH_SECONDS.test(expires)) {
    throw new AuthnError('InvalidExpires', { value: expires, reason: 'not-a-time' });
  }
  const expiresAtMicros = Math.min(Number(expires), LAST_SECONDS) * 1_000_000;
  if (request.receivedAtMicros > expiresAtMicros) {
    const serverTimeMicros = request.receivedAtMicros;
    throw new AuthnError('RequestExpired', { expires: undefined, expiresAtMicros, serverTimeMicros });
  }
  return { accessKeyId, signature, date: expires };
}
