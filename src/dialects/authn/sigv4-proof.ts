/**
 * Reading a Signature Version 4 proof from the Authorization header or the query, up to what can be judged without
 * the secret. Faults are found in the order in which S3 reports them when there are several (docs/adr/0004): in
 * the header the payload, the date and the skew come before the components, in the query the times come before the
 * credential; the region comes before the rest of the scope; unsigned headers come last.
 */
import { parseHttpDate } from '../../lib/http-date.ts';
import type { WireRequest } from '../kernel/wire.ts';
import { formatAmzTimestamp, isScopeDate, parseAmzTimestamp } from './amz-timestamp.ts';
import { AuthnError, type ProofPlace } from './authn-errors.ts';
import { type DeclaredPayload, declaredPayload } from './payload-mode.ts';
import { rememberTexts } from './remember-texts.ts';
import { canonicalQuery, type QueryPair, readQueryPairs } from './sigv4-canonical.ts';

export type RegionVerdict =
  | { readonly kind: 'ok' }
  /** `expected`: shown to the client. */
  | { readonly kind: 'wrong'; readonly expected: string };

/** What the dialect and its flavour accept. */
export interface SigV4Rules {
  readonly service: string;
  region(region: string): RegionVerdict;
  /** Greatest `X-Amz-Expires`. */
  readonly presignSecondsMax: number;
}

/** Components as sent, before any check. */
export interface ProofText {
  readonly place: ProofPlace;
  /** Undefined when the Authorization header is not made of its three components. */
  readonly credential: string | undefined;
  readonly signedHeaders: string;
  readonly signature: string;
  readonly pairs: readonly QueryPair[];
}

export interface SigV4Proof {
  readonly credential: string;
  readonly accessKeyId: string;
  readonly scope: { readonly date: string; readonly region: string; readonly service: string };
  /** `date/region/service/aws4_request`. */
  readonly scopeText: string;
  readonly timestamp: string;
  readonly signedHeaders: string;
  readonly signedHeaderNames: readonly string[];
  /** As sent; may be of either case. */
  readonly signature: string;
  /** Last line of the canonical request. */
  readonly payload: string;
  readonly declaredPayload: DeclaredPayload;
  readonly canonicalQuery: string;
}

/** Throws MalformedTarget. */
export function readHeaderText(request: Pick<WireRequest, 'rawQuery' | 'headers'>): ProofText {
  const pairs = readQueryPairs(request.rawQuery);
  const authorization = request.headers.get('authorization') ?? '';
  let [credential, signedHeaders, signature, hasOthers] = ['', '', '', false];
  for (let start = authorization.indexOf(' ') + 1, end = 0; end < authorization.length; start = end + 1) {
    const comma = authorization.indexOf(',', start);
    end = comma < 0 ? authorization.length : comma;
    const equals = authorization.indexOf('=', start);
    const value = authorization.slice(equals + 1, end).trim();
    switch (equals < 0 ? '' : authorization.slice(start, equals).trim()) {
      case 'Credential':
        credential = value;
        break;
      case 'SignedHeaders':
        signedHeaders = value;
        break;
      case 'Signature':
        signature = value;
        break;
      default:
        hasOthers = true;
    }
  }
  const isComplete = !hasOthers && credential !== '' && signedHeaders !== '' && signature !== '';
  return isComplete
    ? { place: 'header', credential, signedHeaders, signature, pairs }
    : { place: 'header', credential: undefined, signedHeaders: '', signature: '', pairs };
}

const queryParameters: readonly string[] = [
  'X-Amz-Algorithm',
  'X-Amz-Credential',
  'X-Amz-Signature',
  'X-Amz-Date',
  'X-Amz-SignedHeaders',
  'X-Amz-Expires',
];

/** Throws MalformedTarget. */
export function readQueryText(request: Pick<WireRequest, 'rawQuery'>): ProofText {
  const pairs = readQueryPairs(request.rawQuery);
  return {
    place: 'query',
    credential: parameterOf(pairs, 'X-Amz-Credential'),
    signedHeaders: parameterOf(pairs, 'X-Amz-SignedHeaders') ?? '',
    signature: parameterOf(pairs, 'X-Amz-Signature') ?? '',
    pairs,
  };
}

export function accessKeyIdOf({ credential }: ProofText): string | undefined {
  const slash = credential?.indexOf('/') ?? -1;
  return slash > 0 ? credential?.slice(0, slash) : undefined;
}

