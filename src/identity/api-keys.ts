/** API keys of users and services: values found by their HMAC, which alone is stored; shown once, when they are made. */
import { mintUuid } from '../lib/uuid.ts';
import { checkNames, checkValue } from './check-values.ts';
import type { IdentityContext } from './commit-change.ts';
import type { FoundPrincipal, PrincipalFinder } from './find-principal.ts';
import type { ApiKeyRecord, StoredApiKey } from './identity-collections.ts';
import { IdentityError } from './identity-errors.ts';
import { identityKeys } from './identity-keys.ts';
import { decodeRecord, type StoredFirstApiKey } from './identity-records.ts';
import type { CollectionPage, PageRequest, RecordCollection, Versioned } from './record-collection.ts';
import { parseSubject, type Subject } from './subjects.ts';

/** 44 characters of base64url, the look of IBM Cloud's. */
const VALUE_BYTES = 33;
const VALUE = /^[\x21-\x7e]{8,256}$/;
/** Of one holder. Ours. */
const KEYS_PER_HOLDER_MAX = 200;

export interface NewApiKey {
  readonly holder: Subject;
  readonly name: string;
  readonly description?: string;
  readonly locked?: boolean;
  readonly expiresAtMicros?: number;
  /** Made up when absent. */
  readonly value?: string;
}

export type ApiKeyChanges = Partial<Pick<ApiKeyRecord, 'name' | 'description' | 'enabled' | 'locked'>>;

export interface CreatedApiKey extends Versioned<ApiKeyRecord> {
  /** Shown once, here. */
  readonly value: string;
}

export interface FoundApiKey extends FoundPrincipal {
  readonly apiKey: ApiKeyRecord;
}

export interface ApiKeys {
  /** Throws NoSuchSubject, RecordTaken for a value that exists, TooMany, InvalidValue. */
  create(input: NewApiKey): Promise<CreatedApiKey>;
  get(id: string): Promise<Versioned<ApiKeyRecord> | undefined>;
  /** In the order of their names. */
  list(holder: Subject, page: PageRequest): Promise<CollectionPage<ApiKeyRecord>>;
  /** Throws NoSuchRecord, RecordChanged, RecordLocked unless it is unlocked by this, InvalidValue. */
  update(id: string, changes: ApiKeyChanges, expectedVersion?: number): Promise<Versioned<ApiKeyRecord>>;
  /** Throws NoSuchRecord, RecordChanged, RecordLocked. */
  remove(id: string, expectedVersion?: number): Promise<void>;
  /** Whom a value speaks for, read anew each time. Undefined: it is none. */
  authenticate(value: string): Promise<FoundApiKey | undefined>;
}

export function createApiKeys(
  context: IdentityContext,
  collection: RecordCollection<StoredApiKey, 'fingerprint' | 'holder'>,
  principals: PrincipalFinder,
): ApiKeys {
  const { clock, entropy, masterKey } = context;
  return {
    async create(input) {
      const { holder, description = '', locked = false, expiresAtMicros } = input;
      const kind = parseSubject(holder)?.kind;
      const found = kind === 'user' || kind === 'service' ? await principals.findSubject(holder) : undefined;
      if (found === undefined) throw new IdentityError('NoSuchSubject', { subject: holder });
      const { items } = await collection.list('holder', [holder], { limit: KEYS_PER_HOLDER_MAX });
      if (items.length >= KEYS_PER_HOLDER_MAX) {
        throw new IdentityError('TooMany', { noun: 'API keys of one holder', limit: KEYS_PER_HOLDER_MAX });
      }
      const value = input.value ?? entropy.bytes(VALUE_BYTES).toString('base64url');
      const now = clock.nowMicros();
      const made = await collection.create({
        id: mintUuid(entropy),
        accountId: found.principal.account.id,
        holder,
        name: checkValue('label', input.name),
        description: checkValue('description', description),
        enabled: true,
        locked,
        createdAtMicros: now,
        modifiedAtMicros: now,
        ...(expiresAtMicros !== undefined && { expiresAtMicros }),
        ...fingerprintOf(context, value),
      });
      return { ...shown(made), value };
    },
    async get(id) {
      const found = await collection.get(id);
      return found && shown(found);
    },
    async list(holder, page) {
      const { items, ...rest } = await collection.list('holder', [holder], page);
      return { items: items.map(shown), ...rest };
    },
    async update(id, changes, expected) {
      const checked = { ...checkNames(changes), modifiedAtMicros: clock.nowMicros() };
      const decide = (key: StoredApiKey): StoredApiKey => {
        if (key.locked && changes.locked !== false) throw lockedError(id);
        return { ...key, ...checked };
      };
      return shown(await collection.update(id, decide, expected));
    },
    async remove(id, expected) {
      const found = await collection.get(id);
      if (found?.record.locked === true) throw lockedError(id);
      await collection.remove(id, expected ?? found?.version);
    },
    async authenticate(value) {
      if (!VALUE.test(value)) return undefined;
      for (const keyId of masterKey.lookupKeyIds) {
        const fingerprint = masterKey.fingerprint(apiKeyText(value), keyId).toString('hex');
        const found = await collection.findBy('fingerprint', [String(keyId), fingerprint]);
        if (found !== undefined) return principalOf(found.record, context, principals);
      }
      return findFirst(value, context, principals);
    },
  };
}

