import {
  encodePublicAccessBlock,
  type PublicAccessBlock,
  publicAccessSwitches,
} from '../../../identity/public-access-block.ts';
import { defineOperation } from '../../kernel/define-operation.ts';
import { optional, readXml, xmlBoolean, xmlObject } from '../parse-xml.ts';
import { PUBLIC_ACCESS_BLOCK_DOCUMENT } from '../public-access.ts';
import type { S3Call, S3Services } from '../s3-call.ts';
import { S3Error } from '../s3-errors.ts';

const BODY_BYTES_MAX = 64 * 1024;

/** A switch that is not named is off. */
const configuration = xmlObject({
  BlockPublicAcls: optional(xmlBoolean),
  IgnorePublicAcls: optional(xmlBoolean),
  BlockPublicPolicy: optional(xmlBoolean),
  RestrictPublicBuckets: optional(xmlBoolean),
});

export const putPublicAccessBlock = defineOperation<S3Call, S3Services, PublicAccessBlock, void>({
  name: 'PutPublicAccessBlock',
  summary: 'Sets which public access a bucket refuses, whatever its policy and access control lists say.',
  route: { method: 'PUT', resource: 'bucket', query: ['publicAccessBlock'] },
  permissions: [{ action: 'bucket:write-public-access-block', on: 'bucket' }],
  body: { kind: 'buffered', bytesMax: BODY_BYTES_MAX },
  mutates: true,
  decode: () => new Set(),
  decodeBody(body) {
    if (body.length === 0) throw new S3Error('MissingRequestBodyError');
    const switches = readXml(body, 'PublicAccessBlockConfiguration', configuration);
    return new Set(publicAccessSwitches.filter((name) => switches[name] === true));
  },
  async run({ store }, block, { bucket }) {
    const documents = { [PUBLIC_ACCESS_BLOCK_DOCUMENT]: encodePublicAccessBlock(block) };
    await store.updateBucket(bucket, { documents });
  },
  encode: () => ({ status: 200, headers: [], body: null }),
});
