/**
 * Finding an access key for one request. Key, holder, account and the mark of the account's grants are read every time, in one
 * call, so that deleting, disabling or granting takes effect on the next request of every worker; what was decoded, decrypted and
 * compiled is kept only as long as none of the four has changed.
 */
import { timingSafeEqual } from 'node:crypto';
import type { Clock } from '../lib/clock.ts';
import type { Entry, MetadataStore } from '../storage/contract/metadata-store.ts';
import { secretOwner } from './access-keys.ts';
import type { AccessKeyCredential } from './credentials.ts';
import { type FoundPrincipal, type Holder, keysOfHolder, type PrincipalFinder } from './find-principal.ts';
import { identityKeys } from './identity-keys.ts';
import { decodeRecord, holderOf, type StoredAccessKey, type StoredSession } from './identity-records.ts';
import type { MasterKey } from './master-key.ts';

/** Decrypted credentials that are kept, oldest out first. Ours: at about 1 KiB each, a few megabytes. */
const KEPT_MAX = 4096;

interface Kept {
  /** Of access key, holder, account and mark of grants. */
  readonly keys: readonly [Buffer, Buffer, Buffer, Buffer];
  readonly versions: readonly (number | undefined)[];
  readonly credential: AccessKeyCredential;
}

export interface AccessKeyFinderParts {
  readonly metadata: MetadataStore;
  readonly masterKey: MasterKey;
  readonly clock: Clock;
  readonly principals: PrincipalFinder;
}

export class AccessKeyFinder {
  readonly #metadata: MetadataStore;
  readonly #masterKey: MasterKey;
  readonly #clock: Clock;
  readonly #principals: PrincipalFinder;
  readonly #kept = new Map<string, Kept>();

  constructor({ metadata, masterKey, clock, principals }: AccessKeyFinderParts) {
    this.#metadata = metadata;
    this.#masterKey = masterKey;
    this.#clock = clock;
    this.#principals = principals;
  }

  async find(accessKeyId: string): Promise<AccessKeyCredential | undefined> {
    const kept = this.#kept.get(accessKeyId);
    if (kept !== undefined) {
      const read = this.#metadata.getMany(kept.keys);
      const entries = read instanceof Promise ? await read : read;
      if (isCurrent(kept, entries)) return this.#atThisTime(kept.credential);
      this.#kept.delete(accessKeyId);
    }
    const loaded = await this.#load(accessKeyId);
    return loaded && this.#atThisTime(loaded);
  }

  #atThisTime(credential: AccessKeyCredential): AccessKeyCredential {
    const { expiresAtMicros, unusable } = credential;
    if (expiresAtMicros === undefined || expiresAtMicros > this.#clock.nowMicros()) return credential;
    return { ...credential, unusable: unusable ?? 'expired' };
  }

  async #load(accessKeyId: string): Promise<AccessKeyCredential | undefined> {
    const keyOfKey = identityKeys.accessKey(accessKeyId);
    const entry = await this.#metadata.get(keyOfKey);
    if (entry === undefined) return undefined;
    const stored = decodeRecord<StoredAccessKey>(entry.value);
    const holder: Holder = {
      subject: holderOf(stored),
      accountId: stored.accountId,
      session: stored.session,
    };
    const keys = [keyOfKey, ...keysOfHolder(holder)] as const;
    const entries = await this.#metadata.getMany(keys);
    const [same, ...ofHolder] = entries;
    // Removed, or replaced by another key of that name, between the two reads.
    if (same?.version !== entry.version) return undefined;
    const found = await this.#principals.find(holder, ofHolder);
    if (found === undefined) return undefined;
    const credential = this.#credentialOf(stored, entry.version, found);
    this.#keep(accessKeyId, { keys, versions: entries.map((read) => read?.version), credential });
    return credential;
  }

  #credentialOf(stored: StoredAccessKey, recordVersion: number, found: FoundPrincipal): AccessKeyCredential {
    const unusable = found.unusable ?? (stored.enabled ? undefined : 'key-disabled');
    const { session, expiresAtMicros, instanceId } = stored;
    return {
      accessKeyId: stored.id,
      secret: this.#masterKey.open(stored.secret, secretOwner(stored.id)),
      recordVersion,
      principal: found.principal,
      ...(stored.mintedBy !== undefined && { flavour: stored.mintedBy }),
      ...(instanceId !== undefined && { instanceId }),
      ...(unusable !== undefined && { unusable }),
      ...(expiresAtMicros !== undefined && { expiresAtMicros }),
      ...(session !== undefined && {
        session: { tokenMatches: (presented) => this.#tokenMatches(session, presented) },
      }),
    };
  }

  #tokenMatches({ tokenFingerprint, masterKeyId }: StoredSession, presented: string): boolean {
    const expected = Buffer.from(tokenFingerprint, 'base64');
    const given = this.#masterKey.fingerprint(sessionTokenText(presented), masterKeyId);
    return given.length === expected.length && timingSafeEqual(given, expected);
  }

  #keep(accessKeyId: string, kept: Kept): void {
    if (this.#kept.size >= KEPT_MAX) {
      const [oldest] = this.#kept.keys();
      if (oldest !== undefined) this.#kept.delete(oldest);
    }
    this.#kept.set(accessKeyId, kept);
  }
}

function isCurrent({ versions }: Kept, entries: readonly (Entry | undefined)[]): boolean {
  return (
    entries[0]?.version === versions[0] &&
    entries[1]?.version === versions[1] &&
    entries[2]?.version === versions[2] &&
    entries[3]?.version === versions[3]
  );
}

/** What a session token is bound to when its HMAC is made. */
export function sessionTokenText(token: string): string {
  return `session ${token}`;
}
