/**
 * Public access block: four switches that take public grants away, whatever lists and policies say (Amazon S3 User Guide,
 * "Blocking public access to your Amazon S3 storage"). Stored as the document `public-access-block` of a bucket:
 *
 *     {"v":1,"on":["BlockPublicAcls","RestrictPublicBuckets"]}
 */
import { decodeGrants } from './acl.ts';

export const publicAccessSwitches = [
  /** Lists that grant to groups are refused when written. */
  'BlockPublicAcls',
  /** Grants to groups in lists count for nothing. */
  'IgnorePublicAcls',
  /** Policies that are public are refused when written. */
  'BlockPublicPolicy',
  /** While the policy is public, it gives nothing to anybody outside the bucket's account. */
  'RestrictPublicBuckets',
] as const;
export type PublicAccessSwitch = (typeof publicAccessSwitches)[number];

export type PublicAccessBlock = ReadonlySet<PublicAccessSwitch>;

/** A stored document that this version cannot read: damage, or written by a newer version. */
class PublicAccessBlockFormatError extends Error {
  override readonly name = 'PublicAccessBlockFormatError';
}

const FORMAT = 1;
const NONE: PublicAccessBlock = new Set();

export function encodePublicAccessBlock(block: PublicAccessBlock): string {
  return JSON.stringify({ v: FORMAT, on: publicAccessSwitches.filter((name) => block.has(name)) });
}

/** `document`: as stored, or undefined where none is. Throws `PublicAccessBlockFormatError`. */
export function decodePublicAccessBlock(document: string | undefined): PublicAccessBlock {
  if (document === undefined) return NONE;
  const stored: unknown = parse(document);
  if (typeof stored !== 'object' || stored === null || !('v' in stored) || !('on' in stored))
    throw unknownForm();
  if (stored.v !== FORMAT || !Array.isArray(stored.on)) throw unknownForm();
  return new Set(
    stored.on.map((name: unknown) => {
      const found = publicAccessSwitches.find((known) => known === name);
      if (found === undefined) throw unknownForm();
      return found;
    }),
  );
}

/** Whether a stored list grants something to everybody, or to everybody with an account. Throws `AclFormatError`. */
export function isPublicAcl(document: string | null | undefined): boolean {
  if (document === null || document === undefined) return false;
  return decodeGrants(document).some(
    ({ grantee }) => grantee.kind === 'group' && grantee.group !== 'log-delivery',
  );
}

function parse(document: string): unknown {
  try {
    return JSON.parse(document);
  } catch {
    throw unknownForm();
  }
}

function unknownForm(): PublicAccessBlockFormatError {
  return new PublicAccessBlockFormatError('a stored public access block has an unknown form');
}
