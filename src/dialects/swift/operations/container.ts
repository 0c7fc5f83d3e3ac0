/** Containers (nhn-openstack.md, section 7), and the listing of their objects (section 9). */

import { CoreError } from '../../../core/core-errors.ts';
import type { Bucket } from '../../../core/model.ts';
import type { Usage } from '../../../core/object-store.ts';
import { defineOperation } from '../../kernel/define-operation.ts';
import type { WireResponse } from '../../kernel/wire.ts';
import { headersUnderPolicy, type PolicyChange } from '../container-policy.ts';
import { decodeRules, pushRules } from '../container-rules.ts';
import {
  changesOfAcls,
  decodeContainerChanges,
  decodeStoragePolicy,
  pushContainerSettings,
  storagePolicyOf,
} from '../container-settings.ts';
import { formatTimestamp, lastModifiedHeader } from '../dates.ts';
import { listObjects } from '../list-objects.ts';
import { chooseListingFormat, type ListingFormat } from '../listing-format.ts';
import { decodeListingParameters, type ListingParameters } from '../listing-parameters.ts';
import { renderListing } from '../render-listing.ts';
import type { SwiftCall, SwiftServices } from '../swift-call.ts';
import { SwiftError } from '../swift-errors.ts';
import { serveWebSite } from '../web-pages.ts';

/** Time of the last request that set something, in microseconds. */
const CHANGED_DOCUMENT = 'swift-changed';

interface ListingInput {
  readonly parameters: ListingParameters;
  readonly format: ListingFormat;
}

export const listContainerObjects = defineOperation<
  SwiftCall,
  SwiftServices,
  () => ListingInput,
  WireResponse
>({
  name: 'ListContainerObjects',
  summary: 'Lists the objects of a container, or answers a page of the web site that it is.',
  route: { method: 'GET', resource: 'container' },
  permissions: [{ action: 'bucket:list-objects', on: 'bucket' }],
  body: { kind: 'none' },
  mutates: false,
  // Browsers ask a web site for forms that no listing has.
  decode:
    ({ query, request }) =>
    () => ({
      parameters: decodeListingParameters(query),
      format: chooseListingFormat(query, request.headers),
    }),
  async run(services, input, call) {
    if (call.isForWebSite) return serveWebSite(services, call);
    const { store } = services;
    const { parameters, format } = input();
    const namesOnly = format.type === 'text/plain';
    const rows = await listObjects(store, call.bucket, parameters, { namesOnly });
    const shape = { root: 'container', item: 'object', name: call.containerName } as const;
    return renderListing(rows, shape, format, containerHeaders(call, await store.bucketUsage(call.bucket)));
  },
  encode: (response) => response,
});

export const headContainer = defineOperation<SwiftCall, SwiftServices, undefined, WireResponse>({
  name: 'HeadContainer',
  summary: 'Tells how much a container holds, its settings and its metadata.',
  route: { method: 'HEAD', resource: 'container' },
  permissions: [{ action: 'bucket:head', on: 'bucket' }],
  body: { kind: 'none' },
  mutates: false,
  decode: () => undefined,
  async run(services, _input, call) {
    if (call.isForWebSite) return serveWebSite(services, call);
    const format = chooseListingFormat(call.query, call.request.headers);
    const usage = await services.store.bucketUsage(call.bucket);
    return {
      status: 204,
      headers: [...containerHeaders(call, usage), ...format.headers],
      body: null,
      contentLength: 0,
    };
  },
  encode: (response) => response,
});

export const putContainer = defineOperation<
  SwiftCall,
  SwiftServices,
  Readonly<Record<string, string>>,
  { readonly isNew: boolean }
