/**
 * A file system of its own on a loop device, whose power can be cut. Needs root and loop devices.
 *
 * - ext4 and xfs: the shutdown call of the file system drops all that was not flushed, dirty data and unwritten journal alike.
 * - ext2 has no journal, and the shutdown call would leave its dirty metadata to be written at the unmount. Its image lies on an
 *   xfs of its own instead, and the cut is a reflink copy: the image as it was at one instant, which is what the device had been
 *   given by then. The server goes on unaware; what is looked at afterwards is the copy, put in order by e2fsck.
 *
 * Either way the write-back cache of the system is lost as a whole, and the disk neither loses nor reorders what it was given.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { constants, copyFileSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const fileSystemKinds = ['ext4', 'xfs', 'ext2'] as const;
export type FileSystemKind = (typeof fileSystemKinds)[number];

const MEMORY_FOLDER = '/dev/shm';

function run(command: string, args: readonly string[], highestStatus = 0): void {
  const { status, stderr, stdout, error } = spawnSync(command, args, { encoding: 'utf8' });
  if (error !== undefined) throw error;
  if (status !== null && status <= highestStatus) return;
  throw new Error(`${command} ${args.join(' ')} ended with ${status}: ${stderr.trim()} ${stdout.trim()}`);
}

const makeImage = (kind: string, image: string, megabytes: number): void => {
  run('truncate', ['-s', `${megabytes}M`, image]);
  run(`mkfs.${kind}`, ['-q', image]);
};

export interface PowerSwitch {
  /** The server lives on after the cut: what it answers from now on counts no more. */
  readonly isUnnoticed: boolean;
  cut(): void;
  /** The power is off, or the switch has been put away. */
  done(): Promise<void>;
}

export class LoopFileSystem {
  readonly #folder: string;
  readonly #image: string;
  readonly #kind: FileSystemKind;
  readonly mountPoint: string;
  /** In the order in which they have to be unmounted. */
  #mounted: string[] = [];

  private constructor(kind: FileSystemKind) {
    const base = existsSync(MEMORY_FOLDER) ? MEMORY_FOLDER : tmpdir();
    this.#kind = kind;
    this.#folder = mkdtempSync(join(base, 'gotgan-disk-'));
    this.#image = join(this.#folder, kind === 'ext2' ? 'host/disk.img' : 'disk.img');
    this.mountPoint = join(this.#folder, 'mnt');
  }

  /** Made and mounted; or one sentence saying why that cannot be done here. */
  static make(kind: FileSystemKind, megabytes: number): LoopFileSystem | string {
    const made = new LoopFileSystem(kind);
    try {
      made.#make(megabytes);
      made.mount();
      return made;
    } catch (error) {
      made.dispose();
      return `no loop device (${error instanceof Error ? error.message : String(error)})`;
    }
  }

  #make(megabytes: number): void {
    mkdirSync(this.mountPoint);
    if (this.#kind === 'ext2') {
      const host = join(this.#folder, 'host');
      mkdirSync(host);
      makeImage('xfs', `${host}.img`, 2 * megabytes); // before and after the cut
      this.#mount(`${host}.img`, host);
    }
    makeImage(this.#kind, this.#image, megabytes);
  }

  #mount(image: string, mountPoint: string): void {
    run('mount', ['-o', 'loop', image, mountPoint]);
    this.#mounted.unshift(mountPoint);
  }

  #unmount(mountPoint: string): void {
    run('umount', [mountPoint]);
    this.#mounted = this.#mounted.filter((each) => each !== mountPoint);
  }

  /** After a cut: with what is left. */
  mount(): void {
    if (existsSync(this.#cutImage)) {
      renameSync(this.#cutImage, this.#image);
      run('e2fsck', ['-f', '-y', this.#image], 1);
    }
    this.#mount(this.#image, this.mountPoint);
  }

  /** Stands ready with the hand at the switch, so that the cut comes at once when it is called for. */
  prepareCut(): PowerSwitch {
    return this.#kind === 'ext2' ? this.#prepareCopy() : this.#prepareShutdown();
  }

  #prepareShutdown(): PowerSwitch {
    const child = spawn('xfs_io', ['-x', this.mountPoint], { stdio: ['pipe', 'ignore', 'ignore'] });
    const ended = once(child, 'close');
    let isCut = false;
    return {
      isUnnoticed: false,
      cut() {
        if (isCut) return;
        isCut = true;
        child.stdin.end('shutdown\n');
      },
      async done() {
        if (!isCut) child.stdin.end();
        await ended;
      },
    };
  }

  #prepareCopy(): PowerSwitch {
    const [image, copy] = [this.#image, this.#cutImage];
    return {
      isUnnoticed: true,
      cut() {
        if (!existsSync(copy)) copyFileSync(image, copy, constants.COPYFILE_FICLONE_FORCE);
      },
      done: () => Promise.resolve(),
    };
  }

  get #cutImage(): string {
    return `${this.#image}.cut`;
  }

  /** Nothing may have a file open in it any more. */
  unmount(): void {
    if (this.#mounted.includes(this.mountPoint)) this.#unmount(this.mountPoint);
  }

  dispose(): void {
    for (const mountPoint of this.#mounted) this.#unmount(mountPoint);
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
