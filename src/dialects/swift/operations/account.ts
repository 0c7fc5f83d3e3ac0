/** The account itself: its counters, its metadata, and the listing of its containers (nhn-openstack.md, section 6). */

import type { AccountSettings } from '../../../core/operations/account-settings.ts';
import { defineOperation } from '../../kernel/define-operation.ts';
import { type AccountSummary, pushAccountCounters, summariseAccount } from '../account-summary.ts';
import { metadataChanges, pushOwnMetadata, storagePolicyOf } from '../container-settings.ts';
import { formatListingDate, formatTimestamp } from '../dates.ts';
import { chooseListingFormat, type ListingFormat } from '../listing-format.ts';
import { decodeListingParameters, type ListingParameters } from '../listing-parameters.ts';
import { pushAccountQuota } from '../quota-items.ts';
import { type ListingRow, renderListing } from '../render-listing.ts';
import { selectNames } from '../select-names.ts';
import type { SwiftCall, SwiftServices } from '../swift-call.ts';
import { SwiftError } from '../swift-errors.ts';

interface ListingInput {
  readonly parameters: ListingParameters;
  readonly format: ListingFormat;
}

export const listContainers = defineOperation<
  SwiftCall,
  SwiftServices,
  ListingInput,
  { readonly summary: AccountSummary; readonly input: ListingInput }
>({
  name: 'ListContainers',
  summary: 'Lists the containers of an account.',
  route: { method: 'GET', resource: 'account' },
  permissions: [{ action: 'account:list-buckets', on: 'account' }],
  body: { kind: 'none' },
  mutates: false,
  decode: ({ query, request }) => ({
    parameters: decodeListingParameters(query),
    format: chooseListingFormat(query, request.headers),
  }),
  run: async ({ store }, input, call) => ({
    summary: await summariseAccount(store, call.account, call.place),
    input,
  }),
  encode({ summary, input: { parameters, format } }, call) {
    const selected = selectNames(summary.containers, ({ bucket }) => bucket.name, parameters);
    const rows = selected.map((entry): ListingRow => {
      if (entry.kind === 'subdir') return entry;
      const { bucket, usage } = entry.item;
      const members = {
        count: usage.objects,
        bytes: usage.bytes,
        last_modified: formatListingDate(bucket.createdAtMicros),
        storage_policy: storagePolicyOf(bucket),
      };
      return { kind: 'item', name: bucket.name, members };
    });
    const shape = { root: 'account', item: 'container', name: call.accountName } as const;
    return renderListing(rows, shape, format, accountHeaders(summary, call));
  },
});

export const headAccount = defineOperation<
  SwiftCall,
  SwiftServices,
  ListingFormat,
  { readonly summary: AccountSummary; readonly format: ListingFormat }
>({
  name: 'HeadAccount',
  summary: 'Tells how much an account holds, and its metadata.',
  route: { method: 'HEAD', resource: 'account' },
  permissions: [{ action: 'account:list-buckets', on: 'account' }],
  body: { kind: 'none' },
  mutates: false,
  decode: ({ query, request }) => chooseListingFormat(query, request.headers),
  run: async ({ store }, format, call) => ({
    summary: await summariseAccount(store, call.account, call.place),
    format,
  }),
  encode: ({ summary, format }, call) => ({
    status: 204,
    headers: [...accountHeaders(summary, call), ...format.headers],
    body: null,
    contentLength: 0,
  }),
});

export const updateAccount = defineOperation<SwiftCall, SwiftServices, undefined, AccountSettings>({
  name: 'UpdateAccount',
  summary: 'Adds to, replaces and removes metadata of an account.',
  route: { method: 'POST', resource: 'account' },
  permissions: [{ action: 'account:write', on: 'account' }],
  body: { kind: 'none' },
  mutates: true,
  decode: () => undefined,
  async run({ store }, _input, { account, place, request }) {
    if ([...request.headers.names()].some(isQuota)) throw new SwiftError(403);
    const { documents } = await store.readAccount(account, place);
    return store.updateAccount(account, place, metadataChanges(request.headers, documents, 'account'));
  },
  encode: () => ({ status: 204, headers: [], body: null }),
});

/** Quotas of accounts are for administrators to set, through the admin API. */
function isQuota(header: string): boolean {
  return /^x-(?:remove-)?account-(?:meta-)?quota-/.test(header);
}

/** Accounts come and go with the identity services: here nobody makes or removes one. */
const refused = {
  permissions: [{ action: 'account:write', on: 'account' }],
  body: { kind: 'none' },
  mutates: true,
  decode: () => undefined,
  async run(): Promise<never> {
    throw new SwiftError(403);
  },
  encode: (): never => {
    throw new SwiftError(403);
  },
} as const;

export const createAccount = defineOperation<SwiftCall, SwiftServices, undefined, never>({
  ...refused,
  name: 'CreateAccount',
  summary: 'Is refused: accounts are made by the identity services.',
  route: { method: 'PUT', resource: 'account' },
});

export const deleteAccount = defineOperation<SwiftCall, SwiftServices, undefined, never>({
  ...refused,
  name: 'DeleteAccount',
  summary: 'Is refused: accounts are removed by the identity services.',
  route: { method: 'DELETE', resource: 'account' },
});

function accountHeaders({ settings, containers }: AccountSummary, call: SwiftCall): string[] {
  const headers: string[] = [];
  pushAccountCounters(headers, containers);
  const createdAt = settings.createdAtMicros ?? containers[0]?.bucket.createdAtMicros;
  const timestamp = formatTimestamp(createdAt ?? call.request.receivedAtMicros);
  headers.push('X-Timestamp', timestamp, 'X-Put-Timestamp', timestamp, 'Accept-Ranges', 'bytes');
  pushAccountQuota(headers, settings.documents);
  pushOwnMetadata(headers, settings.documents, 'account', call.isOwner);
  return headers;
}
