/** An identity provider that tests play: it writes responses from parts that a test may change, and signs them as told. */
import { SignedXml } from 'xml-crypto';
import { makeCertificate, type TestCertificate } from './self-signed-certificate.ts';

export interface SamlParts {
  readonly nowMillis: number;
  readonly issuer: string;
  readonly acsUrl: string;
  readonly audience: string;
  /** Of the attribute Role. */
  readonly roles: readonly string[];
  readonly roleAttribute?: string;
  readonly sessionName?: string;
  readonly subject?: string;
  readonly subjectFormat?: string | null;
  readonly assertionId?: string;
  readonly sessionEnd?: string;
  readonly destination?: string;
  readonly responseIssuer?: string;
  readonly status?: string;
  readonly method?: string;
  readonly recipient?: string;
  /** Seconds from now. */
  readonly confirmationEnds?: number | null;
  readonly conditionsBegin?: number;
  readonly conditionsEnd?: number;
  readonly issued?: number;
  /** Instead of what would stand there. */
  readonly conditions?: string;
  readonly confirmation?: string;
  readonly authnStatement?: string;
  /** Behind the Status, before the assertion. */
  readonly extensions?: string;
}

export interface SigningRules {
  readonly signs?: 'assertion' | 'response' | 'both' | 'nothing';
  readonly signatureAlgorithm?: string;
  readonly digestAlgorithm?: string;
  readonly canonicalization?: string;
  readonly transforms?: readonly string[];
  /** Whose key; the provider's own if absent. */
  readonly certificate?: TestCertificate;
  readonly showsCertificate?: boolean;
}

const XMLDSIG_MORE = 'http://www.w3.org/2001/04/xmldsig-more#';
export const algorithms = {
  rsaSha1: 'http://www.w3.org/2000/09/xmldsig#rsa-sha1',
  rsaSha256: `${XMLDSIG_MORE}rsa-sha256`,
  rsaSha512: `${XMLDSIG_MORE}rsa-sha512`,
  hmacSha1: 'http://www.w3.org/2000/09/xmldsig#hmac-sha1',
  sha1: 'http://www.w3.org/2000/09/xmldsig#sha1',
  sha256: 'http://www.w3.org/2001/04/xmlenc#sha256',
  sha512: 'http://www.w3.org/2001/04/xmlenc#sha512',
  exclusive: 'http://www.w3.org/2001/10/xml-exc-c14n#',
  exclusiveWithComments: 'http://www.w3.org/2001/10/xml-exc-c14n#WithComments',
  inclusive: 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315',
  enveloped: 'http://www.w3.org/2000/09/xmldsig#enveloped-signature',
} as const;

let made = 0;

function nextNumber(): number {
  made += 1;
  return made;
}

export class SamlProvider {
  readonly issuer: string;
  readonly certificate: TestCertificate;

  constructor(issuer: string, certificate = makeCertificate('idp.example.test')) {
    this.issuer = issuer;
    this.certificate = certificate;
  }

  metadata(): string {
    return `<?xml version="1.0"?>
<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#" entityID="${this.issuer}">
  <md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
    <md:KeyDescriptor use="signing"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>
      ${this.certificate.certificateBase64}
    </ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>
    <md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="${this.issuer}/sso"/>
  </md:IDPSSODescriptor>
</md:EntityDescriptor>
`;
  }

  /** Base64, as clients send it. */
  respond(parts: SamlParts, rules: SigningRules = {}): string {
    return toBase64(this.sign(writeResponse(parts), rules));
  }

  sign(xml: string, rules: SigningRules = {}): string {
    const { signs = 'assertion' } = rules;
    let signed = xml;
    if (signs === 'assertion' || signs === 'both') signed = this.#signElement(signed, 'Assertion', rules);
    if (signs === 'response' || signs === 'both') signed = this.#signElement(signed, 'Response', rules);
    return signed;
  }

