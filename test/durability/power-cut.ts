/**
 * Cuts the power under a server that is being written to, and looks what is left (docs/durability.md).
 *
 *     npm run durability -- --cycles 50 --fs ext4
 *     npm run durability -- --mutants all --fs xfs
 *
 * Needs root, loop devices, mkfs.ext4 or mkfs.xfs, and xfs_io. Prints `skipped: ...` where it cannot run.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runGotgan, type ServerProcess, startServer } from '../support/server-process.ts';
import { AcknowledgedLoad } from './acknowledged-load.ts';
import { type FileSystemKind, LoopFileSystem, type PowerSwitch } from './loop-file-system.ts';

const DISK_MEGABYTES = 1500;
/** Cycles after which a new file system is made. */
const CYCLES_PER_DISK = 5;
const MUTANT_CYCLES_MAX = 30;
const LOAD_MILLIS_MAX = 8_000;
/** No body, inline, both sides of the border, and several blocks. */
const SIZES = [0, 300, 4096, 65_536, 65_537, 400_000];
const LARGE_SIZES = [65_537, 100_000];
const MUTANTS = [
  'no-flush',
  'no-blob-flush',
  'no-directory-flush',
  'no-commit-flush',
  'answer-before-flush',
  'stale-snapshot',
] as const;
/**
 * Mutants that a power cut need not show, and where they are caught for certain.
 * - ext4 and xfs write a new file's name with the file: inode and name are in one journal transaction, which the flush of the file
 *   forces out. Nothing promises that, so the server flushes directories all the same.
 * - The driver drops a snapshot at the next turn of its timers, so that over HTTP hardly anybody reads from an old one.
 */
const CAUGHT_ELSEWHERE: ReadonlyMap<string, string> = new Map([
  ['no-directory-flush', 'test/simulation/engine-crash.test.ts'],
  ['stale-snapshot', 'test/contract/embedded-workers.test.ts'],
]);
interface CycleOptions {
  readonly fs: FileSystemKind;
  readonly mutant: string | undefined;
  readonly seed: number;
}

interface DiskResult {
  cuts: number;
  acknowledged: number;
  checked: number;
  problems: readonly string[];
}

function environmentOf(mutant: string | undefined): Record<string, string> {
  const preload = new URL('./weaken-durability.ts', import.meta.url).href;
  const base = { GOTGAN_LOG_LEVEL: 'fatal' };
  return mutant === undefined
    ? base
    : { ...base, NODE_OPTIONS: `--import=${preload}`, DURABILITY_MUTANT: mutant };
}

/** Some cycles on one disk. Stops at the first problem. */
async function runDisk(disk: LoopFileSystem, cycles: number, options: CycleOptions): Promise<DiskResult> {
  const { mutant, seed } = options;
  const dataDirectory = join(disk.mountPoint, 'data');
  let acknowledgementsLeft = Number.POSITIVE_INFINITY;
  let cut = Promise.withResolvers<void>();
  let powerSwitch: PowerSwitch | undefined;
  const load = new AcknowledgedLoad({
    // One writer alone has the best chance: the commits of others flush names by the way.
    writers: mutant === 'no-directory-flush' ? 1 : 12,
    sizes: mutant === 'no-directory-flush' || mutant === 'no-blob-flush' ? LARGE_SIZES : SIZES,
    seed,
    onAcknowledged: () => {
      acknowledgementsLeft -= 1;
      if (acknowledgementsLeft !== 0) return;
      powerSwitch?.cut(); // before this process does anything else: nothing may be flushed by luck
      cut.resolve();
    },
  });
  const result: DiskResult = { cuts: 0, acknowledged: 0, checked: 0, problems: [] };
  const server = await startServer({ dataDirectory, workers: 2, env: environmentOf(mutant) });
  try {
    await load.makeBucket(server);
    for (let cycle = 0; cycle < cycles && result.problems.length === 0; cycle += 1) {
      cut = Promise.withResolvers();
      powerSwitch = disk.prepareCut();
      acknowledgementsLeft = 20 + ((seed * 131 + cycle * 197) % 500);
      load.begin(server);
      const timer = setTimeout(() => {
        acknowledgementsLeft = 1;
      }, LOAD_MILLIS_MAX);
      await cut.promise;
      clearTimeout(timer);
      acknowledgementsLeft = Number.POSITIVE_INFINITY;
      await powerSwitch.done();
      await server.kill9();
      await load.end();
      result.cuts += 1;
      disk.unmount();
      disk.mount();
      result.problems = [...load.problems, ...(await lookAt(server, load))];
    }
  } finally {
    await powerSwitch?.done();
    await server.kill9();
    await load.end();
    disk.unmount();
  }
  result.acknowledged = load.acknowledgedCount;
  result.checked = load.checkedCount;
  return result;
}

