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
