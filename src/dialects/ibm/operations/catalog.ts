/**
 * The global catalogue, as far as Terraform looks into it before it makes an instance (ibm-cos.md, 8.4): one service, its plans, and the
 * one place where each can be had. Everybody may read it.
 */
import { COS_SERVICE } from '../../../identity/ibm-crn.ts';
import { defineOperation } from '../../kernel/define-operation.ts';
import type { IbmCall, IbmServices } from '../ibm-call.ts';
import { IbmError } from '../ibm-errors.ts';
import { jsonResponse } from '../render-json.ts';
import { COS_RESOURCE_ID, plans } from '../resource-documents.ts';

/** Below it, what the SDK takes as the address of the service. */
const CATALOG_PATH = '/globalcatalog/api/v1';

const CATALOG_SECONDS = 300;

interface Entry {
  readonly id: string;
  readonly name: string;
  readonly kind: 'service' | 'plan' | 'deployment';
  readonly parentId?: string;
  readonly metadata: object;
}

const service: Entry = {
  id: COS_RESOURCE_ID,
  name: COS_SERVICE,
  kind: 'service',
  metadata: {
    rc_compatible: true,
    service: {
      rc_provisionable: true,
      iam_compatible: true,
      bindable: true,
      plan_updateable: true,
      state: 'ACTIVE',
    },
  },
};

const entries: readonly Entry[] = [
  service,
  ...plans.flatMap(({ id, name }): Entry[] => [
    {
      id,
      name,
      kind: 'plan',
      parentId: service.id,
      metadata: { rc_compatible: true, plan: { bindable: true, reservable: false } },
    },
    {
      id: `${id}:global`,
      name: 'cos-global',
      kind: 'deployment',
      parentId: id,
      metadata: {
        rc_compatible: true,
        deployment: { location: 'global', target_crn: 'crn:v1:bluemix:public:::::target:global' },
      },
    },
  ]),
];

function entryDocument({ id, name, kind, parentId, metadata }: Entry, base: string): object {
  return {
    id,
    name,
    kind,
    ...(parentId === undefined ? {} : { parent_id: parentId, parent_url: `${base}/${parentId}` }),
    catalog_crn: `crn:v1:bluemix:public:globalcatalog::::${kind}:${encodeURIComponent(id)}`,
    url: `${base}/${encodeURIComponent(id)}`,
    children_url: `${base}/${encodeURIComponent(id)}/*`,
    active: true,
    disabled: false,
    group: false,
    tags: [],
    geo_tags: ['global'],
    overview_ui: { en: { display_name: name, description: name, long_description: name } },
    images: { image: '' },
    provider: { name: 'Gotgan', email: '' },
    metadata,
  };
}

const baseOf = ({ whereabouts }: IbmServices, { request }: IbmCall) =>
  `${whereabouts.identityUrl(request)}${CATALOG_PATH}`;

function listDocument(found: readonly Entry[], base: string): object {
  return {
    offset: 0,
    limit: 50,
    count: found.length,
    resource_count: found.length,
    first: base,
    resources: found.map((entry) => entryDocument(entry, base)),
  };
}

const cached = ['Cache-Control', `max-age=${CATALOG_SECONDS}`];

/** Throws 404. */
function findEntry(id: string): Entry {
  const found = entries.find((entry) => entry.id === id || (entry.kind === 'service' && entry.name === id));
  if (found === undefined) throw new IbmError('not-found', 'There is no such entry in the catalogue.');
  return found;
}

export const listCatalogEntries = defineOperation({
  name: 'ListCatalogEntries',
  summary: 'Lists the services of the catalogue: object storage.',
  route: { method: 'GET', resource: CATALOG_PATH },
  permissions: 'public',
  body: { kind: 'none' },
  mutates: false,
  decode: ({ query }: IbmCall) => query.get('q') ?? '',
  async run(services: IbmServices, search, call) {
    const wanted = search.replace(/^name:/, '').trim();
    const isFound = wanted === '' || service.name.includes(wanted) || service.id === wanted;
    return listDocument(isFound ? [service] : [], baseOf(services, call));
  },
  encode: (document) => jsonResponse(200, document, cached),
});

export const getCatalogEntry = defineOperation({
  name: 'GetCatalogEntry',
  summary: 'Shows a service, a plan or a deployment of the catalogue.',
  route: { method: 'GET', resource: `${CATALOG_PATH}/{id}` },
  permissions: 'public',
  body: { kind: 'none' },
  mutates: false,
  decode: (_call: IbmCall) => undefined,
  async run(services: IbmServices, _input: undefined, call) {
    return entryDocument(findEntry(call.parameter('id')), baseOf(services, call));
  },
  encode: (document) => jsonResponse(200, document, cached),
});

export const listCatalogChildren = defineOperation({
  name: 'ListCatalogChildren',
  summary: 'Lists the plans of a service, or the deployments of a plan.',
  route: { method: 'GET', resource: `${CATALOG_PATH}/{id}/{kind}` },
  permissions: 'public',
  body: { kind: 'none' },
  mutates: false,
  decode: (_call: IbmCall) => undefined,
  async run(services: IbmServices, _input: undefined, call) {
    const parent = findEntry(call.parameter('id'));
    const kind = call.parameter('kind');
    const children = entries.filter(
      (entry) => entry.parentId === parent.id && (kind === '*' || kind === entry.kind),
    );
    return listDocument(children, baseOf(services, call));
  },
  encode: (document) => jsonResponse(200, document, cached),
});
