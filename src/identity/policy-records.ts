/**
 * Policies of identities: documents in one of three languages, checked when they are stored, attached to users, services, roles,
 * groups or everybody. A change counts from the next request on (find-grants.ts).
 */
import { mintUuid } from '../lib/uuid.ts';
import { checkValue } from './check-values.ts';
import type { IdentityContext } from './commit-change.ts';
import type { PolicyLanguage } from './grants.ts';
import type { PolicyRecord } from './identity-collections.ts';
import { IdentityError } from './identity-errors.ts';
import { checkPolicy } from './policy-cache.ts';
import { PolicyError } from './policy-error.ts';
import type { CollectionPage, PageRequest, RecordCollection, Versioned } from './record-collection.ts';
import { parseSubject, type Subject } from './subjects.ts';

/** Keeps a record within a few pages. Ours. */
const ATTACHMENTS_MAX = 500;

export interface NewPolicy {
  readonly accountId: string;
  readonly language: PolicyLanguage;
  /** Empty or left out: none. */
  readonly name?: string;
  readonly description?: string;
  readonly document: string;
  readonly attachedTo?: readonly Subject[];
}

export interface PolicyChanges {
  readonly name?: string;
  readonly description?: string;
  readonly document?: string;
  readonly attachedTo?: readonly Subject[];
}

export interface Policies {
  /** Throws NoSuchAccount, AccountIsBeingRemoved, RecordTaken, InvalidPolicy, InvalidValue, NoSuchSubject, TooMany. */
  create(input: NewPolicy): Promise<Versioned<PolicyRecord>>;
  get(id: string): Promise<Versioned<PolicyRecord> | undefined>;
  findByName(accountId: string, name: string): Promise<Versioned<PolicyRecord> | undefined>;
  /** Those with a name, in the order of the names; or, of one subject, all that are attached to it. */
  list(
    accountId: string,
    page: PageRequest & { readonly subject?: Subject },
  ): Promise<CollectionPage<PolicyRecord>>;
  /** Throws as `create`, and NoSuchRecord, RecordChanged. */
  update(id: string, changes: PolicyChanges, expectedVersion?: number): Promise<Versioned<PolicyRecord>>;
  /** False: it was already. Throws NoSuchRecord, NoSuchSubject, TooMany. */
  attach(id: string, subject: Subject): Promise<boolean>;
  /** Whether it was. Throws NoSuchRecord. */
  detach(id: string, subject: Subject): Promise<boolean>;
  /** Throws NoSuchRecord, RecordChanged. */
  remove(id: string, expectedVersion?: number): Promise<void>;
}

export interface PolicyParts {
  readonly collection: RecordCollection<PolicyRecord, 'name' | 'subject'>;
  /** Whether there is such a user, service, role or group, of that account or a user of another. */
  exists(subject: Subject): Promise<boolean>;
}

export function createPolicies(
  { clock, entropy }: IdentityContext,
  { collection, exists }: PolicyParts,
): Policies {
  const assertSubjects = async (subjects: readonly Subject[]): Promise<void> => {
    if (subjects.length > ATTACHMENTS_MAX) {
      throw new IdentityError('TooMany', { noun: 'attachments of a policy', limit: ATTACHMENTS_MAX });
    }
    for (const subject of subjects) {
      if (subject !== 'public' && (parseSubject(subject) === undefined || !(await exists(subject)))) {
        throw new IdentityError('NoSuchSubject', { subject });
      }
    }
  };
  return {
    get: (id) => collection.get(id),
    findByName: (accountId, name) => collection.findBy('name', [accountId, name]),
    list: (accountId, { subject, ...page }) =>
      subject === undefined
        ? collection.list('name', [accountId], page)
        : collection.list('subject', [accountId, subject], page),
    async create({ accountId, language, name = '', description = '', document, attachedTo = [] }) {
      checkDocument(document, language);
      await assertSubjects(attachedTo);
      const now = clock.nowMicros();
      return collection.create({
        id: mintUuid(entropy),
        accountId,
        language,
        name: name === '' ? '' : checkValue('label', name),
        description: checkValue('description', description),
        document,
        attachedTo: [...new Set(attachedTo)],
        createdAtMicros: now,
        modifiedAtMicros: now,
      });
    },
    async update(id, { name, description, document, attachedTo }, expected) {
      if (attachedTo !== undefined) await assertSubjects(attachedTo);
      const changes = {
        ...(name !== undefined && { name: name === '' ? '' : checkValue('label', name) }),
        ...(description !== undefined && { description: checkValue('description', description) }),
        ...(document !== undefined && { document }),
        ...(attachedTo !== undefined && { attachedTo: [...new Set(attachedTo)] }),
        modifiedAtMicros: clock.nowMicros(),
      };
      const decide = (policy: PolicyRecord): PolicyRecord => {
        if (document !== undefined) checkDocument(document, policy.language);
        return { ...policy, ...changes };
      };
      return collection.update(id, decide, expected);
    },
    async attach(id, subject) {
      await assertSubjects([subject]);
      let isNew = true;
      await collection.update(id, (policy) => {
        isNew = !policy.attachedTo.includes(subject);
        if (!isNew) return policy;
        if (policy.attachedTo.length >= ATTACHMENTS_MAX) {
          throw new IdentityError('TooMany', { noun: 'attachments of a policy', limit: ATTACHMENTS_MAX });
        }
        return { ...policy, attachedTo: [...policy.attachedTo, subject] };
      });
      return isNew;
    },
    async detach(id, subject) {
      let was = false;
      await collection.update(id, (policy) => {
        was = policy.attachedTo.includes(subject);
        if (!was) return policy;
        return { ...policy, attachedTo: policy.attachedTo.filter((other) => other !== subject) };
      });
      return was;
    },
    async remove(id, expected) {
      await collection.remove(id, expected);
    },
  };
}

function checkDocument(document: string, language: PolicyLanguage): void {
  try {
    checkPolicy(document, language);
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    throw new IdentityError('InvalidPolicy', { reason: error.message, detail: error.detail });
  }
}
