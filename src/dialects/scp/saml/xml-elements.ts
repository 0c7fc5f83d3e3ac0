/** Elements by namespace and name: a name alone is not enough, since anybody may call an element of their own `Assertion`. */
import type { XmlElement } from '../../../lib/xml-reader.ts';

export const namespaces = {
  protocol: 'urn:oasis:names:tc:SAML:2.0:protocol',
  assertion: 'urn:oasis:names:tc:SAML:2.0:assertion',
  metadata: 'urn:oasis:names:tc:SAML:2.0:metadata',
  signature: 'http://www.w3.org/2000/09/xmldsig#',
  encryption: 'http://www.w3.org/2001/04/xmlenc#',
} as const;

export type Vocabulary = keyof typeof namespaces;

export function isNamed(element: XmlElement, vocabulary: Vocabulary, name: string): boolean {
  return element.namespace === namespaces[vocabulary] && element.name === name;
}

export function childrenNamed(
  parent: XmlElement,
  vocabulary: Vocabulary,
  name: string,
): readonly XmlElement[] {
  return parent.children.filter((child) => isNamed(child, vocabulary, name));
}

/** The element and everything in it, in the order of the document. */
export function* elementsIn(element: XmlElement): Generator<XmlElement> {
  yield element;
  for (const child of element.children) yield* elementsIn(child);
}
