import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, it } from 'node:test';

const POOL_PROCESS = new URL('../../test/support/pool-process.ts', import.meta.url).pathname;

function runPool(behaviour: string) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [POOL_PROCESS, behaviour], {
    encoding: 'utf8',
    timeout: 60_000,
  });
  const end = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
  return { status, end, log: stderr };
}

describe('a pool of workers', () => {
  it('stops everything when the storage of one has failed', () => {
    const { status, end, log } = runPool('storage-fails');
    assert.equal(status, 74);
    assert.equal(end.exitCode, 74);
    assert.match(end.reason, /^The storage has failed and nothing more is acknowledged/);
    assert.equal(end.readyCount, 1);
    assert.deepEqual(end.closedEpochsOf, [], 'nobody touches a failed store');
    assert.match(log, /"code":74.*a worker has died/);
  });

  for (const behaviour of ['dies-early', 'dies-before-listening']) {
    it(`gives up when its worker ${behaviour} again and again, with pauses in between`, () => {
      const begun = performance.now();
      const { status, end } = runPool(behaviour);
      assert.equal(status, 1);
      assert.match(end.reason, /^Workers died 5 times in a row soon after they had begun/);
      assert.equal(
        end.closedEpochsOf.length,
        4,
        'the epochs of the dead are closed before they are replaced',
      );
      assert.equal(new Set(end.closedEpochsOf).size, 4);
      assert.ok(performance.now() - begun > 300);
    });
  }

  it('does not try again what a restart does not mend', () => {
    const { status, end, log } = runPool('cannot-start');
    assert.equal(status, 1);
    assert.equal(end.reason, 'There is a reason.');
    assert.equal(log, '');
  });
});
