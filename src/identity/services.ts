/** Service identities of an account: for programs, with keys and policies, and never owners of anything. */
import { mintUuid } from '../lib/uuid.ts';
import { checkNames, checkValue } from './check-values.ts';
import { commitChange, type IdentityContext } from './commit-change.ts';
import type { StoredService } from './identity-collections.ts';
import { IdentityError } from './identity-errors.ts';
import type { ServiceRecord } from './principal.ts';
import type { CollectionPage, PageRequest, RecordCollection, Versioned } from './record-collection.ts';
import type { RemoveHoldings } from './remove-holdings.ts';

export interface NewService {
  readonly accountId: string;
  readonly name: string;
  readonly description?: string;
}

export type ServiceChanges = Partial<Pick<ServiceRecord, 'name' | 'description' | 'enabled' | 'locked'>>;

export interface Services {
  /** Throws NoSuchAccount, AccountIsBeingRemoved, InvalidValue. */
  create(input: NewService): Promise<Versioned<ServiceRecord>>;
  get(id: string): Promise<Versioned<ServiceRecord> | undefined>;
  /** In the order of their names, which may repeat. */
  list(
    accountId: string,
    page: PageRequest & { readonly name?: string },
  ): Promise<CollectionPage<ServiceRecord>>;
  /** Throws NoSuchRecord, RecordChanged, RecordLocked unless it is unlocked by this, InvalidValue. */
  update(id: string, changes: ServiceChanges, expectedVersion?: number): Promise<Versioned<ServiceRecord>>;
  /** With its keys, memberships and attachments. Throws NoSuchRecord, RecordChanged, RecordLocked. */
  remove(id: string, expectedVersion?: number): Promise<void>;
}

export function createServices(
  context: IdentityContext,
  collection: RecordCollection<StoredService, 'name'>,
  removeHoldings: RemoveHoldings,
): Services {
  const { clock, entropy } = context;
  return {
    async create({ accountId, name, description = '' }) {
      const now = clock.nowMicros();
      const made = await collection.create({
        id: mintUuid(entropy),
        accountId,
        name: checkValue('label', name),
        description: checkValue('description', description),
        enabled: true,
        locked: false,
        createdAtMicros: now,
        modifiedAtMicros: now,
        accessKeyIds: [],
      });
      return shown(made);
    },
    async get(id) {
      const found = await collection.get(id);
      return found && shown(found);
    },
    async list(accountId, { name, ...page }) {
      const first = name === undefined ? [accountId] : [accountId, name];
      const { items, ...rest } = await collection.list('name', first, page);
      return { items: items.map(shown), ...rest };
    },
    async update(id, changes, expected) {
      const checked = { ...checkNames(changes), modifiedAtMicros: clock.nowMicros() };
      const decide = (service: StoredService): StoredService => {
        if (service.locked && changes.locked !== false) throw lockedError(id);
        return { ...service, ...checked };
      };
      return shown(await collection.update(id, decide, expected));
    },
    async remove(id, expected) {
      const accountId = await commitChange(context, async (change) => {
        const { locked, ...service } = await collection.in(change).remove(id, expected);
        if (locked) throw lockedError(id);
        return service.accountId;
      });
      await removeHoldings(`service:${id}`, accountId);
    },
  };
}

function lockedError(id: string) {
  return new IdentityError('RecordLocked', { noun: 'service', id });
}

function shown({ record, version }: Versioned<StoredService>): Versioned<ServiceRecord> {
  return { record: serviceOfRecord(record), version };
}

/** Without what only the store needs. */
export function serviceOfRecord({ accessKeyIds, ...service }: StoredService): ServiceRecord {
  return service;
}
