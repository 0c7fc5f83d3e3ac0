/**
 * PutBucketProtectionConfiguration of IBM (ibm-cos.md, section 9.7). The bucket must be empty and without versions the first time;
 * afterwards the periods may be changed, and nothing takes the protection away.
 */
import type { BucketLock } from '../../../core/model.ts';
import { defineOperation } from '../../kernel/define-operation.ts';
import { requireDigest } from '../checksum-headers.ts';
import { optional, readXml, required, xmlBoolean, xmlInteger, xmlObject, xmlToken } from '../parse-xml.ts';
import type { S3Call, S3Services } from '../s3-call.ts';
import { invalidArgument, S3Error } from '../s3-errors.ts';

const BODY_BYTES_MAX = 64 * 1024;
/** Ninety-nine years: IBM's limit. */
const DAYS_MAX = 36_135;

const period = xmlObject({ Days: required(xmlInteger) });
const configuration = xmlObject({
  Status: required(xmlToken),
  MinimumRetention: required(period),
  DefaultRetention: required(period),
  MaximumRetention: required(period),
  EnablePermanentRetention: optional(xmlBoolean),
});

export const putBucketProtectionConfiguration = defineOperation<
  S3Call,
  S3Services,
  BucketLock | undefined,
  void
>({
  name: 'PutBucketProtectionConfiguration',
  summary: 'Keeps all objects of the bucket from being changed or deleted for a while. It cannot be undone.',
  route: { method: 'PUT', resource: 'bucket', query: ['protection'] },
  permissions: [{ action: 'bucket:write-protection', on: 'bucket' }],
  body: { kind: 'buffered', bytesMax: BODY_BYTES_MAX },
  mutates: true,

  decode(call) {
    requireDigest(call);
    return undefined;
  },

  decodeBody(body) {
    if (body.length === 0) throw new S3Error('MissingRequestBodyError');
    const asked = readXml(body, 'ProtectionConfiguration', configuration);
    if (asked.Status !== 'Retention') {
      throw invalidArgument('Status', asked.Status, 'The status must be Retention');
    }
    const lock = {
      kind: 'protection',
      minimumDays: daysOf('MinimumRetention', asked.MinimumRetention.Days),
      defaultDays: daysOf('DefaultRetention', asked.DefaultRetention.Days),
      maximumDays: daysOf('MaximumRetention', asked.MaximumRetention.Days),
      allowsPermanent: asked.EnablePermanentRetention ?? false,
    } as const;
    if (lock.minimumDays > lock.defaultDays || lock.defaultDays > lock.maximumDays) {
      const text = [lock.minimumDays, lock.defaultDays, lock.maximumDays].join(', ');
      throw invalidArgument('DefaultRetention', text, 'Minimum, default and maximum must be in this order');
    }
    return lock;
  },

  async run({ store }, lock, { bucket }) {
    if (lock !== undefined) await store.updateBucket(bucket, { lock });
  },

  encode: () => ({ status: 200, headers: [], body: null }),
});

function daysOf(name: string, days: number): number {
  if (days >= 0 && days <= DAYS_MAX) return days;
  throw invalidArgument(name, `${days}`, `The days must be between 0 and ${DAYS_MAX}`);
}
