/**
 * A request that goes on until its client leaves. What is reclaimed waits for running requests (docs/adr/0002), so no blob
 * that was referred to after this began disappears before it ends: a backup needs nothing else. A client that dies lets go
 * within one beat, and a client whose server dies sees its connection break and knows that its backup is not whole.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { defineOperation } from '../../kernel/define-operation.ts';
import type { StreamedBody } from '../../kernel/wire.ts';
import type { AdminCall, AdminServices } from '../admin-call.ts';

const BEAT_MILLIS = 2_000;
const BEAT = Buffer.from('{"held":true}\n');

export const holdReclaiming = defineOperation({
  name: 'HoldReclaiming',
  summary:
    'Keeps every blob from being reclaimed until the client closes the connection; sends a line every two seconds.',
  route: { method: 'POST', resource: '/reclaiming-hold' },
  permissions: [{ action: 'admin:write', on: 'account' }],
  body: { kind: 'none' },
  mutates: false,
  decode: (_call: AdminCall) => undefined,
  run: (_services: AdminServices) => Promise.resolve(),
  encode: () => ({
    status: 200,
    headers: ['Content-Type', 'application/x-ndjson', 'Cache-Control', 'no-store'],
    body: createBeats(),
    close: true,
  }),
});

/** The listener stops asking when the client is gone. */
function createBeats(): StreamedBody {
  let isFirst = true;
  return {
    size: undefined,
    async read() {
      if (!isFirst) await sleep(BEAT_MILLIS);
      isFirst = false;
      return BEAT;
    },
    async close() {},
  };
}
