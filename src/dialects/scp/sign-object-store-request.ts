/** Signing a request to the object store for a session (build specification scp.md, section 4.4). */
import { AuthnError } from '../authn/authn-errors.ts';
import { deriveSigningKey } from '../authn/signing-keys.ts';
import {
  canonicalPath,
  canonicalQuery,
  canonicalRequest,
  readQueryPairs,
  stringToSign,
} from '../authn/sigv4-canonical.ts';
import { invalid } from './scp-errors.ts';
import { texts } from './scp-texts.ts';

const SIGNED_HEADERS = ['host', 'x-amz-content-sha256', 'x-amz-date'];

export interface RequestToSign {
  readonly method: string;
  readonly authority: string;
  readonly rawPath: string;
  readonly rawQuery: string;
  /** Last line of the canonical request. */
  readonly payload: string;
  /** `YYYYMMDDThhmmssZ` */
  readonly timestamp: string;
  readonly region: string;
}

/** By which the storage knows a signature that was given out. */
export function signatureText(accessKeyId: string, signature: string): string {
  return `${accessKeyId} ${signature}`;
}

/** The path is taken as encoded; nothing is normalised. Throws ValidationError for a URL that cannot be decoded. */
export function signRequest(
  { method, authority, rawPath, rawQuery, payload, timestamp, region }: RequestToSign,
  accessKeyId: string,
  secret: string,
): { readonly authorization: string; readonly signature: string } {
  const headers = new Map([
    ['host', authority],
    ['x-amz-content-sha256', payload],
    ['x-amz-date', timestamp],
  ]);
  const scope = { date: timestamp.slice(0, 8), region, service: 's3' };
  const scopeText = `${scope.date}/${region}/s3/aws4_request`;
  const signedHeaders = SIGNED_HEADERS.join(';');
  const canonical = orInvalid(() =>
    canonicalRequest({
      method,
      path: canonicalPath(rawPath),
      query: canonicalQuery(readQueryPairs(rawQuery)),
      headers: {
        get: (name) => headers.get(name),
        has: (name) => headers.has(name),
        count: (name) => (headers.has(name) ? 1 : 0),
        names: () => headers.keys(),
      },
      signedHeaders,
      signedHeaderNames: SIGNED_HEADERS,
      payload,
    }),
  );
  const signature = deriveSigningKey(secret, scope).sign(stringToSign(timestamp, scopeText, canonical));
  const credential = `${accessKeyId}/${scopeText}`;
  return {
    signature,
    authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${signedHeaders}, Signature=${signature}`,
  };
}

function orInvalid<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof AuthnError) throw invalid(texts.expected('url', 'percent-encoded UTF-8'));
    throw error;
  }
}
