/**
 * The policy document of a container (NHN; nhn-openstack.md, section 22): the settings that headers set, as JSON. A key that is there
 * replaces what it is about whole; one that is not changes nothing. Both forms are views of one record, so a document becomes the
 * headers that say the same wherever these can.
 */
import type { Bucket } from '../../core/model.ts';
import { type Lifetime, lifetimeDocument, lifetimeRulesOf } from '../../core/upload-lifetime.ts';
import { parseContainerAcl } from '../../identity/container-acl.ts';
import { CORS_DOCUMENT } from '../kernel/cors.ts';
import type { WireHeaders } from '../kernel/wire.ts';
import { pushRules } from './container-rules.ts';
import { pushContainerSettings } from './container-settings.ts';
import { corsChange, corsMetadataOf } from './cross-origin.ts';
import { listOf, objectOf, policyFault, switchOf, wholeNumberOf, wordOf } from './policy-values.ts';
import { SwiftError } from './swift-errors.ts';

/** What NHN Cloud takes. */
const limits = { entries: 100, rules: 30, daysMin: 1, daysMax: 36_500, maxAgeSeconds: 999_999_999 } as const;
const keys = ['lifecycle', 'acl', 'ip_acl', 'cors', 'lock'] as const;
type PolicyKey = (typeof keys)[number];

/** What a document asks for. */
export interface PolicyChange {
  /** Headers, in lower case, that hold instead of the request's own; undefined: none does. */
  readonly headers: ReadonlyMap<string, string | undefined>;
  documents(current: Bucket['documents']): Readonly<Record<string, string | null>>;
}

type Json = Readonly<Record<string, unknown>>;
type Headers = Map<string, string | undefined>;

/** Throws 400 with where and why; 501 for a service gateway. */
export function decodePolicy(body: Buffer): PolicyChange {
  const policy = objectOf(parse(body), 'policy', keys);
  const headers: Headers = new Map();
  const { acl, ip_acl: addresses, lock, lifecycle, cors } = policy;
  if (acl !== undefined) decodeAcl(acl, headers);
  if (addresses !== undefined) decodeAddresses(addresses, headers);
  if (lock !== undefined) {
    const { days } = objectOf(lock, 'lock', ['days']);
    const count = wholeNumberOf(days, 'lock.days', 0, limits.daysMax);
    headers.set('x-container-worm-retention-day', `${count}`);
  }
  const lifetime = lifecycle === undefined ? {} : lifetimeDocument(decodeLifecycle(lifecycle, headers));
  const items = cors === undefined ? undefined : decodeCors(cors);
  return {
    headers,
    documents(current) {
      const change = items === undefined ? undefined : corsChange(current, items);
      return {
        ...lifetime,
        ...(items !== undefined && { [CORS_DOCUMENT]: change ?? current[CORS_DOCUMENT] ?? null }),
      };
    },
  };
}

function parse(body: Buffer): unknown {
  if (body.length === 0) return {};
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw policyFault('policy', 'must be JSON');
  }
}

function decodeAcl(value: unknown, headers: Headers): void {
  const acl = objectOf(value, 'acl', ['read', 'write', 'view']);
  for (const name of ['read', 'write', 'view'] as const) {
    const path = `acl.${name}`;
    const own = name === 'read' ? ['public', 'listing', 'referrers', 'grantees'] : ['grantees'];
    const part = objectOf(acl[name] ?? {}, path, own);
    const referrers = objectOf(part['referrers'] ?? {}, `${path}.referrers`, ['allow', 'deny']);
    const hosts = (kind: 'allow' | 'deny') =>
      listOf(referrers[kind] ?? [], `${path}.referrers.${kind}`, limits.entries, wordOf);
    const elements = [
      ...(switchOf(part['public'] ?? false, `${path}.public`) ? ['.r:*'] : []),
      ...hosts('allow').map((host) => `.r:${host}`),
      ...hosts('deny').map((host) => `.r:-${host}`),
      ...(switchOf(part['listing'] ?? false, `${path}.listing`) ? ['.rlistings'] : []),
      ...listOf(part['grantees'] ?? [], `${path}.grantees`, limits.entries, grantee),
    ];
    headers.set(`x-container-${name}`, elements.join(','));
  }
}

