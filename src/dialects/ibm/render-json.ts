/** Answers of the control plane as JSON, and times as its services write them. */
import type { WireResponse } from '../kernel/wire.ts';

export function jsonResponse(
  status: number,
  document: object,
  headers: readonly string[] = [],
): WireResponse {
  const isCached = headers.includes('Cache-Control');
  return {
    status,
    headers: [
      'Content-Type',
      'application/json;charset=utf-8',
      ...(isCached ? [] : ['Cache-Control', 'no-store']),
      ...headers,
    ],
    body: JSON.stringify(document),
  };
}

export function noContent(headers: readonly string[] = []): WireResponse {
  return { status: 204, headers, body: null };
}

/** `2026-01-31T09:15+0000`, of the identity service. */
export function isoMinutes(micros: number): string {
  return `${isoText(micros).slice(0, 16)}+0000`;
}

/** `2026-01-31T09:15:02.123Z`, of all others. */
export function isoMillis(micros: number): string {
  return isoText(micros);
}

function isoText(micros: number): string {
  return new Date(Math.floor(micros / 1000)).toISOString();
}
