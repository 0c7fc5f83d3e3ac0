/** Service IDs of an account (ibm-cos.md, 4.1). */
import type { ServiceRecord } from '../../../identity/principal.ts';
import type { Versioned } from '../../../identity/record-collection.ts';
import { type BodyRule, defineOperation } from '../../kernel/define-operation.ts';
import { settingsOf } from '../account-settings.ts';
import { apiKeyDocument } from '../api-key-documents.ts';
import { expectedVersion } from '../entity-tags.ts';
import { serviceUuidIn } from '../iam-subjects.ts';
import type { IbmCall, IbmServices } from '../ibm-call.ts';
import { forbidden, invalid, notFound } from '../ibm-errors.ts';
import { type ApiKeyInput, makeApiKey, readApiKeyInput } from '../make-api-key.ts';
import { grantAdministrator } from '../policy-store.ts';
import {
  BODY_BYTES_MAX,
  type JsonObject,
  optionalObjectIn,
  optionalTextIn,
  parseJson,
  textIn,
  textsIn,
} from '../read-json.ts';
import { limitOf, offsetOf, pageUrl } from '../read-page.ts';
import { removeServiceId } from '../remove-service-id.ts';
import { jsonResponse, noContent } from '../render-json.ts';
import { serviceIdDocument } from '../service-id-documents.ts';

const NAME_LENGTH_MAX = 256;
const DESCRIPTION_LENGTH_MAX = 1000;
const CRNS_MAX = 10;
/** Of one account, when a list has to be put in an order. Ours. */
const LISTED_MAX = 5000;

const buffered: BodyRule = { kind: 'buffered', bytesMax: BODY_BYTES_MAX };

/** What policies call a service ID. */
export const serviceTarget = (id: string) => ({
  serviceName: 'iam-identity',
  serviceType: 'platform_service',
  resourceType: 'serviceid',
  resource: `ServiceId-${id}`,
});

/** Throws 404 for what is not there, or is another account's. */
async function findService({ identity }: IbmServices, call: IbmCall): Promise<Versioned<ServiceRecord>> {
  const uuid = serviceUuidIn(call.parameter('id'));
  const found = uuid === undefined ? undefined : await identity.services.get(uuid);
  if (found === undefined || found.record.accountId !== call.accountId) throw notFound('service ID');
  return found;
}

interface NewServiceInput {
  readonly name: string;
  readonly description: string;
  readonly uniqueInstanceCrns: readonly string[];
  readonly groupId?: string;
  readonly apiKey?: ApiKeyInput;
  readonly isLocked: boolean;
}

const flagged = ({ request }: IbmCall, header: string) => request.headers.get(header) === 'true';

function readNewService(document: JsonObject, call: IbmCall): NewServiceInput {
  assertOwnAccount(textIn(document, 'account_id'), call);
  const apiKey = optionalObjectIn(document, 'apikey');
  const groupId = optionalTextIn(document, 'group_id');
  return {
    name: textIn(document, 'name', NAME_LENGTH_MAX),
    description: optionalTextIn(document, 'description', DESCRIPTION_LENGTH_MAX) ?? '',
    uniqueInstanceCrns: textsIn(document, 'unique_instance_crns', CRNS_MAX),
    isLocked: flagged(call, 'entity-lock'),
    ...(groupId === undefined ? {} : { groupId }),
    ...(apiKey === undefined
      ? {}
      : { apiKey: readApiKeyInput(apiKey, { isLocked: false, isDisabled: false }) }),
  };
}

/** Throws 404: nobody learns which accounts there are. */
export function assertOwnAccount(accountId: string | undefined, call: IbmCall): void {
  if (accountId === undefined || accountId === '' || accountId === call.accountId) return;
  throw notFound('account');
}

