/**
 * Access policies in both forms of the API (ibm-cos.md, 6.1): the same policies, read and written in the one or the other. Whoever
 * administers what a policy is about may write it; everybody sees their own.
 */

import { subjectOf } from '../../../identity/principal.ts';
import type { Subject } from '../../../identity/subjects.ts';
import { defineOperation } from '../../kernel/define-operation.ts';
import { expectedVersion } from '../entity-tags.ts';
import { groupIdIn, PUBLIC_GROUP_ID, subjectOfIamId } from '../iam-subjects.ts';
import type { ControlTarget, IbmCall, IbmServices } from '../ibm-call.ts';
import { IbmError, invalid, notFound } from '../ibm-errors.ts';
import { lintWarnings } from '../lint-policy.ts';
import { ownerPolicies } from '../owner-policies.ts';
import { policyDocument, policyTag, type ShownPolicy } from '../policy-documents.ts';
import {
  findPolicy,
  listPolicies,
  replacePolicy,
  resolvePolicy,
  setPolicyState,
  storePolicy,
  targetOfPolicy,
  textOf,
} from '../policy-store.ts';
import { BODY_BYTES_MAX, type JsonObject, parseJson, textIn } from '../read-json.ts';
import { limitOf, offsetOf, pageUrl } from '../read-page.ts';
import { type PolicyFormat, readPolicy } from '../read-policy.ts';
import { jsonResponse, noContent } from '../render-json.ts';
import { assertOwnAccount } from './service-ids.ts';

const USERS_MAX = 1000;
/** Managing policies in general: of the account, not of one thing in it. */
const ACCOUNT_TARGET: ControlTarget = { serviceName: 'iam', serviceType: 'platform_service' };

const suffixOf = (format: PolicyFormat) => (format === 'v1' ? 'V1' : 'V2');
const urlOf = ({ whereabouts }: IbmServices, { request }: IbmCall) => whereabouts.identityUrl(request);

/** Throws IbmError for a caller who administers neither the account nor what the policy is about. */
function demandOn(call: IbmCall, policy: Pick<ShownPolicy, 'document'>): void {
  if (call.may('iam:write-policy', ACCOUNT_TARGET)) return;
  call.demand('iam:write-policy', targetOfPolicy(policy.document));
}

export function createPolicy(format: PolicyFormat) {
  return defineOperation({
    name: `CreatePolicy${suffixOf(format)}`,
    summary: `Gives an identity or an access group roles on something, in the form ${format}.`,
    route: { method: 'POST', resource: `/${format}/policies` },
    permissions: [{ action: 'iam:write-policy', on: 'record' }],
    body: { kind: 'buffered', bytesMax: BODY_BYTES_MAX },
    mutates: true,
    decode: (_call: IbmCall): JsonObject => ({}),
    decodeBody: (body) => parseJson(body),
    async run(services: IbmServices, body, call) {
      const sent = readPolicy(body, format);
      demandOn(call, { document: sent });
      const resolved = await resolvePolicy(services, call, sent);
      const stored = await storePolicy(services, call, resolved, format);
      const warnings = await lintWarnings(services, call.accountId, resolved.document);
      return { stored, warnings, document: policyDocument(stored, format, urlOf(services, call)) };
    },
    encode: ({ stored, warnings, document }) =>
      jsonResponse(201, document, [
        'ETag',
        policyTag(stored),
        ...warnings.flatMap((warning) => ['Warning', warning]),
      ]),
  });
}

interface PolicyFilter {
  readonly subject: Subject | undefined;
  readonly serviceName: string | undefined;
  readonly serviceType: string | undefined;
  readonly type: string | undefined;
  readonly state: string;
}

