/** An X.509 certificate that an RSA key has signed for itself, written in DER by hand: for identity providers that tests play. */
import { createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

export interface TestCertificate {
  readonly privateKeyPem: string;
  readonly certificatePem: string;
  /** Base64 of the DER, as it stands in metadata. */
  readonly certificateBase64: string;
}

export function makeCertificate(name: string, bits = 2048): TestCertificate {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: bits });
  return certify(name, privateKey, sha256WithRsa);
}

/** With a key that no signature of SAML may be made with. */
export function makeEllipticCertificate(name: string): TestCertificate {
  return certify(name, generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey, sha256WithEcdsa);
}

const sha256WithRsa = der(0x30, oid('2a864886f70d01010b'), der(0x05));
const sha256WithEcdsa = der(0x30, oid('2a8648ce3d040302'));

function certify(name: string, privateKey: KeyObject, algorithm: Buffer): TestCertificate {
  const commonName = der(0x30, der(0x31, der(0x30, oid('550403'), der(0x0c, Buffer.from(name)))));
  const time = (text: string) => der(0x18, Buffer.from(text));
  const body = der(
    0x30,
    der(0xa0, der(0x02, Buffer.of(2))),
    der(0x02, Buffer.of(1)),
    algorithm,
    commonName,
    der(0x30, time('20200101000000Z'), time('20400101000000Z')),
    commonName,
    createPublicKey(privateKey).export({ type: 'spki', format: 'der' }),
  );
  const signature = sign('sha256', body, privateKey);
  const bytes = der(0x30, body, algorithm, der(0x03, Buffer.of(0), signature));
  const certificateBase64 = bytes.toString('base64');
  const lines = certificateBase64.match(/.{1,64}/g) ?? [];
  return {
    privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    certificatePem: `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`,
    certificateBase64,
  };
}

function oid(hex: string): Buffer {
  return der(0x06, Buffer.from(hex, 'hex'));
}

function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.of(tag, length), content]);
  const size = length < 0x100 ? Buffer.of(0x81, length) : Buffer.of(0x82, length >> 8, length & 0xff);
  return Buffer.concat([Buffer.of(tag), size, content]);
}