>({
  name: 'PutContainer',
  summary: 'Makes a container, or sets what the headers say on one that is there.',
  route: { method: 'PUT', resource: 'container' },
  permissions: [{ action: 'bucket:create', on: 'account' }],
  body: { kind: 'none' },
  mutates: true,
  decode: ({ request }) => decodeStoragePolicy(request.headers),
  async run({ store }, policy, call) {
    const { account, place, containerName: name, request } = call;
    const changes = decodeContainerChanges(request.headers, {});
    const rules = decodeRules(request.headers, undefined);
    const documents = Object.fromEntries(
      Object.entries({ ...policy, ...changes, ...rules.documents }).filter((entry) => entry[1] !== null),
    ) as Record<string, string>;
    try {
      const { lock, versioning } = rules;
      const made = { account, place, name, claim: 'if-free', documents } as const;
      const bucket = await store.createBucket(lock === undefined ? made : { ...made, lock });
      if (versioning !== undefined) await store.updateBucket(bucket, { versioning });
      return { isNew: true };
    } catch (error) {
      if (!(error instanceof CoreError && error.code === 'BucketAlreadyOwned')) throw error;
    }
    const bucket = await store.findBucket({ caller: undefined, place, name, account });
    if (request.headers.has('x-storage-policy') && storagePolicyOf(bucket) !== policyIn(policy)) {
      throw new SwiftError(409);
    }
    await changeContainer(store, bucket, call);
    return { isNew: false };
  },
  encode: ({ isNew }) => ({ status: isNew ? 201 : 202, headers: [], body: null }),
});

export const updateContainer = defineOperation<SwiftCall, SwiftServices, undefined, Bucket>({
  name: 'UpdateContainer',
  summary: 'Adds to, replaces and removes settings and metadata of a container.',
  route: { method: 'POST', resource: 'container' },
  permissions: [{ action: 'bucket:write-metadata', on: 'bucket' }],
  body: { kind: 'none' },
  mutates: true,
  decode: () => undefined,
  run: ({ store }, _input, call) => changeContainer(store, call.bucket, call),
  encode: () => ({ status: 204, headers: [], body: null }),
});

export const deleteContainer = defineOperation<SwiftCall, SwiftServices, undefined, void>({
  name: 'DeleteContainer',
  summary: 'Removes an empty container.',
  route: { method: 'DELETE', resource: 'container' },
  permissions: [{ action: 'bucket:delete', on: 'bucket' }],
  body: { kind: 'none' },
  mutates: true,
  decode: () => undefined,
  run: ({ store }, _input, { bucket }) => store.deleteBucket(bucket),
  encode: () => ({ status: 204, headers: [], body: null }),
});

/** PUT and POST move it, whatever they change. */
function changedNow({ request }: SwiftCall): Record<string, string> {
  return { [CHANGED_DOCUMENT]: String(request.receivedAtMicros) };
}

function changedAtMicros({ documents, createdAtMicros }: Bucket): number {
  return Math.max(createdAtMicros, Number(documents[CHANGED_DOCUMENT] ?? 0));
}

function policyIn(documents: Readonly<Record<string, string>>): string {
  return storagePolicyOf({ documents });
}

/** `policy`: what beats headers that say something about the same. */
export async function changeContainer(
  store: SwiftServices['store'],
  bucket: Bucket,
  call: SwiftCall,
  policy?: PolicyChange,
): Promise<Bucket> {
  const own = call.request.headers;
  const headers = policy === undefined ? own : headersUnderPolicy(own, policy);
  const rules = decodeRules(headers, bucket);
  const changes = changesOfAcls(bucket, decodeContainerChanges(headers, bucket.documents));
  return store.updateBucket(bucket, {
    ...rules,
    documents: {
      ...changes,
      ...rules.documents,
      ...policy?.documents(bucket.documents),
      ...changedNow(call),
    },
  });
}

export function containerHeaders({ bucket, isOwner }: SwiftCall, { objects, bytes }: Usage): string[] {
  const timestamp = formatTimestamp(bucket.createdAtMicros);
  const headers = [
    'X-Container-Object-Count',
    `${objects}`,
    'X-Container-Bytes-Used',
    `${bytes}`,
    'X-Timestamp',
    timestamp,
    'X-Put-Timestamp',
    timestamp,
    'Last-Modified',
    lastModifiedHeader(changedAtMicros(bucket)),
    'X-Storage-Policy',
    storagePolicyOf(bucket),
    'Accept-Ranges',
    'bytes',
  ];
  pushContainerSettings(headers, bucket, isOwner);
  pushRules(headers, bucket);
  return headers;
}
