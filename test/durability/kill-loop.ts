/**
 * Kills every process of the server at once, again and again, while it is written to, and looks what is left. Proves that no
 * commit is half done and that every start mends what the last life has left; it proves nothing about flushes, since the
 * page cache survives (see power-cut.ts).
 *
 *     node test/durability/kill-loop.ts --cycles 200
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { runGotgan, startServer } from '../support/server-process.ts';
import { AcknowledgedLoad } from './acknowledged-load.ts';

const SIZES = [0, 300, 4096, 65_536, 65_537, 400_000];
const LOAD_MILLIS_MIN = 150;
const LOAD_MILLIS_SPREAD = 900;
/** Every so many cycles the store is checked, once with its server and once while it is written to. */
const CHECK_CYCLES = 10;

const { values } = parseArgs({
  options: { cycles: { type: 'string', default: '200' }, seed: { type: 'string', default: '1' } },
});
const cycles = Number(values.cycles);
const load = new AcknowledgedLoad({ writers: 12, sizes: SIZES, seed: Number(values.seed) });
const problems: string[] = [];
let checks = 0;

async function check(when: string): Promise<void> {
  const { code, stdout, stderr } = await runGotgan(['check', '--data-dir', server.dataDirectory]);
  checks += 1;
  if (code !== 0) problems.push(`gotgan check ${when}: ${stdout}${stderr}`);
}

const server = await startServer({ workers: 2, env: { GOTGAN_LOG_LEVEL: 'fatal' } });
try {
  await load.makeBucket(server);
  for (let cycle = 1; cycle <= cycles && problems.length === 0; cycle += 1) {
    load.begin(server);
    if (cycle % CHECK_CYCLES === 5) await check('under load');
    await sleep(LOAD_MILLIS_MIN + ((cycle * 197) % LOAD_MILLIS_SPREAD));
    await server.kill9();
    await load.end();
    await server.restart();
    await load.verify(server);
    if (cycle % CHECK_CYCLES === 0) {
      await check('after the restart');
      console.log(`${cycle} kills, ${load.acknowledgedCount} acknowledged`);
    }
    problems.push(...load.problems);
  }
} finally {
  await load.end();
  await server.dispose();
}
for (const problem of problems) console.log(problem);
console.log(
  `${load.acknowledgedCount} operations acknowledged, ${load.checkedCount} reads compared, ${checks} checks, ` +
    `${problems.length} problems`,
);
process.exitCode = problems.length === 0 ? 0 : 1;
