/**
 * PutBucketVersioning (Amazon S3 API Reference). Versioning once switched on is suspended, never off again. Deletion with
 * a second factor (MFA delete) is refused, never ignored: who asks for it must not believe that versions are safe.
 */
import type { VersioningChange } from '../../../core/object-store.ts';
import { defineOperation } from '../../kernel/define-operation.ts';
import { optional, readXml, xmlObject, xmlToken } from '../parse-xml.ts';
import type { S3Call, S3Services } from '../s3-call.ts';
import { S3Error } from '../s3-errors.ts';

const BODY_BYTES_MAX = 64 * 1024;

const configuration = xmlObject({ Status: optional(xmlToken), MfaDelete: optional(xmlToken) });

export const putBucketVersioning = defineOperation<S3Call, S3Services, VersioningChange, void>({
  name: 'PutBucketVersioning',
  summary: 'Makes a bucket keep versions, or suspends that.',
  route: { method: 'PUT', resource: 'bucket', query: ['versioning'] },
  permissions: [{ action: 'bucket:write-versioning', on: 'bucket' }],
  body: { kind: 'buffered', bytesMax: BODY_BYTES_MAX },
  mutates: true,

  decode: () => 'enabled',

  decodeBody(body) {
    if (body.length === 0) throw new S3Error('MissingRequestBodyError');
    const { Status: status, MfaDelete: mfaDelete } = readXml(body, 'VersioningConfiguration', configuration);
    if (mfaDelete === 'Enabled') {
      throw new S3Error('NotImplemented', { AdditionalMessage: 'MFA delete is not implemented.' });
    }
    if (mfaDelete !== undefined && mfaDelete !== 'Disabled') throw new S3Error('MalformedXML');
    if (status === undefined) throw new S3Error('IllegalVersioningConfigurationException');
    if (status !== 'Enabled' && status !== 'Suspended') throw new S3Error('MalformedXML');
    return status === 'Enabled' ? 'enabled' : 'suspended';
  },

  async run({ store }, versioning, { bucket }) {
    await store.updateBucket(bucket, { versioning });
  },

  encode: () => ({ status: 200, headers: [], body: null }),
});
