/**
 * Tags of the object that is there, as conditions see them: `s3:ExistingObjectTag/{key}`. They count for the actions that AWS lists with
 * the key (Service Authorization Reference, "Condition keys for Amazon S3"): reading an object and what belongs to it, and changing
 * what belongs to it, but not replacing or deleting it.
 */
import type { Action } from './actions.ts';
import type { AccessQuestion } from './evaluate-access.ts';
import { compilePolicy } from './policy-cache.ts';
import { EXISTING_TAG_PREFIX } from './policy-condition-keys.ts';

const tagged: ReadonlySet<Action> = new Set([
  'object:read',
  'object:read-version',
  'object:head',
  'object:head-version',
  'object:copy-source',
  'object:copy-source-version',
  'object:read-attributes',
  'object:read-version-attributes',
  'object:read-acl',
  'object:read-version-acl',
  'object:write-acl',
  'object:write-version-acl',
  'object:read-tagging',
  'object:read-version-tagging',
  'object:write-tagging',
  'object:write-version-tagging',
  'object:delete-tagging',
  'object:delete-version-tagging',
]);

/** Whether a policy with a say asks for them. */
export function needsObjectTags({ principal, action, resource }: AccessQuestion): boolean {
  if (!tagged.has(action)) return false;
  const { bucketPolicy, publicGrants } = resource;
  if (publicGrants?.policies.some(({ policy }) => policy.readsObjectTags === true)) return true;
  if (bucketPolicy !== undefined && compilePolicy(bucketPolicy, 'bucket').readsObjectTags === true)
    return true;
  if (principal.kind === 'anonymous' || principal.grants === undefined) return false;
  const { policies, sessionPolicy } = principal.grants;
  return (
    policies.some(({ policy }) => policy.readsObjectTags === true) ||
    sessionPolicy?.policy.readsObjectTags === true
  );
}

/** The value of a condition's key, in lower case; undefined when it asks for something else, or there is no such tag. */
export function existingTag(key: string, { action, resource }: AccessQuestion): string | undefined {
  if (!key.startsWith(EXISTING_TAG_PREFIX) || !tagged.has(action)) return undefined;
  if (resource.object?.kind !== 'present') return undefined;
  return findTag(resource.object.tags, key.slice(EXISTING_TAG_PREFIX.length));
}

/** Keys of conditions are compared without regard to case. */
export function findTag(
  tags: Readonly<Record<string, string>> | undefined,
  lowerCaseKey: string,
): string | undefined {
  if (tags === undefined) return undefined;
  const name = Object.keys(tags).find((key) => key.toLowerCase() === lowerCaseKey);
  return name === undefined ? undefined : tags[name];
}
