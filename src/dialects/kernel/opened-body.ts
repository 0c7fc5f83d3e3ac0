import type { StreamedBody } from './wire.ts';

/** Opened bytes of an object, or of a range of it. */
export interface OpenedBytes {
  /** All of them, when they are in memory already. */
  readonly bytes?: Buffer;
  read(): Promise<Buffer | null>;
  close(): Promise<void>;
}

/** Bytes that are few go at once. More of them go as a stream, of which the listener gives every piece back when it is sent. */
const BYTES_AT_ONCE_MAX = 16 * 1024;

/** A response's body of opened bytes. `size`: of all of them. */
export function bodyOfOpened(opened: OpenedBytes, size: number): Buffer | StreamedBody {
  if (opened.bytes !== undefined && size <= BYTES_AT_ONCE_MAX) return opened.bytes;
  return { size, read: () => opened.read(), close: () => opened.close() };
}
