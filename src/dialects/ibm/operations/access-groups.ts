/** Access groups, and the one that everybody is in (ibm-cos.md, section 5). */

import { accessGroupCrn } from '../../../identity/ibm-crn.ts';
import type { GroupRecord } from '../../../identity/identity-collections.ts';
import type { Versioned } from '../../../identity/record-collection.ts';
import { defineOperation } from '../../kernel/define-operation.ts';
import { settingsOf } from '../account-settings.ts';
import { expectedVersion, tagOf } from '../entity-tags.ts';
import { accessGroupIdOf, groupIdIn, PUBLIC_GROUP_ID, subjectOfIamId } from '../iam-subjects.ts';
import type { ControlTarget, IbmCall, IbmServices } from '../ibm-call.ts';
import { IbmError, invalid, notFound } from '../ibm-errors.ts';
import { listLinks } from '../list-links.ts';
import { endPoliciesOf } from '../policy-store.ts';
import { BODY_BYTES_MAX, type JsonObject, optionalTextIn, parseJson, textIn } from '../read-json.ts';
import { limitOf, offsetOf } from '../read-page.ts';
import { isoMillis, jsonResponse, noContent } from '../render-json.ts';
import { assertOwnAccount } from './service-ids.ts';

const NAME_LENGTH_MAX = 100;
const DESCRIPTION_LENGTH_MAX = 250;
/** Of one account, when a list is filtered. Ours; IBM has 500. */
const GROUPS_MAX = 2000;

export const groupsTarget = (id?: string): ControlTarget => ({
  serviceName: 'iam-groups',
  serviceType: 'platform_service',
  ...(id === undefined ? {} : { resourceType: 'access-group', resource: id }),
});

/** What the group of everybody is called; it is not stored. */
const publicGroup = { name: 'Public Access', description: 'Everybody, also without a proof of identity.' };

interface ShownGroup {
  readonly id: string;
  readonly tag: string;
  readonly document: object;
}

function shownGroup({ record, version }: Versioned<GroupRecord>, url: string): ShownGroup {
  const id = accessGroupIdOf(record.id);
  return { id, tag: tagOf(version), document: groupDocument(id, record, url) };
}

function groupDocument(
  id: string,
  { accountId, name, description, createdAtMicros, modifiedAtMicros }: Omit<GroupRecord, 'id'>,
  url: string,
): object {
  return {
    id,
    name,
    description,
    account_id: accountId,
    created_at: isoMillis(createdAtMicros),
    last_modified_at: isoMillis(modifiedAtMicros),
    href: `${url}/v2/groups/${id}`,
    crn: accessGroupCrn(accountId, id),
    is_federated: false,
  };
}

function shownPublicGroup({ holder }: IbmCall, url: string): ShownGroup {
  const { id: accountId, createdAtMicros } = holder.account;
  const facts = { ...publicGroup, accountId, createdAtMicros, modifiedAtMicros: createdAtMicros };
  return { id: PUBLIC_GROUP_ID, tag: tagOf(1), document: groupDocument(PUBLIC_GROUP_ID, facts, url) };
}

/** Throws 404 for what is not there, or is another account's. */
export async function findGroup({ identity }: IbmServices, call: IbmCall): Promise<Versioned<GroupRecord>> {
  const id = groupIdIn(call.parameter('id'));
  const found = id === undefined ? undefined : await identity.groups.get(id);
  if (found === undefined || found.record.accountId !== call.accountId) throw notFound('access group');
  return found;
}

/** Throws IbmError for the group of everybody, which nobody changes. */
export function refusePublicGroup(call: IbmCall): void {
  if (call.parameter('id') !== PUBLIC_GROUP_ID) return;
  throw new IbmError(
    'forbidden',
    'The group of everybody cannot be changed; it can be switched off in the settings.',
  );
}

const urlOf = ({ whereabouts }: IbmServices, { request }: IbmCall) => whereabouts.identityUrl(request);

