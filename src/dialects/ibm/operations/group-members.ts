/** Members of access groups (ibm-cos.md, section 5). Several are added or removed at a time, each with a result of its own. */
import { defineOperation } from '../../kernel/define-operation.ts';
import { iamIdOfSubject, subjectOfIamId } from '../iam-subjects.ts';
import type { IbmCall, IbmServices } from '../ibm-call.ts';
import { invalid, notFound } from '../ibm-errors.ts';
import { listLinks } from '../list-links.ts';
import { BODY_BYTES_MAX, type JsonObject, objectsIn, parseJson, textIn, textsIn } from '../read-json.ts';
import { limitOf, offsetOf } from '../read-page.ts';
import { isoMillis, jsonResponse, noContent } from '../render-json.ts';
import { findGroup, groupsTarget, refusePublicGroup } from './access-groups.ts';

/** Of one request (IBM). */
const MEMBERS_PER_REQUEST_MAX = 50;
/** Of one group, in a list. Ours. */
const MEMBERS_MAX = 5000;

const types: ReadonlyMap<string, string> = new Map([
  ['user', 'user:'],
  ['service', 'service:'],
]);

function failure(requestId: string, status: number, code: string, message: string): object {
  return { status_code: status, trace: requestId, errors: [{ code, message, more_info: '' }] };
}

export const addGroupMembers = defineOperation({
  name: 'AddAccessGroupMembers',
  summary: 'Adds users and service IDs to an access group; each has a result of its own.',
  route: { method: 'PUT', resource: '/v2/groups/{id}/members' },
  permissions: [{ action: 'iam:write-group', on: 'record' }],
  body: { kind: 'buffered', bytesMax: BODY_BYTES_MAX },
  mutates: true,
  decode: (_call: IbmCall): JsonObject => ({}),
  decodeBody: (body) => parseJson(body),
  async run(services: IbmServices, body, call) {
    refusePublicGroup(call);
    call.demand('iam:write-group', groupsTarget(call.parameter('id')));
    const { record } = await findGroup(services, call);
    const members = objectsIn(body, 'members', MEMBERS_PER_REQUEST_MAX);
    if (members.length === 0) throw invalid('"members" must not be empty.');
    const results: object[] = [];
    for (const member of members) {
      const [iamId, type] = [textIn(member, 'iam_id'), textIn(member, 'type')];
      const common = { iam_id: iamId, type, created_by_id: call.iamId };
      const prefix = types.get(type);
      const subject =
        prefix === undefined ? undefined : await subjectOfIamId(services, call.accountId, iamId);
      if (subject === undefined || !subject.startsWith(prefix ?? '')) {
        const message = `There is no ${type.slice(0, 20)} of that id in the account.`;
        results.push({ ...common, ...failure(call.requestId, 404, 'member_not_found', message) });
        continue;
      }
      const isNew = await services.identity.groups.addMember(record.id, subject);
      results.push(
        isNew
          ? {
              ...common,
              created_at: isoMillis(services.clock.nowMicros()),
              status_code: 200,
              trace: call.requestId,
            }
          : {
              ...common,
              ...failure(call.requestId, 409, 'member_conflict_error', 'It is a member already.'),
            },
      );
    }
    return { members: results };
  },
  encode: (document) => jsonResponse(207, document),
});

