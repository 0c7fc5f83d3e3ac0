/**
 * Access control lists as Swift has them: texts on a container that say who may read, write and see what is in it (nhn-openstack.md,
 * section 16; OpenStack Swift, `swift.common.middleware.acl`).
 *
 * | element | who |
 * |---|---|
 * | `{tenant}:{user}`, `{tenant}:*`, `*:{user}` | users by id or name, of a tenant by id or name |
 * | `*:*` | whoever proves to be somebody |
 * | `.r:*`, `.r:{host}`, `.r:.{domain}`, `.r:-{…}` | everybody who says to come from there; of several the last that fits counts |
 * | `.rlistings` | whom a referrer lets in may list, too |
 * | a word | users of the container's own account with that role |
 *
 * A referrer is whatever the client says: it keeps nobody out who wants to come in.
 */
import type { Principal } from './principal.ts';
import { roleOf } from './roles.ts';

export interface ContainerAcls {
  /** As `cleanContainerAcl` answers them; absent: nobody. */
  readonly read?: string | undefined;
  readonly write?: string | undefined;
  readonly view?: string | undefined;
}

/** One sentence for whoever sent it. */
export class ContainerAclError extends Error {
  override readonly name = 'ContainerAclError';
}

const REFERRER_WORDS: ReadonlySet<string> = new Set(['.r', '.ref', '.referer', '.referrer']);

/**
 * The list as it is stored and shown: elements without blanks, in their order. `allowsReferrers`: only for reading. Throws
 * `ContainerAclError`.
 */
export function cleanContainerAcl(
  value: string,
  { header, allowsReferrers }: { readonly header: string; readonly allowsReferrers: boolean },
): string {
  const elements: string[] = [];
  for (const raw of value.split(',')) {
    const element = raw.trim();
    if (element !== '') elements.push(cleanElement(element, header, allowsReferrers));
  }
  return elements.join(',');
}

function cleanElement(element: string, header: string, allowsReferrers: boolean): string {
  const colon = element.indexOf(':');
  if (colon < 0) {
    if (!element.startsWith('.') || (element === '.rlistings' && allowsReferrers)) return element;
    throw new ContainerAclError(`Unknown designator ${JSON.stringify(element)} in ${header}`);
  }
  const first = element.slice(0, colon).trim();
  const second = element.slice(colon + 1).trim();
  if (!first.startsWith('.')) return `${first}:${second}`;
  if (!REFERRER_WORDS.has(first)) {
    throw new ContainerAclError(`Unknown designator ${JSON.stringify(first)} in ${header}`);
  }
  if (!allowsReferrers) throw new ContainerAclError(`Referrers are not allowed in ${header}`);
  const isNegative = second.startsWith('-');
  let host = (isNegative ? second.slice(1) : second).trim();
  if (host !== '*' && host.startsWith('*')) host = host.slice(1).trim();
  if (host === '' || host === '.') {
    throw new ContainerAclError(`No host or domain after the referrer designation in ${header}`);
  }
  return `.r:${isNegative ? '-' : ''}${host}`;
}

export interface ParsedAcl {
  /** Hosts and domains in their order, `-` before those that are kept out. */
  readonly referrers: readonly string[];
  readonly allowsListing: boolean;
  /** Everything else. */
  readonly names: readonly string[];
}

const parsed = new Map<string, ParsedAcl>();
const PARSED_MAX = 1000;

export function parseContainerAcl(text: string): ParsedAcl {
  const known = parsed.get(text);
  if (known !== undefined) return known;
  const elements = text.split(',').filter((element) => element !== '');
  const acl: ParsedAcl = {
    referrers: elements.filter((element) => element.startsWith('.r:')).map((element) => element.slice(3)),
    allowsListing: elements.includes('.rlistings'),
    names: elements.filter((element) => !element.startsWith('.r')),
  };
  if (parsed.size >= PARSED_MAX) parsed.clear();
  parsed.set(text, acl);
  return acl;
}

/** `referer`: the header of the request. */
export function admitsReferrer({ referrers }: ParsedAcl, referer: string | undefined): boolean {
  if (referrers.length === 0) return false;
  const host = hostOf(referer);
  let isAdmitted = false;
  for (const referrer of referrers) {
    const isNegative = referrer.startsWith('-');
    const pattern = isNegative ? referrer.slice(1) : referrer;
    const fits = pattern === host || (pattern.startsWith('.') && host.endsWith(pattern));
    if (fits || (pattern === '*' && !isNegative)) isAdmitted = !isNegative;
  }
  return isAdmitted;
}

function hostOf(referer: string | undefined): string {
  const [, authority = ''] = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(referer ?? '') ?? [];
  const host = authority.slice(authority.lastIndexOf('@') + 1).replace(/:\d*$/, '');
  return host === '' ? 'unknown' : host.toLowerCase();
}

/** The element that names the caller. `owner`: account of the container. */
export function nameInAcl(
  { names }: ParsedAcl,
  principal: Exclude<Principal, { readonly kind: 'anonymous' }>,
  owner: string | undefined,
): string | undefined {
  const tenants = new Set(['*', principal.account.id, principal.account.name]);
  const users = new Set(['*']);
  if (principal.kind === 'user') users.add(principal.user.id).add(principal.user.name);
  return names.find((element) => {
    const colon = element.indexOf(':');
    if (colon >= 0) return tenants.has(element.slice(0, colon)) && users.has(element.slice(colon + 1));
    return principal.kind === 'user' && principal.account.id === owner && element === roleOf(principal.user);
  });
}

/** Whether an element is about anybody at all: what a public access block takes away. */
export function isPublicName(element: string): boolean {
  return element === '*:*';
}
