// Web pages of other origins at a container, set by either door (nhn-openstack.md, section 17).
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { GetBucketCorsCommand, PutBucketCorsCommand } from '@aws-sdk/client-s3';
import { connectS3 } from '../support/s3-client.ts';
import { type ServerProcess, startServer } from '../support/server-process.ts';
import { addSwiftUser, askSwift, type SwiftUser, s3KeysOf } from '../support/swift-client.ts';

let server: ServerProcess;
let kim: SwiftUser;
before(async () => {
  server = await startServer();
  kim = await addSwiftUser(server, 'kim');
});
after(() => server?.dispose());

const ask = (method: string, below: string, headers: Record<string, string> = {}) =>
  askSwift(server.storageUrl, method, kim.path + below, { headers });
const preflight = (below: string, origin: string, method = 'PUT', asked = '') =>
  ask('OPTIONS', below, {
    Origin: origin,
    'Access-Control-Request-Method': method,
    ...(asked === '' ? {} : { 'Access-Control-Request-Headers': asked }),
  });
const cors = (name: string) => `access-control-${name}`;

describe('OptionsInfo, OptionsAccount, OptionsContainer, OptionsObject', () => {
  it('tell the methods to everybody', async () => {
    for (const below of ['', '/none', '/none/o']) {
      const answer = await ask('OPTIONS', below);
      assert.equal(answer.status, 200);
      assert.match(answer.header('allow') ?? '', /\bPUT\b/);
      assert.equal(/\bCOPY\b/.test(answer.header('allow') ?? ''), below === '/none/o');
    }
    assert.equal((await askSwift(server.storageUrl, 'OPTIONS', '/info')).status, 200);
  });

  it('answer 401 to pages that may not, and to what is no question', async () => {
    await kim.ask('PUT', '/closed');
    for (const answer of [
      await preflight('/closed', 'https://page.example'),
      await preflight('/none/o', 'https://page.example'),
      await preflight('', 'https://page.example'),
      await ask('OPTIONS', '/closed', { Origin: 'https://page.example' }),
    ]) {
      assert.equal(answer.status, 401);
      assert.match(answer.header('allow') ?? '', /\bGET\b/);
      assert.equal(answer.header(cors('allow-origin')), undefined);
    }
  });
});

describe('the three headers', () => {
  it('let pages of some origins in, who see what is exposed, errors included', async () => {
    await kim.ask('PUT', '/open', {
      headers: {
        'X-Container-Meta-Access-Control-Allow-Origin': 'https://a.example https://b.example',
        'X-Container-Meta-Access-Control-Max-Age': '60',
        'X-Container-Meta-Access-Control-Expose-Headers': 'X-Mine',
        'X-Container-Meta-Color': 'red',
      },
    });
    await kim.ask('PUT', '/open/o', { body: 'x', headers: { 'X-Object-Meta-Size': 's' } });
    const asked = await preflight('/open/o', 'https://b.example', 'COPY', 'X-Auth-Token, X-Other');
    assert.equal(asked.status, 200);
    assert.equal(asked.header(cors('allow-origin')), 'https://b.example');
    assert.equal(asked.header(cors('allow-headers')), 'X-Auth-Token, X-Other');
    assert.equal(asked.header(cors('allow-methods')), asked.header('allow'));
    assert.equal(asked.header(cors('max-age')), '60');
    assert.equal(asked.header('vary'), 'Origin, Access-Control-Request-Headers');
    assert.equal((await preflight('/open/o', 'https://c.example')).status, 401);
    assert.equal((await preflight('/open/o', 'https://a.example', 'LOOK')).status, 401);

    const get = (below: string, origin: string) => kim.ask('GET', below, { headers: { Origin: origin } });
    const shown = await get('/open/o', 'https://a.example');
    assert.equal(shown.header(cors('allow-origin')), 'https://a.example');
    const exposed = (shown.header(cors('expose-headers')) ?? '').split(', ');
    for (const name of ['etag', 'x-trans-id', 'x-object-meta-size', 'X-Mine']) {
      assert.ok(exposed.includes(name), name);
    }
    assert.equal(
      (await get('/open/none', 'https://a.example')).header(cors('allow-origin')),
      'https://a.example',
    );
    assert.equal((await get('/open/o', 'https://c.example')).header(cors('allow-origin')), undefined);
    const denied = await ask('GET', '/open/o', { Origin: 'https://a.example' });
    assert.deepEqual([denied.status, denied.header(cors('allow-origin'))], [401, 'https://a.example']);
  });

  it('are one rule for S3, whose rules are shown as one', async () => {
    const s3 = connectS3(server, { credentials: await s3KeysOf(server, kim) });
    const bucket = { Bucket: 'open' };
    const { CORSRules } = await s3.send(new GetBucketCorsCommand(bucket));
    assert.deepEqual(CORSRules, [
      {
        AllowedHeaders: ['*'],
        AllowedMethods: ['GET', 'HEAD', 'PUT', 'POST', 'DELETE'],
        AllowedOrigins: ['https://a.example', 'https://b.example'],
        ExposeHeaders: ['X-Mine'],
        MaxAgeSeconds: 60,
      },
    ]);
    await s3.send(
      new PutBucketCorsCommand({
        ...bucket,
        CORSConfiguration: {
          CORSRules: [
            { AllowedMethods: ['GET'], AllowedOrigins: ['https://c.example'] },
            { AllowedMethods: ['PUT'], AllowedOrigins: ['*'], AllowedHeaders: ['x-auth-token'] },
          ],
        },
      }),
    );
    s3.destroy();
    const head = await kim.ask('HEAD', '/open');
    const item = 'x-container-meta-access-control-allow-origin';
    assert.equal(head.header(item), 'https://c.example *');
    assert.equal(head.header('x-container-meta-color'), 'red');
    assert.equal((await preflight('/open/o', 'https://d.example', 'PUT', 'X-Auth-Token')).status, 200);
    assert.equal((await preflight('/open/o', 'https://d.example', 'DELETE')).status, 401);
    assert.equal(
      (await preflight('/open/o', 'https://c.example', 'GET')).header(cors('allow-methods')),
      'GET',
    );
    await kim.ask('POST', '/open', {
      headers: { 'X-Remove-Container-Meta-Access-Control-Allow-Origin': 'x' },
    });
    assert.equal((await kim.ask('HEAD', '/open')).header(item), undefined);
    assert.equal((await preflight('/open/o', 'https://c.example', 'GET')).status, 401);
  });
});