async function filterOf(services: IbmServices, call: IbmCall): Promise<PolicyFilter> {
  const { query, accountId } = call;
  const iamId = query.get('iam_id');
  const groupId = query.get('access_group_id');
  let subject: Subject | undefined;
  if (iamId !== undefined) subject = (await subjectOfIamId(services, accountId, iamId)) ?? 'user:';
  else if (groupId === PUBLIC_GROUP_ID) subject = 'public';
  else if (groupId !== undefined) subject = `group:${groupIdIn(groupId) ?? ''}`;
  return {
    subject,
    serviceName: query.get('service_name'),
    serviceType: query.get('service_type'),
    type: query.get('type'),
    state: query.get('state') ?? 'active',
  };
}

function fits({ document, state }: ShownPolicy, filter: PolicyFilter): boolean {
  const is = (key: string, wanted: string | undefined) =>
    wanted === undefined || textOf(document.resource, key) === wanted;
  return (
    state === filter.state &&
    (filter.type === undefined || document.type === filter.type) &&
    is('serviceName', filter.serviceName) &&
    is('serviceType', filter.serviceType)
  );
}

/** Those that are computed go first. */
async function allPolicies(
  services: IbmServices,
  accountId: string,
  subject: Subject | undefined,
): Promise<readonly ShownPolicy[]> {
  const { users } = await services.identity.listUsers(accountId, '', USERS_MAX);
  const owners = users.filter(({ id }) => subject === undefined || subject === `user:${id}`);
  return [...owners.flatMap(ownerPolicies), ...(await listPolicies(services, accountId, subject))];
}

export function listPoliciesOperation(format: PolicyFormat) {
  return defineOperation({
    name: `ListPolicies${suffixOf(format)}`,
    summary: `Lists the policies of the account, or of one subject, in the form ${format}.`,
    route: { method: 'GET', resource: `/${format}/policies` },
    permissions: [{ action: 'iam:use', on: 'account' }],
    body: { kind: 'none' },
    mutates: false,
    decode: (call: IbmCall) => ({ limit: limitOf(call, 'limit', 50), start: offsetOf(call, 'start') }),
    async run(services: IbmServices, { limit, start }, call) {
      const accountId = call.query.get('account_id');
      if (accountId === undefined || accountId === '') {
        throw new IbmError('missing-query', 'The query parameter "account_id" is missing.');
      }
      assertOwnAccount(accountId, call);
      const filter = await filterOf(services, call);
      const isOwn = filter.subject === subjectOf(call.caller.principal);
      if (!isOwn) call.demand('iam:read-policy', ACCOUNT_TARGET);
      const found = (await allPolicies(services, call.accountId, filter.subject)).filter((policy) =>
        fits(policy, filter),
      );
      const url = urlOf(services, call);
      const link = (position: number) => ({
        href: pageUrl(url, call, { start: position === 0 ? undefined : String(position) }),
        ...(position === 0 ? {} : { start: String(position) }),
      });
      return {
        limit,
        first: link(0),
        ...(found.length > start + limit ? { next: link(start + limit) } : {}),
        ...(start > 0 ? { previous: link(Math.max(0, start - limit)) } : {}),
        policies: found.slice(start, start + limit).map((policy) => policyDocument(policy, format, url)),
      };
    },
    encode: (document) => jsonResponse(200, document),
  });
}

async function findShown(services: IbmServices, call: IbmCall): Promise<ShownPolicy> {
  const id = call.parameter('id');
  const { users } = await services.identity.listUsers(call.accountId, '', USERS_MAX);
  const computed = users.flatMap(ownerPolicies).find((policy) => policy.id === id);
  return computed ?? findPolicy(services, call.accountId, id);
}

export function getPolicy(format: PolicyFormat) {
  return defineOperation({
    name: `GetPolicy${suffixOf(format)}`,
    summary: `Shows a policy in the form ${format}.`,
    route: { method: 'GET', resource: `/${format}/policies/{id}` },
    permissions: [{ action: 'iam:read-policy', on: 'record' }],
    body: { kind: 'none' },
    mutates: false,
    decode: (_call: IbmCall) => undefined,
    async run(services: IbmServices, _input: undefined, call) {
      const policy = await findShown(services, call);
      const isOwn = textOf(policy.document.subject, 'iam_id') === call.iamId;
      if (!isOwn && !call.may('iam:read-policy', targetOfPolicy(policy.document))) {
        call.demand('iam:read-policy', ACCOUNT_TARGET);
      }
      return { tag: policyTag(policy), document: policyDocument(policy, format, urlOf(services, call)) };
    },
    encode: ({ tag, document }) => jsonResponse(200, document, ['ETag', tag]),
  });
}

