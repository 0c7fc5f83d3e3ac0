/** Smaller buffers are slices of a shared pool, or not worth the call: they are left to the collector. */
export const RELEASED_BYTES_MIN = 16 * 1024;

/** Of memory that is released slice by slice: how many bytes have not been released yet. */
const outstandingBytes = new WeakMap<ArrayBufferLike, number>();

/**
 * Gives the memory of a buffer back at once; the buffer has no bytes afterwards. The collector would do it, but lets some 64 MiB
 * pile up in every process first, and fresh memory for every piece of a transfer is cold. For the one owner of the bytes, and when
 * no system call uses them any more. A slice goes with the last slice of what `shareBytes` was called for; any other is left to the
 * collector.
 */
export function releaseBytes(bytes: Buffer): void {
  if (bytes.length === bytes.buffer.byteLength) freeMemory(bytes.buffer);
  else releaseShare(bytes, bytes.length);
}

/** From now on the bytes are released slice by slice, each once. */
export function shareBytes(bytes: Buffer): void {
  const { buffer, length } = bytes;
  if (length === buffer.byteLength && length >= RELEASED_BYTES_MIN) outstandingBytes.set(buffer, length);
}

/** Releases so many bytes that nobody was given a slice of. */
export function releaseShare({ buffer }: Buffer, count: number): void {
  const outstanding = outstandingBytes.get(buffer);
  if (outstanding === undefined) return;
  outstandingBytes.set(buffer, outstanding - count);
  if (outstanding === count) freeMemory(buffer);
}

function freeMemory(buffer: ArrayBufferLike): void {
  if (buffer.byteLength >= RELEASED_BYTES_MIN && buffer instanceof ArrayBuffer) buffer.transfer(0);
}
