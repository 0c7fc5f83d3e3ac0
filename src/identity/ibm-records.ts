/**
 * What IBM's control plane keeps besides the records of the identity core: service instances, their keys, custom roles, settings of an
 * account, and what only IBM's API tells of services and API keys.
 */
import type { IdentityStore } from './identity-store.ts';
import type { SealedSecret } from './master-key.ts';
import type { CollectionDefinition, RecordCollection } from './record-collection.ts';
import type { Subject } from './subjects.ts';

/** An instance of object storage. Buckets belong to one. */
export interface InstanceRecord {
  /** UUID, version 4: the GUID. */
  readonly id: string;
  readonly accountId: string;
  readonly name: string;
  readonly resourceGroupId: string;
  readonly planId: string;
  readonly target: string;
  readonly tags: readonly string[];
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly allowCleanup: boolean;
  readonly locked: boolean;
  /** `pending_reclamation` can be undone for a week; `removed` is kept so that its id answers 410. */
  readonly state: 'active' | 'pending_reclamation' | 'removed';
  readonly createdAtMicros: number;
  readonly createdBy: string;
  readonly updatedAtMicros: number;
  readonly updatedBy: string;
  readonly deletedAtMicros?: number;
  readonly deletedBy?: string;
}

/** A service credential: an API key of a service, and maybe an HMAC pair, for one instance. */
export interface ResourceKeyRecord {
  readonly id: string;
  readonly accountId: string;
  readonly instanceId: string;
  readonly name: string;
  /** Absent: none was asked for. */
  readonly roleCrn?: string;
  readonly serviceId: string;
  /** The service was made for the key and goes with it. */
  readonly ownsService: boolean;
  readonly apiKeyId: string;
  readonly apiKey: SealedSecret;
  readonly accessKeyId?: string;
  /** Made for the key and going with it. */
  readonly policyId?: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** `removed` is kept so that its id answers 410. */
  readonly state: 'active' | 'removed';
  readonly createdAtMicros: number;
  readonly createdBy: string;
  readonly updatedAtMicros: number;
  readonly updatedBy: string;
  readonly deletedAtMicros?: number;
  readonly deletedBy?: string;
}

export interface CustomRoleRecord {
  readonly id: string;
  readonly accountId: string;
  readonly name: string;
  readonly displayName: string;
  readonly description: string;
  readonly serviceName: string;
  /** Names of IBM's, sorted. */
  readonly actions: readonly string[];
  readonly createdAtMicros: number;
  readonly createdBy: string;
  readonly modifiedAtMicros: number;
  readonly modifiedBy: string;
}

/** One for each account that has changed anything; its id is the account's. */
export interface IbmSettingsRecord {
  readonly id: string;
  readonly restrictCreateServiceId: 'NOT_SET' | 'RESTRICTED' | 'NOT_RESTRICTED';
  /** Addresses and networks, separated by commas; empty: all. */
  readonly allowedIpAddresses: string;
  readonly accessTokenSeconds?: number;
  readonly refreshTokenSeconds?: number;
  readonly publicAccessEnabled: boolean;
}

export interface ResourceGroupRecord {
  /** 32 hexadecimal characters. */
  readonly id: string;
  readonly accountId: string;
  readonly name: string;
  readonly createdAtMicros: number;
  readonly updatedAtMicros: number;
}

/** Of an API key of the identity core, by its id. */
export interface ApiKeyFacts {
  readonly id: string;
  readonly accountId: string;
  readonly createdBy: string;
  readonly supportSessions: boolean;
  readonly actionWhenLeaked: 'none' | 'disable' | 'delete';
  /** Only with `store_value`. */
  readonly value?: SealedSecret;
}

/** Of a service of the identity core, by its id. */
export interface ServiceFacts {
  readonly id: string;
  readonly accountId: string;
  readonly createdBy: string;
  readonly uniqueInstanceCrns: readonly string[];
  readonly groupId?: string;
}

/** Of a policy of the identity core in IBM's language, by its id: what only IBM's API tells of it. */
export interface IbmPolicyFacts {
  readonly id: string;
  readonly accountId: string;
  /** By which form of the API it was last written. */
  readonly format: 'v1' | 'v2';
  /** One that was deleted grants nothing, and can be had back. */
  readonly state: 'active' | 'deleted';
  /** Whom it grants something; undefined for authorizations between services. */
  readonly subject?: Subject;
  readonly createdAtMicros: number;
  readonly createdBy: string;
  readonly modifiedAtMicros: number;
  readonly modifiedBy: string;
}

