/** API keys of users and service IDs (ibm-cos.md, 4.2). Everybody manages their own. */
import type { ApiKeyRecord } from '../../../identity/identity-collections.ts';
import type { Versioned } from '../../../identity/record-collection.ts';
import type { Subject } from '../../../identity/subjects.ts';
import { defineOperation } from '../../kernel/define-operation.ts';
import { apiKeyDocument } from '../api-key-documents.ts';
import { expectedVersion } from '../entity-tags.ts';
import { apiKeyUuidIn, subjectOfIamId } from '../iam-subjects.ts';
import type { ControlTarget, IbmCall, IbmServices } from '../ibm-call.ts';
import { IbmError, invalid, notFound } from '../ibm-errors.ts';
import { makeApiKey, readApiKeyInput } from '../make-api-key.ts';
import { BODY_BYTES_MAX, type JsonObject, optionalTextIn, parseJson, textIn } from '../read-json.ts';
import { limitOf, offsetOf, pageUrl } from '../read-page.ts';
import { jsonResponse, noContent } from '../render-json.ts';
import { assertOwnAccount, serviceTarget } from './service-ids.ts';

const NAME_LENGTH_MAX = 256;
const DESCRIPTION_LENGTH_MAX = 1000;
/** Keys of one identity, and identities of one account, that are put in an order. Ours. */
const LISTED_MAX = 1000;

/** A key of a service ID is managed as the service ID is; that of a user by the user, or whoever manages identities. */
function targetOf(holder: Subject): ControlTarget {
  return holder.startsWith('service:')
    ? serviceTarget(holder.slice('service:'.length))
    : { serviceName: 'iam-identity', serviceType: 'platform_service', resourceType: 'user' };
}

/** Throws 404 for what is not there, or is another account's. */
async function findKey({ identity }: IbmServices, call: IbmCall): Promise<Versioned<ApiKeyRecord>> {
  const uuid = apiKeyUuidIn(call.parameter('id'));
  const found = uuid === undefined ? undefined : await identity.apiKeys.get(uuid);
  if (found === undefined || found.record.accountId !== call.accountId) throw notFound('API key');
  return found;
}

export const createApiKey = defineOperation({
  name: 'CreateApiKey',
  summary: 'Makes an API key of the caller or of a service ID; its value is in this answer only.',
  route: { method: 'POST', resource: '/v1/apikeys' },
  permissions: [
    { action: 'iam:use', on: 'account' },
    { action: 'iam:manage', on: 'record' },
  ],
  body: { kind: 'buffered', bytesMax: BODY_BYTES_MAX },
  mutates: true,
  decode: (_call: IbmCall): JsonObject => ({}),
  decodeBody: (body) => parseJson(body),
  async run(services: IbmServices, document, call) {
    assertOwnAccount(optionalTextIn(document, 'account_id'), call);
    const holder = await subjectOfIamId(services, call.accountId, textIn(document, 'iam_id'));
    if (holder === undefined) throw notFound('identity');
    if (holder.startsWith('service:') && optionalTextIn(document, 'account_id') === undefined) {
      throw invalid('The body has no "account_id", where it is needed for service IDs.');
    }
    call.demand('iam:manage', targetOf(holder), holder);
    const isSet = (header: string) => call.request.headers.get(header) === 'true';
    const flags = { isLocked: isSet('entity-lock'), isDisabled: isSet('entity-disable') };
    const made = await makeApiKey(services, holder, readApiKeyInput(document, flags), call.iamId);
    if (call.audit !== undefined) call.audit.target = { apiKey: made.key.record.id };
    return apiKeyDocument(services, made.key, made.value);
  },
  encode: (document) => jsonResponse(201, document, ['ETag', document.entity_tag]),
});

