/**
 * Whether a bucket's policy makes it public (Amazon S3 User Guide, "Blocking public access to your Amazon S3 storage", "The
 * meaning of 'public'"): unless every statement that allows something allows it to fixed principals only, or to everybody
 * within fixed values of a key that tells who or where they are. Statements that deny are not looked at: what they leave is
 * not worth guessing.
 */
import { parseIpRange } from './ip-ranges.ts';
import type { Policy, PolicyStatement } from './policies.ts';
import type { PolicyCondition } from './policy-conditions.ts';
import { isEverybody } from './policy-principals.ts';

const narrowingKeys: ReadonlySet<string> = new Set([
  'aws:principalaccount',
  'aws:principalarn',
  'aws:principalorgid',
  'aws:principalorgpaths',
  'aws:sourcearn',
  'aws:sourcevpc',
  'aws:sourcevpce',
  'aws:sourceowner',
  'aws:sourceaccount',
  'aws:sourceorgid',
  'aws:userid',
  'aws:username',
  's3:dataaccesspointarn',
  's3:dataaccesspointaccount',
]);

/** Broader ranges are the public (same section), unless they are private networks. */
const PREFIX_BITS_MIN = { v4: 8, v6: 32 } as const;

export function isPublicPolicy({ statements }: Policy): boolean {
  return statements.some(isPublicStatement);
}

function isPublicStatement({ effect, principals, conditions }: PolicyStatement): boolean {
  if (effect === 'Deny' || principals === undefined || !isEverybody(principals)) return false;
  return !conditions.some(isNarrowing);
}

function isNarrowing({ key, fixes, comparisons }: PolicyCondition): boolean {
  if (!fixes || comparisons.length === 0) return false;
  if (key === 'aws:sourceip') return comparisons.every(({ source }) => isNarrowRange(source));
  return narrowingKeys.has(key);
}

/** 10.0.0.0/8 and the other private networks (RFC 1918) are no broader than that themselves. */
function isNarrowRange(source: string): boolean {
  const range = parseIpRange(source);
  if (range === undefined) return false;
  return range.prefixBits >= (range.bytes.length === 4 ? PREFIX_BITS_MIN.v4 : PREFIX_BITS_MIN.v6);
}
