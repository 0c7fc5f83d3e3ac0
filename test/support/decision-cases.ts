/** Decisions on access as data: one policy situation, and who gets what in it. Stored in `src/identity/fixtures`. */

export const accounts = { owner: 'a'.repeat(32), other: 'b'.repeat(32), third: 'c'.repeat(32) } as const;

export interface Person {
  readonly account: string;
  readonly name: string;
  /** A service, or a session called `night` of a role, of that name. */
  readonly role: 'root' | 'operator' | 'member' | 'service' | 'session';
}

/** `nobody`: no proof of identity. */
export const people: Readonly<Record<string, Person | undefined>> = {
  nobody: undefined,
  'owner-root': { account: accounts.owner, name: 'root', role: 'root' },
  'owner-kim': { account: accounts.owner, name: 'kim', role: 'operator' },
  'owner-min': { account: accounts.owner, name: 'min', role: 'member' },
  'other-root': { account: accounts.other, name: 'root', role: 'root' },
  'other-lee': { account: accounts.other, name: 'lee', role: 'operator' },
  'other-yun': { account: accounts.other, name: 'yun', role: 'member' },
  'owner-bot': { account: accounts.owner, name: 'bot', role: 'service' },
  'owner-job': { account: accounts.owner, name: 'job', role: 'session' },
  'other-bot': { account: accounts.other, name: 'bot', role: 'service' },
  'other-job': { account: accounts.other, name: 'job', role: 'session' },
  'third-han': { account: accounts.third, name: 'han', role: 'operator' },
};

export const BUCKET = 'photos';

/** READ and so on, to `all`, `auth` or an account. */
export type ListedGrant = readonly [permission: string, grantee: string];

export interface DecisionCase {
  readonly who: string;
  /** As policies call it. */
  readonly action: string;
  /** None for what is about the bucket. */
  readonly key?: string;
  /** By key in lower case. */
  readonly request?: Readonly<Record<string, string>>;
  /** Of the account `third` instead of the bucket's; or not there. */
  readonly object?: 'foreign' | 'absent';
  readonly expected: 'allow' | 'deny';
}

export interface DecisionGroup {
  /** What it shows, or where it is from. */
  readonly about: string;
  readonly bucketPolicy?: unknown;
  /** Both of everybody in the cases who is known. */
  readonly identityPolicies?: readonly unknown[];
  readonly sessionPolicy?: unknown;
  readonly bucketAcl?: readonly ListedGrant[];
  readonly objectAcl?: readonly ListedGrant[];
  readonly publicAccessBlock?: readonly string[];
  readonly cases: readonly DecisionCase[];
}