/** Throws IbmError for those that follow from a role in the account. */
async function findChangeable(services: IbmServices, call: IbmCall): Promise<ShownPolicy> {
  const policy = await findShown(services, call);
  demandOn(call, policy);
  if (policy.version > 1) return policy;
  throw new IbmError(
    'conflict',
    'This policy says what the role of the user in the account gives: change the role of the user instead.',
  );
}

export function replacePolicyOperation(format: PolicyFormat) {
  return defineOperation({
    name: `ReplacePolicy${suffixOf(format)}`,
    summary: `Replaces a policy, in the form ${format}; If-Match says which state of it.`,
    route: { method: 'PUT', resource: `/${format}/policies/{id}` },
    permissions: [{ action: 'iam:write-policy', on: 'record' }],
    body: { kind: 'buffered', bytesMax: BODY_BYTES_MAX },
    mutates: true,
    decode: (_call: IbmCall): JsonObject => ({}),
    decodeBody: (body) => parseJson(body),
    async run(services: IbmServices, body, call) {
      const before = await findChangeable(services, call);
      if (before.state === 'deleted') throw notFound('policy');
      if (format === 'v1' && before.document.rule !== undefined) {
        throw new IbmError(
          'conflict',
          'The policy has a rule, which this form cannot say: use /v2/policies.',
        );
      }
      const sent = readPolicy(body, format);
      demandOn(call, { document: sent });
      const resolved = await resolvePolicy(services, call, sent);
      const expected = expectedVersion(call);
      const after = await replacePolicy(services, call, before.id, resolved, format, expected);
      return { tag: policyTag(after), document: policyDocument(after, format, urlOf(services, call)) };
    },
    encode: ({ tag, document }) => jsonResponse(200, document, ['ETag', tag]),
  });
}

export const updatePolicyState = defineOperation({
  name: 'UpdatePolicyState',
  summary: 'Has a deleted policy back.',
  route: { method: 'PATCH', resource: '/v1/policies/{id}' },
  permissions: [{ action: 'iam:write-policy', on: 'record' }],
  body: { kind: 'buffered', bytesMax: BODY_BYTES_MAX },
  mutates: true,
  decode: (_call: IbmCall): JsonObject => ({}),
  decodeBody: (body) => parseJson(body),
  async run(services: IbmServices, body, call) {
    const state = textIn(body, 'state');
    if (state !== 'active' && state !== 'deleted') throw invalid('"state" must be active or deleted.');
    const { id } = await findChangeable(services, call);
    const after = await setPolicyState(services, call, id, state, expectedVersion(call));
    return { tag: policyTag(after), document: policyDocument(after, 'v1', urlOf(services, call)) };
  },
  encode: ({ tag, document }) => jsonResponse(200, document, ['ETag', tag]),
});

export function deletePolicy(format: PolicyFormat) {
  return defineOperation({
    name: `DeletePolicy${suffixOf(format)}`,
    summary: 'Takes a policy from its subject; it can be had back.',
    route: { method: 'DELETE', resource: `/${format}/policies/{id}` },
    permissions: [{ action: 'iam:write-policy', on: 'record' }],
    body: { kind: 'none' },
    mutates: true,
    decode: (_call: IbmCall) => undefined,
    async run(services: IbmServices, _input: undefined, call) {
      const policy = await findChangeable(services, call);
      if (policy.state === 'deleted') throw notFound('policy');
      await setPolicyState(services, call, policy.id, 'deleted');
    },
    encode: () => noContent(),
  });
}
