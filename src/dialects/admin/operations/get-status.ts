import { defineAdminOperation } from '../define-admin-operation.ts';
import { isoTime } from '../render-json.ts';

export const getStatus = defineAdminOperation({
  name: 'GetStatus',
  summary: 'Tells version, uptime, workers, regions, disk and how much is stored.',
  method: 'GET',
  resource: '/status',
  async run({ readStatus }) {
    const { startedAtMicros, scrub, ...status } = await readStatus();
    const { completedAtMicros, ...scrubbed } = scrub;
    return {
      ...status,
      startedAt: isoTime(startedAtMicros),
      scrub: { ...scrubbed, completedAt: completedAtMicros === 0 ? null : isoTime(completedAtMicros) },
    };
  },
});
