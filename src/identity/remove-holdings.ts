/**
 * What is left of a subject after its record has gone: memberships, attachments of policies, API keys. None of it grants anything to
 * anybody any more, so it may go in several commits, and a removal that is cut short leaves nothing worse than rows.
 */
import type {
  ApiKeyRecord,
  MembershipRecord,
  PolicyRecord,
  StoredApiKey,
  TenancyRecord,
} from './identity-collections.ts';
import { IdentityError } from './identity-errors.ts';
import type { RecordCollection } from './record-collection.ts';
import type { Subject } from './subjects.ts';

export type RemoveHoldings = (subject: Subject, accountId: string) => Promise<void>;

export interface HoldingCollections {
  readonly memberships: RecordCollection<MembershipRecord, 'group' | 'member'>;
  readonly policies: RecordCollection<PolicyRecord, 'name' | 'subject'>;
  readonly apiKeys: RecordCollection<StoredApiKey, 'fingerprint' | 'holder'>;
  readonly tenancies: RecordCollection<TenancyRecord, 'user' | 'account'>;
}

export function createHoldingsRemover({
  memberships,
  policies,
  apiKeys,
  tenancies,
}: HoldingCollections): RemoveHoldings {
  return async (subject, accountId) => {
    const keys = await idsOf<ApiKeyRecord>(apiKeys.listAll('holder', [subject]));
    for (const id of keys) await ignoreAbsence(apiKeys.remove(id));
    if (subject.startsWith('user:')) {
      const parts = await idsOf(tenancies.listAll('user', [subject.slice('user:'.length)]));
      for (const id of parts) await ignoreAbsence(tenancies.remove(id));
    }
    const own = subject.startsWith('group:')
      ? memberships.listAll('group', [subject.slice('group:'.length)])
      : memberships.listAll('member', [accountId, subject]);
    for (const id of await idsOf(own)) await ignoreAbsence(memberships.remove(id));
    for (const id of await idsOf(policies.listAll('subject', [accountId, subject]))) {
      await ignoreAbsence(
        policies.update(id, (policy) => ({
          ...policy,
          attachedTo: policy.attachedTo.filter((other) => other !== subject),
        })),
      );
    }
  };
}

/** All before the first is removed: removing moves the pages. */
async function idsOf<R extends { readonly id: string }>(
  found: AsyncIterable<{ readonly record: R }>,
): Promise<readonly string[]> {
  const ids: string[] = [];
  for await (const { record } of found) ids.push(record.id);
  return ids;
}

/** Somebody else was quicker. */
async function ignoreAbsence(removal: Promise<unknown>): Promise<void> {
  try {
    await removal;
  } catch (error) {
    if (!(error instanceof IdentityError && error.code === 'NoSuchRecord')) throw error;
  }
}
