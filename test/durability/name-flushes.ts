/**
 * A power cut to the letter of fsync: a name is gone unless the folder it stands in was flushed after the name was made.
 *
 * No file system at hand loses a name of its own accord once the new file was flushed: ext4 and xfs write both in one
 * journal transaction, and ext2 (the same driver) flushes the folders above a new file with it. POSIX promises nothing of the kind,
 * and other file systems do not do it. So the calls of the server are watched by strace, which sees them whoever makes them, and
 * after the cut whatever was not flushed by name is taken away. Names that were removed do not come back: a journal does that.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';

const CALLS = 'openat,mkdir,mkdirat,rename,renameat,renameat2,unlink,unlinkat,rmdir,fsync';

/** `PID call(arguments) = result`, on one line or on two when another thread came in between. */
const LINE = /^(\d+) +(?:<\.\.\. (\w+) resumed>|(\w+)\()(.*)$/;
const UNFINISHED = ' <unfinished ...>';
const RESULT = /\) += (-?\d+)/;
const PATHS = /"((?:[^"\\]|\\.)*)"/g;
const FLUSHED_PATH = /^\d+<([^>]*)>/;

interface Call {
  readonly name: string;
  readonly text: string;
  /** Names of the folder that a flush which begins now is sure to write. */
  readonly covered: ReadonlyMap<string, number>;
}

export class NameFlushes {
  readonly #root: string;
  readonly #folder = mkdtempSync(join(tmpdir(), 'gotgan-names-'));
  readonly #log = join(this.#folder, 'calls');
  #unflushed = new Map<string, Map<string, number>>();
  #before = new Set<string>();
  #made = 0;

  /** Names below the folder `root` are watched. What is in it now is safe. */
  constructor(root: string) {
    this.#root = root;
    this.#begin();
  }

  /** To be put in front of the server's command. It stays the same process; the tracer ends after it. */
  get command(): readonly string[] {
    const output = ['-A', '-o', this.#log];
    return [
      'strace',
      '-DD',
      '-f',
      '--seccomp-bpf',
      '-qq',
      '-y',
      '-e',
      'signal=none',
      ...output,
      '-e',
      `trace=${CALLS}`,
    ];
  }

  /** After the cut, when the server has ended and what is left is mounted. Answers how many names went. */
  dropUnflushed(): number {
    this.#read();
    let dropped = 0;
    for (const [folder, names] of this.#unflushed) {
      for (const name of names.keys()) {
        rmSync(join(folder, name), { recursive: true, force: true });
        dropped += 1;
      }
    }
    this.#begin();
    return dropped;
  }

  dispose(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #begin(): void {
    rmSync(this.#log, { force: true });
    this.#unflushed = new Map();
    const found = readdirSync(this.#root, { recursive: true, encoding: 'utf8' });
    this.#before = new Set(found.map((name) => join(this.#root, name)));
  }

  #read(): void {
    const open = new Map<string, Call>();
    for (const line of readFileSync(this.#log, 'utf8').split('\n')) {
      const [, thread = '', resumed, begun = '', rest = ''] = LINE.exec(line) ?? [];
      const former = resumed === undefined ? undefined : open.get(thread);
      const isUnfinished = rest.endsWith(UNFINISHED);
      const text = (former?.text ?? '') + (isUnfinished ? rest.slice(0, -UNFINISHED.length) : rest);
      const call = former ?? { name: begun, text, covered: this.#namesCoveredBy(text) };
      if (isUnfinished) open.set(thread, call);
      else if (Number(RESULT.exec(rest)?.[1] ?? -1) >= 0) this.#note(call.name, text, call.covered);
    }
  }

  #namesCoveredBy(text: string): ReadonlyMap<string, number> {
    const folder = FLUSHED_PATH.exec(text)?.[1];
    return new Map(folder === undefined ? [] : this.#unflushed.get(folder));
  }

  /** A call that succeeded. */
  #note(name: string, text: string, covered: Call['covered']): void {
    const [path = '', newPath = ''] = [...text.matchAll(PATHS)].map(([, each = '']) => each);
    if (name === 'fsync') this.#flush(FLUSHED_PATH.exec(text)?.[1] ?? '', covered);
    else if (name === 'openat') text.includes('O_CREAT') && this.#make(path);
    else if (name.startsWith('mkdir')) this.#make(path);
    else this.#remove(path);
    if (name.startsWith('rename')) this.#make(newPath);
  }

  #make(path: string): void {
    if (!path.startsWith(this.#root) || this.#before.has(path)) return;
    this.#before.add(path); // opened again, it is not made again
    const names = this.#unflushed.get(dirname(path)) ?? new Map<string, number>();
    this.#made += 1;
    this.#unflushed.set(dirname(path), names.set(basename(path), this.#made));
  }

  #remove(path: string): void {
    this.#before.delete(path);
    this.#unflushed.get(dirname(path))?.delete(basename(path));
    this.#unflushed.delete(path);
  }

  #flush(folder: string, covered: Call['covered']): void {
    const names = this.#unflushed.get(folder);
    for (const [name, made] of covered) if (names?.get(name) === made) names.delete(name);
  }
}
