import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failsWith, makeBucket, openCore, put } from '../../test/support/open-core.ts';
import { createUpload } from './operations/create-upload.ts';
import { updateBucket } from './operations/update-bucket.ts';
import { assertUploadName, type UploadNames, uploadNamesDocument } from './upload-names.ts';

const ask = (names: UploadNames, key: string) => () =>
  assertUploadName({ documents: uploadNamesDocument(names) as Record<string, string> }, key);

test('extensions and keywords of the last element', () => {
  const refused = { name: 'CoreError', code: 'UploadNameRefused' };
  assert.throws(ask({ deniedExtensions: ['exe'] }, 'a/b.exe'), refused);
  assert.throws(ask({ allowedExtensions: ['jpg'] }, 'a.jpg/b'), refused);
  assert.throws(ask({ deniedKeywords: ['tmp'] }, 'a/x-tmp-y'), refused);
  assert.throws(ask({ allowedKeywords: ['report'] }, 'report/a'), refused);
  ask({ deniedExtensions: ['exe'] }, 'b.exe.txt')();
  ask({ allowedExtensions: ['jpg'] }, 'a/b.x.jpg')();
  ask({ allowedExtensions: ['jpg'], deniedKeywords: ['tmp'] }, 'tmp/a.jpg')();
  ask({ allowedExtensions: ['jpg'] }, 'folder/')();
});

test('no write gets past it', async () => {
  const { context } = openCore();
  const plain = await makeBucket(context, 'bucket');
  const documents = uploadNamesDocument({ deniedExtensions: ['exe'] });
  const bucket = await updateBucket(context, plain, { documents });
  await assert.rejects(put(context, bucket, 'a.exe', 'x'), failsWith('UploadNameRefused'));
  const metadata = { system: { contentType: '' }, user: {}, documents: {} };
  const upload = { bucket, key: 'a.exe', owner: bucket.account, initiator: 'me', metadata };
  await assert.rejects(createUpload(context, upload), failsWith('UploadNameRefused'));
  await put(context, bucket, 'a.txt', 'x');
});
