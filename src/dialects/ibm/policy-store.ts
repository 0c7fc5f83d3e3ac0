/**
 * Policies of IBM's language in the identity core: whom they are for, what they say, and what only this API tells of them. Deleting one
 * takes it from its subject at once and keeps what it said.
 */

import { platformRoleCrn } from '../../identity/ibm-crn.ts';
import { type IbmAttribute, type IbmPolicyDocument, readIbmPolicy } from '../../identity/ibm-policies.ts';
import type { IbmPolicyFacts } from '../../identity/ibm-records.ts';
import { findBuiltInRole } from '../../identity/ibm-roles.ts';
import type { Subject } from '../../identity/subjects.ts';
import { customRoleOfCrn } from './custom-roles.ts';
import { tagOf } from './entity-tags.ts';
import { groupIdIn, PUBLIC_GROUP_ID, subjectOfIamId } from './iam-subjects.ts';
import type { ControlTarget, IbmCall, IbmServices } from './ibm-call.ts';
import { IbmError, invalid, notFound } from './ibm-errors.ts';
import type { ShownPolicy } from './policy-documents.ts';
import type { PolicyFormat } from './read-policy.ts';

/** Of one account, or of one subject. Ours. */
const POLICIES_MAX = 5000;

/** Checked against the account: subject, roles and account exist. Throws IbmError. */
export async function resolvePolicy(
  services: IbmServices,
  call: IbmCall,
  document: IbmPolicyDocument,
): Promise<{ readonly document: IbmPolicyDocument; readonly subject: Subject | undefined }> {
  const account = textOf(document.resource, 'accountId');
  if (account === undefined) throw invalid('The resource has no attribute "accountId", where it is needed.');
  if (account !== call.accountId)
    throw invalid('"accountId" of the resource is not the account of the caller.');
  const roles = await Promise.all(
    document.roles.map(async ({ role_id }) => {
      const builtIn = findBuiltInRole(role_id);
      if (builtIn !== undefined) return { role_id: builtIn.crn };
      const custom = await customRoleOfCrn(services, call.accountId, role_id);
      if (custom === undefined) throw invalid(`There is no role ${role_id.slice(0, 200)}.`);
      return { role_id, actions: custom.actions };
    }),
  );
  return { document: { ...document, roles }, subject: await subjectOf(services, call, document) };
}

async function subjectOf(
  services: IbmServices,
  call: IbmCall,
  { type, subject }: IbmPolicyDocument,
): Promise<Subject | undefined> {
  if (type === 'authorization') return undefined;
  const iamId = textOf(subject, 'iam_id');
  const groupId = textOf(subject, 'access_group_id');
  if ((iamId === undefined) === (groupId === undefined)) {
    throw invalid('The subject must have one attribute "iam_id" or "access_group_id".');
  }
  if (iamId !== undefined) {
    const found = await subjectOfIamId(services, call.accountId, iamId);
    if (found === undefined) throw invalid(`There is no identity ${iamId.slice(0, 100)} in the account.`);
    return found;
  }
  if (groupId === PUBLIC_GROUP_ID) return 'public';
  const id = groupIdIn(groupId ?? '');
  const group = id === undefined ? undefined : await services.identity.groups.get(id);
  if (id === undefined || group?.record.accountId !== call.accountId) {
    throw invalid('There is no such access group in the account.');
  }
  return `group:${id}`;
}

/** Text of an attribute that is compared as it is. */
export function textOf(attributes: readonly IbmAttribute[], key: string): string | undefined {
  const found = attributes.find(
    (attribute) => attribute.key === key && attribute.operator === 'stringEquals',
  );
  return typeof found?.value === 'string' ? found.value : undefined;
}

/** What managing a policy is a question about: what the policy is about. */
export function targetOfPolicy({ resource }: IbmPolicyDocument): ControlTarget {
  return Object.fromEntries(
    resource.flatMap(({ key, operator, value }) =>
      operator === 'stringEquals' && typeof value === 'string' ? [[key, value]] : [],
    ),
  );
}

/** Throws IbmError, IdentityError. */
export async function storePolicy(
  services: IbmServices,
  call: IbmCall,
  input: { readonly document: IbmPolicyDocument; readonly subject: Subject | undefined },
  format: PolicyFormat,
): Promise<ShownPolicy> {
  const { document, subject } = input;
  const { identity, records, clock } = services;
  await assertNew(services, call.accountId, input, undefined);
  // Attached last: one that is cut short before grants nobody anything that no list shows.
  const { record } = await identity.policies.create({
    accountId: call.accountId,
    language: 'ibm',
    document: JSON.stringify(document),
  });
  const now = clock.nowMicros();
  const facts: IbmPolicyFacts = {
    id: record.id,
    accountId: call.accountId,
    format,
    state: 'active',
    ...(subject === undefined ? {} : { subject }),
    createdAtMicros: now,
    createdBy: call.iamId,
    modifiedAtMicros: now,
    modifiedBy: call.iamId,
  };
  await records.policyFacts.create(facts);
  const attachedTo = subject === undefined ? [] : [subject];
  const { version } = await identity.policies.update(record.id, { attachedTo });
  if (call.audit !== undefined) call.audit.target = { policy: record.id };
  return { ...facts, version, document };
}