const byTime = (micros: number, id: string) => [String(micros).padStart(17, '0'), id];

const instances: CollectionDefinition<InstanceRecord, 'account'> = {
  kind: 0x20,
  noun: 'resource instance',
  account: ({ accountId }) => accountId,
  indexes: {
    account: {
      number: 1,
      entries: ({ accountId, createdAtMicros, id }) => [[accountId, ...byTime(createdAtMicros, id)]],
    },
  },
};

const resourceKeys: CollectionDefinition<ResourceKeyRecord, 'account' | 'instance' | 'apiKey' | 'accessKey'> =
  {
    kind: 0x21,
    noun: 'resource key',
    account: ({ accountId }) => accountId,
    indexes: {
      account: {
        number: 1,
        entries: ({ accountId, createdAtMicros, id }) => [[accountId, ...byTime(createdAtMicros, id)]],
      },
      instance: {
        number: 2,
        entries: ({ instanceId, createdAtMicros, id }) => [[instanceId, ...byTime(createdAtMicros, id)]],
      },
      apiKey: { number: 3, isUnique: true, entries: ({ apiKeyId }) => [[apiKeyId]] },
      accessKey: {
        number: 4,
        isUnique: true,
        entries: ({ accessKeyId }) => (accessKeyId === undefined ? [] : [[accessKeyId]]),
      },
    },
  };

const customRoles: CollectionDefinition<CustomRoleRecord, 'name'> = {
  kind: 0x22,
  noun: 'role',
  account: ({ accountId }) => accountId,
  indexes: { name: { number: 1, isUnique: true, entries: ({ accountId, name }) => [[accountId, name]] } },
};

const settings: CollectionDefinition<IbmSettingsRecord, never> = {
  kind: 0x23,
  noun: 'account settings',
  account: ({ id }) => id,
  indexes: {},
};

const resourceGroups: CollectionDefinition<ResourceGroupRecord, 'name'> = {
  kind: 0x24,
  noun: 'resource group',
  account: ({ accountId }) => accountId,
  indexes: { name: { number: 1, isUnique: true, entries: ({ accountId, name }) => [[accountId, name]] } },
};

const apiKeyFacts: CollectionDefinition<ApiKeyFacts, never> = {
  kind: 0x25,
  noun: 'API key',
  account: ({ accountId }) => accountId,
  indexes: {},
};

const serviceFacts: CollectionDefinition<ServiceFacts, never> = {
  kind: 0x26,
  noun: 'service ID',
  account: ({ accountId }) => accountId,
  indexes: {},
};

const policyFacts: CollectionDefinition<IbmPolicyFacts, 'account' | 'subject'> = {
  kind: 0x27,
  noun: 'policy',
  account: ({ accountId }) => accountId,
  indexes: {
    account: {
      number: 1,
      entries: ({ accountId, createdAtMicros, id }) => [[accountId, ...byTime(createdAtMicros, id)]],
    },
    subject: {
      number: 2,
      entries: ({ accountId, subject, createdAtMicros, id }) =>
        subject === undefined ? [] : [[accountId, subject, ...byTime(createdAtMicros, id)]],
    },
  },
};

export interface IbmRecords {
  readonly instances: RecordCollection<InstanceRecord, 'account'>;
  readonly resourceKeys: RecordCollection<ResourceKeyRecord, 'account' | 'instance' | 'apiKey' | 'accessKey'>;
  readonly customRoles: RecordCollection<CustomRoleRecord, 'name'>;
  readonly settings: RecordCollection<IbmSettingsRecord, never>;
  readonly resourceGroups: RecordCollection<ResourceGroupRecord, 'name'>;
  readonly apiKeyFacts: RecordCollection<ApiKeyFacts, never>;
  readonly serviceFacts: RecordCollection<ServiceFacts, never>;
  readonly policyFacts: RecordCollection<IbmPolicyFacts, 'account' | 'subject'>;
}

/** Once per store. */
export function openIbmRecords(identity: Pick<IdentityStore, 'collection'>): IbmRecords {
  return {
    instances: identity.collection(instances),
    resourceKeys: identity.collection(resourceKeys),
    customRoles: identity.collection(customRoles),
    settings: identity.collection(settings),
    resourceGroups: identity.collection(resourceGroups),
    apiKeyFacts: identity.collection(apiKeyFacts),
    serviceFacts: identity.collection(serviceFacts),
    policyFacts: identity.collection(policyFacts),
  };
}
