/**
 * Web pages of other origins (nhn-openstack.md, section 17). The three headers of a container are its metadata for whoever sets
 * them, and one rule of the bucket's CORS configuration for whoever asks: S3 shows the same. Rules that S3 has set are shown here as
 * one, and replaced as one.
 */
import type { Bucket } from '../../core/model.ts';
import { type CorsRule, corsRulesOf, encodeCors, findCorsRule, requestedHeaders } from '../kernel/cors.ts';
import type { WireRequest } from '../kernel/wire.ts';

type Documents = Readonly<Record<string, string>>;

const ORIGINS = 'access-control-allow-origin';
const MAX_AGE = 'access-control-max-age';
const EXPOSED = 'access-control-expose-headers';

/** Names of metadata that are none. */
export const corsItems: ReadonlySet<string> = new Set([ORIGINS, MAX_AGE, EXPOSED]);

const METHODS = ['GET', 'HEAD', 'PUT', 'POST', 'DELETE'];

/** What is always shown to pages (OpenStack Swift, `cors_validation`). */
const EXPOSED_ALWAYS = [
  'cache-control',
  'content-language',
  'content-type',
  'expires',
  'last-modified',
  'pragma',
  'etag',
  'x-timestamp',
  'x-trans-id',
  'x-openstack-request-id',
];

/** The configuration as items of metadata. */
export function corsMetadataOf(documents: Documents): Record<string, string> {
  const rules = corsRulesOf(documents);
  if (rules.length === 0) return {};
  const union = (list: (rule: CorsRule) => readonly string[]) => [...new Set(rules.flatMap(list))].join(' ');
  const origins = union((rule) => rule.origins);
  const exposed = union((rule) => rule.exposedHeaders);
  const maxAge = rules.find(({ maxAgeSeconds }) => maxAgeSeconds !== undefined)?.maxAgeSeconds;
  return {
    ...(origins !== '' && { [ORIGINS]: origins }),
    ...(maxAge !== undefined && { [MAX_AGE]: `${maxAge}` }),
    ...(exposed !== '' && { [EXPOSED]: exposed }),
  };
}

/** The document for items of metadata; undefined when they say what is there already. */
export function corsChange(
  documents: Documents,
  items: Readonly<Record<string, string>>,
): string | null | undefined {
  const before = corsMetadataOf(documents);
  if ([...corsItems].every((name) => before[name] === items[name])) return undefined;
  const words = (text: string | undefined) => (text ?? '').split(/\s+/).filter((word) => word !== '');
  const [origins, exposedHeaders] = [words(items[ORIGINS]), words(items[EXPOSED])];
  const maxAge = items[MAX_AGE];
  const maxAgeSeconds = maxAge !== undefined && /^\d{1,9}$/.test(maxAge) ? Number(maxAge) : undefined;
  if (origins.length === 0 && exposedHeaders.length === 0 && maxAgeSeconds === undefined) return null;
  const rule = { origins, methods: METHODS, headers: ['*'], exposedHeaders };
  return encodeCors([maxAgeSeconds === undefined ? rule : { ...rule, maxAgeSeconds }]);
}

/** What a page may do that asks before it does it; undefined: nothing. `methods`: all that the resource takes. */
export function preflightHeaders(
  { headers }: WireRequest,
  bucket: Pick<Bucket, 'documents'>,
  methods: readonly string[],
): string[] | undefined {
  const origin = headers.get('origin');
  const method = headers.get('access-control-request-method');
  if (origin === undefined || method === undefined || !methods.includes(method)) return undefined;
  const asked = requestedHeaders(headers.get('access-control-request-headers'));
  const rule = findCorsRule(corsRulesOf(bucket.documents), {
    origin,
    method: plainMethod(method),
    headers: asked,
  });
  if (rule === undefined) return undefined;
  const isAll = METHODS.every((known) => rule.methods.includes(known));
  const allowed = isAll ? methods : methods.filter((known) => rule.methods.includes(known));
  return [
    'Access-Control-Allow-Origin',
    shownOrigin(rule, origin),
    'Access-Control-Allow-Methods',
    allowed.join(', '),
    ...(asked.length === 0 ? [] : ['Access-Control-Allow-Headers', asked.join(', ')]),
    ...(rule.maxAgeSeconds === undefined ? [] : ['Access-Control-Max-Age', `${rule.maxAgeSeconds}`]),
    'Vary',
    'Origin, Access-Control-Request-Headers',
  ];
}

/** What an answer tells the page that asked; nothing when its origin is not allowed. `shown`: the answer's own headers. */
export function exposureHeaders(
  { headers, method }: WireRequest,
  bucket: Pick<Bucket, 'documents'>,
  shown: readonly string[],
): string[] {
  const origin = headers.get('origin');
  if (origin === undefined) return [];
  const rules = corsRulesOf(bucket.documents);
  const rule = findCorsRule(rules, { origin, method: plainMethod(method), headers: [] });
  if (rule === undefined) return [];
  const exposed = new Set(EXPOSED_ALWAYS);
  for (let index = 0; index < shown.length; index += 2) {
    const name = shown[index]?.toLowerCase() ?? '';
    if (name.startsWith('x-container-meta-') || name.startsWith('x-object-meta-')) exposed.add(name);
  }
  for (const name of rule.exposedHeaders) exposed.add(name);
  return [
    'Access-Control-Allow-Origin',
    shownOrigin(rule, origin),
    'Access-Control-Expose-Headers',
    [...exposed].join(', '),
    ...(rule.origins.includes('*') ? [] : ['Vary', 'Origin']),
  ];
}

function shownOrigin({ origins }: CorsRule, origin: string): string {
  return origins.includes('*') ? '*' : origin;
}

/** A copy makes an object. */
function plainMethod(method: string): string {
  return method === 'COPY' ? 'PUT' : method;
}
