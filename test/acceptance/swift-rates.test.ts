// The Swift API over HTTP: rates of writes (nhn-openstack.md, section 21.2). One worker, because each counts by itself.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { type ServerProcess, startServer } from '../support/server-process.ts';
import { addSwiftUser, askSwift, connectS3As, type SwiftAnswer } from '../support/swift-client.ts';

/** More at once than any pause of the machine lets through at the rates below. */
const WRITES = 40;

async function withServer(
  env: Readonly<Record<string, string>>,
  act: (server: ServerProcess) => Promise<void>,
): Promise<void> {
  const server = await startServer({ workers: 1, env });
  try {
    await act(server);
    assert.doesNotMatch(server.logs(), /"level":"(?:error|fatal)"/);
  } finally {
    await server.dispose();
  }
}

function countOf(answers: readonly SwiftAnswer[], status: number): number {
  return answers.filter((answer) => answer.status === status).length;
}

const times = <T>(act: (index: number) => Promise<T>) =>
  Promise.all(Array.from({ length: WRITES }, (_, index) => act(index)));

describe('rates of writes', () => {
  it('are off, and not shown, where nobody sets them', () =>
    withServer({}, async (server) => {
      const info = JSON.parse((await askSwift(server.storageUrl, 'GET', '/info')).text);
      assert.equal(info.ratelimit, undefined);
    }));

  it('refuse what an account writes too fast, and nothing else', () =>
    withServer(
      { GOTGAN_SWIFT_ACCOUNT_WRITES_PER_SECOND: '2', GOTGAN_SWIFT_WRITE_DELAY_SECONDS: '0' },
      async (server) => {
        const kim = await addSwiftUser(server, 'kim');
        const lee = await addSwiftUser(server, 'lee');
        assert.equal((await kim.ask('PUT', '/shared')).status, 201);
        const answers = await times((index) => kim.ask('PUT', `/shared/${index}`, { body: 'x' }));
        const refused = answers.filter(({ status }) => status !== 201);
        assert.ok(refused.length > 0);
        for (const answer of refused) {
          assert.deepEqual([answer.status, answer.text], [429, 'Slow down']);
          assert.equal(answer.header('retry-after'), '1');
        }
        const reads = await times(() => kim.ask('GET', '/shared'));
        assert.equal(countOf(reads, 200) + countOf(reads, 204), WRITES);
        // Strangers use up nothing, another account is not held back, and neither is S3.
        assert.equal((await lee.ask('PUT', '/shared')).status, 201);
        const foreign = await times((index) =>
          askSwift(server.storageUrl, 'PUT', `${kim.path}/shared/f${index}`, { token: lee.token, body: 'x' }),
        );
        assert.equal(countOf(foreign, 403), WRITES);
        const s3 = await connectS3As(server, kim);
        await times((index) =>
          s3.send(new PutObjectCommand({ Bucket: 'shared', Key: `s3-${index}`, Body: 'x' })),
        );
        s3.destroy();
        const info = JSON.parse((await askSwift(server.storageUrl, 'GET', '/info')).text);
        assert.deepEqual(info.ratelimit, {
          account_ratelimit: 2,
          container_ratelimits: [],
          max_sleep_time_seconds: 0,
        });
      },
    ));

  it('of containers bind each of them, with the status that is set', () =>
    withServer(
      {
        GOTGAN_SWIFT_CONTAINER_WRITES_PER_SECOND: '2',
        GOTGAN_SWIFT_WRITE_DELAY_SECONDS: '0',
        GOTGAN_SWIFT_RATE_STATUS: '498',
      },
      async (server) => {
        const kim = await addSwiftUser(server, 'kim');
        const spread = await times((index) => kim.ask('PUT', `/c${index}`));
        assert.equal(countOf(spread, 201), WRITES);
        const one = await times((index) => kim.ask('PUT', `/c1/${index}`, { body: 'x' }));
        assert.ok(countOf(one, 498) > 0);
        assert.equal(countOf(one, 498) + countOf(one, 201), WRITES);
        assert.equal((await kim.ask('PUT', '/c2/o', { body: 'x' })).status, 201);
      },
    ));

  it('let writes wait for their turn', () =>
    withServer({ GOTGAN_SWIFT_ACCOUNT_WRITES_PER_SECOND: '20' }, async (server) => {
      const kim = await addSwiftUser(server, 'kim');
      assert.equal((await kim.ask('PUT', '/shared')).status, 201);
      const answers = await times((index) => kim.ask('PUT', `/shared/${index}`, { body: 'x' }));
      assert.equal(countOf(answers, 201), WRITES);
    }));
});