export const createAccessGroup = defineOperation({
  name: 'CreateAccessGroup',
  summary: 'Makes an access group.',
  route: { method: 'POST', resource: '/v2/groups' },
  permissions: [{ action: 'iam:write-group', on: 'record' }],
  body: { kind: 'buffered', bytesMax: BODY_BYTES_MAX },
  mutates: true,
  decode: (_call: IbmCall): JsonObject => ({}),
  decodeBody: (body) => parseJson(body),
  async run(services: IbmServices, body, call) {
    call.demand('iam:write-group', groupsTarget());
    const account = call.query.get('account_id');
    if (account === undefined || account === '')
      throw invalid('The query parameter "account_id" is missing.');
    assertOwnAccount(account, call);
    const made = await services.identity.groups.create({
      accountId: call.accountId,
      name: textIn(body, 'name', NAME_LENGTH_MAX),
      description: optionalTextIn(body, 'description', DESCRIPTION_LENGTH_MAX) ?? '',
    });
    return shownGroup(made, urlOf(services, call));
  },
  encode: ({ tag, document }) => jsonResponse(201, document, ['ETag', tag]),
});

export const listAccessGroups = defineOperation({
  name: 'ListAccessGroups',
  summary: 'Lists the access groups of the account, or those that an identity is in.',
  route: { method: 'GET', resource: '/v2/groups' },
  permissions: [
    { action: 'iam:use', on: 'account' },
    { action: 'iam:read-group', on: 'record' },
  ],
  body: { kind: 'none' },
  mutates: false,
  decode: (call: IbmCall) => ({ limit: limitOf(call, 'limit', 50), offset: offsetOf(call, 'offset') }),
  async run(services: IbmServices, { limit, offset }, call) {
    const { query, accountId } = call;
    assertOwnAccount(query.get('account_id'), call);
    const url = urlOf(services, call);
    const iamId = query.get('iam_id');
    if (iamId !== call.iamId) call.demand('iam:read-group', groupsTarget());
    const groups = (await groupsAsked(services, accountId, iamId)).map((group) => shownGroup(group, url));
    const hidden = query.get('hide_public_access') === 'true' || iamId !== undefined;
    const all = hidden ? groups : [shownPublicGroup(call, url), ...groups];
    const search = query.get('search')?.toLowerCase();
    const found =
      search === undefined
        ? all
        : all.filter(({ document }) => JSON.stringify(document).toLowerCase().includes(search));
    return {
      ...listLinks(url, call, { limit, offset, total: found.length }),
      groups: found.slice(offset, offset + limit).map(({ document }) => document),
    };
  },
  encode: (document) => jsonResponse(200, document),
});

async function groupsAsked(
  services: IbmServices,
  accountId: string,
  iamId: string | undefined,
): Promise<readonly Versioned<GroupRecord>[]> {
  const { groups } = services.identity;
  if (iamId === undefined) return (await groups.list(accountId, { limit: GROUPS_MAX })).items;
  const subject = await subjectOfIamId(services, accountId, iamId);
  return subject === undefined ? [] : groups.listGroupsOf(accountId, subject);
}

export const getAccessGroup = defineOperation({
  name: 'GetAccessGroup',
  summary: 'Shows an access group.',
  route: { method: 'GET', resource: '/v2/groups/{id}' },
  permissions: [{ action: 'iam:read-group', on: 'record' }],
  body: { kind: 'none' },
  mutates: false,
  decode: (_call: IbmCall) => undefined,
  async run(services: IbmServices, _input: undefined, call) {
    const id = call.parameter('id');
    call.demand('iam:read-group', groupsTarget(id));
    const url = urlOf(services, call);
    if (id === PUBLIC_GROUP_ID) return shownPublicGroup(call, url);
    return shownGroup(await findGroup(services, call), url);
  },
  encode: ({ tag, document }) => jsonResponse(200, document, ['ETag', tag]),
});

