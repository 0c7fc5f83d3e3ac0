/** When an object expires, in headers (nhn-openstack.md, sections 8.1 and 18). */
import type { WireRequest } from '../kernel/wire.ts';
import { SwiftError } from './swift-errors.ts';

const MICROS = 1_000_000;
const INTEGER = /^\s*[+-]?\d{1,200}\s*$/;
/** Times of Swift have ten digits before the point; what is later is cut to the latest of them. */
const SECONDS_MAX = 9_999_999_999;

/** X-Delete-After, which wins, or X-Delete-At; undefined: neither. Throws 400. */
export function decodeExpiry({
  headers,
  receivedAtMicros,
}: Pick<WireRequest, 'headers' | 'receivedAtMicros'>): number | undefined {
  const after = headers.get('x-delete-after') ?? '';
  if (after !== '') {
    const now = Math.floor(receivedAtMicros / MICROS);
    if (!INTEGER.test(after)) throw new SwiftError(400, 'Non-integer X-Delete-After');
    if (Number(after) <= 0) throw new SwiftError(400, 'X-Delete-After in past');
    return Math.min(now + Number(after), SECONDS_MAX) * MICROS;
  }
  const at = headers.get('x-delete-at') ?? '';
  if (at === '') return undefined;
  if (!INTEGER.test(at)) throw new SwiftError(400, 'Non-integer X-Delete-At');
  if (Number(at) * MICROS <= receivedAtMicros) throw new SwiftError(400, 'X-Delete-At in past');
  return Math.min(Number(at), SECONDS_MAX) * MICROS;
}

/** As X-Delete-At shows it. */
export function deleteAtOf(expiresAtMicros: number): string {
  return `${Math.floor(expiresAtMicros / MICROS)}`;
}
