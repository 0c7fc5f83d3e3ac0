/** Values of a policy document, each with where it stands: what is wrong is answered with its place (nhn-openstack.md, section 22). */
import { SwiftError } from './swift-errors.ts';

export function policyFault(path: string, reason: string): SwiftError {
  return new SwiftError(400, `${path}: ${reason}`);
}

/** Throws 400 for members of other names. */
export function objectOf(
  value: unknown,
  path: string,
  members: readonly string[],
): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw policyFault(path, 'must be an object');
  }
  if (Object.keys(value).some((name) => !members.includes(name))) {
    throw policyFault(path, `may have no members but ${members.join(', ')}`);
  }
  return value as Readonly<Record<string, unknown>>;
}

export function listOf<T>(
  value: unknown,
  path: string,
  itemsMax: number,
  item: (value: unknown, path: string) => T,
): T[] {
  if (!Array.isArray(value) || value.length > itemsMax) {
    throw policyFault(path, `must be a list of at most ${itemsMax}`);
  }
  return value.map((entry, index) => item(entry, `${path}[${index}]`));
}

/** What can stand in a list that commas or blanks divide. */
export function wordOf(value: unknown, path: string): string {
  if (
    typeof value !== 'string' ||
    !/^[^\s,.\p{Cc}-][^\s,\p{Cc}]*$|^\.[^\s,.\p{Cc}][^\s,\p{Cc}]*$/u.test(value)
  ) {
    throw policyFault(path, 'must be a word without blanks and commas');
  }
  if (value.length > WORD_UNITS_MAX)
    throw policyFault(path, `must have at most ${WORD_UNITS_MAX} characters`);
  return value;
}

/** Names of users and tenants, hosts and origins are shorter. */
const WORD_UNITS_MAX = 256;

export function switchOf(value: unknown, path: string): boolean {
  if (typeof value !== 'boolean') throw policyFault(path, 'must be true or false');
  return value;
}

export function wholeNumberOf(value: unknown, path: string, min: number, max: number): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < min || value > max) {
    throw policyFault(path, `must be a whole number from ${min} to ${max}`);
  }
  return value;
}
