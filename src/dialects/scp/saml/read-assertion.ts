/**
 * What an assertion says, read from the bytes that were signed and from nothing else (build specification scp.md, section 7.2, steps 8
 * and 10 to 12). Names of elements are those of their namespace; what a strict reader does not expect is refused.
 */
import type { XmlElement } from '../../../lib/xml-reader.ts';
import { SamlRefusal } from './saml-refusal.ts';
import { childrenNamed, isNamed } from './xml-elements.ts';

export interface AssertionRules {
  /** Entity id of the provider. */
  readonly issuer: string;
  /** Where assertions for it are to be sent. */
  readonly acsUrl: string;
  /** What a response may call its destination besides that; an assertion never calls its recipient so. */
  readonly destinationAliases: readonly string[];
  /** Our entity id. */
  readonly audience: string;
  readonly clockSkewMicros: number;
  readonly maxAgeMicros: number;
}

export interface Assertion {
  readonly id: string;
  readonly issuer: string;
  readonly subject: string;
  /** Format of the name; undefined when it is not told. */
  readonly subjectFormat: string | undefined;
  readonly nameQualifier: string | undefined;
  readonly recipient: string;
  /** From then on it cannot be used by anybody's clock, and may be forgotten. */
  readonly usableUntilMicros: number;
  readonly sessionEndsAtMicros: number | undefined;
  /** Values by the name of the attribute, in the order of the document. */
  readonly attributes: ReadonlyMap<string, readonly string[]>;
}

const BEARER = 'urn:oasis:names:tc:SAML:2.0:cm:bearer';
const NAME_CHARACTERS_MAX = 512;

/** Throws `SamlRefusal`. */
export function readAssertion(root: XmlElement, rules: AssertionRules, nowMicros: number): Assertion {
  if (!isNamed(root, 'assertion', 'Assertion')) throw invalid('no assertion was signed');
  if (root.attributes['Version'] !== '2.0') throw invalid('the assertion is not of version 2.0');
  const id = root.attributes['ID'] ?? '';
  if (id === '') throw invalid('the assertion has no ID');
  const issuer = textOf(only(root, 'Issuer'));
  if (issuer !== rules.issuer) throw claim('another issuer');
  const { name, recipient, usableUntilMicros } = readSubject(only(root, 'Subject'), rules, nowMicros);
  const conditionsEndMicros = checkConditions(only(root, 'Conditions'), rules, nowMicros);
  checkAge(root, rules, nowMicros);
  return {
    id,
    issuer,
    subject: textOf(name),
    subjectFormat: name.attributes['Format'],
    nameQualifier: name.attributes['NameQualifier'],
    recipient,
    usableUntilMicros: Math.max(usableUntilMicros, conditionsEndMicros) + rules.clockSkewMicros,
    sessionEndsAtMicros: readSessionEnd(root, rules, nowMicros),
    attributes: readAttributes(root),
  };
}

function readSubject(
  subject: XmlElement,
  { acsUrl, clockSkewMicros }: AssertionRules,
  nowMicros: number,
): { name: XmlElement; recipient: string; usableUntilMicros: number } {
  const name = only(subject, 'NameID');
  const text = textOf(name);
  if (text === '' || text.length > NAME_CHARACTERS_MAX) throw invalid('the name of the subject');
  const confirmation = only(subject, 'SubjectConfirmation');
  if (confirmation.attributes['Method'] !== BEARER) throw invalid('another method of confirmation');
  const { attributes } = only(confirmation, 'SubjectConfirmationData');
  if (attributes['NotBefore'] !== undefined) throw invalid('NotBefore in the confirmation');
  const usableUntilMicros = readTime(attributes['NotOnOrAfter'], 'NotOnOrAfter of the confirmation');
  if (nowMicros >= usableUntilMicros + clockSkewMicros) throw expired('the confirmation has expired');
  const recipient = attributes['Recipient'];
  if (recipient !== acsUrl) throw claim('another recipient');
  return { name, recipient, usableUntilMicros };
}

