import assert from 'node:assert/strict';
import { it } from 'node:test';
import { ScpError } from './scp-errors.ts';
import { signRequest } from './sign-object-store-request.ts';

const request = {
  method: 'GET',
  authority: 'object-store.kr-west1.e.example.test',
  rawPath: '/photos/2026/a%20b.txt',
  rawQuery: 'versionId=v1&response-content-type=text%2Fplain',
  payload: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  timestamp: '20261121T000000Z',
  region: 'kr-west1',
};
const KEY = 'sts0fakekey000000000000000000001';
const SECRET = 'fake-temp-secret-aaaa-bbbb-cccccccccccc';

it('the vector of section 4.4 is what is signed', () => {
  const { authorization, signature } = signRequest(request, KEY, SECRET);
  assert.equal(signature, 'ae484a05263ae106f3bc304fa9f621c394f799a4fccdae6911b6f98323645270');
  assert.equal(
    authorization,
    `AWS4-HMAC-SHA256 Credential=${KEY}/20261121/kr-west1/s3/aws4_request, ` +
      'SignedHeaders=host;x-amz-content-sha256;x-amz-date, ' +
      'Signature=ae484a05263ae106f3bc304fa9f621c394f799a4fccdae6911b6f98323645270',
  );
});

it('a URL that cannot be decoded is refused', () => {
  assert.throws(() => signRequest({ ...request, rawPath: '/%zz' }, KEY, SECRET), ScpError);
});
