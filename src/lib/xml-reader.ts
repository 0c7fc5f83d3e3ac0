/**
 * Reads small XML documents into a tree, and refuses everything that has been used to attack readers of XML.
 *
 * `sax` emits events and never expands what a DTD declares, but it is not a validator (docs/adr/0001). What it lets
 * through and is refused here: a document type declaration, entities other than the five of XML, raw control characters,
 * a second root, text outside the root, repeated attributes, and more depth or elements than the caller can need. Bytes
 * must be UTF-8 and may not declare to be anything else.
 *
 * One thing is allowed that XML 1.0 forbids: references to control characters (not NUL), because object keys may
 * contain them and there is no other way to write them.
 */
import sax from 'sax';

export interface XmlElement {
  /** Without prefix. */
  readonly name: string;
  /** Empty when the element is in no namespace. */
  readonly namespace: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  /** Character data directly inside this element, CDATA included, untrimmed. */
  readonly text: string;
}

export interface XmlLimits {
  readonly depthMax: number;
  readonly elementsMax: number;
}

/** The bytes are not a document this reader accepts; the message says why, for logs. */
export class XmlError extends Error {
  override readonly name = 'XmlError';
}

interface OpenElement extends XmlElement {
  children: OpenElement[];
  text: string;
}

export function readXml(bytes: Buffer, limits: XmlLimits): XmlElement {
  const text = decodeText(bytes);
  const reader = new TreeReader(limits);
  const parser = sax.parser(true, { xmlns: true, position: false });
  parser.ENTITIES = ENTITIES;
  parser.onerror = (error) => {
    throw new XmlError(error.message.split('\n', 1)[0] ?? 'not well-formed');
  };
  parser.ondoctype = () => {
    throw new XmlError('contains a document type declaration');
  };
  parser.onprocessinginstruction = ({ name, body }) => checkDeclaration(name, body);
  parser.onopentag = (tag) => reader.open(tag as sax.QualifiedTag);
  parser.ontext = (characters) => reader.addText(characters);
  parser.oncdata = (characters) => reader.addText(characters);
  parser.onattribute = (attribute) => reader.addAttribute(attribute.name);
  parser.onopentagstart = () => reader.beginTag();
  parser.onclosetag = () => reader.close();
  parser.write(text).close();
  return reader.finish();
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the characters that XML 1.0 excludes
const FORBIDDEN_CHARACTERS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;

/** Line ends are normalised as XML 1.0, section 2.11, asks. A byte order mark is dropped. */
function decodeText(bytes: Buffer): string {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new XmlError('not UTF-8');
  }
  if (FORBIDDEN_CHARACTERS.test(text)) throw new XmlError('contains a control character');
  return text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
}

/** What may stand between `&` and `;` besides references to characters that XML allows, which the parser reads itself. */
const ENTITIES: Record<string, string> = Object.assign(
  Object.create(null),
  { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" },
  ...Array.from({ length: 0x1f }, (_, index) => referencesTo(index + 1)),
);

/** The usual spellings of a reference to a control character, which the parser knows only under their names. */
function referencesTo(codePoint: number): Record<string, string> {
  const decimal = String(codePoint);
  const hexadecimal = codePoint.toString(16);
  const spellings = [decimal, decimal.padStart(2, '0')];
  for (const width of [1, 2, 4]) spellings.push(`x${hexadecimal.padStart(width, '0')}`);
  return Object.fromEntries(spellings.map((spelling) => [`#${spelling}`, String.fromCodePoint(codePoint)]));
}

class TreeReader {
  readonly #limits: XmlLimits;
  readonly #stack: OpenElement[] = [];
  readonly #attributeNames = new Set<string>();
  #elements = 0;
  #root: OpenElement | undefined;

  constructor(limits: XmlLimits) {
    this.#limits = limits;
  }

  beginTag(): void {
    this.#attributeNames.clear();
  }

  addAttribute(name: string): void {
    if (this.#attributeNames.has(name)) throw new XmlError('an attribute is repeated');
    this.#attributeNames.add(name);
  }

  open(tag: sax.QualifiedTag): void {
    if (++this.#elements > this.#limits.elementsMax) throw new XmlError('too many elements');
    if (this.#stack.length >= this.#limits.depthMax) throw new XmlError('too deep');
    const attributes: Record<string, string> = {};
    for (const { name, value } of Object.values(tag.attributes)) attributes[name] = value;
    const made: OpenElement = { name: tag.local, namespace: tag.uri, attributes, children: [], text: '' };
    const outer = this.#stack.at(-1);
    if (outer === undefined) {
      if (this.#root !== undefined) throw new XmlError('a second root element');
      this.#root = made;
    } else {
      outer.children.push(made);
    }
    this.#stack.push(made);
  }

  addText(characters: string): void {
    const outer = this.#stack.at(-1);
    if (outer !== undefined) outer.text += characters;
    else if (characters.trim() !== '') throw new XmlError('text outside the root element');
  }

  close(): void {
    this.#stack.pop();
  }

  finish(): XmlElement {
    if (this.#root === undefined || this.#stack.length > 0) throw new XmlError('ends too early');
    return this.#root;
  }
}

function checkDeclaration(name: string, body: string): void {
  if (name.toLowerCase() !== 'xml') throw new XmlError('contains a processing instruction');
  const encoding = /\bencoding\s*=\s*["']([^"']*)["']/.exec(body)?.[1];
  if (encoding !== undefined && !/^utf-?8$|^us-ascii$/i.test(encoding)) throw new XmlError('not UTF-8');
}
