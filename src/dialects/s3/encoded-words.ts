/**
 * Encoded words of RFC 2047 in metadata values. Kept inside as UTF-8; accepted in either form; shown as encoded words when a
 * value is not plain US-ASCII (nhn-openstack.md, section 24.2; Amazon S3 User Guide, "Working with object metadata").
 */

/** RFC 2047, section 2: an encoded word is at most 75 characters long. */
const WORD_CHARACTERS_MAX = 75;
const PREFIX_B = '=?UTF-8?B?';
const PREFIX_Q = '=?UTF-8?Q?';
const SUFFIX = '?=';

/** White space between two adjacent words belongs to neither (section 6.2). */
const BETWEEN_WORDS = /(=\?[^?\s]+\?[bq]\?[^?\s]*\?=)[ \t]+(?==\?[^?\s]+\?[bq]\?[^?\s]*\?=)/gi;
const WORD = /=\?([^?\s]+)\?([bq])\?([^?\s]*)\?=/gi;

/** Words in an unknown charset, or broken ones, stay as they are. */
export function decodeWords(value: string): string {
  if (!value.includes('=?')) return value;
  return value
    .replace(BETWEEN_WORDS, '$1')
    .replace(WORD, (word: string, charset: string, encoding: string, text: string) => {
      return decodeWord(charset, encoding, text) ?? word;
    });
}

/** Text that `decodeWords` turns back into the value, safe as a header: US-ASCII without control characters. */
export function encodeWords(value: string): string {
  if (isPlain(value) && decodeWords(value) === value) return value;
  const characters = [...value.toWellFormed()];
  const lengthOfQ = characters.reduce((sum, character) => sum + encodeQ(character).length, 0);
  const isMostlyAscii = lengthOfQ <= Math.ceil(Buffer.byteLength(value) / 3) * 4;
  return isMostlyAscii ? splitIntoWords(characters, true) : splitIntoWords(characters, false);
}

function decodeWord(charset: string, encoding: string, text: string): string | undefined {
  const isUtf8 = /^utf-?8$|^us-ascii$/i.test(charset);
  if (!isUtf8 && !/^iso-8859-1$/i.test(charset)) return undefined;
  const bytes = encoding === 'B' || encoding === 'b' ? decodeB(text) : decodeQ(text);
  if (bytes === undefined) return undefined;
  if (!isUtf8) return bytes.toString('latin1');
  const decoded = bytes.toString('utf8');
  return Buffer.from(decoded, 'utf8').equals(bytes) ? decoded : undefined;
}

function decodeB(text: string): Buffer | undefined {
  return /^[A-Za-z0-9+/]*={0,2}$/.test(text) ? Buffer.from(text, 'base64') : undefined;
}

function decodeQ(text: string): Buffer | undefined {
  if (/=(?![0-9A-Fa-f]{2})|[^\x21-\x7e]/.test(text)) return undefined;
  const latin1 = text
    .replaceAll('_', ' ')
    .replace(/=([0-9A-Fa-f]{2})/g, (_escape, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(latin1, 'latin1');
}

/** Plain text that a header field carries unchanged: no control characters, no white space at its ends. */
function isPlain(value: string): boolean {
  for (let index = 0; index < value.length; index++) {
    const unit = value.charCodeAt(index);
    if (unit < 0x20 || unit > 0x7e) return false;
  }
  return !value.startsWith(' ') && !value.endsWith(' ');
}

/** One character; safe also where only letters, digits and a few signs are allowed (section 5, rule 3). */
function encodeQ(character: string): string {
  if (/^[A-Za-z0-9!*+\-/]$/.test(character)) return character;
  if (character === ' ') return '_';
  let encoded = '';
  for (const byte of Buffer.from(character, 'utf8')) {
    encoded += `=${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return encoded;
}

/** Each word holds whole characters (section 5), so that it can be decoded alone. */
function splitIntoWords(characters: readonly string[], asQ: boolean): string {
  const room = WORD_CHARACTERS_MAX - PREFIX_B.length - SUFFIX.length;
  const words: string[] = [];
  let current = '';
  let used = 0;
  for (const character of characters) {
    const cost = asQ ? encodeQ(character).length : Buffer.byteLength(character);
    const limit = asQ ? room : Math.floor(room / 4) * 3;
    if (used + cost > limit) {
      words.push(current);
      current = '';
      used = 0;
    }
    current += character;
    used += cost;
  }
  words.push(current);
  return words
    .map((text) =>
      asQ ? PREFIX_Q + [...text].map(encodeQ).join('') : PREFIX_B + Buffer.from(text).toString('base64'),
    )
    .map((word) => word + SUFFIX)
    .join(' ');
}
