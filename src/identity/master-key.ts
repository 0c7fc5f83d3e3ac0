/**
 * The key under which secrets are kept (design, section 7): recoverable ones (HMAC secrets) encrypted with AES-256-GCM,
 * those that must be found by value (API keys, tokens) as HMAC-SHA-256. Each use has a key of its own, derived with HKDF.
 *
 * The file holds one line per key, `id hex`, and the last one encrypts; records name the key they were made with, so
 * that keys can be rotated. Losing the file loses every stored secret: back it up apart from the data.
 */
import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hkdfSync,
  type KeyObject,
} from 'node:crypto';
import { join } from 'node:path';
import type { Entropy } from '../lib/entropy.ts';
import { readPrivateFile, writePrivateFile } from '../lib/private-file.ts';

const FILE_NAME = 'master.key';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** As stored in a record. `box` is nonce, ciphertext and tag, base64. */
export interface SealedSecret {
  readonly keyId: number;
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
}

export class MasterKeyError extends Error {
  override readonly name = 'MasterKeyError';
}

interface DerivedKeys {
  readonly encryption: KeyObject;
  readonly lookup: KeyObject;
}

export function masterKeyPath(dataDirectory: string): string {
  return join(dataDirectory, FILE_NAME);
}

export interface MasterKeyFile {
  readonly keys: ReadonlyMap<number, Buffer>;
  readonly isOpenToOthers: boolean;
}

/** Undefined when there is none. Throws `MasterKeyError` when the file is damaged. */
export function readMasterKeyFile(dataDirectory: string): MasterKeyFile | undefined {
  const file = readPrivateFile(masterKeyPath(dataDirectory));
  if (file === undefined) return undefined;
  const keys = new Map<number, Buffer>();
  for (const line of file.text.split('\n')) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const match = /^(\d{1,9}) ([0-9a-f]{64})$/.exec(line.trim());
    if (match === null)
      throw new MasterKeyError(`${masterKeyPath(dataDirectory)} is damaged: restore it from a backup`);
    keys.set(Number(match[1]), Buffer.from(match[2] ?? '', 'hex'));
  }
  if (keys.size === 0)
    throw new MasterKeyError(`${masterKeyPath(dataDirectory)} is empty: restore it from a backup`);
  return { keys, isOpenToOthers: file.isOpenToOthers };
}

export function createMasterKeyFile(dataDirectory: string, entropy: Entropy): MasterKeyFile {
  const key = Buffer.from(entropy.bytes(KEY_BYTES));
  writePrivateFile(
    masterKeyPath(dataDirectory),
    `# Secrets in this data directory are encrypted under this key. Keep a copy apart from the data.\n1 ${key.toString('hex')}\n`,
  );
  return { keys: new Map([[1, key]]), isOpenToOthers: false };
}

/** `keys`: 32 bytes each by their ids; the highest id encrypts. */
export function createMasterKey(keys: ReadonlyMap<number, Buffer>, entropy: Entropy): MasterKey {
  const derived = new Map<number, DerivedKeys>();
  for (const [id, key] of keys) {
    derived.set(id, {
      encryption: deriveKey(key, 'gotgan secrets'),
      lookup: deriveKey(key, 'gotgan lookup'),
    });
  }
  const currentKeyId = Math.max(...keys.keys());
  const keysOf = (id: number): DerivedKeys => {
    const found = derived.get(id);
    if (found === undefined) throw new MasterKeyError(`the master key ${id} is missing in ${FILE_NAME}`);
    return found;
  };
  return {
    currentKeyId,
    seal(secret, owner) {
      const nonce = Buffer.from(entropy.bytes(NONCE_BYTES));
      const cipher = createCipheriv('aes-256-gcm', keysOf(currentKeyId).encryption, nonce);
      cipher.setAAD(Buffer.from(owner));
      const box = Buffer.concat([nonce, cipher.update(secret, 'utf8'), cipher.final(), cipher.getAuthTag()]);
      return { keyId: currentKeyId, box: box.toString('base64') };
    },
    open(sealed, owner) {
      const box = Buffer.from(sealed.box, 'base64');
      const decipher = createDecipheriv(
        'aes-256-gcm',
        keysOf(sealed.keyId).encryption,
        box.subarray(0, NONCE_BYTES),
        {
          authTagLength: TAG_BYTES,
        },
      );
      decipher.setAAD(Buffer.from(owner));
      decipher.setAuthTag(box.subarray(-TAG_BYTES));
      try {
        const opened = decipher.update(box.subarray(NONCE_BYTES, -TAG_BYTES));
        return Buffer.concat([opened, decipher.final()]).toString('utf8');
      } catch {
        throw new MasterKeyError(`the secret of ${owner} does not open under the master key ${sealed.keyId}`);
      }
    },
    fingerprint(secret, keyId = currentKeyId) {
      return createHmac('sha256', keysOf(keyId).lookup).update(secret, 'utf8').digest();
    },
  };
}

function deriveKey(key: Buffer, purpose: string): KeyObject {
  return createSecretKey(Buffer.from(hkdfSync('sha256', key, '', purpose, KEY_BYTES)));
}
