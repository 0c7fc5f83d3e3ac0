/**
 * A call made by a TempURL (nhn-openstack.md, section 14): it acts for the owner, for one object, or for what the prefix covers. Only the
 * parameters of the link count; what a writer says may not make the object point anywhere else.
 */
import type { Bucket } from '../../core/model.ts';
import type { ObjectStore } from '../../core/object-store.ts';
import type { Caller } from '../../identity/principal.ts';
import { formatHttpDate } from '../../lib/http-date.ts';
import { encodeStrict } from '../../lib/percent-encoding.ts';
import {
  readTempUrl,
  type TempUrlDigest,
  type TempUrlKey,
  type VerifiedTempUrl,
  verifyTempUrl,
} from '../authn/temp-url.ts';
import { parseQuery, type QueryParameters } from '../kernel/query-parameters.ts';
import type { WireResponse } from '../kernel/wire.ts';
import { metadataOf } from './container-settings.ts';
import type { SwiftCall, SwiftServices } from './swift-call.ts';
import type { SwiftCallState } from './swift-call-state.ts';
import { SwiftError } from './swift-errors.ts';

/** What a link has opened. */
export interface OpenedLink extends VerifiedTempUrl {
  readonly filename: string | undefined;
  readonly isInline: boolean;
}

const ofLinks: ReadonlySet<string> = new Set([
  'temp_url_sig',
  'temp_url_expires',
  'temp_url_prefix',
  'temp_url_ip_range',
  'filename',
  'inline',
]);
const refusedHeaders = ['X-Object-Manifest', 'X-Symlink-Target'] as const;

/** The parameters that an operation may see: those of a link when it is one. */
export function withoutForeignParameters(query: QueryParameters): QueryParameters {
  if (readTempUrl(query) === undefined) return query;
  const own = [...query.entries()].filter(([name]) => ofLinks.has(name));
  return own.length === query.size
    ? query
    : parseQuery(own.map(([name, value]) => `${encodeStrict(name)}=${encodeStrict(value)}`).join('&'));
}

/** Undefined: the request is no link. Throws 401, and 400 for a writer that wants to make a pointer. */
export async function openLink(
  state: SwiftCallState,
  parts: KeySources,
  digests: ReadonlySet<TempUrlDigest>,
): Promise<OpenedLink | undefined> {
  const { query, request, address } = state;
  const parameters = readTempUrl(query);
  if (parameters === undefined || request.method === 'OPTIONS') return undefined;
  const invalid = new SwiftError(401, '401 Unauthorized: Temp URL invalid\n');
  const { account, container, key: object } = address;
  if (account === undefined || object === '') throw invalid;
  const target = {
    method: request.method,
    apiVersion: request.rawPath.split('/')[1] ?? '',
    account: address.accountName,
    container,
    object,
    remoteAddress: request.remoteAddress,
  };
  const keys = await keysOf(parts, state);
  const verified = verifyTempUrl(parameters, target, keys, { nowMicros: request.receivedAtMicros, digests });
  if (verified === undefined) throw invalid;
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    const refused = refusedHeaders.find((header) => request.headers.has(header.toLowerCase()));
    if (refused !== undefined) {
      throw new SwiftError(400, `The header '${refused}' is not allowed in this tempurl`);
    }
  }
  return { ...verified, filename: query.get('filename') || undefined, isInline: query.has('inline') };
}

/** What keys are read from. */
type KeySources = Pick<SwiftServices, 'store' | 'accounts'>;

/**
 * Two of the account and two of the container; any of them may have signed. None while the account is disabled: whoever acts for it by
 * a key then could do more than its own users.
 */
export async function keysOf(
  { store, accounts }: KeySources,
  call: Pick<SwiftCall, 'account' | 'place' | 'containerName'>,
): Promise<TempUrlKey[]> {
  const { account, place, containerName: name } = call;
  const found = await accounts.findAccount(account);
  if (found?.id !== account || !found.enabled) return [];
  const { documents } = await store.readAccount(account, place);
  const bucket = await findBucket(store, call, name);
  return [...keysIn(documents, 'account'), ...keysIn(bucket?.documents ?? {}, 'container')];
}

async function findBucket(
  store: ObjectStore,
  { account, place }: Pick<SwiftCall, 'account' | 'place'>,
  name: string,
): Promise<Bucket | undefined> {
  try {
    return await store.findBucket({ caller: undefined, place, name, account });
  } catch {
    // Whatever is wrong with the container: without its keys the link holds by those of the account, or not at all.
    return undefined;
  }
}

function keysIn(documents: Readonly<Record<string, string>>, scope: TempUrlKey['scope']): TempUrlKey[] {
  const items = metadataOf(documents);
  const values = [items['temp-url-key'], items['temp-url-key-2']];
  return values.flatMap((value) => (value === undefined || value === '' ? [] : [{ value, scope }]));
}

/** Whoever holds a link acts as the owner does, within what it opens, and under what binds owners too. */
export function ownerByKey(account: string): Caller {
  const nobody = '0'.repeat(32);
  return {
    principal: {
      kind: 'user',
      account: { id: account, name: '', enabled: true, createdAtMicros: 0 },
      user: {
        id: nobody,
        accountId: account,
        name: 'temp-url',
        displayName: '',
        email: '',
        isRoot: false,
        role: 'operator',
        enabled: true,
        createdAtMicros: 0,
      },
      isServerAdmin: false,
    },
    proof: { kind: 'none' },
  };
}

/** What is shown to the holder of a link: no metadata but public, and how long the answer holds. */
export function linkedAnswer(response: WireResponse, state: SwiftCallState, link: OpenedLink): WireResponse {
  const { method } = state.request;
  const isShown = (method === 'GET' || method === 'HEAD') && response.status >= 200 && response.status < 300;
  const headers: string[] = [];
  let stored: string | undefined;
  for (let index = 0; index < response.headers.length; index += 2) {
    const name = response.headers[index]!;
    const value = response.headers[index + 1]!;
    const lower = name.toLowerCase();
    if (lower.startsWith('x-object-meta-') && !lower.startsWith('x-object-meta-public-')) continue;
    if (isShown && lower === 'content-disposition') stored = value;
    else if (!isShown || lower !== 'expires') headers.push(name, value);
  }
  if (isShown) {
    headers.push('Content-Disposition', dispositionOf(link, stored, state.key));
    headers.push('Expires', formatHttpDate(link.expiresSeconds * 1_000_000));
  }
  return { ...response, headers };
}

function dispositionOf({ filename, isInline }: OpenedLink, stored: string | undefined, key: string): string {
  if (isInline) return filename === undefined ? 'inline' : disposition('inline', filename);
  if (filename !== undefined) return disposition('attachment', filename);
  if (stored !== undefined) return stored;
  return disposition('attachment', key.replace(/\/+$/, '').split('/').pop() ?? '');
}

/** Both forms of RFC 6266, section 4.3. */
function disposition(kind: 'inline' | 'attachment', filename: string): string {
  const quoted = encodeStrict(filename).replaceAll('%20', ' ').replaceAll('%2F', '/');
  const extended = encodeStrict(filename).replaceAll('%2F', '/');
  return `${kind}; filename="${quoted}"; filename*=UTF-8''${extended}`;
}
