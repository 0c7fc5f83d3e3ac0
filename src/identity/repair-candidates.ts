/** What a change is that may turn a denial into an allow (repairs.ts). */
import type { AclPermission } from './acl.ts';
import type { PatchStep } from './edit-aws-policy.ts';
import type { AccessQuestion } from './evaluate-access.ts';
import type { PolicyLanguage } from './grants.ts';
import { PolicyFormatError } from './policy-cache.ts';
import type { RepairSaying } from './repair-sentences.ts';

export const repairKinds = ['credential', 'statement', 'grant', 'deny'] as const;
export type RepairKind = (typeof repairKinds)[number];

/** What is to be changed. Ids and names as the APIs know them. */
export type RepairTarget =
  | { readonly what: 'request' }
  | { readonly what: 'session' }
  | {
      readonly what: 'policy';
      readonly id: string;
      readonly name: string;
      readonly language: PolicyLanguage;
    }
  | { readonly what: 'attachment'; readonly subject: string; readonly account: string | undefined }
  | {
      readonly what: 'bucket-policy' | 'bucket-acl' | 'public-access-block' | 'firewall';
      readonly bucket: string;
    }
  | { readonly what: 'object-acl'; readonly bucket: string; readonly key: string }
  | { readonly what: 'user-role'; readonly subject: string };

export interface Repair {
  readonly kind: RepairKind;
  /** One sentence in English, and what it was made from. */
  readonly sentence: string;
  readonly says: RepairSaying;
  readonly target: RepairTarget;
  /** Everybody would have it, also without a proof of identity. */
  readonly opensToAll?: true;
  /** Of the target's document (RFC 6902). */
  readonly patch?: readonly PatchStep[];
  /** A document that is to be made. */
  readonly document?: object;
  /** What is to be granted in a list. */
  readonly grant?: { readonly permission: AclPermission; readonly account: string };
}

export interface Candidate extends Repair {
  /** The question as it would be with the change. */
  readonly changed: AccessQuestion;
}

/** Undefined: the change cannot be made. */
export type Make = () => Candidate | undefined;

/** A change that policies refuse to be is none. */
export function making(make: () => Candidate | undefined): Make {
  return () => {
    try {
      return make();
    } catch (error) {
      if (error instanceof PolicyFormatError) return undefined;
      throw error;
    }
  };
}
