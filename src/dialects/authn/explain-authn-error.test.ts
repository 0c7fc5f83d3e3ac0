import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AuthnErrorCode, AuthnErrorDetails } from './authn-errors.ts';
import { explainAuthnError } from './explain-authn-error.ts';

type Row = {
  readonly [C in AuthnErrorCode]: readonly [C, AuthnErrorDetails[C], string, RegExp?];
}[AuthnErrorCode];

const HOUR = 3_600_000_000;
const at = Date.parse('2026-05-24T12:00:00Z') * 1000;

const rows: readonly Row[] = [
  ['SeveralMechanisms', { authorization: undefined }, 'several-proofs'],
  ['UnsupportedAuthorization', { authorization: 'x', reason: 'scheme' }, 'unknown-scheme'],
  ['UnsupportedAlgorithm', { place: 'query', algorithm: 'x' }, 'unknown-algorithm'],
  ['DuplicateHeader', { header: 'host' }, 'repeated-header', /header host once/],
  ['MalformedTarget', {}, 'malformed-target'],
  ['MalformedAuthorizationHeader', { reason: 'components' }, 'malformed-proof'],
  [
    'MalformedQuery',
    { version: 4, parameter: 'X-Amz-Date', reason: 'missing' },
    'malformed-proof',
    /X-Amz-Date of the link is missing/,
  ],
  ['MalformedCredential', { place: 'header', reason: 'parts' }, 'malformed-proof'],
  ['MalformedScopeDate', { place: 'header', scopeDate: 'x' }, 'malformed-proof'],
  ['WrongRegion', { place: 'header', region: 'eu-1', expected: 'KR1' }, 'wrong-region', /"eu-1": set "KR1"/],
  ['WrongService', { place: 'header', service: 'ec2', expected: 's3' }, 'wrong-service', /"ec2".*"s3"/],
  ['WrongTerminal', { place: 'header', terminal: 'x' }, 'malformed-proof'],
  [
    'WrongDate',
    { place: 'header', scopeDate: '20260523', requestDate: '20260524' },
    'wrong-date',
    /same day/,
  ],
  ['InvalidDate', { place: 'header', value: 'x' }, 'malformed-date'],
  ['InvalidExpires', { value: 'x', reason: 'not-a-number' }, 'malformed-proof'],
  ['ExpiresTooLarge', { secondsMax: 604_800 }, 'link-too-long', /604800 seconds/],
  [
    'RequestTimeTooSkewed',
    { requestTime: '20260524T110000Z', serverTimeMicros: at, skewSecondsMax: 900 },
    'clock-skew',
    /3600 seconds behind that of the server; 900/,
  ],
  [
    'RequestTimeTooSkewed',
    { requestTime: 'Sun, 24 May 2026 12:30:00 GMT', serverTimeMicros: at, skewSecondsMax: 900 },
    'clock-skew',
    /1800 seconds ahead of/,
  ],
  [
    'RequestTimeTooSkewed',
    { requestTime: 'never', serverTimeMicros: at, skewSecondsMax: 900 },
    'clock-skew',
    /differ too much/,
  ],
  [
    'NotYetValid',
    { requestTimeMicros: at + HOUR, expiresAtMicros: at, serverTimeMicros: at },
    'clock-skew',
    /3600 seconds ahead/,
  ],
  [
    'RequestExpired',
    { expires: '60', expiresAtMicros: at - HOUR, serverTimeMicros: at },
    'link-expired',
    /3600 seconds before/,
  ],
  ['UnsignedHeaders', { headers: ['x-amz-acl'] }, 'unsigned-headers', /x-amz-acl/],
  ['MissingContentSha256', {}, 'malformed-proof'],
  ['InvalidContentSha256', { value: 'x' }, 'malformed-proof'],
  ['UnsupportedPayloadMode', { value: 'x' }, 'unknown-algorithm'],
  ['UnknownAccessKey', { accessKeyId: 'a'.repeat(32) }, 'unknown-key', /removed/],
  [
    'UnknownAccessKey',
    { accessKeyId: 'Ab_'.repeat(14).concat('xy') },
    'unknown-key',
    /looks like an API key/,
  ],
  ['UnusableAccessKey', { accessKeyId: 'x', reason: 'user-disabled' }, 'user-disabled', /Enable the user/],
  ['UnusableAccessKey', { accessKeyId: 'x', reason: 'expired' }, 'key-expired', /expired/],
  ['RefusedBearer', { fault: 'token-expired' }, 'token-expired'],
  [
    'SessionToken',
    { accessKeyId: 'x', reason: 'missing', token: undefined },
    'session-token-missing',
    /x-amz-security-token/,
  ],
  [
    'SessionToken',
    { accessKeyId: 'x', reason: 'unexpected', token: 'x' },
    'session-token-unexpected',
    /AWS_SESSION_TOKEN/,
  ],
  ['SessionToken', { accessKeyId: 'x', reason: 'wrong', token: 'x' }, 'session-token-wrong'],
  ['SessionToken', { accessKeyId: 'x', reason: 'expired', token: 'x' }, 'session-token-expired'],
  ['MissingDecodedLength', {}, 'malformed-proof'],
  ['InvalidDecodedLength', { value: 'x' }, 'malformed-proof'],
  ['MalformedChunk', { reason: 'size' }, 'malformed-body'],
  ['ChunkTooSmall', { chunk: 1, bytes: 1, bytesMin: 8192 }, 'malformed-body'],
  ['MalformedTrailer', { reason: 'line' }, 'malformed-body'],
  ['IncompleteBody', { bytesExpected: 2, bytesReceived: 1 }, 'malformed-body'],
];

for (const [code, details, cause, advice = /./] of rows) {
  test(`${code} is ${cause}: ${JSON.stringify(details)}`, () => {
    const found = explainAuthnError({ code, details });
    assert.equal(found.cause, cause);
    assert.match(found.advice, advice);
    assert.match(found.advice, /^[A-Zx].*\.$/s);
  });
}
