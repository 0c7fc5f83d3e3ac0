/** Smaller buffers are slices of a shared pool, or not worth the call. */
const RELEASED_BYTES_MIN = 16 * 1024;

/**
 * Gives the memory of a buffer back at once; the buffer has no bytes afterwards. The collector would do it, but lets some 64 MiB
 * pile up in every process first, and fresh memory for every piece of a transfer is cold. For the one owner of the bytes, and when
 * no system call uses them any more. A slice of something larger is left to the collector.
 */
export function releaseBytes(bytes: Buffer): void {
  const { buffer, length } = bytes;
  const isWhole = length === buffer.byteLength;
  if (isWhole && length >= RELEASED_BYTES_MIN && buffer instanceof ArrayBuffer) buffer.transfer(0);
}
