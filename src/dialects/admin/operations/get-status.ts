import { defineOperation } from '../../kernel/define-operation.ts';
import type { AdminCall, AdminServices } from '../admin-call.ts';
import { isoTime, jsonResponse } from '../render-json.ts';

export const getStatus = defineOperation({
  name: 'GetStatus',
  summary: 'Tells version, uptime, workers, regions, disk and how much is stored.',
  route: { method: 'GET', resource: '/status' },
  permissions: [{ action: 'admin:read', on: 'account' }],
  body: { kind: 'none' },
  mutates: false,
  decode: (_call: AdminCall) => undefined,
  run: ({ readStatus }: AdminServices) => readStatus(),
  encode: ({ startedAtMicros, scrub: { completedAtMicros, ...scrub }, ...status }) =>
    jsonResponse(200, {
      ...status,
      startedAt: isoTime(startedAtMicros),
      scrub: { ...scrub, completedAt: completedAtMicros === 0 ? null : isoTime(completedAtMicros) },
    }),
});
