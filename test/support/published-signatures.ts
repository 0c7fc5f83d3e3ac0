/**
 * Signatures that AWS has published for S3 (Amazon S3 API reference, "Authenticating Requests: Using the Authorization
 * Header", "… Transferring Payload in Multiple Chunks", "… Including Trailing Headers", "Using Query Parameters"). All are
 * of one key pair, region us-east-1, 24 May 2013, midnight UTC. The key pair is AWS's own example and opens nothing.
 */

export const exampleKey = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secret: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  region: 'us-east-1',
} as const;

export const exampleTime = new Date('2013-05-24T00:00:00Z');

const EMPTY_SHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const HOST = 'examplebucket.s3.amazonaws.com';

export interface HeaderExample {
  readonly name: string;
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly query: readonly (readonly [string, string])[];
  /** Signed, besides host, x-amz-date and x-amz-content-sha256. */
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: string;
  readonly signature: string;
}

export const headerExamples: readonly HeaderExample[] = [
  {
    name: 'GET object with a range',
    method: 'GET',
    host: HOST,
    path: '/test.txt',
    query: [],
    headers: { range: 'bytes=0-9' },
    payload: EMPTY_SHA256,
    signature: 'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
  },
  {
    name: 'PUT object',
    method: 'PUT',
    host: HOST,
    path: '/test$file.text',
    query: [],
    headers: { date: 'Fri, 24 May 2013 00:00:00 GMT', 'x-amz-storage-class': 'REDUCED_REDUNDANCY' },
    payload: '44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072',
    signature: '98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
  },
  {
    name: 'GET bucket lifecycle',
    method: 'GET',
    host: HOST,
    path: '/',
    query: [['lifecycle', '']],
    headers: {},
    payload: EMPTY_SHA256,
    signature: 'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543',
  },
  {
    name: 'GET bucket (list objects)',
    method: 'GET',
    host: HOST,
    path: '/',
    query: [
      ['max-keys', '2'],
      ['prefix', 'J'],
    ],
    headers: {},
    payload: EMPTY_SHA256,
    signature: '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
  },
];

export const presignedExample = {
  method: 'GET',
  host: HOST,
  path: '/test.txt',
  expiresSeconds: 86_400,
  signature: 'aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404',
} as const;

/** 66,560 times the letter a, in chunks of 64 KiB. */
export const chunkedExample = {
  method: 'PUT',
  host: 's3.amazonaws.com',
  path: '/examplebucket/chunkObject.txt',
  body: Buffer.alloc(66_560, 'a'),
  chunkBytes: 65_536,
  headers: {
    'content-encoding': 'aws-chunked',
    'content-length': '66824',
    'x-amz-storage-class': 'REDUCED_REDUNDANCY',
  },
  seedSignature: '4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9',
  chunkSignatures: [
    'ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648',
    '0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497',
    'b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9',
  ],
} as const;

/** The same bytes, followed by their CRC32C. */
export const trailerExample = {
  ...chunkedExample,
  headers: { 'content-encoding': 'aws-chunked', 'x-amz-storage-class': 'REDUCED_REDUNDANCY' },
  trailers: [['x-amz-checksum-crc32c', 'sOO8/Q==']],
  seedSignature: '106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e',
  chunkSignatures: [
    'b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2',
    '1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7',
    '2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992',
  ],
  trailerSignature: 'd81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435',
} as const;
