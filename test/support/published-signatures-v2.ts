/**
 * Signatures of Version 2 that AWS has published for S3 (developer guide, "Signing and authenticating REST requests", the edition
 * with the bucket `johnsmith`). All are of AWS's example key pair, which opens nothing. The request with `x-amz-date` stands
 * as in the earlier edition: the later one signs its value in the place of the date, against its own text.
 */
import type { HeaderFields } from './wire-request.ts';

export interface SigV2Example {
  readonly name: string;
  readonly method: string;
  /** The bucket in the host name. */
  readonly hostedBucket: string | undefined;
  readonly target: string;
  readonly at: Date;
  readonly headers: HeaderFields;
  readonly stringToSign: string;
  readonly signature: string;
}

const PUPPY = '/photos/puppy.jpg';

export const sigV2Examples: readonly SigV2Example[] = [
  {
    name: 'Object GET',
    method: 'GET',
    hostedBucket: 'johnsmith',
    target: PUPPY,
    at: new Date('2007-03-27T19:36:42Z'),
    headers: [['date', 'Tue, 27 Mar 2007 19:36:42 +0000']],
    stringToSign: 'GET\n\n\nTue, 27 Mar 2007 19:36:42 +0000\n/johnsmith/photos/puppy.jpg',
    signature: 'bWq2s1WEIj+Ydj0vQ697zp+IXMU=',
  },
  {
    name: 'Object PUT',
    method: 'PUT',
    hostedBucket: 'johnsmith',
    target: PUPPY,
    at: new Date('2007-03-27T21:15:45Z'),
    headers: [
      ['content-type', 'image/jpeg'],
      ['content-length', '94328'],
      ['date', 'Tue, 27 Mar 2007 21:15:45 +0000'],
    ],
    stringToSign: 'PUT\n\nimage/jpeg\nTue, 27 Mar 2007 21:15:45 +0000\n/johnsmith/photos/puppy.jpg',
    signature: 'MyyxeRY7whkBe+bq8fHCL/2kKUg=',
  },
  {
    name: 'List',
    method: 'GET',
    hostedBucket: 'johnsmith',
    target: '/?prefix=photos&max-keys=50&marker=puppy',
    at: new Date('2007-03-27T19:42:41Z'),
    headers: [['date', 'Tue, 27 Mar 2007 19:42:41 +0000']],
    stringToSign: 'GET\n\n\nTue, 27 Mar 2007 19:42:41 +0000\n/johnsmith/',
    signature: 'htDYFYduRNen8P9ZfE/s9SuKy0U=',
  },
  {
    name: 'Fetch',
    method: 'GET',
    hostedBucket: 'johnsmith',
    target: '/?acl',
    at: new Date('2007-03-27T19:44:46Z'),
    headers: [['date', 'Tue, 27 Mar 2007 19:44:46 +0000']],
    stringToSign: 'GET\n\n\nTue, 27 Mar 2007 19:44:46 +0000\n/johnsmith/?acl',
    signature: 'c2WLPFtWHVgbEmeEG93a4cG37dM=',
  },
  {
    name: 'Delete',
    method: 'DELETE',
    hostedBucket: undefined,
    target: `/johnsmith${PUPPY}`,
    at: new Date('2007-03-27T21:20:26Z'),
    headers: [
      ['date', 'Tue, 27 Mar 2007 21:20:27 +0000'],
      ['x-amz-date', 'Tue, 27 Mar 2007 21:20:26 +0000'],
    ],
    stringToSign: 'DELETE\n\n\n\nx-amz-date:Tue, 27 Mar 2007 21:20:26 +0000\n/johnsmith/photos/puppy.jpg',
    signature: 'R4dJ53KECjStyBO5iTBJZ4XVOaI=',
  },
  {
    name: 'Upload',
    method: 'PUT',
    hostedBucket: 'static.johnsmith.net',
    target: '/db-backup.dat.gz',
    at: new Date('2007-03-27T21:06:08Z'),
    headers: [
      ['date', 'Tue, 27 Mar 2007 21:06:08 +0000'],
      ['x-amz-acl', 'public-read'],
      ['content-type', 'application/x-download'],
      ['content-md5', '4gJE4saaMU4BqNR0kLY+lw=='],
      ['x-amz-meta-reviewedby', 'joe@johnsmith.net'],
      ['x-amz-meta-reviewedby', 'jane@johnsmith.net'],
      ['x-amz-meta-filechecksum', '0x02661779'],
      ['x-amz-meta-checksumalgorithm', 'crc32'],
      ['content-disposition', 'attachment; filename=database.dat'],
      ['content-encoding', 'gzip'],
      ['content-length', '5913339'],
    ],
    stringToSign:
      'PUT\n4gJE4saaMU4BqNR0kLY+lw==\napplication/x-download\nTue, 27 Mar 2007 21:06:08 +0000\n' +
      'x-amz-acl:public-read\nx-amz-meta-checksumalgorithm:crc32\nx-amz-meta-filechecksum:0x02661779\n' +
      'x-amz-meta-reviewedby:joe@johnsmith.net,jane@johnsmith.net\n/static.johnsmith.net/db-backup.dat.gz',
    signature: 'ilyl83RwaSoYIEdixDQcA4OnAnc=',
  },
  {
    name: 'List all my buckets',
    method: 'GET',
    hostedBucket: undefined,
    target: '/',
    at: new Date('2007-03-28T01:29:59Z'),
    headers: [['date', 'Wed, 28 Mar 2007 01:29:59 +0000']],
    stringToSign: 'GET\n\n\nWed, 28 Mar 2007 01:29:59 +0000\n/',
    signature: 'qGdzdERIC03wnaRNKh6OqZehG9s=',
  },
  {
    name: 'Unicode keys',
    method: 'GET',
    hostedBucket: undefined,
    target: '/dictionary/fran%C3%A7ais/pr%c3%a9f%c3%a8re',
    at: new Date('2007-03-28T01:49:49Z'),
    headers: [['date', 'Wed, 28 Mar 2007 01:49:49 +0000']],
    stringToSign: 'GET\n\n\nWed, 28 Mar 2007 01:49:49 +0000\n/dictionary/fran%C3%A7ais/pr%c3%a9f%c3%a8re',
    signature: 'DNEZGsoieTZ92F3bUfSPQcbGmlM=',
  },
];

export const sigV2QueryExample = {
  hostedBucket: 'johnsmith',
  path: PUPPY,
  expires: 1_175_139_620,
  signature: 'NpgCjnDzrM+WFzoENXmpNDUsSn8=',
} as const;
