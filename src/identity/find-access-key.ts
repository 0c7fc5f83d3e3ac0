/**
 * Finding an access key for one request. What was decoded, decrypted and compiled is kept for as long as neither the key nor its
 * holder, its account and the mark of the account's grants have changed. Every request reads the revision of all credentials, and
 * only when that is new the four versions, so that deleting, disabling or granting takes effect on the next request of every worker
 * (docs/adr/0015).
 */
import { timingSafeEqual } from 'node:crypto';
import { BoundedMap } from '../lib/bounded-map.ts';
import type { Clock } from '../lib/clock.ts';
import type { MetadataStore } from '../storage/contract/metadata-store.ts';
import { secretOwner } from './access-keys.ts';
import { readRevision } from './credential-revision.ts';
import type { AccessKeyCredential } from './credentials.ts';
import { type FoundPrincipal, type Holder, keysOfHolder, type PrincipalFinder } from './find-principal.ts';
import { identityKeys } from './identity-keys.ts';
import { decodeRecord, holderOf, type StoredAccessKey, type StoredSession } from './identity-records.ts';
import type { MasterKey } from './master-key.ts';

/** Decrypted credentials that are kept. Ours: at about 1 KiB each, a few megabytes. */
const KEPT_MAX = 4096;

interface Kept {
  /** Of access key, holder, account and mark of grants. */
  readonly keys: readonly [Buffer, Buffer, Buffer, Buffer];
  readonly versions: readonly (number | undefined)[];
  readonly credential: AccessKeyCredential;
  /** The last under which the versions were found to be these; it was read before them. */
  revision: number | undefined;
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
  readonly #kept = new BoundedMap<string, Kept>(KEPT_MAX);

  constructor({ metadata, masterKey, clock, principals }: AccessKeyFinderParts) {
    this.#metadata = metadata;
    this.#masterKey = masterKey;
    this.#clock = clock;
    this.#principals = principals;
  }

  async find(accessKeyId: string): Promise<AccessKeyCredential | undefined> {
    const read = readRevision(this.#metadata);
    const revision = read instanceof Promise ? await read : read;
    const kept = this.#kept.get(accessKeyId);
    if (kept !== undefined && (kept.revision === revision || (await this.#isCurrent(kept)))) {
      kept.revision = revision;
      return this.#atThisTime(kept.credential);
    }
    this.#kept.delete(accessKeyId);
    const loaded = await this.#load(accessKeyId, revision);
    return loaded && this.#atThisTime(loaded);
  }

  async #isCurrent({ keys, versions }: Kept): Promise<boolean> {
    const entries = await this.#metadata.getMany(keys);
    return versions.every((version, index) => entries[index]?.version === version);
  }

  #atThisTime(credential: AccessKeyCredential): AccessKeyCredential {
    const { expiresAtMicros, unusable } = credential;
    if (expiresAtMicros === undefined || expiresAtMicros > this.#clock.nowMicros()) return credential;
    return { ...credential, unusable: unusable ?? 'expired' };
  }

  async #load(accessKeyId: string, revision: number | undefined): Promise<AccessKeyCredential | undefined> {
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
    const versions = entries.map((read) => read?.version);
    this.#kept.set(accessKeyId, { keys, versions, credential, revision });
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
}

/** What a session token is bound to when its HMAC is made. */
export function sessionTokenText(token: string): string {
  return `session ${token}`;
}
