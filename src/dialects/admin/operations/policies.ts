/** Policies of identities and whom they are attached to. */
import type { PolicyRecord } from '../../../identity/identity-collections.ts';
import type { AdminCall, AdminServices } from '../admin-call.ts';
import { defineAdminOperation } from '../define-admin-operation.ts';
import { readLanguage } from '../read-language.ts';
import { readPage } from '../read-page.ts';
import { recordJson } from '../render-json.ts';
import { resolveAccount, resolvePolicy, resolveSubject } from '../resolve-names.ts';

const ALL = '/accounts/{account}/policies';
const ONE = `${ALL}/{policy}`;
const ATTACHMENT = `${ONE}/attachments/{subject}`;

async function findPolicy({ identity }: AdminServices, call: AdminCall) {
  const { id } = await resolveAccount(identity, call);
  return (await resolvePolicy(identity, id, call.parameter('policy'))).record;
}

/** The document as the object that it is. */
function policyJson({ document, ...policy }: PolicyRecord) {
  return { ...recordJson(policy), document: JSON.parse(document) as object };
}

export const policyOperations = [
  defineAdminOperation({
    name: 'ListPolicies',
    summary:
      'Lists the policies of an account that have a name, or with `subject=user:kim` those attached to somebody.',
    method: 'GET',
    resource: ALL,
    async run({ identity }, _sent, call) {
      const { id } = await resolveAccount(identity, call);
      const asked = call.query.get('subject');
      const subject = asked === undefined ? undefined : await resolveSubject(identity, id, asked);
      const page = { ...readPage(call), ...(subject !== undefined && { subject }) };
      const { items, next } = await identity.policies.list(id, page);
      return { policies: items.map(({ record }) => policyJson(record)), next };
    },
  }),
  defineAdminOperation({
    name: 'CreatePolicy',
    summary:
      'Stores a policy and attaches it to those named: `user:kim`, `service:…`, `group:…`, `role:…`, `public`.',
    method: 'POST',
    resource: ALL,
    members: {
      name: 'optional text',
      description: 'optional text',
      language: 'optional text',
      document: 'document',
      attachedTo: 'optional texts',
    },
    status: 201,
    async run({ identity }, sent, call) {
      const { id: accountId } = await resolveAccount(identity, call);
      const { name = '', description = '', language = 'aws', document, attachedTo = [] } = sent;
      const { record } = await identity.policies.create({
        accountId,
        language: readLanguage(language),
        name,
        description,
        document: JSON.stringify(document),
        attachedTo: await Promise.all(attachedTo.map((text) => resolveSubject(identity, accountId, text))),
      });
      if (call.audit !== undefined) call.audit.target = { account: accountId, policy: record.id };
      return { policy: policyJson(record) };
    },
  }),
  defineAdminOperation({
    name: 'GetPolicy',
    summary: 'Shows a policy with its document.',
    method: 'GET',
    resource: ONE,
    run: async (services, _sent, call) => ({ policy: policyJson(await findPolicy(services, call)) }),
  }),
  defineAdminOperation({
    name: 'UpdatePolicy',
    summary: 'Replaces the name, description or document of a policy, from the next request on.',
    method: 'PATCH',
    resource: ONE,
    members: { name: 'optional text', description: 'optional text', document: 'optional document' },
    async run(services, { document, ...changes }, call) {
      const { id } = await findPolicy(services, call);
      const { record } = await services.identity.policies.update(id, {
        ...changes,
        ...(document !== undefined && { document: JSON.stringify(document) }),
      });
      return { policy: policyJson(record) };
    },
  }),
  defineAdminOperation({
    name: 'DeletePolicy',
    summary: 'Removes a policy: it grants and denies nothing from the next request on.',
    method: 'DELETE',
    resource: ONE,
    async run(services, _sent, call) {
      await services.identity.policies.remove((await findPolicy(services, call)).id);
      return undefined;
    },
  }),
  defineAdminOperation({
    name: 'AttachPolicy',
    summary: 'Attaches a policy to somebody, from the next request on.',
    method: 'PUT',
    resource: ATTACHMENT,
    async run(services, _sent, call) {
      const { id, accountId } = await findPolicy(services, call);
      const subject = await resolveSubject(services.identity, accountId, call.parameter('subject'));
      return { subject, isNew: await services.identity.policies.attach(id, subject) };
    },
  }),
  defineAdminOperation({
    name: 'DetachPolicy',
    summary: 'Takes a policy away from somebody, from the next request on.',
    method: 'DELETE',
    resource: ATTACHMENT,
    async run(services, _sent, call) {
      const { id, accountId } = await findPolicy(services, call);
      const subject = await resolveSubject(services.identity, accountId, call.parameter('subject'));
      await services.identity.policies.detach(id, subject);
      return undefined;
    },
  }),
];