export function checkHeaderProof(
  request: WireRequest,
  text: ProofText,
  rules: SigV4Rules,
  skewSecondsMax: number,
): SigV4Proof {
  refuseRepeatedHeaders(request);
  const payload = request.headers.get('x-amz-content-sha256');
  if (payload === undefined) throw new AuthnError('MissingContentSha256', {});
  const declared = declaredPayload(payload);
  const sent = request.headers.get('x-amz-date') ?? request.headers.get('date');
  const time = sent === undefined ? undefined : readTime(sent, request.headers.has('x-amz-date'));
  if (sent === undefined || time === undefined) {
    throw new AuthnError('InvalidDate', { place: 'header', value: sent });
  }
  const { timestamp, micros: requestTimeMicros } = time;
  const serverTimeMicros = request.receivedAtMicros;
  if (Math.abs(serverTimeMicros - requestTimeMicros) > skewSecondsMax * 1_000_000) {
    throw new AuthnError('RequestTimeTooSkewed', { requestTime: sent, serverTimeMicros, skewSecondsMax });
  }
  if (text.credential === undefined) {
    throw new AuthnError('MalformedAuthorizationHeader', { reason: 'components' });
  }
  return finishProof(request, text, text.credential, rules, { timestamp, payload, declared });
}

/** The header `date` may be in the form of HTTP, too; what is signed is the other. */
function readTime(sent: string, isAmzDate: boolean): { timestamp: string; micros: number } | undefined {
  const micros = parseAmzTimestamp(sent);
  if (micros !== undefined) return { timestamp: sent, micros };
  const httpMicros = isAmzDate ? undefined : parseHttpDate(sent);
  if (httpMicros === undefined) return undefined;
  return { timestamp: formatAmzTimestamp(httpMicros), micros: httpMicros };
}

export function checkQueryProof(
  request: WireRequest,
  text: ProofText,
  rules: SigV4Rules,
  skewSecondsMax: number,
): SigV4Proof {
  refuseRepeatedHeaders(request);
  const parameter = (name: string) => parameterOf(text.pairs, name) ?? '';
  const algorithm = parameter('X-Amz-Algorithm');
  if (algorithm !== 'AWS4-HMAC-SHA256')
    throw new AuthnError('UnsupportedAlgorithm', { place: 'query', algorithm });
  for (const name of queryParameters) {
    const count = text.pairs.reduce((sum, pair) => (pair.name === name ? sum + 1 : sum), 0);
    if (count > 1)
      throw new AuthnError('MalformedQuery', { version: 4, parameter: name, reason: 'repeated' });
    if (parameter(name) === '')
      throw new AuthnError('MalformedQuery', { version: 4, parameter: name, reason: 'missing' });
  }
  const timestamp = parameter('X-Amz-Date');
  const requestTimeMicros = parseAmzTimestamp(timestamp);
  if (requestTimeMicros === undefined)
    throw new AuthnError('InvalidDate', { place: 'query', value: timestamp });
  checkPresignedPeriod(request, requestTimeMicros, parameter('X-Amz-Expires'), rules, skewSecondsMax);
  const payload =
    request.headers.get('x-amz-content-sha256') ??
    parameterOf(text.pairs, 'X-Amz-Content-Sha256') ??
    'UNSIGNED-PAYLOAD';
  const declared = declaredPayload(payload);
  return finishProof(request, text, text.credential ?? '', rules, { timestamp, payload, declared });
}

/** End of the year 9999: later instants cannot be written in an answer. */
const LAST_MICROS = 253_402_300_799_000_000;
const SIGNED_INTEGER = /^[+-]?\d{1,18}$/;

/** `X-Amz-Expires=0` is a valid way to write a URL that has already expired (AWS answers so). */
function checkPresignedPeriod(
  request: WireRequest,
  requestTimeMicros: number,
  expires: string,
  { presignSecondsMax }: SigV4Rules,
  skewSecondsMax: number,
): void {
  if (!SIGNED_INTEGER.test(expires)) {
    throw new AuthnError('InvalidExpires', { value: expires, reason: 'not-a-number' });
  }
  const seconds = Number(expires);
  if (seconds < 0) throw new AuthnError('InvalidExpires', { value: expires, reason: 'negative' });
  if (seconds > presignSecondsMax) throw new AuthnError('ExpiresTooLarge', { secondsMax: presignSecondsMax });
  const serverTimeMicros = request.receivedAtMicros;
  const expiresAtMicros = Math.min(requestTimeMicros + seconds * 1_000_000, LAST_MICROS);
  if (requestTimeMicros - serverTimeMicros > skewSecondsMax * 1_000_000) {
    throw new AuthnError('NotYetValid', { requestTimeMicros, expiresAtMicros, serverTimeMicros });
  }
  if (seconds === 0 || serverTimeMicros > expiresAtMicros) {
    throw new AuthnError('RequestExpired', { expires, expiresAtMicros, serverTimeMicros });
  }
}

