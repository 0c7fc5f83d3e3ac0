import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type HeaderFields, wireRequest } from '../../../test/support/wire-request.ts';
import { openPayload, stripAwsChunked } from './open-payload.ts';
import { payloadModeWithoutSigV4 } from './payload-mode.ts';

const at = new Date('2026-01-01T00:00:00Z');

function requestOf(headers: HeaderFields, body: string) {
  return wireRequest({ method: 'PUT', headers, pieces: [Buffer.from(body)], at });
}

test('a plain body is handed on as it is, with what it must hash to', async () => {
  const request = requestOf([['x-amz-content-sha256', 'AB'.repeat(32)]], 'hello');
  const payload = openPayload(request, payloadModeWithoutSigV4(request));
  assert.equal(payload.source, request.body);
  assert.deepEqual([payload.size, payload.sha256Hex], [5, 'ab'.repeat(32)]);
  const plain = requestOf([], 'hello');
  assert.equal(openPayload(plain, payloadModeWithoutSigV4(plain)).sha256Hex, undefined);
});

test('unsigned chunks of an anonymous request are decoded', async () => {
  const request = requestOf(
    [
      ['x-amz-content-sha256', 'STREAMING-UNSIGNED-PAYLOAD-TRAILER'],
      ['x-amz-decoded-content-length', '5'],
      ['x-amz-trailer', 'X-Amz-Checksum-Crc32'],
    ],
    '5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n',
  );
  const payload = openPayload(request, payloadModeWithoutSigV4(request));
  assert.deepEqual(payload.announcedTrailers, ['x-amz-checksum-crc32']);
  assert.equal(payload.size, 5);
  assert.equal(String(await payload.source.read()), 'hello');
  assert.equal(await payload.source.read(), null);
  assert.equal(payload.trailer('x-amz-checksum-crc32'), 'NhCmhg==');
});

test('what cannot be opened', () => {
  const chunks = ['x-amz-content-sha256', 'STREAMING-UNSIGNED-PAYLOAD-TRAILER'] as const;
  const open = (...headers: HeaderFields) => {
    const request = requestOf(headers, '');
    return () => openPayload(request, payloadModeWithoutSigV4(request));
  };
  assert.throws(open(chunks), { code: 'MissingDecodedLength' });
  assert.throws(open(chunks, ['x-amz-decoded-content-length', '-1']), { code: 'InvalidDecodedLength' });
  const length = ['x-amz-decoded-content-length', '5'] as const;
  assert.throws(open(chunks, length, length), { code: 'DuplicateHeader' });
  assert.throws(open(['x-amz-trailer', 'x-amz-checksum-crc32']), { code: 'MalformedTrailer' });
  assert.throws(open(['x-amz-content-sha256', 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD']), {
    code: 'UnsupportedPayloadMode',
  });
  assert.throws(open(['x-amz-content-sha256', 'x']), { code: 'InvalidContentSha256' });
});

test('aws-chunked is no content coding to keep', () => {
  assert.equal(stripAwsChunked('aws-chunked'), undefined);
  assert.equal(stripAwsChunked('gzip, AWS-chunked'), 'gzip');
  assert.equal(stripAwsChunked('aws-chunked,gzip,br'), 'gzip,br');
  assert.equal(stripAwsChunked('gzip, br'), 'gzip, br');
  assert.equal(stripAwsChunked(''), undefined);
});
