/** Settings of the account for its identities (ibm-cos.md, 4.3). */

import type { IbmSettingsRecord } from '../../../identity/ibm-records.ts';
import { parseIpRange } from '../../../identity/ip-ranges.ts';
import { defineOperation } from '../../kernel/define-operation.ts';
import { settingsOf } from '../account-settings.ts';
import { expectedVersion, tagOf } from '../entity-tags.ts';
import type { ControlTarget, IbmCall, IbmServices } from '../ibm-call.ts';
import { IbmError, invalid, notFound } from '../ibm-errors.ts';
import { BODY_BYTES_MAX, type JsonObject, optionalTextIn, parseJson } from '../read-json.ts';
import { jsonResponse } from '../render-json.ts';

const IDENTITY_TARGET: ControlTarget = { serviceName: 'iam-identity', serviceType: 'platform_service' };
/** Of a token that SDKs can still work with (ibm-cos.md, section 0). */
const ACCESS_SECONDS_MIN = 20;
const RANGES_MAX = 100;
const NOT_SET = 'NOT_SET';

function settingsDocument(settings: IbmSettingsRecord, version: number) {
  const seconds = (value: number | undefined) => (value === undefined ? NOT_SET : String(value));
  return {
    account_id: settings.id,
    entity_tag: tagOf(version),
    restrict_create_service_id: settings.restrictCreateServiceId,
    restrict_create_platform_apikey: NOT_SET,
    allowed_ip_addresses: settings.allowedIpAddresses,
    mfa: 'NONE',
    session_expiration_in_seconds: NOT_SET,
    session_invalidation_in_seconds: NOT_SET,
    max_sessions_per_identity: NOT_SET,
    system_access_token_expiration_in_seconds: seconds(settings.accessTokenSeconds),
    system_refresh_token_expiration_in_seconds: seconds(settings.refreshTokenSeconds),
  };
}

/** Throws 404 for another account. */
function assertAccount(call: IbmCall): void {
  if (call.parameter('id') !== call.accountId) throw notFound('account');
}

export const getAccountSettings = defineOperation({
  name: 'GetAccountSettings',
  summary: 'Shows what the account demands of its identities.',
  route: { method: 'GET', resource: '/v1/accounts/{id}/settings/identity' },
  permissions: [{ action: 'iam:read', on: 'record' }],
  body: { kind: 'none' },
  mutates: false,
  decode: (_call: IbmCall) => undefined,
  async run({ records }: IbmServices, _input: undefined, call) {
    assertAccount(call);
    call.demand('iam:read', IDENTITY_TARGET);
    const found = await records.settings.get(call.accountId);
    return settingsDocument(
      found?.record ?? (await settingsOf(records, call.accountId)),
      found?.version ?? 0,
    );
  },
  encode: (document) => jsonResponse(200, document, ['ETag', document.entity_tag]),
});

export const updateAccountSettings = defineOperation({
  name: 'UpdateAccountSettings',
  summary: 'Says who may make service IDs, from where people log in, and how long tokens hold.',
  route: { method: 'PUT', resource: '/v1/accounts/{id}/settings/identity' },
  permissions: [{ action: 'iam:write-policy', on: 'record' }],
  body: { kind: 'buffered', bytesMax: BODY_BYTES_MAX },
  mutates: true,
  decode: (_call: IbmCall): JsonObject => ({}),
  decodeBody: (body) => parseJson(body),
  async run(services: IbmServices, body, call) {
    assertAccount(call);
    call.demand('iam:write-policy', IDENTITY_TARGET);
    const { records, iam } = services;
    const expected = expectedVersion(call);
    const before = await records.settings.get(call.accountId);
    const changes = readChanges(body, iam.settings);
    const merge = (record: IbmSettingsRecord): IbmSettingsRecord => withChanges(record, changes);
    if (before !== undefined) {
      const after = await records.settings.update(call.accountId, merge, expected);
      return settingsDocument(after.record, after.version);
    }
    if (expected !== undefined && expected !== 0) {
      throw new IbmError('stale-version', 'The tag in If-Match is not that of the present settings.');
    }
    const made = await records.settings.create(merge(await settingsOf(records, call.accountId)));
    return settingsDocument(made.record, made.version);
  },
  encode: (document) => jsonResponse(200, document, ['ETag', document.entity_tag]),
});

interface Changes {
  readonly restrictCreateServiceId?: IbmSettingsRecord['restrictCreateServiceId'];
  readonly allowedIpAddresses?: string;
  /** Null: not set. */
  readonly accessTokenSeconds?: number | null;
  readonly refreshTokenSeconds?: number | null;
}

function readChanges(
  body: JsonObject,
  limits: { readonly accessSeconds: number; readonly refreshSeconds: number },
): Changes {
  const restrict = optionalTextIn(body, 'restrict_create_service_id');
  const addresses = optionalTextIn(body, 'allowed_ip_addresses');
  if (
    restrict !== undefined &&
    restrict !== NOT_SET &&
    restrict !== 'RESTRICTED' &&
    restrict !== 'NOT_RESTRICTED'
  ) {
    throw invalid('"restrict_create_service_id" must be RESTRICTED, NOT_RESTRICTED or NOT_SET.');
  }
  const access = secondsIn(body, 'system_access_token_expiration_in_seconds', limits.accessSeconds);
  const refresh = secondsIn(body, 'system_refresh_token_expiration_in_seconds', limits.refreshSeconds);
  return {
    ...(restrict === undefined ? {} : { restrictCreateServiceId: restrict }),
    ...(addresses === undefined ? {} : { allowedIpAddresses: checkedRanges(addresses) }),
    ...(access === undefined ? {} : { accessTokenSeconds: access }),
    ...(refresh === undefined ? {} : { refreshTokenSeconds: refresh }),
  };
}

function secondsIn(body: JsonObject, name: string, max: number): number | null | undefined {
  const text = optionalTextIn(body, name);
  if (text === undefined) return undefined;
  if (text === NOT_SET || text === '') return null;
  const seconds = /^\d{1,7}$/.test(text) ? Number(text) : 0;
  const min = Math.min(ACCESS_SECONDS_MIN, max);
  if (seconds < min || seconds > max) throw invalid(`"${name}" must be from ${min} to ${max}, or NOT_SET.`);
  return seconds;
}

function checkedRanges(text: string): string {
  const ranges = text.split(',').flatMap((range) => (range.trim() === '' ? [] : [range.trim()]));
  if (ranges.length > RANGES_MAX || ranges.some((range) => parseIpRange(range) === undefined)) {
    throw invalid(
      `"allowed_ip_addresses" must be at most ${RANGES_MAX} addresses or networks with commas between.`,
    );
  }
  return ranges.join(',');
}

function withChanges(record: IbmSettingsRecord, changes: Changes): IbmSettingsRecord {
  const { accessTokenSeconds, refreshTokenSeconds, ...rest } = record;
  const { accessTokenSeconds: access, refreshTokenSeconds: refresh, ...others } = changes;
  const kept = (wanted: number | null | undefined, present: number | undefined) =>
    wanted === undefined ? present : (wanted ?? undefined);
  const [accessAfter, refreshAfter] = [kept(access, accessTokenSeconds), kept(refresh, refreshTokenSeconds)];
  return {
    ...rest,
    ...others,
    ...(accessAfter === undefined ? {} : { accessTokenSeconds: accessAfter }),
    ...(refreshAfter === undefined ? {} : { refreshTokenSeconds: refreshAfter }),
  };
}
