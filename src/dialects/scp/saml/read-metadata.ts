/**
 * Metadata of an identity provider, as it is registered (build specification scp.md, section 5.4): who signs, with which certificates,
 * and where people sign in. Anything that could be read in two ways is refused.
 */
import { X509Certificate } from 'node:crypto';
import { readXml, type XmlElement, XmlError } from '../../../lib/xml-reader.ts';
import { childrenNamed, elementsIn, isNamed } from './xml-elements.ts';

export interface ProviderMetadata {
  /** Entity id. */
  readonly issuer: string;
  /** PEM; at least one. */
  readonly certificates: readonly string[];
  /** The latest end of any of them. */
  readonly certificatesEndMicros: number;
  /** Where people sign in; undefined when it is not told. */
  readonly signOnUrl: string | undefined;
}

/** One sentence about what is wrong, without a full stop. */
export class MetadataError extends Error {
  override readonly name = 'MetadataError';
}

const LIMITS = { depthMax: 40, elementsMax: 100_000 };
const CERTIFICATES_MAX = 20;
/** Bits. Section 5.4. */
const RSA_BITS_MIN = 2048;
const ENTITY_ID_CHARACTERS_MAX = 1024;
const REDIRECT = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect';

/** Throws `MetadataError`. */
export function readMetadata(bytes: Buffer): ProviderMetadata {
  const root = parse(bytes);
  const descriptors = [...elementsIn(root)].filter((each) => isNamed(each, 'metadata', 'IDPSSODescriptor'));
  const [descriptor, ...others] = descriptors;
  if (descriptor === undefined) throw new MetadataError('there is no IDPSSODescriptor');
  if (others.length > 0) throw new MetadataError('there is more than one IDPSSODescriptor');
  const entity = [...elementsIn(root)].find(
    (each) => isNamed(each, 'metadata', 'EntityDescriptor') && each.children.includes(descriptor),
  );
  const issuer = entity?.attributes['entityID'] ?? '';
  if (issuer === '' || issuer.length > ENTITY_ID_CHARACTERS_MAX) {
    throw new MetadataError(`the entityID must have 1 to ${ENTITY_ID_CHARACTERS_MAX} characters`);
  }
  const certificates = certificatesOf(descriptor);
  return {
    issuer,
    certificates: certificates.map((certificate) => certificate.toString()),
    certificatesEndMicros: Math.max(...certificates.map(({ validTo }) => Date.parse(validTo))) * 1000,
    signOnUrl: signOnUrlOf(descriptor),
  };
}

function parse(bytes: Buffer): XmlElement {
  try {
    return readXml(bytes, LIMITS);
  } catch (error) {
    if (error instanceof XmlError) throw new MetadataError(`it is not acceptable XML: it ${error.message}`);
    throw error;
  }
}

/** All that may sign: marked for it, or for nothing in particular. */
function certificatesOf(descriptor: XmlElement): readonly X509Certificate[] {
  const keys = childrenNamed(descriptor, 'metadata', 'KeyDescriptor').filter(
    ({ attributes }) => attributes['use'] === undefined || attributes['use'] === 'signing',
  );
  const texts = keys.flatMap((key) =>
    [...elementsIn(key)].flatMap((each) =>
      isNamed(each, 'signature', 'X509Certificate') ? [each.text] : [],
    ),
  );
  if (texts.length === 0) throw new MetadataError('there is no signing certificate');
  if (texts.length > CERTIFICATES_MAX) {
    throw new MetadataError(`there are more than ${CERTIFICATES_MAX} certificates`);
  }
  return [...new Set(texts.map((text) => text.replace(/\s+/g, '')))].map(readCertificate);
}

function readCertificate(base64: string): X509Certificate {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(Buffer.from(base64, 'base64'));
  } catch {
    throw new MetadataError('a certificate cannot be read');
  }
  const { asymmetricKeyType, asymmetricKeyDetails } = certificate.publicKey;
  if (asymmetricKeyType !== 'rsa' || (asymmetricKeyDetails?.modulusLength ?? 0) < RSA_BITS_MIN) {
    throw new MetadataError(`certificates must hold RSA keys of at least ${RSA_BITS_MIN} bits`);
  }
  return certificate;
}

function signOnUrlOf(descriptor: XmlElement): string | undefined {
  const services = childrenNamed(descriptor, 'metadata', 'SingleSignOnService');
  const found = services.find(({ attributes }) => attributes['Binding'] === REDIRECT) ?? services[0];
  return found?.attributes['Location'];
}
