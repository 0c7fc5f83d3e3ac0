/**
 * The ledger of ceph/s3-tests (`test_s3.py`, commit 8f0ae7b): one line per case in `s3-tests.tsv`, all 835 of them, whether they
 * ran or not. A case that does not pass counts as not passed whatever the reason, so that neither skipping nor an argument
 * raises the score.
 *
 * Columns, separated by tabs: family, case, outcome, reason. The family follows from the case's name; a name that fits
 * several belongs to the first (so the six about encodings stand beside encryption, which begins like them).
 */

export const outcomes = ['pass', 'fail', 'not-applicable'] as const;
export type Outcome = (typeof outcomes)[number];

export interface CaseResult {
  readonly family: string;
  readonly name: string;
  readonly outcome: Outcome;
  /** Empty for a pass. */
  readonly reason: string;
}

export const CASES = 835;

/** In the order of the rules. `goal`: whether the case counts towards the first goal, 90% of 327. */
export const families: readonly {
  readonly name: string;
  readonly pattern: RegExp;
  readonly goal: boolean;
}[] = [
  { name: 'bucket logging', pattern: /bucket_logging/, goal: false },
  { name: 'server-side encryption', pattern: /enc(?!e)|sse|kms/, goal: false },
  { name: 'browser POST', pattern: /post_object/, goal: false },
  { name: 'object lock', pattern: /object_lock/, goal: false },
  {
    name: 'lifecycle, transition, restore',
    pattern: /lifecycle|transition|restore|delete_marker_expiration/,
    goal: false,
  },
  { name: 'bucket policy, public access', pattern: /policy|public/, goal: false },
  { name: 'tagging', pattern: /_tags|tagging/, goal: false },
  { name: 'CORS', pattern: /cors/, goal: false },
  {
    name: 'put, get, copy, range, atomic, raw',
    pattern: /nonowner|nonversioned|atomic_multipart/,
    goal: true,
  },
  {
    name: 'listing v1/v2',
    pattern: /bucket_list|obj_list|buckets_list|list_buckets|create_then_list|long_name/,
    goal: true,
  },
  { name: 'versioning', pattern: /version|delete_marker/, goal: false },
  { name: 'multipart', pattern: /multipart/, goal: true },
  {
    name: 'conditional requests',
    pattern: /if_?match|if_?non|ifmodified|ifunmodified|conditional/,
    goal: true,
  },
  { name: 'bucket naming', pattern: /naming/, goal: true },
  { name: 'ACL and ownership', pattern: /acl|access_bucket|owner/, goal: true },
  { name: 'checksums', pattern: /checksum|cksum/, goal: true },
  { name: 'put, get, copy, range, atomic, raw', pattern: /./, goal: true },
];

export function familyOf(name: string): string {
  return families.find(({ pattern }) => pattern.test(name))?.name ?? '';
}

/** Throws when a line is not one of a ledger. */
export function parseLedger(text: string): CaseResult[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [family, name, shown, reason, ...more] = line.split('\t');
      const outcome = outcomes.find((known) => known === shown);
      if (family === undefined || name === undefined || outcome === undefined || reason === undefined) {
        throw new Error(`not a line of the ledger: ${line}`);
      }
      if (more.length > 0) throw new Error(`too many columns: ${line}`);
      return { family, name, outcome, reason };
    });
}

export function renderLedger(results: readonly CaseResult[]): string {
  return results
    .map(({ family, name, outcome, reason }) => `${[family, name, outcome, reason].join('\t')}\n`)
    .join('');
}

/** What is wrong with a ledger: not every case once, a family that is not the name's, a failure without its reason. */
export function faultsOf(results: readonly CaseResult[]): string[] {
  const faults: string[] = [];
  const names = new Set(results.map(({ name }) => name));
  if (names.size !== CASES || results.length !== CASES) {
    faults.push(`${results.length} lines about ${names.size} cases instead of ${CASES}`);
  }
  for (const { family, name, outcome, reason } of results) {
    if (family !== familyOf(name)) faults.push(`${name} belongs to the family ${familyOf(name)}`);
    if ((outcome === 'pass') !== (reason === '')) {
      faults.push(outcome === 'pass' ? `${name} passes and has a reason` : `${name} has no reason`);
    }
  }
  return faults;
}
