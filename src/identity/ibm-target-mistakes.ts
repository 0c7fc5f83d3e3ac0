/**
 * What people write into the target of a policy where the name of a bucket belongs (ibm-cos.md, 12.1 and 12.3): the dialogue asks
 * for a "resource ID", and there are several things with an id at hand.
 */

import { isUuid } from '../lib/uuid.ts';
import { looksLikeCrn } from './ibm-crn.ts';
import type { IbmPolicyDocument } from './ibm-policies.ts';

export interface TargetMistake {
  readonly attribute: 'resource' | 'resourceType' | 'serviceInstance';
  readonly value: string;
  readonly mistake: 'instance-id' | 'crn' | 'type' | 'no-type' | 'slash';
  readonly sentence: string;
}

/** From the policy alone. */
export function describeTarget({ resource }: IbmPolicyDocument): readonly TargetMistake[] {
  const textOf = (key: string): string | undefined => {
    const found = resource.find((attribute) => attribute.key === key);
    return typeof found?.value === 'string' ? found.value : undefined;
  };
  const [name, type, instance] = [textOf('resource'), textOf('resourceType'), textOf('serviceInstance')];
  const isStorage = (textOf('serviceName') ?? 'cloud-object-storage') === 'cloud-object-storage';
  if (!isStorage) return [];
  const mistakes: TargetMistake[] = [];
  const add = (
    attribute: TargetMistake['attribute'],
    value: string,
    mistake: TargetMistake['mistake'],
    sentence: string,
  ) => mistakes.push({ attribute, value, mistake, sentence });
  if (name !== undefined) {
    if (isUuid(name))
      add(
        'resource',
        name,
        'instance-id',
        `resource is ${name}, which looks like the ID of an instance: write the name of the bucket.`,
      );
    else if (looksLikeCrn(name))
      add('resource', name, 'crn', 'resource is a CRN: write the name of the bucket alone.');
    else if (name.includes('/'))
      add(
        'resource',
        name,
        'slash',
        'resource has a slash, which no bucket has: write the name of the bucket alone.',
      );
    if (type === undefined) add('resourceType', '', 'no-type', 'resourceType is missing: write bucket.');
  }
  if (type !== undefined && type !== 'bucket') {
    add(
      'resourceType',
      type,
      'type',
      `resourceType is ${type.slice(0, 60)}: for object storage it has to be bucket.`,
    );
  }
  if (instance !== undefined && looksLikeCrn(instance)) {
    add(
      'serviceInstance',
      instance,
      'crn',
      'serviceInstance is a CRN: write the GUID of the instance alone.',
    );
  }
  return mistakes;
}

export interface BucketContext {
  /** The one that was asked about. */
  readonly bucket: string;
  /** GUID of its instance. */
  readonly instance: string;
  readonly others: readonly string[];
}

/** What a value is that stands where the name of the bucket belongs; ends a sentence. */
export function describeBucketName(value: string, { bucket, instance, others }: BucketContext): string {
  if (value === bucket) return 'right, but resourceType is not bucket';
  if (value === instance) return 'the ID of the instance';
  if (looksLikeCrn(value)) return 'a full CRN';
  if (others.includes(value)) return 'the name of another bucket';
  if (isUuid(value)) return 'an ID of something else';
  if (value.toLowerCase() === bucket.toLowerCase())
    return `${bucket} in other letters: names are compared with regard to case`;
  if (value.replace(/\/\*?$|\*$/, '') === bucket) return `${bucket} with something behind it`;
  if (isNear(value, bucket)) return `nearly ${bucket}: a letter or two are different`;
  return 'not the bucket that was asked about';
}

const DISTANCE_MAX = 2;

/** Whether at most two letters have to be changed, added or left out. */
function isNear(one: string, other: string): boolean {
  if (Math.abs(one.length - other.length) > DISTANCE_MAX || one.length > 255) return false;
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let i = 1; i <= one.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= other.length; j += 1) {
      const change = (row[j - 1] ?? 0) + (one[i - 1] === other[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return (row.at(-1) ?? DISTANCE_MAX + 1) <= DISTANCE_MAX;
}
