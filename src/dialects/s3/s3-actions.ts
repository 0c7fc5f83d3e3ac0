/** What S3 asks for when a request addresses a version of an object. */
import type { Action } from '../../identity/actions.ts';

/** Actions that have one of their own for an addressed version (`s3:GetObjectVersion`, `s3:DeleteObjectVersion` …). */
const onVersion: Readonly<Partial<Record<Action, Action>>> = {
  'object:read': 'object:read-version',
  'object:head': 'object:head-version',
  'object:copy-source': 'object:copy-source-version',
  'object:delete': 'object:delete-version',
  'object:read-acl': 'object:read-version-acl',
  'object:write-acl': 'object:write-version-acl',
  'object:read-attributes': 'object:read-version-attributes',
  'object:read-tagging': 'object:read-version-tagging',
  'object:write-tagging': 'object:write-version-tagging',
  'object:delete-tagging': 'object:delete-version-tagging',
};

export function actionOnVersion(action: Action): Action {
  return onVersion[action] ?? action;
}
