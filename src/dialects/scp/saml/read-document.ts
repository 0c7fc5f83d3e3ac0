/**
 * From the text of a request to a document that may be looked at: strict base64, UTF-8, and none of the constructs by which documents
 * have been read in two ways (build specification scp.md, section 7.2, steps 1 and 2). Comments are among them: one inside a name has
 * cut it in two for more than one library.
 */
import { readXml, type XmlElement, XmlError } from '../../../lib/xml-reader.ts';
import { SamlRefusal } from './saml-refusal.ts';

/** Characters of base64. Section 7.2, step 1. */
const ASSERTION_CHARACTERS_MAX = 131_072;
const LIMITS = { depthMax: 40, elementsMax: 5000 };

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const DECLARATION = /^<\?xml\s[^?>]*\?>/;

export interface SamlDocument {
  readonly xml: string;
  readonly root: XmlElement;
}

export function readSamlResponse(text: string): SamlDocument {
  if (text.length > ASSERTION_CHARACTERS_MAX) throw new SamlRefusal('invalid', 'too long');
  const compact = text.replace(/[\t\n\r ]+/g, '');
  if (compact === '' || !BASE64.test(compact)) throw new SamlRefusal('invalid', 'not base64');
  const bytes = Buffer.from(compact, 'base64');
  if (bytes.toString('base64') !== compact) throw new SamlRefusal('invalid', 'not base64');
  return { xml: decode(bytes), root: readElement(bytes) };
}

function decode(bytes: Buffer): string {
  let xml: string;
  try {
    xml = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new SamlRefusal('invalid', 'not UTF-8');
  }
  // A document type, an entity, a comment and CDATA all begin so.
  if (xml.includes('<!')) throw new SamlRefusal('invalid', 'a declaration, a comment or CDATA');
  if (xml.replace(DECLARATION, '').includes('<?')) {
    throw new SamlRefusal('invalid', 'a processing instruction');
  }
  return xml;
}

/** Also for the bytes that were signed. */
export function readElement(bytes: Buffer): XmlElement {
  try {
    return readXml(bytes, LIMITS);
  } catch (error) {
    if (error instanceof XmlError) throw new SamlRefusal('invalid', `not XML: ${error.message}`);
    throw error;
  }
}
