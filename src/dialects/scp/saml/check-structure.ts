/**
 * What a response may be made of, before anything is verified: one assertion, status Success, and signatures of one strict form in one
 * of two places (build specification scp.md, section 7.2, steps 3 to 5). All of this can only refuse: what is read later is read from
 * the bytes that were signed.
 */
import type { XmlElement } from '../../../lib/xml-reader.ts';
import { SamlRefusal } from './saml-refusal.ts';
import { childrenNamed, elementsIn, isNamed, namespaces } from './xml-elements.ts';

/** Which elements are signed. At least one is. */
export interface SignedParts {
  readonly response: boolean;
  readonly assertion: boolean;
}

const SUCCESS = 'urn:oasis:names:tc:SAML:2.0:status:Success';
const EXCLUSIVE_C14N = 'http://www.w3.org/2001/10/xml-exc-c14n#';
const ENVELOPED = 'http://www.w3.org/2000/09/xmldsig#enveloped-signature';
const SIGNATURE_METHODS: ReadonlySet<string> = new Set([
  'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
  'http://www.w3.org/2001/04/xmldsig-more#rsa-sha512',
  'http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1',
]);
const DIGEST_METHODS: ReadonlySet<string> = new Set([
  'http://www.w3.org/2001/04/xmlenc#sha256',
  'http://www.w3.org/2001/04/xmlenc#sha512',
]);
const ID = /^[A-Za-z_][A-Za-z0-9._-]{0,255}$/;

/** Throws `SamlRefusal`. */
export function checkStructure(root: XmlElement): SignedParts {
  if (!isNamed(root, 'protocol', 'Response')) throw invalid('the root is no Response');
  if (root.attributes['Version'] !== '2.0') throw invalid('the Response is not of version 2.0');
  const assertion = findAssertion(root);
  refuseRepeatedIds(root);
  checkStatus(root);
  const parts = {
    response: isSigned(root),
    assertion: isSigned(assertion),
  };
  const signatures = count(root, (element) => isNamed(element, 'signature', 'Signature'));
  if (signatures !== Number(parts.response) + Number(parts.assertion)) {
    throw invalid('a signature in another place');
  }
  if (signatures === 0) throw invalid('nothing is signed');
  return parts;
}

function findAssertion(root: XmlElement): XmlElement {
  for (const element of elementsIn(root)) {
    if (element.namespace === namespaces.encryption || /^Encrypted/.test(element.name)) {
      throw invalid('something is encrypted');
    }
  }
  // Whatever its namespace: others look for it by name.
  if (count(root, ({ name }) => name === 'Assertion') !== 1) throw invalid('not exactly one assertion');
  const [assertion] = childrenNamed(root, 'assertion', 'Assertion');
  if (assertion === undefined) throw invalid('the assertion is not in its place');
  return assertion;
}

/** `ID`, whatever its case or prefix, of every element. */
function refuseRepeatedIds(root: XmlElement): void {
  const seen = new Set<string>();
  for (const { attributes } of elementsIn(root)) {
    for (const [name, value] of Object.entries(attributes)) {
      if (!/^(?:[^:]+:)?id$/i.test(name)) continue;
      if (seen.has(value)) throw invalid('an ID is repeated');
      seen.add(value);
    }
  }
}

function checkStatus(root: XmlElement): void {
  const [status, ...others] = childrenNamed(root, 'protocol', 'Status');
  const [code] = status === undefined ? [] : childrenNamed(status, 'protocol', 'StatusCode');
  if (others.length > 0 || code?.attributes['Value'] !== SUCCESS) throw invalid('the status is no success');
}

function isSigned(element: XmlElement): boolean {
  const [signature, ...others] = childrenNamed(element, 'signature', 'Signature');
  if (signature === undefined) return false;
  if (others.length > 0) throw invalid('an element is signed twice');
  checkSignature(signature, element.attributes['ID'] ?? '');
  return true;
}

const SIGNATURE_CHILDREN = ['SignedInfo', 'SignatureValue', 'KeyInfo'];

function checkSignature(signature: XmlElement, id: string): void {
  for (const child of signature.children) {
    const isKnown = SIGNATURE_CHILDREN.some((name) => isNamed(child, 'signature', name));
    if (!isKnown) throw invalid('something else in a signature');
  }
  const info = only(signature, 'SignedInfo');
  only(signature, 'SignatureValue');
  if (algorithmOf(only(info, 'CanonicalizationMethod')) !== EXCLUSIVE_C14N) {
    throw invalid('another canonical form');
  }
  if (!SIGNATURE_METHODS.has(algorithmOf(only(info, 'SignatureMethod')))) {
    throw invalid('another signature algorithm');
  }
  const reference = only(info, 'Reference');
  if (info.children.length !== 3) throw invalid('something else in SignedInfo');
  if (!ID.test(id) || reference.attributes['URI'] !== `#${id}`) {
    throw invalid('the signature is about another element');
  }
  checkTransforms(only(reference, 'Transforms'));
  if (!DIGEST_METHODS.has(algorithmOf(only(reference, 'DigestMethod')))) {
    throw invalid('another digest algorithm');
  }
  const digest = only(reference, 'DigestValue');
  if (digest.children.length > 0 || reference.children.length !== 3) {
    throw invalid('something else in a Reference');
  }
}

function checkTransforms(transforms: XmlElement): void {
  const algorithms = transforms.children.map(algorithmOf);
  const isKnown = transforms.children.every((child) => isNamed(child, 'signature', 'Transform'));
  const isExpected =
    algorithms.length === 2 && algorithms[0] === ENVELOPED && algorithms[1] === EXCLUSIVE_C14N;
  if (!isKnown || !isExpected) throw invalid('other transforms');
}

function only(parent: XmlElement, name: string): XmlElement {
  const [child, ...others] = childrenNamed(parent, 'signature', name);
  if (child === undefined || others.length > 0) throw invalid(`not exactly one ${name}`);
  return child;
}

function algorithmOf({ attributes }: XmlElement): string {
  return attributes['Algorithm'] ?? '';
}

function count(root: XmlElement, matches: (element: XmlElement) => boolean): number {
  let found = 0;
  for (const element of elementsIn(root)) if (matches(element)) found += 1;
  return found;
}

function invalid(reason: string): SamlRefusal {
  return new SamlRefusal('invalid', reason);
}
