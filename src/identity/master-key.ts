/**
 * The key under which secrets are kept (design, section 7): recoverable ones (HMAC secrets) encrypted with AES-256-GCM,
 * those that must be found by value (API keys, tokens) as HMAC-SHA-256. Each use has a key of its own, derived with HKDF.
 *
 * Records name the key they were sealed with, so that keys can be rotated (rotate-master-key.ts): the newest one seals, older ones open
 * what is not sealed anew yet. A key that has left the file still finds what was stored by its fingerprint: its lookup key is kept.
 */
import { createCipheriv, createDecipheriv, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import type { Entropy } from '../lib/entropy.ts';
import { HmacSha256Key } from '../lib/hmac-sha256.ts';

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** As stored in a record. `box` is nonce, ciphertext and tag, base64. */
export interface SealedSecret {
  readonly keyId: number;
  /** What it was sealed for, so that it can be sealed anew. Records of earlier versions do not say. */
  readonly owner?: string;
  readonly box: string;
}

export interface MasterKey {
  /** `owner` names the record: a box moved to another record does not open. */
  seal(secret: string, owner: string): SealedSecret;
  /** Throws `MasterKeyError` when the key is unknown or the box does not open. */
  open(sealed: SealedSecret, owner: string): string;
  /** 32 bytes by which a secret is found without being stored. The id of the key belongs to the record. */
  fingerprint(secret: string, keyId?: number): Buffer;
  readonly currentKeyId: number;
  /** By which something may have been stored by its fingerprint, newest first. */
  readonly lookupKeyIds: readonly number[];
  /** The id of a new key, which seals from now on, here at once and in other processes with their next secret. */
  addKey(): number;
  /** For keeping it beyond the life of its master key; a secret. */
  lookupKey(keyId: number): Buffer;
  keepLookupKey(keyId: number, key: Buffer): void;
}

export class MasterKeyError extends Error {
  override readonly name = 'MasterKeyError';
}

/** Where the keys come from while the server runs: another worker may have added one. */
export interface MasterKeySource {
  /** All keys by their ids, when they have changed since they were read; cheap when they have not. */
  reread(): ReadonlyMap<number, Buffer> | undefined;
  /** Adds a key with an id above all others. All keys. Throws TooMuchContention while another process adds one. */
  add(): ReadonlyMap<number, Buffer>;
}

/** `keys`: 32 bytes each by their ids; the highest id encrypts. Without a source they stay as they are. */
export function createMasterKey(
  keys: ReadonlyMap<number, Buffer>,
  entropy: Entropy,
  source?: MasterKeySource,
): MasterKey {
  return new MasterKeyRing(keys, entropy, source);
}

class MasterKeyRing implements MasterKey {
  readonly #entropy: Entropy;
  readonly #source: MasterKeySource | undefined;
  readonly #encryption = new Map<number, KeyObject>();
  readonly #lookup = new Map<number, LookupKey>();
  #current = 0;

  constructor(keys: ReadonlyMap<number, Buffer>, entropy: Entropy, source: MasterKeySource | undefined) {
    this.#entropy = entropy;
    this.#source = source;
    this.#take(keys);
  }

  get currentKeyId(): number {
    this.#reread();
    return this.#current;
  }

  get lookupKeyIds(): readonly number[] {
    this.#reread();
    return [...this.#lookup.keys()].sort((a, b) => b - a);
  }

  seal(secret: string, owner: string): SealedSecret {
    const keyId = this.currentKeyId;
    const nonce = Buffer.from(this.#entropy.bytes(NONCE_BYTES));
    const cipher = createCipheriv('aes-256-gcm', this.#encryptionKey(keyId), nonce);
    cipher.setAAD(Buffer.from(owner));
    const box = Buffer.concat([nonce, cipher.update(secret, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return { keyId, owner, box: box.toString('base64') };
  }

  open(sealed: SealedSecret, owner: string): string {
    const box = Buffer.from(sealed.box, 'base64');
    const key = this.#encryptionKey(sealed.keyId);
    const decipher = createDecipheriv('aes-256-gcm', key, box.subarray(0, NONCE_BYTES), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(Buffer.from(owner));
    decipher.setAuthTag(box.subarray(-TAG_BYTES));
    try {
      const opened = decipher.update(box.subarray(NONCE_BYTES, -TAG_BYTES));
      return Buffer.concat([opened, decipher.final()]).toString('utf8');
    } catch {
      throw new MasterKeyError(`the secret of ${owner} does not open under the master key ${sealed.keyId}`);
    }
  }

  fingerprint(secret: string, keyId = this.currentKeyId): Buffer {
    return Buffer.from(this.#lookupKey(keyId).hmac.sign(secret), 'hex');
  }

  addKey(): number {
    if (this.#source === undefined) throw new MasterKeyError('these master keys cannot be added to');
    this.#take(this.#source.add());
    return this.#current;
  }

  lookupKey(keyId: number): Buffer {
    return this.#lookupKey(keyId).bytes;
  }

  keepLookupKey(keyId: number, key: Buffer): void {
    if (!this.#lookup.has(keyId)) this.#lookup.set(keyId, lookupKeyOf(key));
  }

  #reread(): void {
    const keys = this.#source?.reread();
    if (keys !== undefined) this.#take(keys);
  }

  #take(keys: ReadonlyMap<number, Buffer>): void {
    for (const [id, key] of keys) {
      if (this.#encryption.has(id)) continue;
      this.#encryption.set(id, createSecretKey(deriveKey(key, 'gotgan secrets')));
      this.#lookup.set(id, lookupKeyOf(deriveKey(key, 'gotgan lookup')));
    }
    this.#current = Math.max(...keys.keys());
  }

  #encryptionKey(id: number): KeyObject {
    return this.#findKey(this.#encryption, id);
  }

  #lookupKey(id: number): LookupKey {
    return this.#findKey(this.#lookup, id);
  }

  #findKey<K>(keys: ReadonlyMap<number, K>, id: number): K {
    if (!keys.has(id)) this.#reread();
    const found = keys.get(id);
    if (found === undefined) throw new MasterKeyError(`the master key ${id} is missing in master.key`);
    return found;
  }
}

interface LookupKey {
  readonly bytes: Buffer;
  readonly hmac: HmacSha256Key;
}

function lookupKeyOf(bytes: Buffer): LookupKey {
  return { bytes, hmac: new HmacSha256Key(bytes) };
}

function deriveKey(key: Buffer, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', key, '', purpose, KEY_BYTES));
}
