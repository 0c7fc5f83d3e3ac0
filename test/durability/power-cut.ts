/**
 * Cuts the power under a server that is being written to, and looks what is left (docs/durability.md).
 *
 *     npm run durability -- --cycles 50 --fs ext4
 *     npm run durability -- --cycles 50 --fs xfs --names strict
 *     npm run durability -- --mutants all --fs xfs
 *
 * Needs root, loop devices, the tools of the file systems, xfs_io, and strace for strict names. Prints `skipped: ...` where it
 * cannot run. Ends with 1 when something was lost, and when a mutant was not caught.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runGotgan, type ServerProcess, startServer } from '../support/server-process.ts';
import { AcknowledgedLoad } from './acknowledged-load.ts';
import {
  type FileSystemKind,
  fileSystemKinds,
  LoopFileSystem,
  type PowerSwitch,
} from './loop-file-system.ts';
import { NameFlushes } from './name-flushes.ts';
import { findStaleReads } from './stale-reads.ts';

const DISK_MEGABYTES = 1500;
/**
 * Cycles after which a new file system is made. Without a journal nothing keeps a freed block from being written by its next owner
 * before its freeing is on the disk: after a cut both claim it, and e2fsck may take it from the wrong one. That is the file
 * system's loss and not the server's, so each of its cuts has a disk on which little was freed.
 */
const CYCLES_PER_DISK: Readonly<Record<FileSystemKind, number>> = { ext4: 5, xfs: 5, ext2: 1 };
const MUTANT_CYCLES_MAX = 10;
const LOAD_MILLIS_MAX = 8_000;
/** Rounds before the first cut on each disk, with some eight reads that matter in each. */
const STALE_READ_ROUNDS = 10;
/** No body, inline, both sides of the border, and several blocks. */
const SIZES = [0, 300, 4096, 65_536, 65_537, 400_000];
const LARGE_SIZES = [65_537, 100_000];
/** Many share their flushes and overtake each other. */
const CROWDED = { writers: 12, readers: 6 };
/** An answer is noticed at once, and so the cut comes before anything else could have flushed what was promised. */
const QUIET = { writers: 2, readers: 0 };
const MUTANTS = [
  'no-flush',
  'no-blob-flush',
  'no-commit-flush',
  'answer-before-flush',
  'no-directory-flush',
  'no-parent-flush',
  'stale-snapshot',
] as const;
/** The file systems at hand write a new file's name with the file, so that only names to the letter of fsync show these. */
const STRICT_MUTANTS: readonly string[] = ['no-directory-flush', 'no-parent-flush'];
const BLOB_MUTANTS: readonly string[] = ['no-blob-flush', ...STRICT_MUTANTS];

interface CycleOptions {
  readonly fs: FileSystemKind;
  readonly mutant: string | undefined;
  /** Names that were not flushed go with the cut, whatever the file system says. */
  readonly strictNames: boolean;
  readonly seed: number;
}

interface DiskResult {
  cuts: number;
  acknowledged: number;
  checked: number;
  droppedNames: number;
  problems: readonly string[];
}

const noResult = (): DiskResult => ({ cuts: 0, acknowledged: 0, checked: 0, droppedNames: 0, problems: [] });

function environmentOf(mutant: string | undefined): Record<string, string> {
  const preload = new URL('./weaken-durability.ts', import.meta.url).href;
  const base = { GOTGAN_LOG_LEVEL: 'fatal' };
  return mutant === undefined
    ? base
    : { ...base, NODE_OPTIONS: `--import=${preload}`, DURABILITY_MUTANT: mutant };
}

/** Some cycles on one disk. Stops at the first problem. */
class DiskRun {
  readonly #disk: LoopFileSystem;
  readonly #options: CycleOptions;
  readonly #names: NameFlushes | undefined;
  readonly #load: AcknowledgedLoad;
  readonly #result = noResult();
  #acknowledgementsLeft = Number.POSITIVE_INFINITY;
  #cut = Promise.withResolvers<void>();
  #powerSwitch: PowerSwitch | undefined;

