/**
 * The gate before every SAML response (build specification scp.md, section 7.2): refuses, in the order of the specification, and reads
 * only the bytes that were signed. The library verifies the signature and hands these bytes over; nothing else of its answer is
 * looked at, and its own checks of times are switched off, because it reads the clock of the machine.
 */
import { SAML, ValidateInResponseTo } from '@node-saml/node-saml';
import { checkStructure, type SignedParts } from './check-structure.ts';
import { type Assertion, type AssertionRules, checkResponse, readAssertion } from './read-assertion.ts';
import { readElement, readSamlResponse } from './read-document.ts';
import { SamlRefusal } from './saml-refusal.ts';

export interface SamlVerification extends AssertionRules {
  /** Certificates from the metadata of the provider, as PEM; never from the response. */
  readonly certificates: readonly string[];
}

/** `text`: base64 of a whole Response. Throws `SamlRefusal`. */
export async function verifySamlResponse(
  text: string,
  rules: SamlVerification,
  nowMicros: number,
): Promise<Assertion> {
  const { xml, root } = readSamlResponse(text);
  const parts = checkStructure(root);
  const signed = await verifySignature(xml, parts, rules);
  // The issuer of a response that is not signed itself can only refuse.
  const assertion = readAssertion(readElement(Buffer.from(signed)), rules, nowMicros);
  checkResponse(root, rules);
  return assertion;
}

/** Every signature there is must hold. Answers the assertion in the form that was signed. */
async function verifySignature(
  xml: string,
  parts: SignedParts,
  { certificates, acsUrl, audience }: SamlVerification,
): Promise<string> {
  const verifier = new SAML({
    idpCert: [...certificates],
    callbackUrl: acsUrl,
    issuer: audience,
    audience: false,
    wantAuthnResponseSigned: parts.response,
    wantAssertionsSigned: parts.assertion,
    validateInResponseTo: ValidateInResponseTo.never,
    acceptedClockSkewMs: -1,
  });
  let signed: string | undefined;
  try {
    const SAMLResponse = Buffer.from(xml).toString('base64');
    const { profile } = await verifier.validatePostResponseAsync({ SAMLResponse });
    signed = profile?.getAssertionXml?.();
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unknown';
    throw new SamlRefusal('invalid', `the signature: ${reason}`);
  }
  if (signed === undefined) throw new SamlRefusal('invalid', 'the signature: nothing was signed');
  return signed;
}