export const listApiKeys = defineOperation({
  name: 'ListApiKeys',
  summary: 'Lists the API keys of an identity, or with `scope=account` of all identities of the account.',
  route: { method: 'GET', resource: '/v1/apikeys' },
  permissions: [{ action: 'iam:use', on: 'account' }],
  body: { kind: 'none' },
  mutates: false,
  decode: (call: IbmCall) => ({ limit: limitOf(call, 'pagesize', 20), offset: offsetOf(call, 'pagetoken') }),
  async run(services: IbmServices, { limit, offset }, call) {
    assertOwnAccount(call.query.get('account_id'), call);
    const keys: Versioned<ApiKeyRecord>[] = [];
    for (const holder of await holdersAsked(services, call)) {
      const { items } = await services.identity.apiKeys.list(holder, { limit: LISTED_MAX });
      keys.push(...items);
    }
    const seen = keys.filter(({ record }) => call.may('iam:read', targetOf(record.holder), record.holder));
    const url = services.whereabouts.identityUrl(call.request);
    const link = (pagetoken: string | undefined) => pageUrl(url, call, { pagetoken });
    const page = seen.slice(offset, offset + limit);
    return {
      offset,
      limit,
      first: link(undefined),
      ...(offset > 0 ? { previous: link(String(Math.max(0, offset - limit))) } : {}),
      ...(seen.length > offset + limit ? { next: link(String(offset + limit)) } : {}),
      apikeys: await Promise.all(
        page.map(async (key) => ({ ...(await apiKeyDocument(services, key)), apikey: '' })),
      ),
    };
  },
  encode: (document) => jsonResponse(200, document),
});

/** Whose keys a list is about: of one identity, by default the caller, or of all. */
async function holdersAsked(services: IbmServices, call: IbmCall): Promise<readonly Subject[]> {
  const { query, accountId } = call;
  const scope = query.get('scope') ?? 'entity';
  if (scope !== 'entity' && scope !== 'account') throw invalid('"scope" must be entity or account.');
  const iamId = query.get('iam_id') ?? call.iamId;
  if (scope === 'entity') {
    const holder = await subjectOfIamId(services, accountId, iamId);
    if (holder === undefined) throw notFound('identity');
    return [holder];
  }
  const type = query.get('type');
  const { identity } = services;
  const isWanted = (kind: 'user' | 'serviceid') => type === undefined || type === kind;
  const { users } = isWanted('user') ? await identity.listUsers(accountId, '', LISTED_MAX) : { users: [] };
  const { items } = isWanted('serviceid')
    ? await identity.services.list(accountId, { limit: LISTED_MAX })
    : { items: [] };
  return [
    ...users.map(({ id }): Subject => `user:${id}`),
    ...items.map(({ record }): Subject => `service:${record.id}`),
  ];
}

export const getApiKeyDetails = defineOperation({
  name: 'GetApiKeyDetails',
  summary: 'Shows the API key whose value stands in the header IAM-ApiKey.',
  route: { method: 'GET', resource: '/v1/apikeys/details' },
  permissions: [
    { action: 'iam:use', on: 'account' },
    { action: 'iam:read', on: 'record' },
  ],
  body: { kind: 'none' },
  mutates: false,
  decode: ({ request }: IbmCall) => request.headers.get('iam-apikey') ?? '',
  async run(services: IbmServices, value, call) {
    if (value === '') throw invalid('The header IAM-ApiKey is missing.');
    const found = await services.identity.apiKeys.authenticate(value);
    const key = found === undefined ? undefined : await services.identity.apiKeys.get(found.apiKey.id);
    // Whoever knows the value may know what it is, in their own account.
    if (key === undefined || key.record.accountId !== call.accountId) throw notFound('API key');
    return apiKeyDocument(services, key);
  },
  encode: (document) => jsonResponse(200, document, ['ETag', document.entity_tag]),
});

export const getApiKey = defineOperation({
  name: 'GetApiKey',
  summary: 'Shows an API key, without its value unless that was to be stored.',
  route: { method: 'GET', resource: '/v1/apikeys/{id}' },
  permissions: [{ action: 'iam:read', on: 'record' }],
  body: { kind: 'none' },
  mutates: false,
  decode: (_call: IbmCall) => undefined,
  async run(services: IbmServices, _input: undefined, call) {
    const key = await findKey(services, call);
    const { holder } = key.record;
    call.demand('iam:read', targetOf(holder), holder);
    const document = await apiKeyDocument(services, key);
    return call.may('iam:manage', targetOf(holder), holder) ? document : { ...document, apikey: '' };
  },
  encode: (document) => jsonResponse(200, document, ['ETag', document.entity_tag]),
});

