import type { WireResponse } from '../kernel/wire.ts';

export function jsonResponse(
  status: number,
  document: object,
  headers: readonly string[] = [],
): WireResponse {
  return {
    status,
    headers: ['Content-Type', 'application/json', 'Cache-Control', 'no-store', ...headers],
    body: `${JSON.stringify(document)}\n`,
  };
}