export const listGroupMembers = defineOperation({
  name: 'ListAccessGroupMembers',
  summary: 'Lists the members of an access group.',
  route: { method: 'GET', resource: '/v2/groups/{id}/members' },
  permissions: [{ action: 'iam:read-group', on: 'record' }],
  body: { kind: 'none' },
  mutates: false,
  decode: (call: IbmCall) => ({ limit: limitOf(call, 'limit', 50), offset: offsetOf(call, 'offset') }),
  async run(services: IbmServices, { limit, offset }, call) {
    call.demand('iam:read-group', groupsTarget(call.parameter('id')));
    const { record } = await findGroup(services, call);
    const { items } = await services.identity.groups.listMembers(record.id, { limit: MEMBERS_MAX });
    const wanted = call.query.get('type');
    const found = items.flatMap(({ record: { member, addedAtMicros } }) => {
      const type = member.startsWith('user:') ? 'user' : 'service';
      if (wanted !== undefined && wanted !== type) return [];
      const facts = { created_at: isoMillis(addedAtMicros), membership_type: 'static' };
      return [{ iam_id: iamIdOfSubject(member) ?? '', type, ...facts }];
    });
    const url = services.whereabouts.identityUrl(call.request);
    return {
      ...listLinks(url, call, { limit, offset, total: found.length }),
      members: found.slice(offset, offset + limit),
    };
  },
  encode: (document) => jsonResponse(200, document),
});

/** Throws 404 for who is no member. */
export const checkGroupMember = defineOperation({
  name: 'IsMemberOfAccessGroup',
  summary: 'Says whether an identity is in an access group.',
  route: { method: 'HEAD', resource: '/v2/groups/{id}/members/{member}' },
  permissions: [{ action: 'iam:read-group', on: 'record' }],
  body: { kind: 'none' },
  mutates: false,
  decode: (_call: IbmCall) => undefined,
  async run(services: IbmServices, _input: undefined, call) {
    call.demand('iam:read-group', groupsTarget(call.parameter('id')));
    const { record } = await findGroup(services, call);
    const subject = await subjectOfIamId(services, call.accountId, call.parameter('member'));
    const groups =
      subject === undefined ? [] : await services.identity.groups.listGroupsOf(call.accountId, subject);
    if (!groups.some((group) => group.record.id === record.id)) throw notFound('member');
  },
  encode: () => noContent(),
});

async function removeMember(
  services: IbmServices,
  call: IbmCall,
  groupId: string,
  iamId: string,
): Promise<boolean> {
  const subject = await subjectOfIamId(services, call.accountId, iamId);
  return subject !== undefined && services.identity.groups.removeMember(groupId, subject);
}

export const removeGroupMember = defineOperation({
  name: 'RemoveMemberFromAccessGroup',
  summary: 'Removes an identity from an access group.',
  route: { method: 'DELETE', resource: '/v2/groups/{id}/members/{member}' },
  permissions: [{ action: 'iam:write-group', on: 'record' }],
  body: { kind: 'none' },
  mutates: true,
  decode: (_call: IbmCall) => undefined,
  async run(services: IbmServices, _input: undefined, call) {
    refusePublicGroup(call);
    call.demand('iam:write-group', groupsTarget(call.parameter('id')));
    const { record } = await findGroup(services, call);
    if (!(await removeMember(services, call, record.id, call.parameter('member')))) throw notFound('member');
  },
  encode: () => noContent(),
});

export const removeGroupMembers = defineOperation({
  name: 'RemoveMembersFromAccessGroup',
  summary: 'Removes several identities from an access group; each has a result of its own.',
  route: { method: 'POST', resource: '/v2/groups/{id}/members/delete' },
  permissions: [{ action: 'iam:write-group', on: 'record' }],
  body: { kind: 'buffered', bytesMax: BODY_BYTES_MAX },
  mutates: true,
  decode: (_call: IbmCall): JsonObject => ({}),
  decodeBody: (body) => parseJson(body),
  async run(services: IbmServices, body, call) {
    refusePublicGroup(call);
    call.demand('iam:write-group', groupsTarget(call.parameter('id')));
    const { record } = await findGroup(services, call);
    const members: object[] = [];
    for (const iamId of textsIn(body, 'members', MEMBERS_PER_REQUEST_MAX)) {
      const isGone = await removeMember(services, call, record.id, iamId);
      members.push(
        isGone
          ? { iam_id: iamId, status_code: 204, trace: call.requestId }
          : { iam_id: iamId, ...failure(call.requestId, 404, 'member_not_found', 'It is no member.') },
      );
    }
    return { access_group_id: call.parameter('id'), members };
  },
  encode: (document) => jsonResponse(207, document),
});
