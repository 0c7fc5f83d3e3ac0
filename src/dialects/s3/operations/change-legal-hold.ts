/** AddLegalHold and DeleteLegalHold of IBM (ibm-cos.md, section 9.7): holds by name, each of which keeps the object. */
import type { ProtectionChange } from '../../../core/protection.ts';
import { defineOperation } from '../../kernel/define-operation.ts';
import { confirmProtected, readHoldId } from '../retention-headers.ts';
import type { S3Call, S3Services } from '../s3-call.ts';

type HoldChange = Extract<ProtectionChange, { readonly id: string }>;

const define = (name: string, summary: string, parameter: 'add' | 'remove') =>
  defineOperation<S3Call, S3Services, HoldChange, void>({
    name,
    summary,
    route: { method: 'POST', resource: 'object', query: ['legalHold', parameter] },
    permissions: [{ action: 'object:write-named-holds', on: 'object' }],
    body: { kind: 'none' },
    mutates: true,
    decode: ({ query }) => ({
      kind: `${parameter}-hold`,
      id: readHoldId(parameter, query.get(parameter) ?? ''),
    }),
    async run({ store }, change, call) {
      confirmProtected(call, change);
      const { bucket, key } = call;
      await store.protectObject({ bucket, key, change });
    },
    encode: () => ({ status: 200, headers: [], body: null }),
  });

export const addLegalHold = define('AddLegalHold', 'Puts a legal hold of that name on an object.', 'add');
export const deleteLegalHold = define(
  'DeleteLegalHold',
  'Takes the legal hold of that name off an object.',
  'remove',
);
