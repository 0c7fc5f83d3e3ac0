/**
 * Reads the XML documents that S3 requests carry: bytes to elements (`parseXml`), and elements to a typed value by a
 * small schema (`readXml` with `xmlObject`, `required`, `optional`, `many`). Whatever is not as the schema says is
 * `MalformedXML`, as at AWS: unknown elements too, since ignoring what a client asks for could destroy its data.
 * Order of elements is not checked, and a namespace may be there or not.
 *
 * Hostile input: a document type declaration is refused, so there are no entities to expand beyond the five of XML;
 * depth is limited, the size by the operation's body limit. Only UTF-8. Character references may name control
 * characters (keys may contain them, and XML 1.0 leaves no other way to write them), but not NUL and not surrogates.
 */
import sax from 'sax';
import { S3Error } from './s3-errors.ts';

const DEPTH_MAX = 16;

export interface XmlElement {
  /** Without namespace prefix. */
  readonly name: string;
  /** By name without prefix; namespace declarations are left out. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  /** All character data directly below the element. */
  readonly text: string;
}

/** Takes one element apart, or throws MalformedXML. */
export type XmlReader<T> = (element: XmlElement) => T;

/** Reads all children of one name. */
export type XmlField<T> = (found: readonly XmlElement[]) => T;

type XmlFields = Readonly<Record<string, XmlField<unknown>>>;
type ValueOf<F extends XmlFields> = {
  readonly [K in keyof F]: F[K] extends XmlField<infer T> ? T : never;
};

/** `body` as the value that `reader` finds in a root element called `rootName`. */
export function readXml<T>(body: Buffer, rootName: string, reader: XmlReader<T>): T {
  const root = parseXml(body);
  if (root.name !== rootName) throw malformed();
  return reader(root);
}

export const required = <T>(reader: XmlReader<T>): XmlField<T> => {
  return ([only, ...more]) => {
    if (only === undefined || more.length > 0) throw malformed();
    return reader(only);
  };
};

export const optional = <T>(reader: XmlReader<T>): XmlField<T | undefined> => {
  return ([only, ...more]) => {
    if (more.length > 0) throw malformed();
    return only === undefined ? undefined : reader(only);
  };
};

export const many = <T>(reader: XmlReader<T>): XmlField<readonly T[]> => {
  return (found) => found.map((element) => reader(element));
};

/** Character data as sent, white space included. */
export const xmlText: XmlReader<string> = (element) => {
  if (element.children.length > 0) throw malformed();
  return element.text;
};

/** Character data without white space around it: names, tags and enumerations. */
export const xmlToken: XmlReader<string> = (element) => xmlText(element).trim();

export const xmlInteger: XmlReader<number> = (element) => {
  const text = xmlToken(element);
  if (!/^[+-]?\d{1,15}$/.test(text)) throw malformed();
  return Number(text);
};

export const xmlBoolean: XmlReader<boolean> = (element) => {
  const text = xmlToken(element).toLowerCase();
  if (text === 'true' || text === '1') return true;
  if (text === 'false' || text === '0') return false;
  throw malformed();
};

/** An element with child elements only, of these names. */
export function xmlObject<F extends XmlFields>(fields: F): XmlReader<ValueOf<F>> {
  const names = Object.keys(fields);
  return (element) => {
    if (element.text.trim() !== '') throw malformed();
    const found = new Map<string, XmlElement[]>();
    for (const name of names) found.set(name, []);
    for (const child of element.children) {
      const sameName = found.get(child.name);
      if (sameName === undefined) throw malformed();
      sameName.push(child);
    }
    const value: Record<string, unknown> = {};
    for (const name of names) value[name] = fields[name]?.(found.get(name) ?? []);
    return value as ValueOf<F>;
  };
}

interface OpenElement extends XmlElement {
  readonly children: XmlElement[];
  text: string;
}

export function parseXml(body: Buffer): XmlElement {
  const text = decodeDocument(body);
  const parser = sax.parser(true, { position: false });
  const open: OpenElement[] = [];
  let root: XmlElement | undefined;
  const refuse = (): never => {
    throw malformed();
  };
  const addText = (data: string) => {
    const element = open.at(-1);
    if (element !== undefined) element.text += data;
    else if (data.trim() !== '') refuse();
  };
  parser.onerror = refuse;
  parser.ondoctype = refuse;
  parser.onsgmldeclaration = refuse;
  parser.onprocessinginstruction = ({ name, body: declaration }) => {
    if (name !== 'xml' || !declaresUtf8(declaration)) refuse();
  };
  parser.ENTITIES = ENTITIES;
  parser.onopentag = (tag) => {
    if (open.length >= DEPTH_MAX || root !== undefined) refuse();
    open.push({ name: localName(tag.name), attributes: readAttributes(tag), children: [], text: '' });
  };
  parser.ontext = addText;
  parser.oncdata = addText;
  parser.onclosetag = () => {
    const element = open.pop() ?? refuse();
    if (element.text.includes('\0') || !element.text.isWellFormed()) refuse();
    const parent = open.at(-1);
    if (parent === undefined) root = element;
    else parent.children.push(element);
  };
  parser.write(text).close();
  return root ?? refuse();
}

/** All that may stand between `&` and `;`, besides references to characters that XML 1.0 allows (the parser reads those). */
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

const utf8 = new TextDecoder('utf-8', { fatal: true });
// biome-ignore lint/suspicious/noControlCharactersInRegex: the characters that XML 1.0 excludes
const FORBIDDEN_CHARACTERS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;

/** The document as text, line ends normalised as XML 1.0 (2.11) asks. A byte order mark is dropped. */
function decodeDocument(body: Buffer): string {
  let text: string;
  try {
    text = utf8.decode(body);
  } catch {
    throw malformed();
  }
  if (FORBIDDEN_CHARACTERS.test(text)) throw malformed();
  return text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
}

function declaresUtf8(declaration: string): boolean {
  const encoding = /\bencoding\s*=\s*["']([^"']*)["']/.exec(declaration)?.[1];
  return encoding === undefined || /^(?:utf-8|us-ascii)$/i.test(encoding);
}

function readAttributes(tag: sax.Tag | sax.QualifiedTag): Readonly<Record<string, string>> {
  const attributes: Record<string, string> = Object.create(null);
  for (const [name, value] of Object.entries(tag.attributes)) {
    if (name === 'xmlns' || name.startsWith('xmlns:')) continue;
    attributes[localName(name)] = typeof value === 'string' ? value : value.value;
  }
  return attributes;
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

function malformed(): S3Error {
  return new S3Error('MalformedXML');
}
