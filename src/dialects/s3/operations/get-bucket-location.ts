import { escapeXml } from '../../../lib/xml-writer.ts';
import { defineOperation } from '../../kernel/define-operation.ts';
import { resultDocument } from '../result-document.ts';
import type { S3Call, S3Services } from '../s3-call.ts';
import { ibmLocationOf } from '../storage-location.ts';

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
  run: async (services, _input, call) => locationOf(services, call),
  encode(location, call) {
    const document = resultDocument(call, 'LocationConstraint', escapeXml(location));
    // Version 2 of the AWS SDK for JavaScript, and IBM's made of it, look for the text in the last line.
    const { xmlDeclaration } = call.flavour;
    return { ...document, body: `${document.body}`.replace(xmlDeclaration, `${xmlDeclaration}\n`) };
  },
});

function locationOf(services: S3Services, { bucket, flavour }: S3Call): string {
  if (flavour.location === 'place-and-class') return ibmLocationOf(bucket, services);
  return bucket.place === REGION_WITHOUT_NAME ? '' : bucket.place;
}