export const updateAccessGroup = defineOperation({
  name: 'UpdateAccessGroup',
  summary: 'Changes name or description of an access group; If-Match says of which state.',
  route: { method: 'PATCH', resource: '/v2/groups/{id}' },
  permissions: [{ action: 'iam:write-group', on: 'record' }],
  body: { kind: 'buffered', bytesMax: BODY_BYTES_MAX },
  mutates: true,
  decode: (_call: IbmCall): JsonObject => ({}),
  decodeBody: (body) => parseJson(body),
  async run(services: IbmServices, body, call) {
    refusePublicGroup(call);
    call.demand('iam:write-group', groupsTarget(call.parameter('id')));
    const { record } = await findGroup(services, call);
    const name = optionalTextIn(body, 'name', NAME_LENGTH_MAX);
    const description = optionalTextIn(body, 'description', DESCRIPTION_LENGTH_MAX);
    const changes = {
      ...(name === undefined ? {} : { name }),
      ...(description === undefined ? {} : { description }),
    };
    const after = await services.identity.groups.update(record.id, changes, expectedVersion(call));
    return shownGroup(after, urlOf(services, call));
  },
  encode: ({ tag, document }) => jsonResponse(200, document, ['ETag', tag]),
});

export const deleteAccessGroup = defineOperation({
  name: 'DeleteAccessGroup',
  summary: 'Removes an access group with its policies; with members only if `force=true`.',
  route: { method: 'DELETE', resource: '/v2/groups/{id}' },
  permissions: [{ action: 'iam:write-group', on: 'record' }],
  body: { kind: 'none' },
  mutates: true,
  decode: ({ query }: IbmCall) => query.get('force') === 'true',
  async run(services: IbmServices, isForced, call) {
    refusePublicGroup(call);
    call.demand('iam:write-group', groupsTarget(call.parameter('id')));
    const { record } = await findGroup(services, call);
    const { items } = await services.identity.groups.listMembers(record.id, { limit: 1 });
    if (items.length > 0 && !isForced) {
      throw new IbmError(
        'has-children',
        'The access group has members: remove them first, or send force=true.',
      );
    }
    await services.identity.groups.remove(record.id);
    await endPoliciesOf(services, `group:${record.id}`, call);
  },
  encode: () => noContent(),
});

const settingsDocument = (accountId: string, isEnabled: boolean) => ({
  account_id: accountId,
  public_access_enabled: isEnabled,
});

export const getGroupsSettings = defineOperation({
  name: 'GetAccessGroupsSettings',
  summary: 'Shows whether policies for everybody count in the account.',
  route: { method: 'GET', resource: '/v2/groups/settings' },
  permissions: [{ action: 'iam:read-group', on: 'record' }],
  body: { kind: 'none' },
  mutates: false,
  decode: (_call: IbmCall) => undefined,
  async run({ records }: IbmServices, _input: undefined, call) {
    call.demand('iam:read-group', groupsTarget());
    assertOwnAccount(call.query.get('account_id'), call);
    const settings = await settingsOf(records, call.accountId);
    return settingsDocument(call.accountId, settings.publicAccessEnabled);
  },
  encode: (document) => jsonResponse(200, document),
});

export const updateGroupsSettings = defineOperation({
  name: 'UpdateAccessGroupsSettings',
  summary: 'Says whether policies for everybody count in the account.',
  route: { method: 'PATCH', resource: '/v2/groups/settings' },
  permissions: [{ action: 'iam:write-policy', on: 'record' }],
  body: { kind: 'buffered', bytesMax: BODY_BYTES_MAX },
  mutates: true,
  decode: (_call: IbmCall): JsonObject => ({}),
  decodeBody: (body) => parseJson(body),
  async run(services: IbmServices, body, call) {
    call.demand('iam:write-policy', groupsTarget());
    assertOwnAccount(call.query.get('account_id'), call);
    const isEnabled = body['public_access_enabled'];
    if (typeof isEnabled !== 'boolean') throw invalid('"public_access_enabled" must be true or false.');
    const { settings } = services.records;
    const before = await settings.get(call.accountId);
    if (before === undefined) {
      const fresh = await settingsOf(services.records, call.accountId);
      await settings.create({ ...fresh, publicAccessEnabled: isEnabled });
    } else await settings.update(call.accountId, (record) => ({ ...record, publicAccessEnabled: isEnabled }));
    return settingsDocument(call.accountId, isEnabled);
  },
  encode: (document) => jsonResponse(200, document),
});