/** A role of the container's own account is `{ "role": … }`, so that nothing is lost that a header has set. */
function grantee(value: unknown, path: string): string {
  const entry = objectOf(value, path, ['tenant', 'user', 'role']);
  if (entry['role'] !== undefined) {
    const role = wordOf(entry['role'], `${path}.role`);
    if (/^\.|:/.test(role) || Object.keys(entry).length > 1) throw policyFault(path, 'must be a role alone');
    return role;
  }
  const tenant = wordOf(entry['tenant'], `${path}.tenant`);
  if (/^\.|:/.test(tenant)) throw policyFault(`${path}.tenant`, 'must have no colon, and no dot before it');
  return `${tenant}:${wordOf(entry['user'], `${path}.user`)}`;
}

const permissions: Readonly<Record<string, string>> = { read: 'r', write: 'w', full_control: 'a' };

function decodeAddresses(value: unknown, headers: Headers): void {
  const lists = objectOf(value, 'ip_acl', ['whitelist', 'blacklist', 'services']);
  const services = listOf(lists['services'] ?? [], 'ip_acl.services', limits.entries, (entry) => entry);
  if (services.length > 0) throw new SwiftError(501, 'ip_acl.services: there are no service gateways');
  for (const [name, header] of addressHeaders) {
    const items = listOf(lists[name] ?? [], `ip_acl.${name}`, limits.entries, (entry, path) => {
      const { permission, cidr } = objectOf(entry, path, ['permission', 'cidr']);
      const right =
        typeof permission === 'string' && Object.hasOwn(permissions, permission) ? permission : '';
      if (right === '') throw policyFault(`${path}.permission`, 'must be read, write or full_control');
      return `${permissions[right]}${wordOf(cidr, `${path}.cidr`)}`;
    });
    headers.set(header, items.join(','));
  }
}

const addressHeaders = [
  ['whitelist', 'x-container-ip-acl-allowed-list'],
  ['blacklist', 'x-container-ip-acl-denied-list'],
] as const;

function decodeLifecycle(value: unknown, headers: Headers) {
  const { default_rule: fallback, rules } = objectOf(value, 'lifecycle', ['default_rule', 'rules']);
  for (const name of ['x-container-object-lifecycle', 'x-container-object-transfer-to']) {
    headers.set(name, undefined);
  }
  const path = 'lifecycle.default_rule';
  const decoded = listOf(rules ?? [], 'lifecycle.rules', limits.rules, (entry, at) => {
    const rule = objectOf(entry, at, ['name', 'condition', 'days', 'action']);
    const { prefix } = objectOf(rule['condition'], `${at}.condition`, ['prefix']);
    if (typeof prefix !== 'string' || prefix === '') {
      throw policyFault(`${at}.condition.prefix`, 'must be a text that is not empty');
    }
    return { name: wordOf(rule['name'], `${at}.name`), prefix, ...lifetimeIn(rule, at) };
  });
  decoded.forEach(({ name }, index) => {
    const first = decoded.findIndex((rule) => rule.name === name);
    if (first !== index) throw policyFault(`lifecycle.rules[${index}].name`, 'is that of another rule');
  });
  return {
    ...(fallback !== undefined && {
      default: lifetimeIn(objectOf(fallback, path, ['days', 'action']), path),
    }),
    ...(decoded.length > 0 && { rules: decoded }),
  };
}

function lifetimeIn({ days, action }: Json, path: string): Lifetime {
  const count = wholeNumberOf(days, `${path}.days`, limits.daysMin, limits.daysMax);
  const { type, destination } = objectOf(action ?? { type: 'delete' }, `${path}.action`, [
    'type',
    'destination',
  ]);
  if (type !== 'transfer' && type !== 'delete') {
    throw policyFault(`${path}.action.type`, 'must be transfer or delete');
  }
  if (type === 'delete') {
    if (destination !== undefined) throw policyFault(`${path}.action.destination`, 'is for transfer only');
    return { days: count };
  }
  if (typeof destination !== 'string' || destination === '' || destination.includes('/')) {
    throw policyFault(`${path}.action.destination`, 'must be the name of a container');
  }
  return { days: count, transferTo: destination };
}

function decodeCors(value: unknown): Record<string, string> {
  const cors = objectOf(value, 'cors', ['allow_origins', 'max_age', 'expose_headers']);
  const words = (name: string) => listOf(cors[name] ?? [], `cors.${name}`, limits.entries, wordOf).join(' ');
  const [origins, exposed] = [words('allow_origins'), words('expose_headers')];
  const maxAge = cors['max_age'];
  return {
    ...(origins !== '' && { 'access-control-allow-origin': origins }),
    ...(exposed !== '' && { 'access-control-expose-headers': exposed }),
    ...(maxAge !== undefined && {
      'access-control-max-age': `${wholeNumberOf(maxAge, 'cors.max_age', 0, limits.maxAgeSeconds)}`,
    }),
  };
}

