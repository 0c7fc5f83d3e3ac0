/** Signing keys of Signature Version 4, derived once per key pair, day, region and service, and kept ready for use. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { AccessKeyCredential } from '../../identity/credentials.ts';
import { BoundedMap } from '../../lib/bounded-map.ts';
import { HmacSha256Key } from '../../lib/hmac-sha256.ts';

export interface SigningScope {
  /** `YYYYMMDD`. */
  readonly date: string;
  readonly region: string;
  readonly service: string;
}

export interface SigningKeys {
  /** `name`: the credential as it is written in a proof, which says key pair and scope. */
  find(name: string, credential: AccessKeyCredential): HmacSha256Key | undefined;
  /** Only for keys that have proven right: otherwise anybody could push the useful ones out. */
  keep(name: string, credential: AccessKeyCredential, key: HmacSha256Key): void;
}

interface Kept {
  readonly recordVersion: number;
  readonly key: HmacSha256Key;
}

/** Keeps the `entriesMax` that were added last. A changed record has another version, and its old keys are not found. */
export function createSigningKeys(entriesMax: number): SigningKeys {
  const kept = new BoundedMap<string, Kept>(entriesMax);
  return {
    find(name, { recordVersion }) {
      const found = kept.get(name);
      return found?.recordVersion === recordVersion ? found.key : undefined;
    },
    keep(name, { recordVersion }, key) {
      kept.set(name, { recordVersion, key });
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

const SIGNATURE_CHARACTERS = 64;
const expected = Buffer.alloc(SIGNATURE_CHARACTERS);
const given = Buffer.alloc(SIGNATURE_CHARACTERS);

/** In constant time. `provided`: lower-case hexadecimal, or anything else, which is no signature. */
export function isSignature(provided: string, key: HmacSha256Key, text: string): boolean {
  if (provided.length !== SIGNATURE_CHARACTERS) return false;
  expected.write(key.sign(text), 'latin1');
  return given.write(provided) === SIGNATURE_CHARACTERS && timingSafeEqual(given, expected);
}
