/**
 * `npm run bench`: every row against its floor in the same run (design, section 8).
 *
 * The ratio that counts is server CPU per request, floor divided by ours: on shared cores a wall-clock ratio would measure
 * the load generator. Wall-clock stands beside it.
 *
 *   npm run bench                        all rows
 *   npm run bench -- --list              their names
 *   npm run bench -- --rows get-4k       some rows
 *   npm run bench -- --seconds 5 --objects 10000 --keys 100000 --mebibytes 16 --workers 1 --json result.json
 */
import { writeFileSync } from 'node:fs';
import { arch, cpus, release, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { hasWrk } from './load-generator.ts';
import type { MeasuredSide } from './measure.ts';
import { type BenchSettings, errorsOf, type RowResult, reaches } from './row.ts';
import { rows } from './rows.ts';

const { values } = parseArgs({
  options: {
    rows: { type: 'string' },
    list: { type: 'boolean', default: false },
    seconds: { type: 'string', default: '10' },
    objects: { type: 'string', default: '100000' },
    keys: { type: 'string', default: '1000000' },
    mebibytes: { type: 'string', default: '64' },
    'mixed-seconds': { type: 'string', default: '600' },
    'memory-seconds': { type: 'string', default: '600' },
    workers: { type: 'string', default: String(cpus().length) },
    json: { type: 'string' },
  },
});

if (values.list) console.log(rows.map((row) => row.name).join('\n'));
else await measure();

async function measure(): Promise<void> {
  const settings: BenchSettings = {
    seconds: Number(values.seconds),
    objects: Number(values.objects),
    keys: Number(values.keys),
    mebibytes: Number(values.mebibytes),
    mixedSeconds: Number(values['mixed-seconds']),
    memorySeconds: Number(values['memory-seconds']),
    workers: Number(values.workers),
  };
  const wanted = values.rows?.split(',');
  const chosen = rows.filter((row) => wanted === undefined || wanted.includes(row.name));
  if (chosen.length === 0)
    throw new Error(`no such row; there are: ${rows.map((row) => row.name).join(', ')}`);
  const machine = `${cpus()[0]?.model ?? arch()} x ${cpus().length}, ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${release()}, Node ${process.version}`;
  const generator = hasWrk() ? 'wrk' : 'autocannon';
  console.log(
    `${machine}; ${settings.workers} workers, load by ${generator}, ${settings.seconds} s a side\n`,
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
  process.exitCode = results.every((result) => errorsOf(result) === 0) ? 0 : 1;
}

function describe(result: RowResult): string {
  const verdict = reaches(result) ? 'reached' : 'MISSED';
  const lines = [`${result.name}: ${result.title}`];
  if (result.kind === 'ratio') {
    lines.push(describeSide('ours', result.ours), describeSide('floor', result.floor));
    lines.push(
      `  ratio  ${result.ratio.toFixed(2)} of the floor's CPU per request, wanted ${result.target}: ${verdict}\n`,
    );
  } else {
    const { figure, unit, details, errors, target } = result;
    lines.push(
      `  ${figure.toFixed(2)} ${unit} (${details}), errors ${errors}, wanted at most ${target}: ${verdict}\n`,
    );
  }
  return lines.join('\n');
}

function describeSide(name: string, side: MeasuredSide): string {
  const cpu = side.cpuMicrosPerRequest.toFixed(1).padStart(10);
  const rate = side.requestsPerSecond.toFixed(side.requestsPerSecond < 100 ? 1 : 0).padStart(7);
  return (
    `  ${name.padEnd(6)} ${cpu} us CPU/request  ${rate} requests/s  p50 ${side.p50Ms.toFixed(2)} ms  ` +
    `p99 ${side.p99Ms.toFixed(2)} ms  errors ${side.errors}  generator ${side.generatorCpuSeconds.toFixed(1)} s CPU`
  );
}