/** Answers when they end. */
function checkConditions(
  conditions: XmlElement,
  { audience, clockSkewMicros }: AssertionRules,
  nowMicros: number,
): number {
  const { NotBefore: notBefore, NotOnOrAfter: notOnOrAfter } = conditions.attributes;
  if (notBefore !== undefined && nowMicros + clockSkewMicros < readTime(notBefore, 'NotBefore')) {
    throw expired('not valid yet');
  }
  const endMicros = notOnOrAfter === undefined ? 0 : readTime(notOnOrAfter, 'NotOnOrAfter');
  if (notOnOrAfter !== undefined && nowMicros >= endMicros + clockSkewMicros) {
    throw expired('the conditions have expired');
  }
  const restrictions = childrenNamed(conditions, 'assertion', 'AudienceRestriction');
  // Used once: every assertion is.
  const onceOnly = childrenNamed(conditions, 'assertion', 'OneTimeUse');
  const proxying = childrenNamed(conditions, 'assertion', 'ProxyRestriction');
  const known = restrictions.length + onceOnly.length + proxying.length;
  if (known !== conditions.children.length) throw invalid('a condition that is not known');
  if (restrictions.length === 0) throw claim('for no audience');
  for (const restriction of restrictions) {
    const audiences = childrenNamed(restriction, 'assertion', 'Audience').map(textOf);
    if (!audiences.includes(audience)) throw claim('another audience');
  }
  return endMicros;
}

function checkAge(
  { attributes }: XmlElement,
  { clockSkewMicros, maxAgeMicros }: AssertionRules,
  nowMicros: number,
): void {
  const issuedMicros = readTime(attributes['IssueInstant'], 'IssueInstant');
  if (nowMicros > issuedMicros + maxAgeMicros + clockSkewMicros) throw expired('issued too long ago');
  if (issuedMicros > nowMicros + clockSkewMicros) throw expired('issued in the future');
}

/** The earliest end that any statement of an authentication gives. */
function readSessionEnd(
  root: XmlElement,
  { clockSkewMicros }: AssertionRules,
  nowMicros: number,
): number | undefined {
  const statements = childrenNamed(root, 'assertion', 'AuthnStatement');
  if (statements.length === 0) throw invalid('nobody was authenticated');
  const ends = statements.flatMap(({ attributes }) => {
    const end = attributes['SessionNotOnOrAfter'];
    return end === undefined ? [] : [readTime(end, 'SessionNotOnOrAfter')];
  });
  if (ends.length === 0) return undefined;
  const end = Math.min(...ends);
  if (nowMicros >= end + clockSkewMicros) throw expired('the session of the subject has ended');
  return end;
}

function readAttributes(root: XmlElement): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const statement of childrenNamed(root, 'assertion', 'AttributeStatement')) {
    for (const attribute of childrenNamed(statement, 'assertion', 'Attribute')) {
      const name = attribute.attributes['Name'] ?? '';
      const values = childrenNamed(attribute, 'assertion', 'AttributeValue').map(textOf);
      found.set(name, [...(found.get(name) ?? []), ...values]);
    }
  }
  return found;
}

function only(parent: XmlElement, name: string): XmlElement {
  const [child, ...others] = childrenNamed(parent, 'assertion', name);
  if (child === undefined || others.length > 0) throw invalid(`not exactly one ${name}`);
  return child;
}

/** Trimmed, as identity providers indent what they write. An element inside text is refused. */
function textOf(element: XmlElement): string {
  if (element.children.length > 0) throw invalid(`an element inside ${element.name}`);
  return element.text.trim();
}

const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/;

function readTime(text: string | undefined, what: string): number {
  // No fraction longer than what the clock has.
  const plain = text?.replace(/(\.\d{3})\d+/, '$1') ?? '';
  const millis = TIME.test(text ?? '') ? Date.parse(plain) : Number.NaN;
  if (Number.isNaN(millis)) throw invalid(`${what} is no time`);
  return millis * 1000;
}

/** Of the response, which can only refuse: it must be from the issuer of the assertion, and sent to us. */
export function checkResponse(
  root: XmlElement,
  { issuer, acsUrl, destinationAliases }: AssertionRules,
): void {
  const [named] = childrenNamed(root, 'assertion', 'Issuer');
  if (named !== undefined && textOf(named) !== issuer) throw claim('another issuer of the response');
  const destination = root.attributes['Destination'] ?? '';
  if (destination !== '' && ![acsUrl, ...destinationAliases].includes(destination)) {
    throw claim('another destination');
  }
}

const invalid = (reason: string): SamlRefusal => new SamlRefusal('invalid', reason);
const expired = (reason: string): SamlRefusal => new SamlRefusal('expired', reason);
const claim = (reason: string): SamlRefusal => new SamlRefusal('claim', reason);