export const createServiceId = defineOperation({
  name: 'CreateServiceId',
  summary: 'Makes a service ID, on demand with an API key, and makes its maker the administrator of it.',
  route: { method: 'POST', resource: '/v1/serviceids' },
  permissions: [
    { action: 'iam:use', on: 'account' },
    { action: 'iam:manage', on: 'record' },
  ],
  body: buffered,
  mutates: true,
  decode: (_call: IbmCall): JsonObject => ({}),
  decodeBody: (body) => parseJson(body),
  async run(services: IbmServices, document, call) {
    const { identity, records } = services;
    const input = readNewService(document, call);
    const mayManage = call.may('iam:manage', {
      serviceName: 'iam-identity',
      serviceType: 'platform_service',
    });
    const { restrictCreateServiceId } = await settingsOf(records, call.accountId);
    if (!mayManage && restrictCreateServiceId === 'RESTRICTED') throw forbidden();
    const { name, description, uniqueInstanceCrns, groupId } = input;
    let made = await identity.services.create({ accountId: call.accountId, name, description });
    await records.serviceFacts.create({
      id: made.record.id,
      accountId: call.accountId,
      createdBy: call.iamId,
      uniqueInstanceCrns,
      ...(groupId === undefined ? {} : { groupId }),
    });
    if (!mayManage) await grantAdministrator(services, call, serviceTarget(made.record.id));
    const subject = `service:${made.record.id}` as const;
    const key =
      input.apiKey === undefined ? undefined : await makeApiKey(services, subject, input.apiKey, call.iamId);
    if (input.isLocked) made = await identity.services.update(made.record.id, { locked: true });
    if (call.audit !== undefined) call.audit.target = { service: made.record.id };
    return {
      ...(await serviceIdDocument(services, made)),
      ...(key === undefined ? {} : { apikey: await apiKeyDocument(services, key.key, key.value) }),
    };
  },
  encode: (document) => jsonResponse(201, document, ['ETag', document.entity_tag]),
});

export const listServiceIds = defineOperation({
  name: 'ListServiceIds',
  summary: 'Lists the service IDs of the account.',
  route: { method: 'GET', resource: '/v1/serviceids' },
  permissions: [{ action: 'iam:use', on: 'account' }],
  body: { kind: 'none' },
  mutates: false,
  decode: (call: IbmCall) => ({
    limit: limitOf(call, 'pagesize', 20),
    offset: offsetOf(call, 'pagetoken'),
    name: call.query.get('name'),
    order: call.query.get('order') ?? 'asc',
    sort: call.query.get('sort') ?? 'name',
  }),
  async run(services: IbmServices, { limit, offset, name, order, sort }, call) {
    assertOwnAccount(call.query.get('account_id'), call);
    const { identity, whereabouts } = services;
    const { items } = await identity.services.list(call.accountId, {
      limit: LISTED_MAX,
      ...(name === undefined ? {} : { name }),
    });
    const seen = items.filter(({ record }) =>
      call.may('iam:read', serviceTarget(record.id), `service:${record.id}`),
    );
    const value = ({ record }: Versioned<ServiceRecord>) =>
      sort === 'created_at'
        ? String(record.createdAtMicros)
        : sort === 'description'
          ? record.description
          : record.name;
    seen.sort((a, b) => (value(a) < value(b) ? -1 : value(a) > value(b) ? 1 : 0));
    if (order === 'desc') seen.reverse();
    const page = seen.slice(offset, offset + limit);
    const url = whereabouts.identityUrl(call.request);
    const link = (pagetoken: string | undefined) => pageUrl(url, call, { pagetoken });
    return {
      offset,
      limit,
      first: link(undefined),
      ...(offset > 0 ? { previous: link(String(Math.max(0, offset - limit))) } : {}),
      ...(seen.length > offset + limit ? { next: link(String(offset + limit)) } : {}),
      serviceids: await Promise.all(page.map((service) => serviceIdDocument(services, service))),
    };
  },
  encode: (document) => jsonResponse(200, document),
});

