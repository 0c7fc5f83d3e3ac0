/**
 * Writes XML 1.0 as text, for documents small enough to be built in memory.
 *
 * Escaping follows XML 1.0 (fifth edition), sections 2.2, 2.4, 2.11 and 3.3.3: besides the markup characters, CR, LF and TAB are
 * written as references where a parser would otherwise normalise them away. Characters that XML 1.0 cannot carry in any
 * form (most control characters, U+FFFE, U+FFFF, lone surrogates) are written as U+FFFD, so that a document is always well
 * formed; callers that must not lose them encode names first (`encoding-type=url`).
 */

/** An element with text; the text is escaped. `name` is trusted. */
export function element(name: string, text: string): string {
  return `<${name}>${escapeXml(text)}</${name}>`;
}

/** As `element`, or nothing when there is no text. */
export function optionalElement(name: string, text: string | undefined): string {
  return text === undefined ? '' : element(name, text);
}

/** An element around content that is XML already. */
export function parent(name: string, content: string): string {
  return `<${name}>${content}</${name}>`;
}

/** For text between tags and for attribute values in either kind of quotes. */
export function escapeXml(text: string): string {
  return MUST_CHANGE.test(text) ? text.replace(EACH_TO_CHANGE, replacementOf) : text;
}

// A surrogate is only wrong when alone, which the `u` flag sees: it matches code points.
const CHARACTERS = '[&<>"\'\\u0000-\\u001f\\u0085\\u2028\\ufffe\\uffff\\ud800-\\udfff]';
const MUST_CHANGE = new RegExp(CHARACTERS, 'u');
const EACH_TO_CHANGE = new RegExp(CHARACTERS, 'gu');

function replacementOf(character: string): string {
  switch (character) {
    case '&':
      return '&amp;';
    case '<':
      return '&lt;';
    case '>':
      return '&gt;';
    case '"':
      return '&quot;';
    case "'":
      return '&apos;';
    case '\t':
      return '&#9;';
    case '\n':
      return '&#10;';
    case '\r':
      return '&#13;';
    case '\u0085':
      return '&#x85;';
    case '\u2028':
      return '&#x2028;';
    default:
      return '\uFFFD';
  }
}
