/**
 * What is granted to a subject of an account: the policies attached to it and to the groups that it is in, compiled. Kept for as long
 * as nothing in the account has changed that grants come from, which one record tells (`3c`, written in the same commit as any such
 * change): a request reads that record together with user and account, and nothing else while it is the same.
 */
import { BoundedMap } from '../lib/bounded-map.ts';
import type { GrantedPolicy, Grants } from './grants.ts';
import type { MembershipRecord, PolicyRecord } from './identity-collections.ts';
import { compilePolicy } from './policy-cache.ts';
import type { RecordCollection } from './record-collection.ts';
import type { Subject } from './subjects.ts';

/** Subjects whose grants are kept. Ours: a few references each beside the shared compiled texts. */
const KEPT_MAX = 4096;

export interface GrantSources {
  readonly memberships: Pick<RecordCollection<MembershipRecord, 'group' | 'member'>, 'listAll'>;
  readonly policies: Pick<RecordCollection<PolicyRecord, 'name' | 'subject'>, 'listAll'>;
}

interface Kept {
  readonly version: number;
  readonly grants: Grants | undefined;
}

export class GrantsFinder {
  readonly #sources: GrantSources;
  readonly #kept = new BoundedMap<string, Kept>(KEPT_MAX);

  constructor(sources: GrantSources) {
    this.#sources = sources;
  }

  /**
   * `version`: of the account's record of grants, as the request sees it; undefined when there is none, and with it no policy.
   * Undefined: none. Throws `PolicyFormatError`.
   */
  async find(subject: Subject, accountId: string, version: number | undefined): Promise<Grants | undefined> {
    if (version === undefined) return undefined;
    const name = `${accountId} ${subject}`;
    const kept = this.#kept.get(name);
    if (kept?.version === version) return kept.grants;
    const policies = await this.#load(subject, accountId);
    const grants = policies.length === 0 ? undefined : { policies };
    this.#kept.set(name, { version, grants });
    return grants;
  }

  async #load(subject: Subject, accountId: string): Promise<readonly GrantedPolicy[]> {
    const { memberships, policies } = this.#sources;
    const subjects: Subject[] = [subject];
    for await (const { record } of memberships.listAll('member', [accountId, subject])) {
      subjects.push(`group:${record.groupId}`);
    }
    const granted: GrantedPolicy[] = [];
    for (const via of subjects) {
      for await (const { record } of policies.listAll('subject', [accountId, via])) {
        const { id, name, language, document } = record;
        granted.push({ id, name, language, via, policy: compilePolicy(document, language), document });
      }
    }
    return granted;
  }
}
