/**
 * Header bytes. They are latin1 text, one character per byte, when a parser hands them over; people mean UTF-8. What is not
 * valid UTF-8 stays latin1, which is what its sender meant (RFC 9110, section 5.5, calls such bytes opaque).
 */
import { isUtf8 } from 'node:buffer';

const [TAB, SPACE, DELETE] = [0x09, 0x20, 0x7f];
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

/** Of which field names and methods are made (RFC 9110, section 5.6.2). */
const tokenCharacters = new Uint8Array(ASCII_LAST + 1);
for (const character of "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") {
  tokenCharacters[character.charCodeAt(0)] = 1;
}

/** Where the token that begins at `start` ends; `start` itself when there is none. */
export function endOfToken(text: string, start: number): number {
  let end = start;
  // What lies behind the end has no code: looking that up would cost more than all the rest.
  while (end < text.length && tokenCharacters[text.charCodeAt(end)] === 1) end += 1;
  return end;
}

/** A value with nothing in it that must be encoded or refused: what nearly every field has. */
const PLAIN_VALUE = /^[\t -~]*$/;

/** A field of a head, as latin1 text. Throws TypeError for what would end the field early, or begin another. */
export function fieldLine(name: string, value: string): string {
  if (name === '' || endOfToken(name, 0) !== name.length) {
    throw new TypeError(`Header name must be a valid HTTP token ["${name}"]`);
  }
  if (PLAIN_VALUE.test(value)) return `${name}: ${value}\r\n`;
  if (!isFieldValue(value, 0, value.length)) {
    throw new TypeError(`Invalid character in header content ["${name}"]`);
  }
  return `${name}: ${encodeHeaderText(value)}\r\n`;
}

/** Whether a part of a text may stand in a field's value: no control character but the tab (RFC 9110, section 5.5). */
export function isFieldValue(text: string, start: number, end: number): boolean {
  for (let index = start; index < end; index += 1) {
    const code = text.charCodeAt(index);
    if ((code < SPACE && code !== TAB) || code === DELETE) return false;
  }
  return true;
}
