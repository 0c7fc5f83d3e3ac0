/** ExtendObjectRetention of IBM (ibm-cos.md, section 9.7): a retention only ever gets longer, by exactly one of four headers. */
import type { RetainUntilRequest } from '../../../core/protection.ts';
import { defineOperation } from '../../kernel/define-operation.ts';
import { confirmProtected, readDate, readPeriod, readSeconds } from '../retention-headers.ts';
import type { S3Call, S3Services } from '../s3-call.ts';
import { invalidArgument } from '../s3-errors.ts';

const readers: Readonly<Record<string, (name: string, text: string) => RetainUntilRequest>> = {
  'additional-retention-period': (name, text) => ({ kind: 'added', seconds: readSeconds(name, text) }),
  'extend-retention-from-current-time': (name, text) => ({
    kind: 'from-now',
    seconds: readSeconds(name, text),
  }),
  'new-retention-expiration-date': (name, text) => ({ kind: 'at', micros: readDate(name, text) }),
  'new-retention-period': readPeriod,
};

export const extendObjectRetention = defineOperation<S3Call, S3Services, RetainUntilRequest, void>({
  name: 'ExtendObjectRetention',
  summary: 'Keeps an object from being changed or deleted for longer.',
  route: { method: 'POST', resource: 'object', query: ['extendRetention'] },
  permissions: [{ action: 'object:extend-retention', on: 'object' }],
  body: { kind: 'none' },
  mutates: true,

  decode({ request: { headers } }) {
    const given = Object.entries(readers).filter(([name]) => headers.has(name));
    const [only, another] = given;
    if (only === undefined || another !== undefined) {
      const names = Object.keys(readers).join(', ');
      throw invalidArgument(
        'header',
        given.map(([name]) => name).join(', '),
        `Exactly one of ${names} is needed`,
      );
    }
    const [name, read] = only;
    return read(name, headers.get(name) ?? '');
  },

  async run({ store }, until, call) {
    confirmProtected(call, until);
    const { bucket, key } = call;
    const retention = { mode: 'retention', until } as const;
    await store.protectObject({
      bucket,
      key,
      change: { kind: 'retention', retention, bypassGovernance: false },
    });
  },

  encode: () => ({ status: 200, headers: [], body: null }),
});
