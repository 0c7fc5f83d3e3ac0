/** The collections of the identity core itself. Their kinds are registered in identity-keys.ts. */
import type { PolicyLanguage } from './grants.ts';
import { identityKeys } from './identity-keys.ts';
import type { AccountRole, RoleRecord, ServiceRecord } from './principal.ts';
import type { CollectionDefinition } from './record-collection.ts';
import type { Subject } from './subjects.ts';

export interface StoredService extends ServiceRecord {
  /** Its access keys, so that whoever adds one and whoever removes the service change the same record. */
  readonly accessKeyIds: readonly string[];
}

/** Names may repeat: the APIs that make services go by ids. */
export const serviceCollection: CollectionDefinition<StoredService, 'name'> = {
  kind: 0x01,
  noun: 'service',
  account: ({ accountId }) => accountId,
  indexes: { name: { number: 1, entries: ({ accountId, name }) => [[accountId, name]] } },
  belongings: ({ accessKeyIds }) => accessKeyIds.map(identityKeys.accessKey),
};

export interface GroupRecord {
  /** 32 lower-case hexadecimal characters. */
  readonly id: string;
  readonly accountId: string;
  readonly name: string;
  readonly description: string;
  readonly createdAtMicros: number;
  readonly modifiedAtMicros: number;
}

export const groupCollection: CollectionDefinition<GroupRecord, 'name'> = {
  kind: 0x02,
  noun: 'group',
  account: ({ accountId }) => accountId,
  indexes: { name: { number: 1, isUnique: true, entries: ({ accountId, name }) => [[accountId, name]] } },
};

export interface MembershipRecord {
  /** `{group} {member}`. */
  readonly id: string;
  readonly accountId: string;
  readonly groupId: string;
  /** A user or a service, also of another account. */
  readonly member: Subject;
  readonly addedAtMicros: number;
}

export const membershipCollection: CollectionDefinition<MembershipRecord, 'group' | 'member'> = {
  kind: 0x03,
  noun: 'member',
  account: ({ accountId }) => accountId,
  affectsGrants: true,
  indexes: {
    group: { number: 1, entries: ({ groupId, member }) => [[groupId, member]] },
    member: { number: 2, entries: ({ accountId, member, groupId }) => [[accountId, member, groupId]] },
  },
};

export interface PolicyRecord {
  /** UUID, version 4. */
  readonly id: string;
  readonly accountId: string;
  readonly language: PolicyLanguage;
  /** Empty, or unique in the account. */
  readonly name: string;
  readonly description: string;
  /** JSON in the language's own form, as it was given. */
  readonly document: string;
  /** Whom it grants something, or denies it. */
  readonly attachedTo: readonly Subject[];
  readonly createdAtMicros: number;
  readonly modifiedAtMicros: number;
}

export const policyCollection: CollectionDefinition<PolicyRecord, 'name' | 'subject'> = {
  kind: 0x04,
  noun: 'policy',
  account: ({ accountId }) => accountId,
  affectsGrants: true,
  indexes: {
    name: {
      number: 1,
      isUnique: true,
      entries: ({ accountId, name }) => (name === '' ? [] : [[accountId, name]]),
    },
    subject: {
      number: 2,
      entries: ({ accountId, attachedTo }) => attachedTo.map((subject) => [accountId, subject]),
    },
  },
};

export const roleCollection: CollectionDefinition<RoleRecord, 'name'> = {
  kind: 0x05,
  noun: 'role',
  account: ({ accountId }) => accountId,
  indexes: { name: { number: 1, isUnique: true, entries: ({ accountId, name }) => [[accountId, name]] } },
};

export interface ApiKeyRecord {
  /** UUID, version 4. */
  readonly id: string;
  readonly accountId: string;
  /** A user or a service. */
  readonly holder: Subject;
  readonly name: string;
  readonly description: string;
  readonly enabled: boolean;
  /** It cannot be changed or removed until it is unlocked. */
  readonly locked: boolean;
  readonly createdAtMicros: number;
  readonly modifiedAtMicros: number;
  readonly expiresAtMicros?: number;
}

export interface StoredApiKey extends ApiKeyRecord {
  /** HMAC of the key, in hexadecimal digits, and the master key that it was made with. The key itself is nowhere. */
  readonly fingerprint: string;
  readonly masterKeyId: number;
}

export const apiKeyCollection: CollectionDefinition<StoredApiKey, 'fingerprint' | 'holder'> = {
  kind: 0x06,
  noun: 'API key',
  account: ({ accountId }) => accountId,
  indexes: {
    fingerprint: {
      number: 1,
      isUnique: true,
      entries: ({ masterKeyId, fingerprint }) => [[String(masterKeyId), fingerprint]],
    },
    holder: { number: 2, entries: ({ holder, name }) => [[holder, name]] },
  },
};

/** The part that a user of another account has in this one. */
export interface TenancyRecord {
  /** `{user} {account}`. */
  readonly id: string;
  /** Not the user's own. */
  readonly accountId: string;
  readonly userId: string;
  readonly role: AccountRole;
  readonly createdAtMicros: number;
  readonly modifiedAtMicros: number;
}

export const tenancyCollection: CollectionDefinition<TenancyRecord, 'user' | 'account'> = {
  kind: 0x07,
  noun: 'part of a user in an account',
  account: ({ accountId }) => accountId,
  // Credentials of the user in the account stand and fall with it.
  affectsGrants: true,
  indexes: {
    user: { number: 1, entries: ({ userId, accountId }) => [[userId, accountId]] },
    account: { number: 2, entries: ({ accountId, userId }) => [[accountId, userId]] },
  },
};

export function tenancyId(userId: string, accountId: string): string {
  return `${userId} ${accountId}`;
}
