/** API keys of users and services. */
import { IdentityError } from '../../../identity/identity-errors.ts';
import { AdminError } from '../admin-errors.ts';
import { defineAdminOperation } from '../define-admin-operation.ts';
import { readPage } from '../read-page.ts';
import { recordJson } from '../render-json.ts';
import { resolveAccount, resolveSubject } from '../resolve-names.ts';

const ALL = '/accounts/{account}/api-keys';
const ONE = '/api-keys/{apiKey}';
const MICROS_PER_MILLI = 1000;

function readExpiry(text: string | undefined): { expiresAtMicros?: number } {
  if (text === undefined) return {};
  const millis = Date.parse(text);
  if (Number.isNaN(millis)) {
    throw new AdminError(400, 'InvalidRequest', 'ExpiresAt must be a time in ISO 8601.');
  }
  return { expiresAtMicros: millis * MICROS_PER_MILLI };
}

export const apiKeyOperations = [
  defineAdminOperation({
    name: 'ListApiKeys',
    summary: 'Lists the API keys of the user or service that `holder` names, without their values.',
    method: 'GET',
    resource: ALL,
    async run({ identity }, _sent, call) {
      const { id } = await resolveAccount(identity, call);
      const holder = await resolveSubject(identity, id, call.query.get('holder') ?? '');
      const { items, next } = await identity.apiKeys.list(holder, readPage(call));
      return { apiKeys: items.map(({ record }) => recordJson(record)), next };
    },
  }),
  defineAdminOperation({
    name: 'CreateApiKey',
    summary: 'Makes an API key for a user or service and shows its value, this once.',
    method: 'POST',
    resource: ALL,
    members: {
      holder: 'text',
      name: 'text',
      description: 'optional text',
      locked: 'optional switch',
      expiresAt: 'optional text',
    },
    status: 201,
    async run({ identity }, { holder, expiresAt, ...sent }, call) {
      const { id: accountId } = await resolveAccount(identity, call);
      const made = await identity.apiKeys.create({
        holder: await resolveSubject(identity, accountId, holder),
        ...sent,
        ...readExpiry(expiresAt),
      });
      if (call.audit !== undefined) call.audit.target = { account: accountId, apiKey: made.record.id };
      return { apiKey: { ...recordJson(made.record), value: made.value } };
    },
  }),
  defineAdminOperation({
    name: 'UpdateApiKey',
    summary: 'Changes, disables, enables, locks or unlocks an API key.',
    method: 'PATCH',
    resource: ONE,
    members: {
      name: 'optional text',
      description: 'optional text',
      enabled: 'optional switch',
      locked: 'optional switch',
    },
    async run({ identity }, changes, call) {
      const { record } = await identity.apiKeys.update(call.parameter('apiKey'), changes);
      return { apiKey: recordJson(record) };
    },
  }),
  defineAdminOperation({
    name: 'DeleteApiKey',
    summary: 'Removes an API key.',
    method: 'DELETE',
    resource: ONE,
    async run({ identity }, _sent, call) {
      const id = call.parameter('apiKey');
      if ((await identity.apiKeys.get(id)) === undefined) {
        throw new IdentityError('NoSuchRecord', { noun: 'API key', id });
      }
      await identity.apiKeys.remove(id);
      return undefined;
    },
  }),
];
