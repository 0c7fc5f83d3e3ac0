// The limit of assume-role-with-saml is that of the server, not of each of its workers (build specification scp.md, section 4.3).
import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { askScp, type ScpAnswer } from '../support/scp-client.ts';
import { type ServerProcess, startServer } from '../support/server-process.ts';

const CALLS_MAX = 5;
/** What two workers that did not know of each other would let pass. */
const CALLS = 2 * CALLS_MAX;
const ROUNDS_MAX = 20;

let server: ServerProcess;
before(async () => {
  server = await startServer({ workers: 2, env: { GOTGAN_SCP_STS_RATE_LIMIT: String(CALLS_MAX) } });
});
after(() => server.dispose());

/** By a connection of its own, so that the workers take turns. */
function assume(): Promise<ScpAnswer> {
  const account = 'a'.repeat(32);
  return askScp(server.controlUrl, 'POST', '/scp/sts/v1/assume-role-with-saml', {
    nowMillis: Date.now(),
    body: {
      role_indicator: `e:${account}:nobody`,
      principal_indicator: `e:${account}:nobody`,
      saml_assertion: 'x',
    },
  });
}

/** Calls that fit into one second, each when the workers had time to hear of the one before. Undefined: they took longer. */
async function round(): Promise<readonly number[] | undefined> {
  await sleep(1000 - (Date.now() % 1000) + 10);
  const second = Math.floor(Date.now() / 1000);
  const statuses: number[] = [];
  for (let call = 0; call < CALLS; call += 1) {
    statuses.push((await assume()).status);
    await sleep(20);
  }
  return Math.floor(Date.now() / 1000) === second ? statuses : undefined;
}

it('one limit for all workers', async () => {
  let statuses: readonly number[] | undefined;
  for (let tried = 0; tried < ROUNDS_MAX && statuses === undefined; tried += 1) statuses = await round();
  assert.ok(statuses !== undefined, 'the machine is too busy for ten calls in a second');
  const refused = statuses.filter((status) => status === 429).length;
  assert.deepEqual(statuses.slice(0, CALLS_MAX), Array(CALLS_MAX).fill(403));
  // Those under way may pass.
  assert.ok(refused >= 3, statuses.join(' '));
  assert.equal(statuses.at(-1), 429);
});
