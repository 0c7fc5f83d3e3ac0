import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SamlProvider } from '../../../../test/support/saml-provider.ts';
import {
  makeCertificate,
  makeEllipticCertificate,
} from '../../../../test/support/self-signed-certificate.ts';
import { MetadataError, readMetadata } from './read-metadata.ts';

const provider = new SamlProvider('https://idp.example.test/metadata');
const metadata = provider.metadata();
const read = (xml: string) => readMetadata(Buffer.from(xml));
const refused = (xml: string, message: RegExp) =>
  assert.throws(
    () => read(xml),
    (error: unknown) => error instanceof MetadataError && message.test(error.message),
  );

describe('metadata of an identity provider', () => {
  it('say who it is, what it signs with, and where people sign in', () => {
    assert.deepEqual(read(metadata), {
      issuer: 'https://idp.example.test/metadata',
      certificates: [provider.certificate.certificatePem],
      certificatesEndMicros: Date.parse('2040-01-01T00:00:00Z') * 1000,
      signOnUrl: 'https://idp.example.test/metadata/sso',
    });
  });

  it('keep every certificate that may sign, and none that only encrypts', () => {
    const key = /<md:KeyDescriptor.*<\/md:KeyDescriptor>/s.exec(metadata)?.[0] ?? '';
    const second = makeCertificate('second').certificateBase64;
    const more = key.replace(provider.certificate.certificateBase64, second).replace(' use="signing"', '');
    assert.equal(read(metadata.replace(key, key + more + key)).certificates.length, 2);
    const encrypting = more.replace('<md:KeyDescriptor', '<md:KeyDescriptor use="encryption"');
    assert.equal(read(metadata.replace(key, key + encrypting)).certificates.length, 1);
    refused(metadata.replace(key, encrypting), /no signing certificate/);
  });

  it('are refused when they could be read in two ways, or hold no strong key', () => {
    const descriptor = /<md:IDPSSODescriptor.*<\/md:IDPSSODescriptor>/s.exec(metadata)?.[0] ?? '';
    refused(metadata.replace(descriptor, descriptor + descriptor), /more than one/);
    refused(metadata.replace(descriptor, ''), /no IDPSSODescriptor/);
    refused(metadata.replace(/ entityID="[^"]*"/, ''), /entityID/);
    refused(metadata.replace('<md:EntityDescriptor', '<!DOCTYPE x><md:EntityDescriptor'), /document type/);
    refused('not xml', /not acceptable XML/);
    const replaced = (base64: string) => metadata.replace(provider.certificate.certificateBase64, base64);
    refused(replaced('QUJD'), /cannot be read/);
    refused(replaced(makeCertificate('weak', 1024).certificateBase64), /2048 bits/);
    refused(replaced(makeEllipticCertificate('curved').certificateBase64), /RSA/);
  });
});
