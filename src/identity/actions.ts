/**
 * The one closed list of what can be asked for. Dialects translate their own vocabulary (`s3:GetObject`, IBM's and SCP's
 * action names) to it and never add to it.
 */
export const actions = [
  'account:list-buckets',
  'bucket:create',
  'bucket:delete',
  'bucket:head',
  'bucket:list-objects',
  'bucket:list-versions',
  'bucket:list-uploads',
  'bucket:read-location',
  'bucket:read-acl',
  'bucket:write-acl',
  'bucket:read-policy',
  'bucket:write-policy',
  'bucket:read-versioning',
  'bucket:write-versioning',
  'bucket:read-configuration',
  'bucket:write-configuration',
  'object:read',
  'object:read-version',
  'object:write',
  'object:delete',
  'object:delete-version',
  'object:read-acl',
  'object:write-acl',
  'object:read-attributes',
  'object:read-tagging',
  'object:write-tagging',
  'object:list-parts',
  'object:abort-upload',
  'identity:read',
  'identity:write',
  'admin:read',
  'admin:write',
] as const;

export type Action = (typeof actions)[number];
