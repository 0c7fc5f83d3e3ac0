/** Failures as Swift shows them: a document of fixed words, or one line for people (nhn-openstack.md, section 2.3). */
import { encodeStrict } from '../../lib/percent-encoding.ts';
import type { WireResponse } from '../kernel/wire.ts';
import { errorDocument, type SwiftError } from './swift-errors.ts';

const REALM_UNITS_MAX = 256;

export interface FailedCall {
  /** As in the URL; empty when it names none. */
  readonly accountName: string;
  readonly identityUrl: string;
}

export function renderError(
  { status, text, headers }: SwiftError,
  method: string,
  { accountName, identityUrl }: FailedCall,
): WireResponse {
  if (status === 304) return { status, headers, body: null };
  const type = text === undefined ? 'text/html; charset=UTF-8' : 'text/plain; charset=UTF-8';
  const proof = status === 401 ? ['WWW-Authenticate', challengeOf(accountName, identityUrl)] : [];
  const body = text ?? errorDocument(status);
  const typed = headers.includes('Content-Type') ? headers : [...headers, 'Content-Type', type];
  const answer = { status, headers: [...typed, ...proof] };
  return method === 'HEAD'
    ? { ...answer, body: null, contentLength: Buffer.byteLength(body) }
    : { ...answer, body };
}

/** Where tokens are to be had, and for whom. Nothing can end a quotation. */
function challengeOf(accountName: string, identityUrl: string): string {
  const realm =
    accountName === '' ? 'unknown' : encodeStrict(accountName.slice(0, REALM_UNITS_MAX).toWellFormed());
  const uri = /^https?:\/\/[\w.:[\]%/~-]+$/.test(identityUrl) ? identityUrl : '';
  return `Keystone uri="${uri}", Swift realm="${realm}"`;
}
