/**
 * `npm run bench`: every row against its floor in the same run (design, section 8).
 *
 * The ratio that counts is server CPU per request, floor divided by ours: on shared cores a wall-clock ratio would measure
 * the load generator. Wall-clock stands beside it.
 *
 *   npm run bench                        all rows
 *   npm run bench -- --rows get-4k       some rows
 *   npm run bench -- --seconds 5 --objects 10000 --workers 1 --json result.json
 */
import { writeFileSync } from 'node:fs';
import { arch, cpus, release, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { hasWrk } from './load-generator.ts';
import { type BenchSettings, type RowResult, rows } from './rows.ts';

const { values } = parseArgs({
  options: {
    rows: { type: 'string' },
    seconds: { type: 'string', default: '8' },
    objects: { type: 'string', default: '100000' },
    workers: { type: 'string', default: String(cpus().length) },
    json: { type: 'string' },
  },
});

const settings: BenchSettings = {
  seconds: Number(values.seconds),
  objects: Number(values.objects),
  workers: Number(values.workers),
};
const wanted = values.rows?.split(',');
const chosen = rows.filter((row) => wanted === undefined || wanted.includes(row.name));
if (chosen.length === 0) throw new Error(`no such row; there are: ${rows.map((row) => row.name).join(', ')}`);

const machine = `${cpus()[0]?.model ?? arch()} x ${cpus().length}, ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${release()}, Node ${process.version}`;
console.log(
  `${machine}; ${settings.workers} workers, load by ${hasWrk() ? 'wrk' : 'autocannon'}, ${settings.seconds} s a run\n`,
);

const results: RowResult[] = [];
for (const row of chosen) {
  const result = await row.run(settings);
  results.push(result);
  console.log(describe(result));
}
if (values.json !== undefined) {
  writeFileSync(values.json, `${JSON.stringify({ machine, settings, results }, null, 2)}\n`);
}
process.exitCode = results.every((result) => result.ours.errors === 0 && result.floor.errors === 0) ? 0 : 1;

function describe(result: RowResult): string {
  const verdict = result.ratio >= result.target ? 'reached' : 'MISSED';
  const line = (name: string, side: RowResult['ours']) =>
    `  ${name.padEnd(6)} ${side.cpuMicrosPerRequest.toFixed(1).padStart(8)} us CPU/request  ${Math.round(
      side.requestsPerSecond,
    )
      .toString()
      .padStart(
        7,
      )} requests/s  p50 ${side.p50Ms.toFixed(2)} ms  p99 ${side.p99Ms.toFixed(2)} ms  errors ${side.errors}  generator ${side.generatorCpuSeconds.toFixed(1)} s CPU`;
  return [
    `${result.name}: ${result.title}`,
    line('ours', result.ours),
    line('floor', result.floor),
    `  ratio  ${result.ratio.toFixed(2)} of the floor's CPU per request, wanted ${result.target}: ${verdict}\n`,
  ].join('\n');
}
