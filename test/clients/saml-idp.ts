/**
 * The identity provider of scp-guide.sh: `metadata FOLDER` prints its metadata, `assert FOLDER ACS_URL ROLE PRINCIPAL SECONDS` a signed
 * response for a session of so many seconds. Its key lies in the folder between the two.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SamlProvider } from '../support/saml-provider.ts';
import { makeCertificate, type TestCertificate } from '../support/self-signed-certificate.ts';

const [command, folder = '.', acsUrl = '', role = '', principal = '', seconds = '900'] =
  process.argv.slice(2);
const path = join(folder, 'idp.json');
if (!existsSync(path))
  writeFileSync(path, JSON.stringify(makeCertificate('idp.corp.example')), { mode: 0o600 });
const certificate: TestCertificate = JSON.parse(readFileSync(path, 'utf8'));
const provider = new SamlProvider('https://idp.corp.example/metadata', certificate);
if (command === 'metadata') {
  process.stdout.write(provider.metadata());
} else {
  const nowMillis = Date.now();
  const text = provider.respond({
    nowMillis,
    issuer: provider.issuer,
    acsUrl,
    audience: 'urn:scp:sts:e',
    roles: [`${role},${principal}`],
    sessionName: 'kim',
    assertionId: `_${nowMillis}`,
    sessionEnd: new Date(nowMillis + Number(seconds) * 1000).toISOString(),
  });
  process.stdout.write(text);
}
