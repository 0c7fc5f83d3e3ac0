/** S3's answers, read by the browser's own parser. */
export function parseXml(text: string): Document {
  return new DOMParser().parseFromString(text, 'application/xml');
}

export function textOf(within: Document | Element, name: string): string {
  return within.getElementsByTagNameNS('*', name)[0]?.textContent ?? '';
}

export function elementsOf(within: Document | Element, name: string): Element[] {
  return [...within.getElementsByTagNameNS('*', name)];
}

/** Direct children only. */
export function childrenOf(element: Element, name: string): Element[] {
  return [...element.children].filter((child) => child.localName === name);
}

/** Of a direct child. */
export function childText(element: Element, name: string): string {
  return childrenOf(element, name)[0]?.textContent ?? '';
}

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

export function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => escapes[character] ?? character);
}
