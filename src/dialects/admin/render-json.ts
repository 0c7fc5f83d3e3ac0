/** Records as the admin API shows them: times in ISO 8601, no secret but in the answer that makes it. */
import type { AccessKeyRecord } from '../../identity/access-keys.ts';
import type { AccountRecord, UserRecord } from '../../identity/principal.ts';
import { roleOf } from '../../identity/roles.ts';
import type { WireResponse } from '../kernel/wire.ts';

export function jsonResponse(status: number, document: object): WireResponse {
  const headers = ['Content-Type', 'application/json', 'Cache-Control', 'no-store'];
  return { status, headers, body: `${JSON.stringify(document)}\n` };
}

export function noContent(): WireResponse {
  return { status: 204, headers: [], body: null };
}

export function accountJson({ id, name, enabled, createdAtMicros }: AccountRecord) {
  return { id, name, enabled, createdAt: isoTime(createdAtMicros) };
}

export function userJson({
  id,
  accountId,
  name,
  displayName,
  email,
  isRoot,
  role,
  enabled,
  createdAtMicros,
}: UserRecord) {
  const shown = roleOf({ isRoot, ...(role === undefined ? {} : { role }) });
  return {
    id,
    accountId,
    name,
    displayName,
    email,
    isRoot,
    role: shown,
    enabled,
    createdAt: isoTime(createdAtMicros),
  };
}

export function accessKeyJson(key: AccessKeyRecord) {
  const { id, userId, serviceId, accountId, enabled, createdAtMicros, expiresAtMicros, mintedBy } = key;
  return {
    accessKey: id,
    userId,
    serviceId,
    accountId,
    enabled,
    createdAt: isoTime(createdAtMicros),
    ...(expiresAtMicros !== undefined && { expiresAt: isoTime(expiresAtMicros) }),
    ...(mintedBy !== undefined && { mintedBy }),
  };
}

/** A record of a collection: its times by their names without the unit. */
export function recordJson(record: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(record).map(([name, value]) =>
      name.endsWith('AtMicros') && typeof value === 'number'
        ? [name.slice(0, -'Micros'.length), isoTime(value)]
        : [name, value],
    ),
  );
}

export function isoTime(micros: number): string {
  return new Date(micros / 1000).toISOString();
}
