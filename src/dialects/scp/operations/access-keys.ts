/**
 * Access keys of the caller (build specification scp.md, section 5.2). A pair signs OpenAPI, the command line and S3 alike. Keys for a
 * while with a passcode (type TEMPORARY) are not offered: there is no second factor to ask for.
 */
import type { AccessKeyRecord } from '../../../identity/access-keys.ts';
import { mintUuid } from '../../../lib/uuid.ts';
import { defineOperation } from '../../kernel/define-operation.ts';
import type { WireResponse } from '../../kernel/wire.ts';
import { BODY_BYTES_MAX, readMembers } from '../body-members.ts';
import { findAccessKey, holderOf } from '../iam-parties.ts';
import { accessKeyDocument } from '../iam-records.ts';
import { jsonResponse } from '../json-response.ts';
import type { ScpCall, ScpServices } from '../scp-call.ts';
import { ScpError } from '../scp-errors.ts';
import { texts } from '../scp-texts.ts';

/** "2 keys per user." */
const KEYS_MAX = 2;
/** Days, "1–365 days or never", as an ISO 8601 duration. */
const DAYS_MAX = 365;
const MICROS_PER_DAY = 86_400_000_000;
const KEY_BYTES = 16;

const readOwn = [{ action: 'identity:read', on: 'account' }] as const;
const writeOwn = [{ action: 'identity:write', on: 'account' }] as const;

export const listAccessKeys = defineOperation({
  name: 'ListAccessKeys',
  summary: "Lists the caller's own access keys, without their secrets.",
  route: { method: 'GET', resource: '/iam/v1/access-keys' },
  permissions: readOwn,
  body: { kind: 'none' },
  mutates: false,
  decode: (_call: ScpCall) => undefined,
  run: ({ identity }: ScpServices, _input: undefined, call) => identity.listAccessKeys(holderOf(call)),
  encode: (keys: readonly AccessKeyRecord[]) =>
    jsonResponse(200, {
      access_keys: keys.map((key) => accessKeyDocument(key)),
      count: keys.length,
      links: [],
    }),
});

export const createAccessKey = defineOperation({
  name: 'CreateAccessKey',
  summary: 'Makes an access key for the caller and shows its secret, this once.',
  route: { method: 'POST', resource: '/iam/v1/access-keys' },
  permissions: writeOwn,
  body: { kind: 'buffered', bytesMax: BODY_BYTES_MAX },
  mutates: true,
  decode: (_call: ScpCall): number | undefined => undefined,
  decodeBody(body, _days, { request }) {
    const members = readMembers(body, request);
    const type = members.text('access_key_type', { max: 32 });
    if (type !== 'PERMANENT' && type !== '') members.refuse(texts.notOneOf('access_key_type', 'PERMANENT'));
    const duration = members.optionalText('duration', { max: 16, pattern: /^P\d{1,3}D$/, form: 'PnD' });
    const days = duration === undefined ? undefined : Number(duration.slice(1, -1));
    if (days !== undefined && (days < 1 || days > DAYS_MAX)) {
      members.refuse(texts.outOfRange('duration', 1, DAYS_MAX));
    }
    members.finish();
    return days;
  },
  async run({ identity, clock, entropy }: ScpServices, days: number | undefined, call) {
    return identity.createAccessKey({
      holder: holderOf(call),
      keysMax: KEYS_MAX,
      mintedBy: 'scp',
      pair: { accessKeyId: entropy.bytes(KEY_BYTES).toString('hex'), secretKey: mintUuid(entropy) },
      ...(days !== undefined && { expiresAtMicros: clock.nowMicros() + days * MICROS_PER_DAY }),
    });
  },
  encode: ({ secretKey, ...key }) => jsonResponse(201, { access_key: accessKeyDocument(key, secretKey) }),
});

export const showAccessKey = defineOperation({
  name: 'ShowAccessKey',
  summary: "Shows one of the caller's own access keys.",
  route: { method: 'GET', resource: '/iam/v1/access-keys/{access_key_id}' },
  permissions: readOwn,
  body: { kind: 'none' },
  mutates: false,
  decode: (_call: ScpCall) => undefined,
  run: (services: ScpServices, _input: undefined, call) => findAccessKey(services, call),
  encode: (key) => jsonResponse(200, { access_key: accessKeyDocument(key) }),
});

export const setAccessKey = defineOperation({
  name: 'SetAccessKey',
  summary: "Enables or disables one of the caller's own access keys.",
  route: { method: 'PUT', resource: '/iam/v1/access-keys/{access_key_id}' },
  permissions: writeOwn,
  body: { kind: 'buffered', bytesMax: BODY_BYTES_MAX },
  mutates: true,
  decode: (_call: ScpCall) => true,
  decodeBody(body, _enabled, { request }) {
    const members = readMembers(body, request);
    const isEnabled = members.boolean('is_enabled') ?? true;
    members.finish();
    return isEnabled;
  },
  async run(services: ScpServices, isEnabled: boolean, call) {
    const { id } = await findAccessKey(services, call);
    return services.identity.setAccessKeyEnabled(id, isEnabled);
  },
  encode: (key) => jsonResponse(200, { access_key: accessKeyDocument(key) }),
});

export const deleteAccessKey = defineOperation({
  name: 'DeleteAccessKey',
  summary: "Deletes one of the caller's own access keys, which must be disabled.",
  route: { method: 'DELETE', resource: '/iam/v1/access-keys/{access_key_id}' },
  permissions: writeOwn,
  body: { kind: 'none' },
  mutates: true,
  decode: (_call: ScpCall) => undefined,
  async run(services: ScpServices, _input: undefined, call) {
    const { id, enabled } = await findAccessKey(services, call);
    if (enabled) throw new ScpError('Conflict', texts.disableFirst);
    await services.identity.removeAccessKey(id);
  },
  encode: (): WireResponse => ({ status: 204, headers: [], body: null }),
});
