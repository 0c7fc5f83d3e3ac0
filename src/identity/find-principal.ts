/**
 * From whom a credential speaks for to the principal of one request. What is needed of the store is three records: who it is, the
 * account, and the account's mark of grants. What was made of them is kept while the revision of all credentials is the same.
 */
import { BoundedMap } from '../lib/bounded-map.ts';
import type { Entry, MetadataStore } from '../storage/contract/metadata-store.ts';
import { readRevision } from './credential-revision.ts';
import type { UnusableReason } from './credentials.ts';
import type { GrantsFinder } from './find-grants.ts';
import {
  groupCollection,
  roleCollection,
  type StoredService,
  serviceCollection,
} from './identity-collections.ts';
import { collectionKeys, identityKeys } from './identity-keys.ts';
import {
  accountOfRecord,
  decodeRecord,
  type StoredAccount,
  type StoredSession,
  type StoredUser,
} from './identity-records.ts';
import { compilePolicy } from './policy-cache.ts';
import type { Principal, RoleRecord, SessionFacts } from './principal.ts';
import { serviceOfRecord } from './services.ts';
import { parseSubject, type Subject } from './subjects.ts';
import { userInAccount } from './user-in-account.ts';

export interface Holder {
  readonly subject: Subject;
  readonly accountId: string;
  /** Of a role that has been assumed. */
  readonly session?: AssumedSession | undefined;
}

/** A session as far as its principal depends on it. */
export type AssumedSession = SessionFacts & Pick<StoredSession, 'policy'>;

export interface FoundPrincipal {
  readonly principal: Exclude<Principal, { readonly kind: 'anonymous' }>;
  /** Why nobody may speak for it now; undefined when one may. */
  readonly unusable?: UnusableReason;
  /** Of its tokens (tokens.ts). */
  readonly epochs: { readonly user: number; readonly account: number };
}

const serviceKeys = collectionKeys(serviceCollection.kind);
const groupKeys = collectionKeys(groupCollection.kind);
const roleKeys = collectionKeys(roleCollection.kind);

/** In the order in which `find` takes their entries. */
export function keysOfHolder({ subject, accountId }: Holder): readonly [Buffer, Buffer, Buffer] {
  return [recordKeyOf(subject), identityKeys.account(accountId), identityKeys.grants(accountId)];
}

/** Of users, services, roles and groups. Throws RangeError for what is none of them. */
export function recordKeyOf(subject: Subject): Buffer {
  const { kind, id = '' } = parseSubject(subject) ?? {};
  switch (kind) {
    case 'group':
      return groupKeys.record(id);
    case 'service':
      return serviceKeys.record(id);
    case 'role':
      return roleKeys.record(id);
    case 'user':
      return identityKeys.user(id);
    default:
      throw new RangeError(`${subject} has no record`);
  }
}

type HeldBy = Pick<FoundPrincipal, 'principal' | 'unusable'> & { readonly epoch: number };
type HolderEntries = readonly (Entry | undefined)[];

/** Ours: like the grants that they refer to, a few hundred bytes each. */
const KEPT_MAX = 4096;

interface Kept {
  readonly revision: number | undefined;
  readonly found: FoundPrincipal;
}

export class PrincipalFinder {
  readonly #metadata: MetadataStore;
  readonly #grants: GrantsFinder;
  readonly #kept = new BoundedMap<string, Kept>(KEPT_MAX);

  constructor(metadata: MetadataStore, grants: GrantsFinder) {
    this.#metadata = metadata;
    this.#grants = grants;
  }

  /** Of a user or a service, as it is now. Undefined when the holder or its account is not there any more. */
  async findHolder(holder: Omit<Holder, 'session'>): Promise<FoundPrincipal | undefined> {
    const revision = await readRevision(this.#metadata);
    const name = `${holder.accountId} ${holder.subject}`;
    const kept = this.#kept.get(name);
    if (kept !== undefined && kept.revision === revision) return kept.found;
    const found = await this.find(holder, await this.#metadata.getMany(keysOfHolder(holder)));
    if (found === undefined) this.#kept.delete(name);
    else this.#kept.set(name, { revision, found });
    return found;
  }

  /** From the records of `keysOfHolder`. Undefined as above. */
  async find(holder: Holder, entries: HolderEntries): Promise<FoundPrincipal | undefined> {
    const [record, accountEntry, mark] = entries;
    if (record === undefined || accountEntry === undefined) return undefined;
    const account = decodeRecord<StoredAccount>(accountEntry.value);
    const found = await this.#principalOf(holder, record, account);
    if (found === undefined) return undefined;
    const isShut = !account.enabled || account.isBeingRemoved;
    const unusable = isShut ? 'account-disabled' : found.unusable;
    const granted = await this.#grants.find(holder.subject, account.id, mark?.version);
    const limit = holder.session?.policy;
    const grants =
      limit === undefined
        ? granted
        : {
            policies: granted?.policies ?? [],
            sessionPolicy: {
              language: limit.language,
              document: limit.document,
              policy: compilePolicy(limit.document, limit.language),
            },
          };
    return {
      principal: grants === undefined ? found.principal : { ...found.principal, grants },
      ...(unusable !== undefined && { unusable }),
      epochs: { user: found.epoch, account: account.tokenEpoch ?? 0 },
    };
  }

  async #principalOf(holder: Holder, record: Entry, stored: StoredAccount): Promise<HeldBy | undefined> {
    if (parseSubject(holder.subject)?.kind !== 'user') return withoutTenancy(holder, record, stored);
    const kept = decodeRecord<StoredUser>(record.value);
    const user = await userInAccount(kept, stored.id, (key) => this.#metadata.get(key));
    if (user === undefined) return undefined;
    const isServerAdmin = stored.isServerRoot && user.isRoot;
    return {
      principal: { kind: 'user', account: accountOfRecord(stored), user, isServerAdmin },
      ...(!user.enabled && { unusable: 'user-disabled' }),
      epoch: kept.tokenEpoch ?? 0,
    };
  }

  /** By whom it is, for proofs that are no records of ours; of a role in a session. Undefined when there is nobody of that name. */
  async findSubject(subject: Subject, session?: AssumedSession): Promise<FoundPrincipal | undefined> {
    if (parseSubject(subject) === undefined) return undefined;
    const key = recordKeyOf(subject);
    const entry = await this.#metadata.get(key);
    if (entry === undefined) return undefined;
    const { accountId } = decodeRecord<{ readonly accountId: string }>(entry.value);
    const holder: Holder = { subject, accountId, session };
    return this.find(holder, await this.#metadata.getMany(keysOfHolder(holder)));
  }
}

function withoutTenancy(
  { subject, session }: Holder,
  record: Entry,
  stored: StoredAccount,
): HeldBy | undefined {
  const account = accountOfRecord(stored);
  switch (parseSubject(subject)?.kind) {
    case 'service': {
      const service = serviceOfRecord(decodeRecord<StoredService>(record.value));
      return {
        principal: { kind: 'service', account, service },
        ...(!service.enabled && { unusable: 'service-disabled' }),
        epoch: 0,
      };
    }
    case 'role': {
      if (session === undefined) return undefined;
      const { id, name, issuedAtMicros, expiresAtMicros, source } = session;
      const role = decodeRecord<RoleRecord>(record.value);
      return {
        principal: {
          kind: 'role-session',
          account,
          role,
          session: { id, name, issuedAtMicros, expiresAtMicros, source },
        },
        epoch: 0,
      };
    }
    default:
      return undefined;
  }
}
