/** Signing keys of Signature Version 4, derived once per key pair, day, region and service, and kept ready for use. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { AccessKeyCredential } from '../../identity/credentials.ts';
import { HmacSha256Key } from '../../lib/hmac-sha256.ts';

export interface SigningScope {
  /** `YYYYMMDD`. */
  readonly date: string;
  readonly region: string;
  readonly service: string;
}

export interface SigningKeys {
  find(credential: AccessKeyCredential, scope: SigningScope): HmacSha256Key | undefined;
  /** Only for keys that have proven right: otherwise anybody could push the useful ones out. */
  keep(credential: AccessKeyCredential, scope: SigningScope, key: HmacSha256Key): void;
}

/** Keeps the `entriesMax` that were added last. A changed record has another version, so its old keys are never found. */
export function createSigningKeys(entriesMax: number): SigningKeys {
  const kept = new Map<string, HmacSha256Key>();
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
export function deriveSigningKey(secret: string, scope: SigningScope): HmacSha256Key {
  let key = Buffer.from(`AWS4${secret}`);
  for (const part of [scope.date, scope.region, scope.service, 'aws4_request']) {
    key = createHmac('sha256', key).update(part).digest();
  }
  return new HmacSha256Key(key);
}

/** In constant time. `provided`: lower-case hexadecimal, or anything else, which is no signature. */
export function isSignature(provided: string, key: HmacSha256Key, text: string): boolean {
  const expected = Buffer.from(key.sign(text), 'hex');
  const given = Buffer.from(provided, 'hex');
  return provided.length === 64 && given.length === expected.length && timingSafeEqual(given, expected);
}
