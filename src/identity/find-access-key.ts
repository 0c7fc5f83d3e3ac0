/**
 * Finding an access key for one request. Key, user and account are read every time, in one call, so that deleting or
 * disabling any of them takes effect on the next request of every worker; what was decoded and decrypted is kept only as
 * long as none of the three has changed.
 */
import type { Entry, MetadataStore } from '../storage/contract/metadata-store.ts';
import { secretOwner } from './access-keys.ts';
import type { AccessKeyCredential } from './credentials.ts';
import { identityKeys } from './identity-keys.ts';
import {
  accountOfRecord,
  decodeRecord,
  type StoredAccessKey,
  type StoredAccount,
  type StoredUser,
  userOfRecord,
} from './identity-records.ts';
import type { MasterKey } from './master-key.ts';

/** Decrypted credentials that are kept, oldest out first. Ours: at about 1 KiB each, a few megabytes. */
const KEPT_MAX = 4096;

interface Kept {
  /** Of access key, user and account. */
  readonly keys: readonly [Buffer, Buffer, Buffer];
  readonly versions: readonly (number | undefined)[];
  readonly credential: AccessKeyCredential;
}

export class AccessKeyFinder {
  readonly #metadata: MetadataStore;
  readonly #masterKey: MasterKey;
  readonly #kept = new Map<string, Kept>();

  constructor(metadata: MetadataStore, masterKey: MasterKey) {
    this.#metadata = metadata;
    this.#masterKey = masterKey;
  }

  async find(accessKeyId: string): Promise<AccessKeyCredential | undefined> {
    const kept = this.#kept.get(accessKeyId);
    if (kept !== undefined) {
      const read = this.#metadata.getMany(kept.keys);
      const entries = read instanceof Promise ? await read : read;
      if (isCurrent(kept, entries)) return kept.credential;
      this.#kept.delete(accessKeyId);
    }
    return this.#load(accessKeyId);
  }

  async #load(accessKeyId: string): Promise<AccessKeyCredential | undefined> {
    const keyOfKey = identityKeys.accessKey(accessKeyId);
    const entry = await this.#metadata.get(keyOfKey);
    if (entry === undefined) return undefined;
    const stored = decodeRecord<StoredAccessKey>(entry.value);
    const keys = [
      keyOfKey,
      identityKeys.user(stored.userId),
      identityKeys.account(stored.accountId),
    ] as const;
    const entries = await this.#metadata.getMany(keys);
    const [same, user, account] = entries;
    // Removed, or replaced by another key of that name, between the two reads.
    if (same?.version !== entry.version || user === undefined || account === undefined) return undefined;
    const credential = this.#credentialOf(
      stored,
      entry.version,
      decodeRecord<StoredUser>(user.value),
      decodeRecord<StoredAccount>(account.value),
    );
    this.#keep(accessKeyId, { keys, versions: entries.map((found) => found?.version), credential });
    return credential;
  }

  #credentialOf(
    stored: StoredAccessKey,
    recordVersion: number,
    user: StoredUser,
    account: StoredAccount,
  ): AccessKeyCredential {
    const unusable = reasonAgainst(stored, user, account);
    return {
      accessKeyId: stored.id,
      secret: this.#masterKey.open(stored.secret, secretOwner(stored.id)),
      recordVersion,
      principal: {
        kind: 'user',
        account: accountOfRecord(account),
        user: userOfRecord(user),
        isServerAdmin: account.isServerRoot && user.isRoot,
      },
      ...(unusable === undefined ? {} : { unusable }),
    };
  }

  #keep(accessKeyId: string, kept: Kept): void {
    if (this.#kept.size >= KEPT_MAX) {
      const [oldest] = this.#kept.keys();
      if (oldest !== undefined) this.#kept.delete(oldest);
    }
    this.#kept.set(accessKeyId, kept);
  }
}

function isCurrent(kept: Kept, entries: readonly (Entry | undefined)[]): boolean {
  return (
    entries[0]?.version === kept.versions[0] &&
    entries[1]?.version === kept.versions[1] &&
    entries[2]?.version === kept.versions[2]
  );
}

function reasonAgainst(
  key: StoredAccessKey,
  user: StoredUser,
  account: StoredAccount,
): AccessKeyCredential['unusable'] {
  if (!account.enabled || account.isBeingRemoved) return 'account-disabled';
  if (!user.enabled) return 'user-disabled';
  return key.enabled ? undefined : 'key-disabled';
}