export const getServiceId = defineOperation({
  name: 'GetServiceId',
  summary: 'Shows a service ID.',
  route: { method: 'GET', resource: '/v1/serviceids/{id}' },
  permissions: [{ action: 'iam:read', on: 'record' }],
  body: { kind: 'none' },
  mutates: false,
  decode: (_call: IbmCall) => undefined,
  async run(services: IbmServices, _input: undefined, call) {
    const found = await findService(services, call);
    call.demand('iam:read', serviceTarget(found.record.id), `service:${found.record.id}`);
    return serviceIdDocument(services, found);
  },
  encode: (document) => jsonResponse(200, document, ['ETag', document.entity_tag]),
});

export const updateServiceId = defineOperation({
  name: 'UpdateServiceId',
  summary: 'Changes name, description or instances of a service ID; If-Match says of which state.',
  route: { method: 'PUT', resource: '/v1/serviceids/{id}' },
  permissions: [{ action: 'iam:edit', on: 'record' }],
  body: buffered,
  mutates: true,
  decode: (_call: IbmCall): JsonObject => ({}),
  decodeBody: (body) => parseJson(body),
  async run(services: IbmServices, document, call) {
    const { record } = await findService(services, call);
    call.demand('iam:edit', serviceTarget(record.id));
    const name = optionalTextIn(document, 'name', NAME_LENGTH_MAX);
    const description = optionalTextIn(document, 'description', DESCRIPTION_LENGTH_MAX);
    if (name === '') throw invalid('"name" must not be empty.');
    const changes = {
      ...(name === undefined ? {} : { name }),
      ...(description === undefined ? {} : { description }),
    };
    const updated = await services.identity.services.update(record.id, changes, expectedVersion(call));
    if (Object.hasOwn(document, 'unique_instance_crns')) {
      const uniqueInstanceCrns = textsIn(document, 'unique_instance_crns', CRNS_MAX);
      const facts = await services.records.serviceFacts.get(record.id);
      const { accountId, id } = record;
      if (facts === undefined) {
        await services.records.serviceFacts.create({
          id,
          accountId,
          createdBy: call.iamId,
          uniqueInstanceCrns,
        });
      } else await services.records.serviceFacts.update(id, (before) => ({ ...before, uniqueInstanceCrns }));
    }
    return serviceIdDocument(services, updated);
  },
  encode: (document) => jsonResponse(200, document, ['ETag', document.entity_tag]),
});

export const deleteServiceId = defineOperation({
  name: 'DeleteServiceId',
  summary: 'Removes a service ID with its API keys, HMAC pairs, policies and memberships.',
  route: { method: 'DELETE', resource: '/v1/serviceids/{id}' },
  permissions: [{ action: 'iam:manage', on: 'record' }],
  body: { kind: 'none' },
  mutates: true,
  decode: (_call: IbmCall) => undefined,
  async run(services: IbmServices, _input: undefined, call) {
    const { record } = await findService(services, call);
    call.demand('iam:manage', serviceTarget(record.id));
    await removeServiceId(services, record.id, call);
  },
  encode: () => noContent(),
});

function lockOperation(name: string, method: 'POST' | 'DELETE', locked: boolean) {
  return defineOperation({
    name,
    summary: `${locked ? 'Locks' : 'Unlocks'} a service ID${locked ? ': it cannot be changed or removed' : ''}.`,
    route: { method, resource: '/v1/serviceids/{id}/lock' },
    permissions: [{ action: 'iam:manage', on: 'record' }],
    body: { kind: 'none' },
    mutates: true,
    decode: (_call: IbmCall) => undefined,
    async run(services: IbmServices, _input: undefined, call) {
      const { record } = await findService(services, call);
      call.demand('iam:manage', serviceTarget(record.id));
      if (record.locked === locked) return serviceIdDocument(services, await findService(services, call));
      return serviceIdDocument(services, await services.identity.services.update(record.id, { locked }));
    },
    encode: (document) => jsonResponse(200, document, ['ETag', document.entity_tag]),
  });
}

export const lockServiceId = lockOperation('LockServiceId', 'POST', true);
export const unlockServiceId = lockOperation('UnlockServiceId', 'DELETE', false);
