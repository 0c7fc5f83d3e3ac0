/** Certificate and key as the primary reads them: at the start, and again on SIGHUP. Workers get what has been checked. */
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import type { TlsFiles } from '../config/config.ts';
import type { TlsMaterial } from '../listener/http-listener.ts';

/** One sentence. */
export class TlsMaterialError extends Error {
  override readonly name = 'TlsMaterialError';
}

/** Throws `TlsMaterialError` when a file cannot be read, or the two do not fit. */
export function readTlsMaterial({ certFile, keyFile }: TlsFiles): TlsMaterial {
  const material = { cert: readText(certFile), key: readText(keyFile) };
  try {
    createSecureContext(material);
    return material;
  } catch (error) {
    throw new TlsMaterialError(`${certFile} is no PEM certificate that fits the key in ${keyFile}`, {
      cause: error,
    });
  }
}

/** For the log. */
export function describeCertificate({ cert }: TlsMaterial): object {
  const { subject, subjectAltName, validTo, fingerprint256 } = new X509Certificate(cert);
  return { subject, subjectAltName, validTo, fingerprint256 };
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new TlsMaterialError(`${path} cannot be read (${reason})`, { cause: error });
  }
}
