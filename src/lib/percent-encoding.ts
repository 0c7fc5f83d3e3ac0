/**
 * Percent-encoding of targets (RFC 3986) and the stricter form that signatures use (every byte but the unreserved ones).
 * Decoding happens once, on the raw target, and malformed input is an error rather than a guess.
 */

export class PercentEncodingError extends Error {
  override readonly name = 'PercentEncodingError';
}

/** Decodes `%XX` as UTF-8. A stray `%`, a bad digit or bytes that are not UTF-8 throw `PercentEncodingError`. */
export function decodePercent(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    throw new PercentEncodingError('malformed percent-encoding');
  }
}

/** As `decodePercent`, with `+` for a space as in a query. */
export function decodeFormComponent(text: string): string {
  return decodePercent(text.includes('+') ? text.replaceAll('+', ' ') : text);
}

const SAFE = /^[A-Za-z0-9\-._~]*$/;
const SAFE_PATH = /^[A-Za-z0-9\-._~/]*$/;
const RESERVED_BY_URI_COMPONENT = /[!'()*]/g;

const escapeByte = (character: string) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`;

/** Encodes every byte of the UTF-8 form except `A-Z a-z 0-9 - . _ ~` (AWS SigV4, UriEncode). */
export function encodeStrict(text: string): string {
  return SAFE.test(text) ? text : encodeURIComponent(text).replace(RESERVED_BY_URI_COMPONENT, escapeByte);
}

/** As `encodeStrict`, keeping `/`. */
export function encodeStrictPath(text: string): string {
  return SAFE_PATH.test(text) ? text : encodeStrict(text).replaceAll('%2F', '/');
}
