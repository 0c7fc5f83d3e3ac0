/** Responses and the records that v2.0 and v3 show alike. */
import type { AccountRecord } from '../../identity/principal.ts';
import type { WireResponse } from '../kernel/wire.ts';

export function jsonResponse(
  status: number,
  document: object,
  headers: readonly string[] = [],
): WireResponse {
  return {
    status,
    headers: ['Content-Type', 'application/json', 'Cache-Control', 'no-store', ...headers],
    body: JSON.stringify(document),
  };
}

export function noContent(): WireResponse {
  return { status: 204, headers: [], body: null };
}

/** The one there is. */
export const domain = { id: 'default', name: 'Default' } as const;

export function tenantJson({ id, name, enabled }: AccountRecord) {
  return { id, name, description: '', enabled };
}

export function projectJson(account: AccountRecord, identityUrl: string) {
  return {
    ...tenantJson(account),
    domain_id: domain.id,
    parent_id: domain.id,
    is_domain: false,
    tags: [],
    options: {},
    links: { self: `${identityUrl}/v3/projects/${account.id}` },
  };
}

export function listLinks(url: string) {
  return { next: null, previous: null, self: url };
}

/** `2026-01-02T03:04:05Z` */
export function isoSeconds(micros: number): string {
  return `${isoText(micros).slice(0, 19)}Z`;
}

/** `2026-01-02T03:04:05.000006`, in UTC without saying so. */
export function isoMicros(micros: number): string {
  return `${isoText(micros).slice(0, 19)}.${String(micros % 1_000_000).padStart(6, '0')}`;
}

function isoText(micros: number): string {
  return new Date(Math.floor(micros / 1000)).toISOString();
}
