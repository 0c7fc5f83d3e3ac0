/** Whom IBM's ids name: users and service IDs of the account, to and from the subjects of the identity core. */
import { iamIdOfService, iamIdOfUser, ownerOfIamId } from '../../identity/ibm-ids.ts';
import { parseSubject, type Subject } from '../../identity/subjects.ts';
import { isUuid } from '../../lib/uuid.ts';
import type { IbmServices } from './ibm-call.ts';

/** Undefined when the account has nobody of that id. */
export async function subjectOfIamId(
  { identity }: Pick<IbmServices, 'identity'>,
  accountId: string,
  iamId: string,
): Promise<Subject | undefined> {
  const owner = ownerOfIamId(iamId);
  if (owner === undefined) return undefined;
  if (owner.kind === 'service') {
    const found = await identity.services.get(owner.serviceId);
    return found?.record.accountId === accountId ? `service:${owner.serviceId}` : undefined;
  }
  const user = await identity.findUserBetween(owner.firstId, owner.lastId);
  return user?.accountId === accountId ? `user:${user.id}` : undefined;
}

/** Undefined for subjects that have no such id. */
export function iamIdOfSubject(subject: Subject): string | undefined {
  const found = parseSubject(subject);
  switch (found?.kind) {
    case 'user':
      return iamIdOfUser(found.id);
    case 'service':
      return iamIdOfService(found.id);
    default:
      return undefined;
  }
}

const SERVICE_ID = /^(?:crn:.*:serviceid:)?(?:iam-)?ServiceId-([0-9a-f-]{36})$/;

/** The uuid in `ServiceId-<uuid>`, with or without `iam-`, or in its CRN. */
export function serviceUuidIn(text: string): string | undefined {
  const uuid = SERVICE_ID.exec(text)?.[1];
  return uuid !== undefined && isUuid(uuid) ? uuid : undefined;
}

const API_KEY_ID = /^(?:crn:.*:apikey:)?ApiKey-([0-9a-f-]{36})$/;

export function apiKeyUuidIn(text: string): string | undefined {
  const uuid = API_KEY_ID.exec(text)?.[1];
  return uuid !== undefined && isUuid(uuid) ? uuid : undefined;
}

export const PUBLIC_GROUP_ID = 'AccessGroupId-PublicAccess';
const GROUP_ID = /^AccessGroupId-([0-9a-f-]{36})$/;

/** `AccessGroupId-<uuid>` of the 32 hexadecimal characters of a group. */
export function accessGroupIdOf(groupId: string): string {
  const hex = groupId.replaceAll('-', '');
  return `AccessGroupId-${hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')}`;
}

export function groupIdIn(text: string): string | undefined {
  const uuid = GROUP_ID.exec(text)?.[1];
  return uuid !== undefined && isUuid(uuid) ? uuid.replaceAll('-', '') : undefined;
}
