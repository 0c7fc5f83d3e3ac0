import { defineOperation } from '../../kernel/define-operation.ts';
import type { AdminCall, AdminServices } from '../admin-call.ts';
import { BODY_BYTES_MAX, readJson } from '../read-json.ts';
import { accessKeyJson, jsonResponse } from '../render-json.ts';

/** Takes `{"enabled"}`. */
export const updateAccessKey = defineOperation({
  name: 'UpdateAccessKey',
  summary: 'Disables or enables an access key: it is refused from the next request on.',
  route: { method: 'PATCH', resource: '/keys/{accessKey}' },
  permissions: [{ action: 'admin:write', on: 'account' }],
  body: { kind: 'buffered', bytesMax: BODY_BYTES_MAX },
  mutates: true,
  decode: (_call: AdminCall) => ({ enabled: true }),
  decodeBody: (body) => readJson(body, { enabled: 'switch' }),
  run: ({ identity }: AdminServices, { enabled }, call) =>
    identity.setAccessKeyEnabled(call.parameter('accessKey'), enabled),
  encode: (key) => jsonResponse(200, { key: accessKeyJson(key) }),
});
