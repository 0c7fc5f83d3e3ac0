import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as sdk from '@aws-sdk/client-s3';
import { type HeaderFields, wireHeaders } from '../../../test/support/wire-request.ts';
import { declaredChecksum } from './checksum-headers.ts';
import { refuseUnsupportedHeaders, unsupportedHeaders } from './unsupported-headers.ts';

const refuse = (...fields: HeaderFields) => refuseUnsupportedHeaders(wireHeaders(fields));

/** Headers that PutObject and CopyObject read, or that change nothing when they are not read. */
const heeded = [
  'x-amz-acl',
  'x-amz-grant-full-control',
  'x-amz-grant-read',
  'x-amz-grant-read-acp',
  'x-amz-grant-write-acp',
  'x-amz-checksum-algorithm',
  'x-amz-checksum-crc32',
  'x-amz-checksum-crc32c',
  'x-amz-checksum-crc64nvme',
  'x-amz-checksum-sha1',
  'x-amz-checksum-sha256',
  'x-amz-sdk-checksum-algorithm',
  'x-amz-copy-source',
  'x-amz-copy-source-if-match',
  'x-amz-copy-source-if-modified-since',
  'x-amz-copy-source-if-none-match',
  'x-amz-copy-source-if-unmodified-since',
  'x-amz-expected-bucket-owner',
  'x-amz-source-expected-bucket-owner',
  'x-amz-metadata-directive',
  'x-amz-tagging',
  'x-amz-tagging-directive',
  'x-amz-object-annotation-directive',
  'x-amz-object-lock-legal-hold',
  'x-amz-object-lock-mode',
  'x-amz-object-lock-retain-until-date',
  'x-amz-request-payer',
  'x-amz-storage-class',
];

/** As in the SDK's own model: `[3, namespace, name, traits, member names, member schemas]`. */
function headersOf(request: unknown): string[] {
  const members = (request as readonly unknown[])[5] as readonly unknown[];
  return members.flatMap((member) => {
    const traits = Array.isArray(member) ? (member[1] as { httpHeader?: string } | number) : {};
    const header = typeof traits === 'object' ? traits.httpHeader : undefined;
    return header === undefined ? [] : [header.toLowerCase()];
  });
}

test('every x-amz header that the AWS SDK can send with an object is read or refused', () => {
  const models = sdk as unknown as Record<string, unknown>;
  const headers = ['PutObjectRequest$', 'CopyObjectRequest$', 'CreateMultipartUploadRequest$']
    .flatMap((name) => headersOf(models[name]))
    .filter((header) => header.startsWith('x-amz-') && header !== 'x-amz-checksum-type');
  assert.ok(headers.length > 40);
  for (const header of headers) {
    if (heeded.includes(header) || unsupportedHeaders.some((row) => row.header === header)) continue;
    assert.throws(
      () => declaredChecksum(wireHeaders([[header, 'x']]), []),
      { code: 'NotImplemented' },
      header,
    );
  }
});

test('a refusal names the header and says why', () => {
  for (const { header, reason } of unsupportedHeaders) {
    assert.throws(() => refuse(['content-type', 'a/b'], [header, 'x']), {
      code: 'NotImplemented',
      status: 501,
      fields: [
        ['Header', header],
        ['AdditionalMessage', reason],
      ],
    });
  }
});

test('STANDARD is the one storage class', () => {
  refuse(['x-amz-storage-class', 'STANDARD'], ['x-amz-meta-tagging', 'x'], ['range', 'x']);
  assert.throws(() => refuse(['x-amz-storage-class', 'GLACIER']), {
    code: 'InvalidStorageClass',
    fields: [['StorageClassRequested', 'GLACIER']],
  });
});
