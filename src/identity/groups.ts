/** Groups of an account: users and services that have what is attached to the group. */
import { checkNames, checkValue } from './check-values.ts';
import { commitChange, type IdentityContext } from './commit-change.ts';
import type { GroupRecord, MembershipRecord } from './identity-collections.ts';
import { IdentityError } from './identity-errors.ts';
import type { CollectionPage, PageRequest, RecordCollection, Versioned } from './record-collection.ts';
import type { RemoveHoldings } from './remove-holdings.ts';
import { parseSubject, type Subject } from './subjects.ts';

const ID_BYTES = 16;

export interface Groups {
  /** Throws NoSuchAccount, AccountIsBeingRemoved, RecordTaken, InvalidValue. */
  create(input: {
    readonly accountId: string;
    readonly name: string;
    readonly description?: string;
  }): Promise<Versioned<GroupRecord>>;
  get(id: string): Promise<Versioned<GroupRecord> | undefined>;
  findByName(accountId: string, name: string): Promise<Versioned<GroupRecord> | undefined>;
  /** In the order of their names. */
  list(accountId: string, page: PageRequest): Promise<CollectionPage<GroupRecord>>;
  /** Throws NoSuchRecord, RecordChanged, RecordTaken, InvalidValue. */
  update(
    id: string,
    changes: { readonly name?: string; readonly description?: string },
    expectedVersion?: number,
  ): Promise<Versioned<GroupRecord>>;
  /** With its memberships and attachments. Throws NoSuchRecord, RecordChanged. */
  remove(id: string, expectedVersion?: number): Promise<void>;

  /** False: it was one already. Throws NoSuchRecord, NoSuchSubject. */
  addMember(id: string, member: Subject): Promise<boolean>;
  /** Whether it was one. */
  removeMember(id: string, member: Subject): Promise<boolean>;
  listMembers(id: string, page: PageRequest): Promise<CollectionPage<MembershipRecord>>;
  /** Of the groups of one account. */
  listGroupsOf(accountId: string, member: Subject): Promise<readonly Versioned<GroupRecord>[]>;
}

export interface GroupParts {
  readonly collection: RecordCollection<GroupRecord, 'name'>;
  readonly memberships: RecordCollection<MembershipRecord, 'group' | 'member'>;
  readonly removeHoldings: RemoveHoldings;
  /** Whether there is such a user or service. */
  exists(subject: Subject): Promise<boolean>;
}

export function createGroups(
  context: IdentityContext,
  { collection, memberships, removeHoldings, exists }: GroupParts,
): Groups {
  const { clock, entropy } = context;
  const membershipId = (groupId: string, member: Subject) => `${groupId} ${member}`;
  return {
    get: (id) => collection.get(id),
    findByName: (accountId, name) => collection.findBy('name', [accountId, name]),
    list: (accountId, page) => collection.list('name', [accountId], page),
    create({ accountId, name, description = '' }) {
      const now = clock.nowMicros();
      return collection.create({
        id: entropy.bytes(ID_BYTES).toString('hex'),
        accountId,
        name: checkValue('label', name),
        description: checkValue('description', description),
        createdAtMicros: now,
        modifiedAtMicros: now,
      });
    },
    update(id, changes, expected) {
      const checked = { ...checkNames(changes), modifiedAtMicros: clock.nowMicros() };
      return collection.update(id, (group) => ({ ...group, ...checked }), expected);
    },
    async remove(id, expected) {
      const { accountId } = await collection.remove(id, expected);
      await removeHoldings(`group:${id}`, accountId);
    },
    async addMember(id, member) {
      const kind = parseSubject(member)?.kind;
      if ((kind !== 'user' && kind !== 'service') || !(await exists(member))) {
        throw new IdentityError('NoSuchSubject', { subject: member });
      }
      return commitChange(context, async (change) => {
        const { record } = await collection.in(change).read(id);
        const members = memberships.in(change);
        if ((await members.find(membershipId(id, member))) !== undefined) return false;
        await members.create({
          id: membershipId(id, member),
          accountId: record.accountId,
          groupId: id,
          member,
          addedAtMicros: clock.nowMicros(),
        });
        return true;
      });
    },
    removeMember: (id, member) =>
      commitChange(context, async (change) => {
        const members = memberships.in(change);
        if ((await members.find(membershipId(id, member))) === undefined) return false;
        await members.remove(membershipId(id, member));
        return true;
      }),
    listMembers: (id, page) => memberships.list('group', [id], page),
    async listGroupsOf(accountId, member) {
      const ids: string[] = [];
      for await (const { record } of memberships.listAll('member', [accountId, member])) {
        ids.push(record.groupId);
      }
      return (await collection.getMany(ids)).filter((group) => group !== undefined);
    },
  };
}
