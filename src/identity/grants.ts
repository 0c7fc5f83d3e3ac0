/** What policies say of one caller, compiled, as it stands beside the caller in every question about access. */
import type { Policy } from './policies.ts';
import type { Subject } from './subjects.ts';

/** Of `policy-cache.ts`, which knows how to read each. */
export type PolicyLanguage = 'aws' | 'ibm' | 'scp';

export interface GrantedPolicy {
  /** Of the record. */
  readonly id: string;
  /** May be empty. */
  readonly name: string;
  readonly language: PolicyLanguage;
  /** Whom it is attached to: the caller itself, or a group that it is in. */
  readonly via: Subject;
  readonly policy: Policy;
  /** As stored: what it was compiled from. */
  readonly document: string;
}

export interface Grants {
  readonly policies: readonly GrantedPolicy[];
  /** What the session is limited to, whatever else is granted. */
  readonly sessionPolicy?: Pick<GrantedPolicy, 'language' | 'policy' | 'document'>;
}

export const NO_GRANTS: Grants = { policies: [] };
