/** GetBucketProtectionConfiguration of IBM (ibm-cos.md, section 9.7): the document has no namespace there. */
import type { BucketLock } from '../../../core/model.ts';
import { element, parent } from '../../../lib/xml-writer.ts';
import { defineOperation } from '../../kernel/define-operation.ts';
import type { S3Call, S3Services } from '../s3-call.ts';

export const getBucketProtectionConfiguration = defineOperation<S3Call, S3Services, undefined, undefined>({
  name: 'GetBucketProtectionConfiguration',
  summary: 'Shows how long objects of the bucket are kept from being changed or deleted.',
  route: { method: 'GET', resource: 'bucket', query: ['protection'] },
  permissions: [{ action: 'bucket:read-protection', on: 'bucket' }],
  body: { kind: 'none' },
  mutates: false,
  decode: () => undefined,
  run: async () => undefined,
  encode: (_output, { bucket, flavour }) => ({
    status: 200,
    headers: ['Content-Type', 'application/xml'],
    body: flavour.xmlDeclaration + parent('ProtectionConfiguration', contentOf(bucket.lock)),
  }),
});

function contentOf(lock: BucketLock | undefined): string {
  if (lock?.kind !== 'protection') return element('Status', 'Disabled');
  const days = (name: string, count: number) => parent(name, element('Days', `${count}`));
  return (
    element('Status', 'Retention') +
    days('MinimumRetention', lock.minimumDays) +
    days('DefaultRetention', lock.defaultDays) +
    days('MaximumRetention', lock.maximumDays) +
    element('EnablePermanentRetention', `${lock.allowsPermanent}`)
  );
}
