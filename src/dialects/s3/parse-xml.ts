/**
 * Reads the XML documents that S3 requests carry into a typed value by a small schema (`xmlObject`, `required`,
 * `optional`, `many`). Whatever is not as the schema says is `MalformedXML`, as at AWS: unknown elements too, since
 * ignoring what a client asks for could destroy its data. Order of elements is not checked, and a namespace may be
 * there or not. What makes a document hostile is refused by the reader below (`lib/xml-reader.ts`); its size by the
 * operation's body limit.
 */
import { readXml as readTree, type XmlElement, XmlError } from '../../lib/xml-reader.ts';
import { S3Error } from './s3-errors.ts';

/** CompleteMultipartUpload: 10,000 parts of at most eight elements. */
const LIMITS = { depthMax: 16, elementsMax: 100_000 } as const;

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
  const root = parse(body);
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

function parse(body: Buffer): XmlElement {
  try {
    return readTree(body, LIMITS);
  } catch (error) {
    if (error instanceof XmlError) throw malformed();
    throw error;
  }
}

function malformed(): S3Error {
  return new S3Error('MalformedXML');
}