  constructor(disk: LoopFileSystem, options: CycleOptions) {
    const { mutant, seed } = options;
    this.#disk = disk;
    this.#options = options;
    this.#names = options.strictNames ? new NameFlushes(disk.mountPoint) : undefined;
    this.#load = new AcknowledgedLoad({
      ...(seed % 2 === 0 ? CROWDED : QUIET),
      sizes: mutant !== undefined && BLOB_MUTANTS.includes(mutant) ? LARGE_SIZES : SIZES,
      seed,
      onAcknowledged: () => {
        this.#acknowledgementsLeft -= 1;
        if (this.#acknowledgementsLeft === 0) this.#cutPower();
      },
    });
  }

  async run(cycles: number): Promise<DiskResult> {
    const server = await startServer({
      dataDirectory: join(this.#disk.mountPoint, 'data'),
      workers: 2,
      env: environmentOf(this.#options.mutant),
      under: this.#names?.command ?? [],
    });
    try {
      const { reads, stale } = await findStaleReads(server, STALE_READ_ROUNDS);
      this.#result.checked += reads;
      if (stale > 0)
        this.#result.problems = [`${stale} of ${reads} reads saw less than was acknowledged before`];
      await this.#load.makeBucket(server);
      while (this.#result.cuts < cycles && this.#result.problems.length === 0) await this.#cycle(server);
    } finally {
      await this.#powerSwitch?.done();
      await server.kill9();
      await this.#load.end();
      this.#disk.unmount();
      this.#names?.dispose();
    }
    this.#result.acknowledged = this.#load.acknowledgedCount;
    this.#result.checked += this.#load.checkedCount;
    return this.#result;
  }

  /** Before this process does anything else: nothing may be flushed by luck. */
  #cutPower(): void {
    if (this.#powerSwitch?.isUnnoticed === true) this.#load.disregardAnswers();
    this.#powerSwitch?.cut();
    this.#cut.resolve();
  }

  async #cycle(server: ServerProcess): Promise<void> {
    const { seed } = this.#options;
    this.#cut = Promise.withResolvers();
    this.#powerSwitch = this.#disk.prepareCut();
    this.#acknowledgementsLeft = 20 + ((seed * 131 + this.#result.cuts * 197) % 500);
    this.#load.begin(server);
    const timer = setTimeout(() => {
      this.#acknowledgementsLeft = 1;
    }, LOAD_MILLIS_MAX);
    await this.#cut.promise;
    clearTimeout(timer);
    this.#acknowledgementsLeft = Number.POSITIVE_INFINITY;
    await this.#powerSwitch.done();
    await server.kill9();
    await this.#load.end();
    this.#result.cuts += 1;
    this.#disk.unmount();
    this.#disk.mount();
    this.#result.droppedNames += this.#names?.dropUnflushed() ?? 0;
    this.#result.problems = [...this.#load.problems, ...(await this.#lookAt(server))];
  }

  async #lookAt(server: ServerProcess): Promise<string[]> {
    const before = this.#load.problems.length;
    try {
      await server.restart();
      await this.#load.verify(server);
      const { code, stdout } = await runGotgan(['check', '--data-dir', server.dataDirectory]);
      const found = code === 0 ? [] : [`gotgan check: ${stdout}`];
      return [...this.#load.problems.slice(before), ...found];
    } catch (error) {
      return [`what is left cannot be used: ${error instanceof Error ? error.message : String(error)}`];
    }
  }
}

async function runCycles(cycles: number, options: CycleOptions): Promise<DiskResult | string> {
  if (options.strictNames && spawnSync('strace', ['-V']).status !== 0) return 'no strace';
  const sum = noResult();
  while (sum.cuts < cycles && sum.problems.length === 0) {
    const disk = LoopFileSystem.make(options.fs, DISK_MEGABYTES);
    if (typeof disk === 'string') return disk;
    try {
      const size = Math.min(CYCLES_PER_DISK[options.fs], cycles - sum.cuts);
      const result = await new DiskRun(disk, { ...options, seed: options.seed + sum.cuts }).run(size);
      sum.cuts += result.cuts;
      sum.acknowledged += result.acknowledged;
      sum.checked += result.checked;
      sum.droppedNames += result.droppedNames;
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
    const strictNames = STRICT_MUTANTS.includes(mutant);
    const result = await runCycles(MUTANT_CYCLES_MAX, { fs, mutant, strictNames, seed });
    if (typeof result === 'string') {
      console.log(`skipped: ${result}`);
      continue;
    }
    const isCaught = result.problems.length > 0;
    allCaught &&= isCaught;
    const when = result.cuts === 0 ? 'before the first cut' : `by cut ${result.cuts}`;
    const outcome = isCaught ? `caught ${when}: ${result.problems[0]}` : 'NOT CAUGHT';
    console.log(`${fs}, mutant ${mutant}: ${outcome} (${result.acknowledged} acknowledged)`);
  }
  return allCaught;
}

const { values } = parseArgs({
  options: {
    cycles: { type: 'string', default: '50' },
    fs: { type: 'string', default: 'ext4' },
    /** `strict`, or what the file system makes of them. */
    names: { type: 'string' },
    seed: { type: 'string', default: '1' },
    /** `all`, or some of them, comma separated. */
    mutants: { type: 'string' },
  },
});
const fs = fileSystemKinds.find((kind) => kind === values.fs);
if (fs === undefined) throw new Error(`--fs is one of ${fileSystemKinds.join(', ')}`);
const seed = Number(values.seed);
const strictNames = values.names === 'strict';
if (values.mutants !== undefined) {
  const names = values.mutants === 'all' ? MUTANTS : values.mutants.split(',');
  process.exitCode = (await runMutants(names, fs, seed)) ? 0 : 1;
} else {
  const result = await runCycles(Number(values.cycles), { fs, mutant: undefined, strictNames, seed });
  if (typeof result === 'string') {
    console.log(`skipped: ${result}`);
  } else {
    for (const problem of result.problems) console.log(problem);
    console.log(
      `${fs}: ${result.cuts} power cuts, ${result.acknowledged} operations acknowledged, ` +
        `${result.checked} reads compared, ${strictNames ? `${result.droppedNames} unflushed names taken, ` : ''}` +
        `${result.problems.length} problems`,
    );
    process.exitCode = result.problems.length === 0 ? 0 : 1;
  }
}
