/** Identity providers of the account (build specification scp.md, section 5.4). Metadata come as a file in a form. */
import { defineOperation } from '../../kernel/define-operation.ts';
import type { WireResponse } from '../../kernel/wire.ts';
import { BODY_BYTES_MAX, readMembers } from '../body-members.ts';
import { accountIdOf, findProvider } from '../iam-parties.ts';
import {
  type IamPage,
  iamPageDocument,
  providerDetail,
  providerDocument,
  readAll,
  readIamPage,
} from '../iam-records.ts';
import { jsonResponse } from '../json-response.ts';
import { FORM_BYTES_MAX, type ProviderForm, readProviderForm } from '../provider-form.ts';
import type { SamlProviderRecord } from '../saml-providers.ts';
import type { ScpCall, ScpServices } from '../scp-call.ts';
import { notFound } from '../scp-errors.ts';
import { texts } from '../scp-texts.ts';

const read = [{ action: 'identity:read', on: 'account' }] as const;
const write = [{ action: 'identity:write', on: 'account' }] as const;
const ID_BYTES = 16;
const IDS_MAX = 100;
const READS_MAX = 10;

interface Detail {
  readonly provider: SamlProviderRecord;
  readonly offering: string;
  readonly file: string;
}

export const listSamlProviders = defineOperation({
  name: 'ListSamlProviders',
  summary: 'Lists the identity providers that the account trusts.',
  route: { method: 'GET', resource: '/iam/v1/saml-providers' },
  permissions: read,
  body: { kind: 'none' },
  mutates: false,
  decode: (call: ScpCall): { page: IamPage; name: string | undefined } => ({
    page: readIamPage(call),
    name: call.query.get('saml_provider_name')?.[0],
  }),
  async run({ providers, settings }: ScpServices, { page, name }, call) {
    const all = await providers.listAll(accountIdOf(call), readAll);
    const found = all.filter((each) => name === undefined || name === '' || each.name === name);
    return { page, found, offering: settings.offering };
  },
  encode: ({ page, found, offering }) =>
    jsonResponse(
      200,
      iamPageDocument('saml_providers', found, page, (provider) => providerDocument(offering, provider)),
    ),
});

export const createSamlProvider = defineOperation({
  name: 'CreateSamlProvider',
  summary: 'Registers an identity provider by its metadata.',
  route: { method: 'POST', resource: '/iam/v1/saml-providers' },
  permissions: write,
  body: { kind: 'buffered', bytesMax: FORM_BYTES_MAX },
  mutates: true,
  decode: (_call: ScpCall): Buffer => Buffer.alloc(0),
  decodeBody: (body) => body,
  async run({ providers, entropy, settings }: ScpServices, body: Buffer, call) {
    const { file, metadata, name, description } = await readProviderForm(body, call.request, 'whole');
    const id = entropy.bytes(ID_BYTES).toString('hex');
    if (call.audit !== undefined) call.audit.target = { provider: id };
    const record = {
      id,
      accountId: accountIdOf(call),
      name: name ?? '',
      description: description ?? '',
      acsUrl: acsUrlOf(settings.baseDomain, settings.identityUrl(call.request), id),
      createdBy: editorOf(call),
      ...demand(metadata),
    };
    const provider = await providers.create(record, demand(file));
    return { provider, offering: settings.offering };
  },
  encode: ({ provider, offering }) => jsonResponse(201, providerDocument(offering, provider)),
});

export const showSamlProvider = defineOperation({
  name: 'ShowSamlProvider',
  summary: 'Shows an identity provider with its metadata.',
  route: { method: 'GET', resource: '/iam/v1/saml-providers/{saml_provider_id}' },
  permissions: read,
  body: { kind: 'none' },
  mutates: false,
  decode: (_call: ScpCall) => undefined,
  run: (services: ScpServices, _input: undefined, call) => detailOf(services, call),
  encode: ({ provider, offering, file }) => jsonResponse(200, providerDetail(offering, provider, file)),
});

export const setSamlProvider = defineOperation({
  name: 'SetSamlProvider',
  summary: 'Replaces the metadata or the description of an identity provider.',
  route: { method: 'PUT', resource: '/iam/v1/saml-providers/{saml_provider_id}' },
  permissions: write,
  body: { kind: 'buffered', bytesMax: FORM_BYTES_MAX },
  mutates: true,
  decode: (_call: ScpCall): Buffer => Buffer.alloc(0),
  decodeBody: (body) => body,
  async run(services: ScpServices, body: Buffer, call) {
    const { id } = await findProvider(services, call);
    const form: ProviderForm = await readProviderForm(body, call.request, 'changes');
    const { metadata, description, file } = form;
    const changes = { ...metadata, ...(description !== undefined && { description }) };
    await services.providers.update(id, editorOf(call), changes, file);
    return detailOf(services, call);
  },
  encode: ({ provider, offering, file }) => jsonResponse(200, providerDetail(offering, provider, file)),
});

export const deleteSamlProviders = defineOperation({
  name: 'DeleteSamlProviders',
  summary: 'Removes identity providers; assertions of theirs are refused at once.',
  route: { method: 'DELETE', resource: '/iam/v1/saml-providers/bulk' },
  permissions: write,
  body: { kind: 'buffered', bytesMax: BODY_BYTES_MAX },
  mutates: true,
  decode: (_call: ScpCall): readonly string[] => [],
  decodeBody(body, _input, { request }) {
    const members = readMembers(body, request);
    members.require('ids');
    const ids = members.texts('ids', IDS_MAX) ?? [];
    members.finish();
    return ids;
  },
  async run({ providers }: ScpServices, ids: readonly string[], call) {
    const account = accountIdOf(call);
    const found = await Promise.all(ids.map((id) => providers.get(account, id)));
    if (found.includes(undefined)) throw notFound(texts.noSuchProvider);
    for (const id of new Set(ids)) await providers.remove(id);
  },
  encode: (): WireResponse => ({ status: 204, headers: [], body: null }),
});

/** Record and metadata that belong together, also while they are being replaced. Throws NotFound. */
async function detailOf(services: ScpServices, call: ScpCall): Promise<Detail> {
  const { offering } = services.settings;
  for (let attempt = 0; attempt < READS_MAX; attempt += 1) {
    const provider = await findProvider(services, call);
    const file = await services.providers.readFile(provider);
    if (file !== undefined) return { provider, offering, file };
  }
  throw new Error('pieces of the metadata of a provider are missing');
}

/** Fixed when the provider is registered: what an assertion must name cannot be chosen by who brings it. */
function acsUrlOf(baseDomain: string | undefined, identityUrl: string, id: string): string {
  const service = baseDomain === undefined ? `${identityUrl}/scp/sts` : `https://sts.${baseDomain}`;
  return `${service}/saml/acs/${id}`;
}

function editorOf({ caller: { principal } }: ScpCall): string {
  return principal.kind === 'user' ? principal.user.id : '';
}

function demand<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('a whole form has no file');
  return value;
}