async function lookAt(server: ServerProcess, load: AcknowledgedLoad): Promise<string[]> {
  try {
    await server.restart();
    const before = load.problems.length;
    await load.verify(server);
    const { code, stdout } = await runGotgan(['check', '--data-dir', server.dataDirectory]);
    const found = code === 0 ? [] : [`gotgan check: ${stdout}`];
    return [...load.problems.slice(before), ...found];
  } catch (error) {
    return [`what is left cannot be used: ${error instanceof Error ? error.message : String(error)}`];
  }
}

async function runCycles(cycles: number, options: CycleOptions): Promise<DiskResult | string> {
  const sum: DiskResult = { cuts: 0, acknowledged: 0, checked: 0, problems: [] };
  while (sum.cuts < cycles && sum.problems.length === 0) {
    const disk = LoopFileSystem.make(options.fs, DISK_MEGABYTES);
    if (typeof disk === 'string') return disk;
    try {
      const size = Math.min(CYCLES_PER_DISK, cycles - sum.cuts);
      const result = await runDisk(disk, size, { ...options, seed: options.seed + sum.cuts });
      sum.cuts += result.cuts;
      sum.acknowledged += result.acknowledged;
      sum.checked += result.checked;
      sum.problems = result.problems;
    } finally {
      disk.dispose();
    }
    if (options.mutant === undefined)
      console.log(`${options.fs}: ${sum.cuts} cuts, ${sum.acknowledged} acknowledged`);
  }
  return sum;
}

async function runMutants(names: readonly string[], fs: FileSystemKind, seed: number): Promise<boolean> {
  let allCaught = true;
  for (const mutant of names) {
    const result = await runCycles(MUTANT_CYCLES_MAX, { fs, mutant, seed });
    if (typeof result === 'string') {
      console.log(`skipped: ${result}`);
      return true;
    }
    const isCaught = result.problems.length > 0;
    const elsewhere = CAUGHT_ELSEWHERE.get(mutant);
    allCaught &&= isCaught || elsewhere !== undefined;
    const missed = elsewhere === undefined ? 'NOT CAUGHT' : `not seen here, caught by ${elsewhere}`;
    const outcome = isCaught ? `caught by cut ${result.cuts}: ${result.problems[0]}` : missed;
    console.log(`${fs}, mutant ${mutant}: ${outcome} (${result.acknowledged} acknowledged)`);
  }
  return allCaught;
}

const { values } = parseArgs({
  options: {
    cycles: { type: 'string', default: '50' },
    fs: { type: 'string', default: 'ext4' },
    seed: { type: 'string', default: '1' },
    /** `all`, or some of them, comma separated. */
    mutants: { type: 'string' },
  },
});
const fs: FileSystemKind = values.fs === 'xfs' ? 'xfs' : 'ext4';
const seed = Number(values.seed);
if (values.mutants !== undefined) {
  const names = values.mutants === 'all' ? MUTANTS : values.mutants.split(',');
  process.exitCode = (await runMutants(names, fs, seed)) ? 0 : 1;
} else {
  const result = await runCycles(Number(values.cycles), { fs, mutant: undefined, seed });
  if (typeof result === 'string') {
    console.log(`skipped: ${result}`);
  } else {
    for (const problem of result.problems) console.log(problem);
    console.log(
      `${fs}: ${result.cuts} power cuts, ${result.acknowledged} operations acknowledged, ` +
        `${result.checked} reads compared, ${result.problems.length} problems`,
    );
    process.exitCode = result.problems.length === 0 ? 0 : 1;
  }
}
