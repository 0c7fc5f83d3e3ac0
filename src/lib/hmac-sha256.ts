/**
 * HMAC-SHA-256 (RFC 2104) of short texts under a key that is used again and again: the two padded blocks are kept, and each
 * message costs two one-shot hashes. `createHmac` makes a native object for every message, which the collector has to find again.
 */
import { hash } from 'node:crypto';

const BLOCK_BYTES = 64;
const DIGEST_BYTES = 32;
/** Longer texts are signed all the same, with a buffer of their own. */
const USUAL_TEXT_BYTES = 512;
const INNER_PAD = 0x36;
const OUTER_PAD = 0x5c;

export class HmacSha256Key {
  readonly #inner: Buffer;
  readonly #outer: Buffer;
  /** The part of `#inner` that the last message took: texts that are signed under one key are as long as each other. */
  #message: Buffer;

  /** `key`: at most 64 bytes, as digests are; longer ones would have to be hashed first. */
  constructor(key: Buffer) {
    if (key.length > BLOCK_BYTES) throw new RangeError(`a key of ${key.length} bytes`);
    this.#inner = padded(key, INNER_PAD, USUAL_TEXT_BYTES);
    this.#outer = padded(key, OUTER_PAD, DIGEST_BYTES);
    this.#message = this.#inner;
  }

  /** 64 lower-case hexadecimal characters. `text` is taken as UTF-8. */
  sign(text: string): string {
    const inner = hash('sha256', this.#messageOf(text), 'binary');
    this.#outer.write(inner, BLOCK_BYTES, 'latin1');
    return hash('sha256', this.#outer);
  }

  #messageOf(text: string): Buffer {
    // At most three bytes for each unit of UTF-16.
    if (text.length * 3 > USUAL_TEXT_BYTES && Buffer.byteLength(text) > USUAL_TEXT_BYTES) {
      return Buffer.concat([this.#inner.subarray(0, BLOCK_BYTES), Buffer.from(text)]);
    }
    const end = BLOCK_BYTES + this.#inner.write(text, BLOCK_BYTES);
    if (this.#message.length !== end) this.#message = this.#inner.subarray(0, end);
    return this.#message;
  }
}

function padded(key: Buffer, pad: number, roomBytes: number): Buffer {
  const block = Buffer.alloc(BLOCK_BYTES + roomBytes);
  for (let index = 0; index < BLOCK_BYTES; index += 1) block[index] = (key[index] ?? 0) ^ pad;
  return block;
}