export const updateApiKey = defineOperation({
  name: 'UpdateApiKey',
  summary: 'Changes name or description of an API key; If-Match says of which state.',
  route: { method: 'PUT', resource: '/v1/apikeys/{id}' },
  permissions: [{ action: 'iam:manage', on: 'record' }],
  body: { kind: 'buffered', bytesMax: BODY_BYTES_MAX },
  mutates: true,
  decode: (_call: IbmCall): JsonObject => ({}),
  decodeBody: (body) => parseJson(body),
  async run(services: IbmServices, document, call) {
    const { record } = await findKey(services, call);
    call.demand('iam:manage', targetOf(record.holder), record.holder);
    const name = optionalTextIn(document, 'name', NAME_LENGTH_MAX);
    const description = optionalTextIn(document, 'description', DESCRIPTION_LENGTH_MAX);
    if (name === '') throw invalid('"name" must not be empty.');
    const changes = {
      ...(name === undefined ? {} : { name }),
      ...(description === undefined ? {} : { description }),
    };
    const updated = await services.identity.apiKeys.update(record.id, changes, expectedVersion(call));
    return { ...(await apiKeyDocument(services, updated)), apikey: '' };
  },
  encode: (document) => jsonResponse(200, document, ['ETag', document.entity_tag]),
});

export const deleteApiKey = defineOperation({
  name: 'DeleteApiKey',
  summary: 'Removes an API key: its tokens end with the next request.',
  route: { method: 'DELETE', resource: '/v1/apikeys/{id}' },
  permissions: [{ action: 'iam:manage', on: 'record' }],
  body: { kind: 'none' },
  mutates: true,
  decode: (_call: IbmCall) => undefined,
  async run({ identity, records }: IbmServices, _input: undefined, call) {
    const { record } = await findKey({ identity } as IbmServices, call);
    call.demand('iam:manage', targetOf(record.holder), record.holder);
    if (record.locked) throw new IbmError('locked', 'The API key is locked: unlock it first.');
    await identity.apiKeys.remove(record.id);
    if ((await records.apiKeyFacts.get(record.id)) !== undefined) await records.apiKeyFacts.remove(record.id);
  },
  encode: () => noContent(),
});

interface FlagRules {
  readonly name: string;
  readonly summary: string;
  readonly method: 'POST' | 'DELETE';
  readonly word: 'lock' | 'disable';
  readonly changes: { readonly locked: boolean } | { readonly enabled: boolean };
}

/** Locking shows the key, disabling nothing. */
function flagOperation({ name, summary, method, word, changes }: FlagRules) {
  return defineOperation({
    name,
    summary,
    route: { method, resource: `/v1/apikeys/{id}/${word}` },
    permissions: [{ action: 'iam:manage', on: 'record' }],
    body: { kind: 'none' },
    mutates: true,
    decode: (_call: IbmCall) => undefined,
    async run(services: IbmServices, _input: undefined, call) {
      const found = await findKey(services, call);
      const { record } = found;
      call.demand('iam:manage', targetOf(record.holder), record.holder);
      const isSo = Object.entries(changes).every(([key, value]) => record[key as 'locked'] === value);
      const key = isSo ? found : await services.identity.apiKeys.update(record.id, changes);
      return { ...(await apiKeyDocument(services, key)), apikey: '' };
    },
    encode: (document) => (word === 'lock' ? jsonResponse(200, document) : noContent()),
  });
}

export const lockApiKey = flagOperation({
  name: 'LockApiKey',
  summary: 'Locks an API key: it goes on to work and cannot be changed or removed.',
  method: 'POST',
  word: 'lock',
  changes: { locked: true },
});
export const unlockApiKey = flagOperation({
  name: 'UnlockApiKey',
  summary: 'Unlocks an API key.',
  method: 'DELETE',
  word: 'lock',
  changes: { locked: false },
});
export const disableApiKey = flagOperation({
  name: 'DisableApiKey',
  summary: 'Disables an API key: it gives no tokens, and those it gave end with the next request.',
  method: 'POST',
  word: 'disable',
  changes: { enabled: false },
});
export const enableApiKey = flagOperation({
  name: 'EnableApiKey',
  summary: 'Enables an API key again.',
  method: 'DELETE',
  word: 'disable',
  changes: { enabled: true },
});
