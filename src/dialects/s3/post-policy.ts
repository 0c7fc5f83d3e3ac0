/**
 * What the policy of an upload form allows: every field of the form must be named by a condition and satisfy it, and the file be of
 * an allowed length. Amazon S3 API Reference, "POST policy". Names of fields are compared without regard to case, values with.
 */
import { S3Error } from './s3-errors.ts';

export interface PostPolicy {
  readonly expiresAtMicros: number;
  readonly conditions: readonly PostCondition[];
  /** Of the file, in bytes. */
  readonly length: { readonly min: number; readonly max: number } | undefined;
}

interface PostCondition {
  readonly kind: 'eq' | 'starts-with';
  readonly name: string;
  readonly value: string;
  /** As it stands in the policy, for the refusal. */
  readonly shown: string;
}

const ISO_DATE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/;
/** Fields that a policy does not name (the same page, "Conditions"). */
const UNNAMED: ReadonlySet<string> = new Set([
  'policy',
  'signature',
  'awsaccesskeyid',
  'x-amz-signature',
  'file',
  'bucket',
]);

/** Also those that can only make an upload fail. */
const NEEDS_NO_CONDITION = /^x-(?:ignore-|amz-checksum-|amz-sdk-checksum-algorithm$)/;

/** `text`: base64. Throws InvalidPolicyDocument. */
export function readPostPolicy(text: string): PostPolicy {
  const policy = parse(text);
  const { expiration, conditions } = policy;
  if (expiration === undefined) throw invalid('Policy missing expiration.');
  if (conditions === undefined) throw invalid('Policy missing conditions.');
  if (typeof expiration !== 'string' || !ISO_DATE.test(expiration)) {
    throw invalid(`Invalid 'expiration' value: '${String(expiration)}'`);
  }
  if (!Array.isArray(conditions)) throw invalid('Invalid conditions list.');
  let length: PostPolicy['length'];
  const read: PostCondition[] = [];
  for (const condition of conditions as readonly unknown[]) {
    if (Array.isArray(condition) && String(condition[0]).toLowerCase() === 'content-length-range') {
      length = readRange(condition);
    } else {
      read.push(...readCondition(condition));
    }
  }
  return { expiresAtMicros: Date.parse(expiration) * 1000, conditions: read, length };
}

function parse(text: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(text, 'base64')));
  } catch {
    throw invalid('Invalid JSON.');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid('Invalid JSON.');
  return { ...value };
}

function readRange(condition: readonly unknown[]): { readonly min: number; readonly max: number } {
  const [min, max] = condition.slice(1).map(Number);
  const isRange =
    condition.length === 3 && [min, max].every((bytes) => Number.isSafeInteger(bytes) && (bytes ?? -1) >= 0);
  if (!isRange || min === undefined || max === undefined)
    throw invalid('Invalid content-length-range condition.');
  return { min, max };
}

function readCondition(condition: unknown): PostCondition[] {
  const shown = JSON.stringify(condition) ?? '';
  if (Array.isArray(condition)) {
    const [kind, field, value] = condition as readonly unknown[];
    const operator = String(kind).toLowerCase();
    const isKnown = operator === 'eq' || operator === 'starts-with';
    if (condition.length !== 3 || !isKnown || typeof field !== 'string' || typeof value !== 'string') {
      throw invalid(`Invalid condition: ${shown}`);
    }
    return [{ kind: operator, name: field.replace(/^\$/, '').toLowerCase(), value, shown }];
  }
  if (typeof condition !== 'object' || condition === null) throw invalid(`Invalid condition: ${shown}`);
  const pairs = Object.entries(condition as Record<string, unknown>);
  if (pairs.length !== 1) throw invalid(`Invalid condition: ${shown}`);
  return pairs.map(([name, value]) => {
    if (typeof value !== 'string') throw invalid(`Invalid condition: ${shown}`);
    return { kind: 'eq', name: name.toLowerCase(), value, shown };
  });
}

/** `fields`: by names in lower case. Throws AccessDenied. */
export function confirmPostPolicy(
  policy: PostPolicy,
  fields: ReadonlyMap<string, string>,
  bucketName: string,
  nowMicros: number,
): void {
  if (policy.expiresAtMicros <= nowMicros) throw denied('Policy expired.');
  const named = new Set(policy.conditions.map(({ name }) => name));
  for (const { kind, name, value, shown } of policy.conditions) {
    const given = name === 'bucket' ? bucketName : (fields.get(name) ?? '');
    const holds = kind === 'eq' ? given === value : startsWith(given, value, name);
    if (!holds) throw denied(`Policy Condition failed: ${shown}`);
  }
  for (const name of fields.keys()) {
    if (named.has(name) || UNNAMED.has(name) || NEEDS_NO_CONDITION.test(name)) continue;
    throw denied(`Extra input fields: ${name}`);
  }
}

/** A Content-Type may list several; every one must begin so. */
function startsWith(given: string, value: string, name: string): boolean {
  const parts = name === 'content-type' ? given.split(',') : [given];
  return parts.every((part) => part.startsWith(value));
}

function invalid(reason: string): S3Error {
  return new S3Error('InvalidPolicyDocument', {}, `Invalid Policy: ${reason}`);
}

function denied(reason: string): S3Error {
  return new S3Error('AccessDenied', {}, `Invalid according to Policy: ${reason}`);
}