/** The request's headers as far as the document leaves them to hold. */
export function headersUnderPolicy(own: WireHeaders, { headers }: PolicyChange): WireHeaders {
  const replaced = (name: string) => name.replace(/^x-remove-/, 'x-');
  return {
    get: (name) =>
      headers.has(name) ? headers.get(name) : headers.has(replaced(name)) ? undefined : own.get(name),
    has: (name) => (headers.has(replaced(name)) ? headers.get(name) !== undefined : own.has(name)),
    count: (name) => own.count(name),
    names: () => own.names(),
  };
}

/** `key`: that alone; empty: all that are set. Throws 400 for one that there is not. */
export function policyOf(bucket: Bucket, key: string): Json {
  const wanted = key === '' ? keys : keys.filter((known) => known === key);
  if (wanted.length === 0) throw policyFault('policy', `must be one of ${keys.join(', ')}`);
  const shown: string[] = [];
  pushContainerSettings(shown, bucket, true);
  pushRules(shown, bucket);
  const shownIn = (name: string) => {
    const index = shown.findIndex((text, at) => at % 2 === 0 && text.toLowerCase() === name);
    return index < 0 ? undefined : shown[index + 1];
  };
  const days = shownIn('x-container-worm-retention-day');
  const parts: Readonly<Record<PolicyKey, Json | undefined>> = {
    lifecycle: shownLifecycle(bucket),
    acl: shownAcl(shownIn),
    ip_acl: shownAddresses(shownIn),
    cors: shownCors(bucket),
    lock: days === undefined ? undefined : { days: Number(days) },
  };
  return Object.fromEntries(
    wanted.flatMap((name) => (parts[name] === undefined ? [] : [[name, parts[name]]])),
  );
}

type HeaderReader = (header: string) => string | undefined;

function shownLifecycle(bucket: Bucket): Json | undefined {
  const found = lifetimeRulesOf(bucket);
  if (found === undefined) return undefined;
  const rule = ({ days, transferTo }: Lifetime) => ({
    days,
    action: transferTo === undefined ? { type: 'delete' } : { type: 'transfer', destination: transferTo },
  });
  return {
    ...(found.default !== undefined && { default_rule: rule(found.default) }),
    rules: (found.rules ?? []).map((entry) => ({
      name: entry.name,
      condition: { prefix: entry.prefix },
      ...rule(entry),
    })),
  };
}

function shownAcl(shownIn: HeaderReader): Json | undefined {
  const entries = (['read', 'write', 'view'] as const).flatMap((name): (readonly [string, Json])[] => {
    const text = shownIn(`x-container-${name}`);
    if (text === undefined) return [];
    const { referrers, allowsListing, names } = parseContainerAcl(text);
    const grantees = names.map((element) => {
      const colon = element.indexOf(':');
      return colon < 0
        ? { role: element }
        : { tenant: element.slice(0, colon), user: element.slice(colon + 1) };
    });
    if (name !== 'read') return [[name, { grantees }]];
    const allow = referrers.filter((host) => host !== '*' && !host.startsWith('-'));
    const deny = referrers.filter((host) => host.startsWith('-')).map((host) => host.slice(1));
    const isPublic = referrers.includes('*');
    return [[name, { public: isPublic, listing: allowsListing, referrers: { allow, deny }, grantees }]];
  });
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

function shownAddresses(shownIn: HeaderReader): Json | undefined {
  const entries = addressHeaders.flatMap(([name, header]) => {
    const text = shownIn(header);
    if (text === undefined) return [];
    const items = text.split(',').map((item) => ({
      permission: Object.keys(permissions).find((word) => permissions[word] === item[0]),
      cidr: item.slice(1),
    }));
    return [[name, items]];
  });
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

function shownCors({ documents }: Bucket): Json | undefined {
  const items = corsMetadataOf(documents);
  if (Object.keys(items).length === 0) return undefined;
  const words = (name: string) => (items[name] ?? '').split(' ').filter((word) => word !== '');
  const maxAge = items['access-control-max-age'];
  return {
    allow_origins: words('access-control-allow-origin'),
    ...(maxAge !== undefined && { max_age: Number(maxAge) }),
    expose_headers: words('access-control-expose-headers'),
  };
}