  #signElement(xml: string, name: 'Assertion' | 'Response', rules: SigningRules): string {
    const { certificate = this.certificate, showsCertificate = false } = rules;
    const signer = new SignedXml({
      privateKey: certificate.privateKeyPem,
      signatureAlgorithm: rules.signatureAlgorithm ?? algorithms.rsaSha256,
      canonicalizationAlgorithm: rules.canonicalization ?? algorithms.exclusive,
      ...(showsCertificate ? { publicCert: certificate.certificatePem } : {}),
    });
    if (rules.signatureAlgorithm === algorithms.hmacSha1) signer.enableHMAC();
    const path = `//*[local-name(.)='${name}']`;
    signer.addReference({
      xpath: path,
      transforms: rules.transforms ?? [algorithms.enveloped, algorithms.exclusive],
      digestAlgorithm: rules.digestAlgorithm ?? algorithms.sha256,
    });
    signer.computeSignature(xml, {
      prefix: 'ds',
      location: { reference: `${path}/*[local-name(.)='Issuer']`, action: 'after' },
    });
    return signer.getSignedXml();
  }
}

export const toBase64 = (xml: string): string => Buffer.from(xml).toString('base64');

/** Unsigned. */
export function writeResponse(parts: SamlParts): string {
  const at = (seconds: number) => new Date(parts.nowMillis + seconds * 1000).toISOString();
  const issued = at(parts.issued ?? 0);
  const destination = parts.destination ?? parts.acsUrl;
  const status = parts.status ?? 'urn:oasis:names:tc:SAML:2.0:status:Success';
  return (
    '<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ' +
    `ID="_response${nextNumber()}" Version="2.0" IssueInstant="${issued}" Destination="${destination}">` +
    `<saml:Issuer>${parts.responseIssuer ?? parts.issuer}</saml:Issuer>` +
    `<samlp:Status><samlp:StatusCode Value="${status}"/></samlp:Status>` +
    `${parts.extensions ?? ''}${writeAssertion(parts, issued, at)}</samlp:Response>`
  );
}

function writeAssertion(parts: SamlParts, issued: string, at: (seconds: number) => string): string {
  const { subject = 'kim@corp.example', subjectFormat = 'persistent' } = parts;
  const format =
    subjectFormat === null ? '' : ` Format="urn:oasis:names:tc:SAML:2.0:nameid-format:${subjectFormat}"`;
  const end = parts.confirmationEnds === null ? '' : ` NotOnOrAfter="${at(parts.confirmationEnds ?? 300)}"`;
  const confirmation =
    parts.confirmation ??
    `<saml:SubjectConfirmation Method="${parts.method ?? 'urn:oasis:names:tc:SAML:2.0:cm:bearer'}">` +
      `<saml:SubjectConfirmationData${end} Recipient="${parts.recipient ?? parts.acsUrl}"/>` +
      '</saml:SubjectConfirmation>';
  const conditions =
    parts.conditions ??
    `<saml:Conditions NotBefore="${at(parts.conditionsBegin ?? -30)}" NotOnOrAfter="${at(parts.conditionsEnd ?? 300)}">` +
      `<saml:AudienceRestriction><saml:Audience>${parts.audience}</saml:Audience></saml:AudienceRestriction></saml:Conditions>`;
  const sessionEnd = parts.sessionEnd === undefined ? '' : ` SessionNotOnOrAfter="${parts.sessionEnd}"`;
  const authnStatement =
    parts.authnStatement ??
    `<saml:AuthnStatement AuthnInstant="${issued}"${sessionEnd}><saml:AuthnContext>` +
      '<saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password</saml:AuthnContextClassRef>' +
      '</saml:AuthnContext></saml:AuthnStatement>';
  return (
    `<saml:Assertion ID="${parts.assertionId ?? `_assertion${nextNumber()}`}" Version="2.0" IssueInstant="${issued}">` +
    `<saml:Issuer>${parts.issuer}</saml:Issuer>` +
    `<saml:Subject><saml:NameID${format}>${subject}</saml:NameID>${confirmation}</saml:Subject>` +
    `${conditions}${authnStatement}${writeAttributes(parts)}</saml:Assertion>`
  );
}

function writeAttributes({ roles, roleAttribute, sessionName }: SamlParts): string {
  const attribute = (name: string, values: readonly string[]) =>
    `<saml:Attribute Name="${name}">${values.map((value) => `<saml:AttributeValue>${value}</saml:AttributeValue>`).join('')}</saml:Attribute>`;
  const role = attribute(roleAttribute ?? 'https://aws.amazon.com/SAML/Attributes/Role', roles);
  const session =
    sessionName === undefined
      ? ''
      : attribute('https://aws.amazon.com/SAML/Attributes/RoleSessionName', [sessionName]);
  return `<saml:AttributeStatement>${role}${session}</saml:AttributeStatement>`;
}
