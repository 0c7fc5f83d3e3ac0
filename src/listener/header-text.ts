/**
 * Header bytes. Node's parser hands them over as latin1 text, one character per byte; people mean UTF-8. What is not
 * valid UTF-8 stays latin1, which is what its sender meant (RFC 9110, section 5.5, calls such bytes opaque).
 */
import { isUtf8 } from 'node:buffer';

const ASCII_LAST = 0x7f;

export function isAscii(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    if (text.charCodeAt(index) > ASCII_LAST) return false;
  }
  return true;
}

/** Text of received bytes. */
export function decodeHeaderText(latin1: string): string {
  if (isAscii(latin1)) return latin1;
  const bytes = Buffer.from(latin1, 'latin1');
  return isUtf8(bytes) ? bytes.toString('utf8') : latin1;
}

/** What the serialiser must be given so that the text goes out as UTF-8. */
export function encodeHeaderText(text: string): string {
  return isAscii(text) ? text : Buffer.from(text, 'utf8').toString('latin1');
}
