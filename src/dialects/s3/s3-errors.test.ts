import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type HeaderFields, wireHeaders } from '../../../test/support/wire-request.ts';
import { CoreError } from '../../core/core-errors.ts';
import { readXml } from '../../lib/xml-reader.ts';
import { AuthnError } from '../authn/authn-errors.ts';
import { RequestBodyError } from '../kernel/request-body-error.ts';
import { type FailedRequest, renderError } from './render-error.ts';
import { toS3Error } from './s3-error-maps.ts';
import { S3Error, s3ErrorCodes } from './s3-errors.ts';
import { s3Flavours } from './s3-flavours.ts';

const failed: FailedRequest = {
  flavour: s3Flavours.nhn,
  requestId: 'tx1',
  method: 'GET',
  rawPath: '/bucket/a%20b',
  addressed: 'object',
  hostedBucket: undefined,
};
const contextOf = (method = 'GET', headers: HeaderFields = []) => ({
  request: { method, headers: wireHeaders(headers) },
  flavour: s3Flavours.nhn,
});
const tagsOf = (error: S3Error, request: Partial<FailedRequest>) => {
  const { body } = renderError(error, { ...failed, ...request });
  assert.equal(typeof body, 'string');
  const root = readXml(Buffer.from(String(body)), { depthMax: 2, elementsMax: 20 });
  assert.deepEqual([root.name, root.namespace], ['Error', '']);
  return root.children.map(({ name }) => name);
};

test('every code has a status that is an error, a message, and a document', () => {
  for (const code of s3ErrorCodes) {
    const error = new S3Error(code);
    assert.ok(error.status >= 300 && error.status < 600 && error.message.length > 3, code);
    if (error.status !== 304) assert.equal(tagsOf(error, {})[0], 'Code');
  }
});

describe('members of an error document', () => {
  const error = new S3Error('NoSuchKey', { Key: 'a b' });

  test('by flavour', () => {
    assert.deepEqual(tagsOf(error, {}), ['Code', 'Message', 'Resource', 'Key', 'RequestId', 'HostId']);
    assert.deepEqual(tagsOf(error, { flavour: s3Flavours.ibm }), [
      'Code',
      'Message',
      'Resource',
      'RequestId',
      'httpStatusCode',
      'Key',
    ]);
    assert.deepEqual(tagsOf(error, { flavour: s3Flavours.scp }), [
      'Code',
      'Message',
      'Key',
      'RequestId',
      'HostId',
    ]);
  });

  test('the resource of flavour ibm ends with a slash for buckets and is empty for the service', () => {
    const resourceOf = (
      rawPath: string,
      addressed: 'service' | 'bucket' | 'object',
      ofError: S3Error = error,
    ) => {
      const { body } = renderError(ofError, { ...failed, flavour: s3Flavours.ibm, rawPath, addressed });
      const { children } = readXml(Buffer.from(String(body)), { depthMax: 2, elementsMax: 20 });
      return children.find(({ name }) => name === 'Resource')?.text;
    };
    assert.deepEqual(
      [resourceOf('/b', 'bucket'), resourceOf('/b/', 'bucket'), resourceOf('/b/k', 'object')],
      ['/b/', '/b/', '/b/k'],
    );
    assert.equal(resourceOf('/', 'service', new S3Error('AccessDenied')), '');
    assert.equal(resourceOf('/', 'service', new S3Error('InvalidArgument')), undefined);
  });

  test('those that were not given are left out, the others stand in the order of the catalogue', () => {
    const given = new S3Error('InvalidPart', { ETag: 'x', UploadId: 'y' });
    assert.deepEqual(given.fields, [
      ['UploadId', 'y'],
      ['ETag', 'x'],
    ]);
  });
});

describe('what other layers throw', () => {
  test('a lost race is a conflict for who set a condition, and a wish for patience otherwise', () => {
    const lost = new CoreError('TooMuchContention', { key: 'k' });
    const conditional = toS3Error(lost, contextOf('PUT', [['if-none-match', '*']]));
    assert.deepEqual([conditional.code, conditional.status], ['ConditionalRequestConflict', 409]);
    assert.deepEqual(conditional.fields, [
      ['Condition', 'If-None-Match'],
      ['Key', 'k'],
    ]);
    assert.equal(toS3Error(lost, contextOf('PUT')).code, 'SlowDown');
  });

  test('hides a bucket of another place, or leads there, as the flavour has it', () => {
    const elsewhere = new CoreError('NoSuchBucket', { name: 'b', place: 'JP1' });
    assert.equal(toS3Error(elsewhere, contextOf()).code, 'NoSuchBucket');
    const leading = { ...contextOf(), flavour: { otherPlace: 'PermanentRedirect' } as const };
    const answer = toS3Error(elsewhere, leading);
    assert.equal(answer.code, 'PermanentRedirect');
    assert.deepEqual(answer.headers, ['x-amz-bucket-region', 'JP1']);
    assert.equal(toS3Error(new CoreError('NoSuchBucket', { name: 'b' }), leading).code, 'NoSuchBucket');
  });

  test('a hidden object tells of its delete marker', () => {
    const hidden = new CoreError('NoSuchKey', { key: 'k', deleteMarkerVersionId: 'v' });
    assert.deepEqual(toS3Error(hidden, contextOf()).headers, [
      'x-amz-delete-marker',
      'true',
      'x-amz-version-id',
      'v',
    ]);
  });

  test('a full disk, a damaged block, a store that is away', () => {
    const answers = [
      new CoreError('StorageFull', {}),
      new CoreError('StoredDataCorrupt', { key: 'k' }),
      new CoreError('StorageUnavailable', {}),
    ].map((error) => toS3Error(error, contextOf()));
    assert.deepEqual(
      answers.map(({ code, status }) => [code, status]),
      [
        ['InsufficientStorage', 507],
        ['InternalError', 500],
        ['ServiceUnavailable', 503],
      ],
    );
  });

  test('the same fault of a scope has two names', () => {
    const wrong = (place: 'header' | 'query') =>
      toS3Error(new AuthnError('WrongRegion', { place, region: 'x', expected: 'KR1' }), contextOf());
    assert.equal(wrong('header').code, 'AuthorizationHeaderMalformed');
    assert.equal(wrong('query').code, 'AuthorizationQueryParametersError');
    assert.deepEqual(wrong('query').fields, [['Region', 'KR1']]);
  });

  test('a pair that was switched off is unknown, a user who was shut out is told', () => {
    const unusable = (reason: 'key-disabled' | 'user-disabled') =>
      toS3Error(new AuthnError('UnusableAccessKey', { accessKeyId: 'x', reason }), contextOf()).code;
    assert.deepEqual(
      [unusable('key-disabled'), unusable('user-disabled')],
      ['InvalidAccessKeyId', 'AccessDenied'],
    );
  });

  test('a body that never comes to its end', () => {
    const fault = (name: 'aborted' | 'idle' | 'malformed') =>
      toS3Error(new RequestBodyError(name, 3, 10), contextOf());
    assert.equal(fault('idle').code, 'RequestTimeout');
    assert.deepEqual(fault('aborted').fields, [
      ['NumberBytesExpected', '10'],
      ['NumberBytesProvided', '3'],
    ]);
  });

  test('a bug shows nothing of itself', () => {
    const answer = toS3Error(new TypeError('secret of the house'), contextOf());
    assert.equal(answer.code, 'InternalError');
    assert.doesNotMatch(String(renderError(answer, failed).body), /secret/);
    assert.equal(toS3Error(undefined, contextOf()).code, 'InternalError');
  });
});