async function principalOf(
  { fingerprint, masterKeyId, ...apiKey }: StoredApiKey,
  { clock }: IdentityContext,
  principals: PrincipalFinder,
): Promise<FoundApiKey | undefined> {
  const found = await principals.findHolder({ subject: apiKey.holder, accountId: apiKey.accountId });
  if (found === undefined) return undefined;
  const hasExpired = apiKey.expiresAtMicros !== undefined && apiKey.expiresAtMicros <= clock.nowMicros();
  const unusable = found.unusable ?? (apiKey.enabled ? (hasExpired ? 'expired' : undefined) : 'key-disabled');
  return { ...found, apiKey, ...(unusable !== undefined && { unusable }) };
}

/** The one that an earlier version made at the first start, in a key space of its own and under its HMAC alone. */
async function findFirst(
  value: string,
  context: IdentityContext,
  principals: PrincipalFinder,
): Promise<FoundApiKey | undefined> {
  const { metadata, masterKey } = context;
  for (const keyId of masterKey.lookupKeyIds) {
    const entry = await metadata.get(identityKeys.apiKey(masterKey.fingerprint(value, keyId)));
    if (entry === undefined) continue;
    const { userId, accountId, enabled, createdAtMicros } = decodeRecord<StoredFirstApiKey>(entry.value);
    const record: StoredApiKey = {
      id: userId.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'),
      accountId,
      holder: `user:${userId}`,
      name: 'first',
      description: '',
      enabled,
      locked: false,
      createdAtMicros,
      modifiedAtMicros: createdAtMicros,
      fingerprint: '',
      masterKeyId: keyId,
    };
    return principalOf(record, context, principals);
  }
  return undefined;
}

/** What stands of a value in its record. Throws InvalidValue. */
export function fingerprintOf(
  { masterKey }: Pick<IdentityContext, 'masterKey'>,
  value: string,
): Pick<StoredApiKey, 'fingerprint' | 'masterKeyId'> {
  if (!VALUE.test(value)) {
    throw new IdentityError('InvalidValue', {
      what: 'apiKey',
      expected: '8 to 256 printable ASCII characters without blanks',
    });
  }
  return {
    fingerprint: masterKey.fingerprint(apiKeyText(value)).toString('hex'),
    masterKeyId: masterKey.currentKeyId,
  };
}

function apiKeyText(value: string): string {
  return `api-key ${value}`;
}

function lockedError(id: string) {
  return new IdentityError('RecordLocked', { noun: 'API key', id });
}

function shown({ record, version }: Versioned<StoredApiKey>): Versioned<ApiKeyRecord> {
  const { fingerprint, masterKeyId, ...apiKey } = record;
  return { record: apiKey, version };
}
