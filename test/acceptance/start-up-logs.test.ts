// What is logged: JSON lines with one line per call, and never a secret or a signature, whatever goes wrong.
import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { IndependentSigner, type SignedRequest } from '../support/independent-signer.ts';
import { exchange, exchangeSigned } from '../support/raw-http.ts';
import { connectS3 } from '../support/s3-client.ts';
import { runGotgan, type ServerProcess, startServer } from '../support/server-process.ts';

const BUCKET = 'logged';
const PASSWORD = 'the-root-password-81f3';
const API_KEY = 'the-root-api-key-c92e';

let server: ServerProcess;
before(async () => {
  server = await startServer({
    workers: 2,
    env: { GOTGAN_LOG_LEVEL: 'trace', GOTGAN_ROOT_PASSWORD: PASSWORD, GOTGAN_ROOT_API_KEY: API_KEY },
  });
});
after(() => server?.dispose());

it('holds every call, and no secret and no signature', async () => {
  const forbidden = new Map<string, string>([
    ['root secret', server.secretKey],
    ['password', PASSWORD],
    ['API key', API_KEY],
  ]);
  const forbidSignature = (name: string, { headers, target }: SignedRequest): void => {
    const found = /Signature=([0-9a-f]{64})/.exec(`${headers['authorization']} ${target}`)?.[1];
    assert.ok(found !== undefined);
    forbidden.set(name, found);
  };
  const s3 = connectS3(server);
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'key-in-log', Body: 'the-object-bytes' }));
  const presigned = await getSignedUrl(s3, new GetObjectCommand({ Bucket: BUCKET, Key: 'presigned-in-log' }));
  forbidden.set('presigned signature', new URL(presigned).searchParams.get('X-Amz-Signature') ?? '');
  await fetch(presigned);
  await fetch(`${presigned}x`);

  const { host } = new URL(server.storageUrl);
  const signers = {
    good: new IndependentSigner(
      { accessKeyId: server.accessKey, secret: server.secretKey, region: 'KR1' },
      new Date(),
    ),
    wrong: new IndependentSigner(
      { accessKeyId: server.accessKey, secret: 'guessed-secret', region: 'KR1' },
      new Date(),
    ),
    unknown: new IndependentSigner(
      { accessKeyId: 'nobody', secret: 'guessed-secret', region: 'KR1' },
      new Date(),
    ),
    old: new IndependentSigner(
      { accessKeyId: server.accessKey, secret: server.secretKey, region: 'KR1' },
      new Date(0),
    ),
  };
  for (const [name, signer] of Object.entries(signers)) {
    const headers = {
      'x-amz-security-token': 'the-session-token-77aa',
      'x-amz-meta-note': 'the-metadata-note',
    };
    const body = Buffer.from('the-object-bytes');
    const put = signer.byHeader({ method: 'PUT', host, path: `/${BUCKET}/${name}-in-log`, headers, body });
    forbidSignature(`${name} header`, put);
    await exchangeSigned(server.storageUrl, put);
    const get = signer.byQuery({ method: 'GET', host, path: `/${BUCKET}/${name}-in-log` }, 60);
    forbidSignature(`${name} query`, get);
    await exchangeSigned(server.storageUrl, get);
  }
  forbidden.set('session token', 'the-session-token-77aa');
  forbidden.set('metadata', 'the-metadata-note');
  forbidden.set('object bytes', 'the-object-bytes');
  await exchange(
    server.storageUrl,
    `GET / HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer the-bearer-token-55\r\n\r\n`,
  );
  forbidden.set('bearer token', 'the-bearer-token-55');
  await exchange(
    server.storageUrl,
    'GET /the-broken-request HTTP/1.1\r\nContent-Length: x\r\nAuthorization: the-broken-proof\r\n\r\n',
  );
  forbidden.set('broken proof', 'the-broken-proof');

  const env = { GOTGAN_ACCESS_KEY: server.accessKey, GOTGAN_SECRET_KEY: server.secretKey };
  const made = await runGotgan(['key', 'add', '--json', '--endpoint', server.controlUrl], env);
  forbidden.set('made secret', JSON.parse(made.stdout).secretKey);
  await runGotgan(['account', 'remove', 'nobody', '--endpoint', server.controlUrl], env);
  await server.restart();
  await server.stop();

  const log = server.logs();
  for (const [what, secret] of forbidden) {
    assert.ok(secret.length >= 10, what);
    assert.equal(log.includes(secret), false, what);
    assert.equal(server.output().includes(secret), what === 'root secret', what);
  }
  const lines = log
    .trimEnd()
    .split('\n')
    .map((line): Record<string, unknown> => JSON.parse(line));
  const calls = lines.filter(({ msg }) => msg === 'call');
  const put = calls.find(({ path }) => path === `/${BUCKET}/key-in-log`);
  assert.deepEqual(
    [
      put?.['level'],
      put?.['api'],
      put?.['operation'],
      put?.['status'],
      put?.['accessKey'],
      put?.['user'],
      put?.['remote'],
    ],
    ['debug', 's3', 'PutObject', 200, server.accessKey, 'root', '127.0.0.1'],
  );
  assert.match(String(put?.['requestId']), /^tx[0-9a-f]{21}-[0-9a-f]{10}$/);
  const refused = calls.find(({ path, status }) => path === `/${BUCKET}/wrong-in-log` && status === 403);
  assert.equal(refused?.['level'], 'info');
  assert.match(String(refused?.['error']), /^Signature/);
  assert.equal(lines.filter(({ level }) => level === 'error').length, 0);
});
