import type { OpenBody } from '../../core/read-body.ts';
import { RELEASED_BYTES_MIN } from '../../lib/release-bytes.ts';
import type { StreamedBody } from './wire.ts';

/**
 * A response's body of opened bytes; `size`: of all of them. Few bytes that are in memory go at once. More of them go as a stream, of
 * which the listener gives every piece back when it is sent.
 */
export function bodyOfOpened(opened: OpenBody, size: number): Buffer | StreamedBody {
  if (opened.bytes !== undefined && size < RELEASED_BYTES_MIN) return opened.bytes;
  return { size, read: () => opened.read(), close: () => opened.close() };
}
