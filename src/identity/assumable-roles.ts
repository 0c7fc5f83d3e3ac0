/** Roles of an account that others may assume for a while (assume-role.ts). Who may is said by each dialect's trust policy. */
import { checkValue } from './check-values.ts';
import type { IdentityContext } from './commit-change.ts';
import { IdentityError } from './identity-errors.ts';
import { POLICY_BYTES_MAX } from './policies.ts';
import type { RoleRecord } from './principal.ts';
import type { CollectionPage, PageRequest, RecordCollection, Versioned } from './record-collection.ts';
import type { RemoveHoldings } from './remove-holdings.ts';

const ID_BYTES = 16;
/** AWS, CreateRole, MaxSessionDuration: from one hour to twelve; shorter ones are of use in tests of clients. */
const SESSION_SECONDS = { min: 900, default: 3600, max: 43_200 } as const;

export interface NewRole {
  readonly accountId: string;
  readonly name: string;
  readonly description?: string;
  /** JSON object. */
  readonly trustPolicy?: string;
  readonly maxSessionSeconds?: number;
}

export type RoleChanges = Partial<
  Pick<RoleRecord, 'name' | 'description' | 'trustPolicy' | 'maxSessionSeconds'>
>;

export interface AssumableRoles {
  /** Throws NoSuchAccount, AccountIsBeingRemoved, RecordTaken, InvalidValue. */
  create(input: NewRole): Promise<Versioned<RoleRecord>>;
  get(id: string): Promise<Versioned<RoleRecord> | undefined>;
  findByName(accountId: string, name: string): Promise<Versioned<RoleRecord> | undefined>;
  /** In the order of their names. */
  list(accountId: string, page: PageRequest): Promise<CollectionPage<RoleRecord>>;
  /** Throws NoSuchRecord, RecordChanged, RecordTaken, InvalidValue. */
  update(id: string, changes: RoleChanges, expectedVersion?: number): Promise<Versioned<RoleRecord>>;
  /** Ends its sessions at once. Throws NoSuchRecord, RecordChanged. */
  remove(id: string, expectedVersion?: number): Promise<void>;
}

export function createAssumableRoles(
  { clock, entropy }: IdentityContext,
  collection: RecordCollection<RoleRecord, 'name'>,
  removeHoldings: RemoveHoldings,
): AssumableRoles {
  return {
    get: (id) => collection.get(id),
    findByName: (accountId, name) => collection.findBy('name', [accountId, name]),
    list: (accountId, page) => collection.list('name', [accountId], page),
    create(input) {
      const { accountId, name, description = '', trustPolicy = '{}' } = input;
      const { maxSessionSeconds = SESSION_SECONDS.default } = input;
      const now = clock.nowMicros();
      return collection.create({
        id: entropy.bytes(ID_BYTES).toString('hex'),
        accountId,
        ...checked({ name, description, trustPolicy, maxSessionSeconds }),
        createdAtMicros: now,
        modifiedAtMicros: now,
      });
    },
    update(id, changes, expected) {
      const now = clock.nowMicros();
      return collection.update(
        id,
        (role) => ({ ...role, ...checked({ ...role, ...changes }), modifiedAtMicros: now }),
        expected,
      );
    },
    async remove(id, expected) {
      const { accountId } = await collection.remove(id, expected);
      await removeHoldings(`role:${id}`, accountId);
    },
  };
}

function checked({ name, description, trustPolicy, maxSessionSeconds }: Required<RoleChanges>) {
  const { min, max } = SESSION_SECONDS;
  if (!Number.isInteger(maxSessionSeconds) || maxSessionSeconds < min || maxSessionSeconds > max) {
    throw new IdentityError('InvalidValue', {
      what: 'maxSessionSeconds',
      expected: `a whole number of seconds from ${min} to ${max}`,
    });
  }
  if (!isJsonObject(trustPolicy)) {
    throw new IdentityError('InvalidValue', {
      what: 'trustPolicy',
      expected: 'a JSON object of at most 20 KiB',
    });
  }
  return {
    name: checkValue('sessionName', name),
    description: checkValue('description', description),
    trustPolicy,
    maxSessionSeconds,
  };
}

function isJsonObject(text: string): boolean {
  if (text.length > POLICY_BYTES_MAX || !text.trimStart().startsWith('{')) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
