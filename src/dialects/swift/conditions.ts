/**
 * Conditional requests on what this dialect shows: an object made of segments has an ETag here that the core does not know (RFC 9110,
 * section 13; nhn-openstack.md, section 8.2). If-Unmodified-Since counts beside If-Match, as in Swift (the RFC has it ignored). A date that cannot be read makes its condition absent.
 */
import type { WriteConditions } from '../../core/object-store.ts';
import { parseHttpDate } from '../../lib/http-date.ts';
import type { WireHeaders } from '../kernel/wire.ts';
import { formatTimestamp, lastModifiedHeader } from './dates.ts';
import { SwiftError } from './swift-errors.ts';

export interface Validators {
  /** Without quotes. */
  readonly etag: string;
  readonly lastModifiedMicros: number;
}

/** Throws 304 and 412, which show what the condition was compared with. `shownEtag`: with quotes where answers have them. */
export function checkConditions(
  headers: WireHeaders,
  { etag, lastModifiedMicros }: Validators,
  shownEtag: string,
): void {
  const ifMatch = headers.get('if-match');
  const ifNoneMatch = headers.get('if-none-match');
  const shown = Math.ceil(lastModifiedMicros / 1_000_000);
  const state = () => stateHeaders(shownEtag, lastModifiedMicros);
  const notModified = () => new SwiftError(304, undefined, state());
  const failed = () => new SwiftError(412, undefined, state());
  if (ifMatch !== undefined && !namesEtag(ifMatch, etag)) throw failed();
  const unmodified = secondsOf(headers.get('if-unmodified-since'));
  if (unmodified !== undefined && shown > unmodified) throw failed();
  if (ifNoneMatch !== undefined) {
    if (namesEtag(ifNoneMatch, etag)) throw notModified();
  } else {
    const modified = secondsOf(headers.get('if-modified-since'));
    if (modified !== undefined && shown <= modified) throw notModified();
  }
}

/** Which state of an object an answer is about that does not show it. */
export function stateHeaders(shownEtag: string, lastModifiedMicros: number): string[] {
  const date = lastModifiedHeader(lastModifiedMicros);
  const timestamp = formatTimestamp(lastModifiedMicros);
  return ['Etag', shownEtag, 'Last-Modified', date, 'X-Timestamp', timestamp, 'Accept-Ranges', 'bytes'];
}

/** Whether a range may be answered with a part: If-Range names this state, or is not there. */
export function allowsRange(headers: WireHeaders, { etag, lastModifiedMicros }: Validators): boolean {
  const validator = headers.get('if-range')?.trim();
  if (validator === undefined) return true;
  if (parseHttpDate(validator) !== undefined) return validator === lastModifiedHeader(lastModifiedMicros);
  return unquote(validator) === etag;
}

export function unquote(etag: string): string {
  return etag.length >= 2 && etag.startsWith('"') && etag.endsWith('"') ? etag.slice(1, -1) : etag;
}

function namesEtag(list: string, etag: string): boolean {
  return list.split(',').some((part) => {
    const tag = part.trim();
    return tag === '*' || unquote(tag.startsWith('W/') ? tag.slice(2) : tag) === etag;
  });
}

function secondsOf(text: string | undefined): number | undefined {
  const micros = text === undefined ? undefined : parseHttpDate(text);
  return micros === undefined ? undefined : Math.ceil(micros / 1_000_000);
}

/** Throws 400: only `*` says something about an object that is to be made. */
export function decodeWriteConditions(headers: WireHeaders): WriteConditions {
  const ifNoneMatch = headers.get('if-none-match');
  if (ifNoneMatch === undefined) return {};
  if (ifNoneMatch.trim() !== '*') throw new SwiftError(400, 'If-None-Match only supports *');
  return { ifNoneMatch: '*' };
}