/** Two policies that say the same of the same subject are one too many. */
async function assertNew(
  services: IbmServices,
  accountId: string,
  { document, subject }: { readonly document: IbmPolicyDocument; readonly subject: Subject | undefined },
  exceptId: string | undefined,
): Promise<void> {
  if (subject === undefined) return;
  const wanted = essenceOf(document);
  for (const other of await listPolicies(services, accountId, subject)) {
    if (other.id === exceptId || other.state !== 'active' || essenceOf(other.document) !== wanted) continue;
    throw new IbmError('conflict', 'The subject has a policy with the same roles on the same resource.', {
      conflictsWith: {
        etag: tagOf(other.version),
        role: document.roles[0]?.role_id ?? '',
        policy: other.id,
      },
    });
  }
}

function essenceOf({ type, resource, tags, roles, rule }: IbmPolicyDocument): string {
  const sorted = (attributes: readonly IbmAttribute[]) =>
    attributes.map(({ key, operator, value }) => JSON.stringify([key, operator, value])).sort();
  return JSON.stringify([
    type,
    sorted(resource),
    sorted(tags),
    roles.map(({ role_id }) => role_id).sort(),
    rule,
  ]);
}

/** Of an account or of one subject, oldest first, the deleted ones among them. */
export async function listPolicies(
  { identity, records }: Pick<IbmServices, 'identity' | 'records'>,
  accountId: string,
  subject?: Subject,
): Promise<readonly ShownPolicy[]> {
  const { items } =
    subject === undefined
      ? await records.policyFacts.list('account', [accountId], { limit: POLICIES_MAX })
      : await records.policyFacts.list('subject', [accountId, subject], { limit: POLICIES_MAX });
  const found: ShownPolicy[] = [];
  for (const { record: facts } of items) {
    const policy = await identity.policies.get(facts.id);
    if (policy === undefined) continue;
    found.push({ ...facts, version: policy.version, document: readIbmPolicy(policy.record.document) });
  }
  return found;
}

/** Throws IbmError 404 for what is not there, or is another account's. */
export async function findPolicy(
  { identity, records }: Pick<IbmServices, 'identity' | 'records'>,
  accountId: string,
  id: string,
): Promise<ShownPolicy & { readonly subject?: Subject }> {
  const facts = (await records.policyFacts.get(id))?.record;
  const policy = facts?.accountId === accountId ? await identity.policies.get(id) : undefined;
  if (facts === undefined || policy === undefined) throw notFound('policy');
  return { ...facts, version: policy.version, document: readIbmPolicy(policy.record.document) };
}

/** `expected`: version that the caller has read. Throws IbmError, IdentityError. */
export async function replacePolicy(
  services: IbmServices,
  call: IbmCall,
  id: string,
  input: { readonly document: IbmPolicyDocument; readonly subject: Subject | undefined },
  format: PolicyFormat,
  expected: number | undefined,
): Promise<ShownPolicy> {
  await assertNew(services, call.accountId, input, id);
  const { document, subject } = input;
  const attachedTo = subject === undefined ? [] : [subject];
  const changes = { document: JSON.stringify(document), attachedTo };
  return writePolicy(services, call, id, changes, { format, subject, state: 'active' }, expected);
}

/** Taken from its subject, or given back. Throws IbmError, IdentityError. */
export async function setPolicyState(
  services: IbmServices,
  call: IbmCall,
  id: string,
  state: 'active' | 'deleted',
  expected?: number,
): Promise<ShownPolicy> {
  const { subject, document } = await findPolicy(services, call.accountId, id);
  if (state === 'active') await assertNew(services, call.accountId, { document, subject }, id);
  const attachedTo = state === 'deleted' || subject === undefined ? [] : [subject];
  return writePolicy(services, call, id, { attachedTo }, { state }, expected);
}

async function writePolicy(
  { identity, records, clock }: IbmServices,
  call: IbmCall,
  id: string,
  changes: { readonly document?: string; readonly attachedTo: readonly Subject[] },
  {
    subject,
    ...facts
  }: Partial<Pick<IbmPolicyFacts, 'format' | 'state'>> & { readonly subject?: Subject | undefined },
  expected: number | undefined,
): Promise<ShownPolicy> {
  const { record, version } = await identity.policies.update(id, changes, expected);
  const after = await records.policyFacts.update(id, (before) => ({
    ...before,
    ...facts,
    ...(subject === undefined ? {} : { subject }),
    modifiedAtMicros: clock.nowMicros(),
    modifiedBy: call.iamId,
  }));
  return { ...after.record, version, document: readIbmPolicy(record.document) };
}

/** When the subject has gone. */
export async function endPoliciesOf(services: IbmServices, subject: Subject, call: IbmCall): Promise<void> {
  for (const { id, state } of await listPolicies(services, call.accountId, subject)) {
    if (state === 'active') await setPolicyState(services, call, id, 'deleted');
  }
}

/** For whoever has made something: what IBM gives to makers who may not manage all such things. */
export async function grantAdministrator(
  services: IbmServices,
  call: IbmCall,
  target: ControlTarget,
): Promise<void> {
  const subject =
    call.holder.kind === 'user' ? `user:${call.holder.user.id}` : `service:${call.holder.service.id}`;
  const equals = ([key, value]: readonly [string, string]): IbmAttribute => ({
    key,
    operator: 'stringEquals',
    value,
  });
  const resource = [['accountId', call.accountId] as const, ...Object.entries(target)]
    .filter(([key]) => key !== 'serviceType')
    .map(equals);
  const document: IbmPolicyDocument = {
    type: 'access',
    subject: [equals(['iam_id', call.iamId])],
    resource,
    tags: [],
    roles: [{ role_id: platformRoleCrn('Administrator') }],
  };
  await storePolicy(services, call, { document, subject: subject as Subject }, 'v1');
}
