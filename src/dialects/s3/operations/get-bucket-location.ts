import { escapeXml } from '../../../lib/xml-writer.ts';
import { defineOperation } from '../../kernel/define-operation.ts';
import { resultDocument } from '../result-document.ts';
import type { S3Call, S3Services } from '../s3-call.ts';

/** The one region that AWS shows as an empty element. */
const REGION_WITHOUT_NAME = 'us-east-1';

export const getBucketLocation = defineOperation<S3Call, S3Services, undefined, string>({
  name: 'GetBucketLocation',
  summary: 'Names the region of a bucket.',
  route: { method: 'GET', resource: 'bucket', query: ['location'] },
  permissions: [{ action: 'bucket:read-location', on: 'bucket' }],
  body: { kind: 'none' },
  mutates: false,
  decode: () => undefined,
  run: async (_services, _input, call) => locationOf(call),
  encode: (location, call) => resultDocument(call, 'LocationConstraint', escapeXml(location)),
});

/** `place-and-class`: every bucket is of class `standard` so far. */
function locationOf({ bucket, flavour }: S3Call): string {
  if (flavour.location === 'place-and-class') return `${bucket.place}-standard`;
  return bucket.place === REGION_WITHOUT_NAME ? '' : bucket.place;
}
