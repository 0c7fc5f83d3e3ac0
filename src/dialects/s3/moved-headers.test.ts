import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wireRequest } from '../../../test/support/wire-request.ts';
import { parseQuery } from '../kernel/query-parameters.ts';
import { withMovedHeaders } from './moved-headers.ts';

test('headers in a link count, those of the signature and checksums do not, and a header that was sent wins', () => {
  const query =
    'x-amz-meta-color=blue&X-Amz-Storage-Class=STANDARD&x-amz-meta-sent=query&X-Amz-Signature=00&x-amz-checksum-crc32=AAAAAA%3D%3D&prefix=x';
  const request = wireRequest({
    method: 'PUT',
    target: `/b/k?${query}`,
    headers: [['x-amz-meta-sent', 'header']],
    at: new Date(0),
  });
  const { headers } = withMovedHeaders(request, parseQuery(query));
  assert.deepEqual([...headers.names()].sort(), [
    'x-amz-meta-color',
    'x-amz-meta-sent',
    'x-amz-storage-class',
  ]);
  assert.equal(headers.get('x-amz-meta-color'), 'blue');
  assert.equal(headers.get('x-amz-meta-sent'), 'header');
  assert.equal(headers.has('x-amz-signature'), false);
});

test('a request without such parameters stays the same value', () => {
  const request = wireRequest({ method: 'GET', target: '/b?prefix=x', headers: [], at: new Date(0) });
  assert.equal(withMovedHeaders(request, parseQuery('prefix=x')), request);
});
