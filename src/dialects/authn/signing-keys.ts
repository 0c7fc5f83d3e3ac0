/**
 * Signing keys of Signature Version 4, derived once per key pair, day, region and service. An HMAC with a KeyObject costs
 * a fraction of one with a Buffer, and the derivation four of them, so the derived keys are kept as KeyObjects.
 */
import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';
import type { AccessKeyCredential } from '../../identity/credentials.ts';

export interface SigningScope {
  /** `YYYYMMDD`. */
  readonly date: string;
  readonly region: string;
  readonly service: string;
}

export interface SigningKeys {
  find(credential: AccessKeyCredential, scope: SigningScope): KeyObject | undefined;
  /** Only for keys that have proven right: otherwise anybody could push the useful ones out. */
  keep(credential: AccessKeyCredential, scope: SigningScope, key: KeyObject): void;
}

/** Keeps the `entriesMax` that were added last. A changed record has another version, so its old keys are never found. */
export function createSigningKeys(entriesMax: number): SigningKeys {
  const kept = new Map<string, KeyObject>();
  const nameOf = (credential: AccessKeyCredential, scope: SigningScope) =>
    `${credential.accessKeyId}\n${credential.recordVersion}\n${scope.date}\n${scope.service}\n${scope.region}`;
  return {
    find: (credential, scope) => kept.get(nameOf(credential, scope)),
    keep(credential, scope, key) {
      if (kept.size >= entriesMax) {
        for (const oldest of kept.keys()) {
          kept.delete(oldest);
          break;
        }
      }
      kept.set(nameOf(credential, scope), key);
    },
  };
}

/** AWS, "Signature Calculations for the Authorization Header", task 3: the chain date, region, service, `aws4_request`. */
export function deriveSigningKey(secret: string, scope: SigningScope): KeyObject {
  let key = createSecretKey(Buffer.from(`AWS4${secret}`));
  for (const part of [scope.date, scope.region, scope.service, 'aws4_request']) {
    key = createSecretKey(createHmac('sha256', key).update(part).digest());
  }
  return key;
}

/** In constant time. `provided`: lower-case hexadecimal, or anything else, which is no signature. */
export function isSignature(provided: string, key: KeyObject, text: string): boolean {
  const expected = createHmac('sha256', key).update(text).digest();
  const given = Buffer.from(provided, 'hex');
  return provided.length === 64 && given.length === expected.length && timingSafeEqual(given, expected);
}
