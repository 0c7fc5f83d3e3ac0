/** Where the values of names, parameters and headers come from: what is right, what is nearly right, and what is neither. */
import type { Random } from './random.ts';

/** Exist at the beginning. */
export const fuzzBuckets = ['fuzz-one', 'fuzz-two', 'fuzz-three'] as const;

const otherBuckets = [
  'fuzz-four',
  'fuzz-five',
  'no-such-bucket',
  'Ab',
  'a',
  'x..y',
  '192.168.0.1',
  'under_score',
  'a'.repeat(64),
  `${'0'.repeat(32)}:fuzz-one`,
  `${'f'.repeat(32)}:`,
  '곳간',
  '%2F',
  ' ',
];

const texts = [
  '',
  'a',
  '0',
  '1',
  '-1',
  '2',
  '1000',
  '1001',
  '10000',
  '10001',
  '2147483648',
  '9007199254740993',
  '99999999999999999999',
  '1e3',
  '0x10',
  'NaN',
  'null',
  'true',
  'false',
  'url',
  '*',
  '/',
  '//',
  '..',
  '한글',
  'é',
  '🗄️',
  ' ',
  '+',
  '%',
  '&=?#',
  '<a>&amp;"\'</a>',
  '\t',
  '\x7f',
  '\x01',
  'x'.repeat(300),
  'x'.repeat(2000),
  'STANDARD',
  'GLACIER',
  'private',
  'public-read',
  'bucket-owner-full-control',
  'COPY',
  'REPLACE',
  'REQUESTER',
  'requester',
  'ENABLED',
  'CRC32',
  'CRC64NVME',
  'SHA256',
  'COMPOSITE',
  'FULL_OBJECT',
  'id="1"',
  'id=""',
  'emailAddress="nobody@example.com"',
  'uri="http://acs.amazonaws.com/groups/global/AllUsers"',
  'application/xml',
  'aws-chunked',
  'gzip,aws-chunked',
  'identity',
  'bytes=0-9',
  'bytes=-5',
  'bytes=5-',
  'bytes=9-2',
  'bytes=0-0,3-4',
  'bytes=99999999999999999999-',
  'bytes 0-9/100',
  '"d41d8cd98f00b204e9800998ecf8427e"',
  'd41d8cd98f00b204e9800998ecf8427e',
  'W/"x"',
  '"a", "b"',
  'Tue, 27 Mar 2007 21:20:27 GMT',
  'Sat, 01 Jan 2099 00:00:00 GMT',
  'Tue, 99 Foo 2007 21:20:27 GMT',
  '2026-01-01T00:00:00Z',
  '1175139620',
  'AAAAAA==',
  '1B2M2Y8AsgTpgAmY7PhCfg==',
  '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=',
  'not base64!',
  '/fuzz-one/key-1',
  'fuzz-one/key-1',
  'fuzz-two%2Fkey-2',
  'ETag,Checksum,ObjectParts,StorageClass,ObjectSize',
  'ObjectSize',
  'fuzz-one/key-1?versionId=null',
  '/fuzz-one/',
  'arn:aws:s3:us-west-2:123456789012:accesspoint/x/object/y',
  'null',
  'eyJrIjoiYSJ9',
] as const;

const parameterNames = [
  'prefix',
  'delimiter',
  'marker',
  'max-keys',
  'encoding-type',
  'continuation-token',
  'start-after',
  'fetch-owner',
  'list-type',
  'key-marker',
  'version-id-marker',
  'upload-id-marker',
  'max-uploads',
  'part-number-marker',
  'max-parts',
  'max-buckets',
  'bucket-region',
  'uploadId',
  'partNumber',
  'versionId',
  'x-id',
  'response-content-type',
  'response-expires',
  'response-cache-control',
  'response-content-disposition',
  'unknown',
  'X-Amz-Foo',
] as const;

const headerNames = [
  'range',
  'if-match',
  'if-none-match',
  'if-modified-since',
  'if-unmodified-since',
  'if-range',
  'content-md5',
  'content-type',
  'content-encoding',
  'content-language',
  'content-disposition',
  'cache-control',
  'expires',
  'origin',
  'access-control-request-method',
  'user-agent',
  'x-trans-id-extra',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-amz-acl',
  'x-amz-grant-read',
  'x-amz-grant-write',
  'x-amz-grant-full-control',
  'x-amz-grant-read-acp',
  'x-amz-meta-a',
  'x-amz-meta-b',
  'x-amz-missing-meta',
  'x-amz-checksum-crc32',
  'x-amz-checksum-crc32c',
  'x-amz-checksum-crc64nvme',
  'x-amz-checksum-sha1',
  'x-amz-checksum-sha256',
  'x-amz-checksum-algorithm',
  'x-amz-checksum-type',
  'x-amz-checksum-mode',
  'x-amz-sdk-checksum-algorithm',
  'x-amz-copy-source',
  'x-amz-copy-source-range',
  'x-amz-copy-source-if-match',
  'x-amz-copy-source-if-none-match',
  'x-amz-copy-source-if-modified-since',
  'x-amz-copy-source-if-unmodified-since',
  'x-amz-metadata-directive',
  'x-amz-tagging-directive',
  'x-amz-tagging',
  'x-amz-storage-class',
  'x-amz-expected-bucket-owner',
  'x-amz-source-expected-bucket-owner',
  'x-amz-mp-object-size',
  'x-amz-object-attributes',
  'x-amz-max-parts',
  'x-amz-part-number-marker',
  'x-amz-object-ownership',
  'x-amz-bucket-object-lock-enabled',
  'x-amz-object-lock-mode',
  'x-amz-server-side-encryption',
  'x-amz-website-redirect-location',
  'x-amz-bypass-governance-retention',
  'x-amz-if-match-size',
  'x-amz-if-match-last-modified-time',
  'x-amz-write-offset-bytes',
  'x-amz-mfa',
  'x-amz-request-payer',
  'x-amz-security-token',
  'x-amz-decoded-content-length',
  'x-amz-trailer',
] as const;

export function randomBucket(random: Random): string {
  return random.chance(85) ? random.pick(fuzzBuckets) : random.pick(otherBuckets);
}

/** Few names, so that requests meet; some that are long or odd. */
export function randomKey(random: Random): string {
  if (random.chance(75)) return `key-${random.below(40)}`;
  if (random.chance(40))
    return `folder-${random.below(5)}/${random.pick(['', 'a', 'b/c', '/', '..', '한글'])}`;
  if (random.chance(50)) return random.pick(texts);
  return random.pick([
    'k'.repeat(1024),
    'k'.repeat(1025),
    '한'.repeat(341),
    '한'.repeat(342),
    'nul\0nul',
    'a\nb',
  ]);
}

export function randomText(random: Random): string {
  return random.chance(90) ? random.pick(texts) : `${random.pick(texts)}${random.pick(texts)}`;
}

/** What no header may hold would be another request. */
export function randomHeaderValue(random: Random): string {
  const isSendable = (character: string): boolean =>
    character === '\t' || (character >= ' ' && character !== '\x7f');
  return [...randomText(random)].filter(isSendable).join('').trim();
}

export function randomParameterName(random: Random, routed: readonly string[]): string {
  return random.chance(80) ? random.pick(parameterNames) : random.pick(routed);
}

export function randomHeaderName(random: Random): string {
  return random.pick(headerNames);
}