/** Key, date, region, service, and the word that ends it. */
const PARTS = 5;

function finishProof(
  request: WireRequest,
  text: ProofText,
  credential: string,
  rules: SigV4Rules,
  read: { readonly timestamp: string; readonly payload: string; readonly declared: DeclaredPayload },
): SigV4Proof {
  const { accessKeyId, scope, scopeText, credential: name } = checkCredential(credential, text.place, rules);
  const requestDate = read.timestamp.slice(0, 8);
  if (scope.date !== requestDate) {
    throw new AuthnError('WrongDate', { place: text.place, scopeDate: scope.date, requestDate });
  }
  const signedHeaderNames = signedNamesOf(text.signedHeaders);
  refuseUnsignedHeaders(request, signedHeaderNames);
  return {
    credential: name,
    accessKeyId,
    scope,
    scopeText,
    timestamp: read.timestamp,
    signedHeaders: text.signedHeaders,
    signedHeaderNames,
    signature: text.signature,
    payload: read.payload,
    declaredPayload: read.declared,
    canonicalQuery: canonicalQuery(text.pairs),
  };
}

/** The parts of a credential as they stand in it. */
interface CredentialParts {
  readonly credential: string;
  readonly count: number;
  readonly accessKeyId: string;
  readonly scope: { readonly date: string; readonly region: string; readonly service: string };
  readonly terminal: string;
  readonly scopeText: string;
  readonly hasDate: boolean;
}

const credentialPartsOf = rememberTexts((credential): CredentialParts => {
  const parts = credential.split('/', PARTS + 1);
  const [accessKeyId = '', date = '', region = '', service = '', terminal = ''] = parts;
  const scopeText = credential.slice(accessKeyId.length + 1);
  const scope = { date, region, service };
  return {
    credential,
    count: parts.length,
    accessKeyId,
    scope,
    terminal,
    scopeText,
    hasDate: isScopeDate(date),
  };
});

const signedNamesOf = rememberTexts((signedHeaders): readonly string[] => signedHeaders.split(';'));

function checkCredential(credential: string, place: ProofPlace, rules: SigV4Rules): CredentialParts {
  const parts = credentialPartsOf(credential);
  const { accessKeyId, terminal } = parts;
  const { date, region, service } = parts.scope;
  if (parts.count !== PARTS) throw new AuthnError('MalformedCredential', { place, reason: 'parts' });
  if (accessKeyId === '') throw new AuthnError('MalformedCredential', { place, reason: 'empty-access-key' });
  if (!parts.hasDate) throw new AuthnError('MalformedScopeDate', { place, scopeDate: date });
  if (region === '') throw new AuthnError('MalformedCredential', { place, reason: 'empty-region' });
  const verdict = rules.region(region);
  if (verdict.kind === 'wrong') {
    throw new AuthnError('WrongRegion', { place, region, expected: verdict.expected });
  }
  if (service !== rules.service) {
    throw new AuthnError('WrongService', { place, service, expected: rules.service });
  }
  if (terminal !== 'aws4_request') throw new AuthnError('WrongTerminal', { place, terminal });
  return parts;
}

const headersSentOnce: readonly string[] = ['host', 'x-amz-content-sha256', 'x-amz-date', 'date'];

function refuseRepeatedHeaders({ headers }: WireRequest): void {
  for (const header of headersSentOnce) {
    if (headers.count(header) > 1) throw new AuthnError('DuplicateHeader', { header });
  }
}

/**
 * `host`, `content-md5` and every `x-amz-*` header must be signed. `x-amz-content-sha256` need not: its value is the
 * last line of what is signed in any case. Nor need `x-amz-security-token`, which is a secret of its own: whoever was given a
 * signature without it may send it beside (build specification scp.md, section 4.4).
 */
function refuseUnsignedHeaders({ headers }: WireRequest, signed: readonly string[]): void {
  const unsigned: string[] = [];
  for (const name of headers.names()) {
    const mustBeSigned = name.startsWith('x-amz-')
      ? name !== 'x-amz-content-sha256' && name !== 'x-amz-security-token'
      : name === 'host' || name === 'content-md5';
    if (mustBeSigned && !signed.includes(name)) unsigned.push(name);
  }
  if (unsigned.length === 0 && !signed.includes('host')) unsigned.push('host');
  if (unsigned.length > 0) throw new AuthnError('UnsignedHeaders', { headers: unsigned });
}

function parameterOf(pairs: readonly QueryPair[], name: string): string | undefined {
  for (const pair of pairs) if (pair.name === name) return pair.value;
  return undefined;
}
