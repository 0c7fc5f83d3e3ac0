/**
 * A file system of its own on a loop device, whose power can be cut: the shutdown call of ext4 and xfs drops all that was not
 * flushed, dirty data and unwritten journal alike, as a power cut does. Needs root and loop devices.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type FileSystemKind = 'ext4' | 'xfs';

const MEMORY_FOLDER = '/dev/shm';

function run(command: string, ...args: string[]): void {
  const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr.trim()}`);
}

export interface PowerSwitch {
  cut(): void;
  /** The power is off, or the switch has been put away. */
  done(): Promise<void>;
}

export class LoopFileSystem {
  readonly #folder: string;
  readonly #image: string;
  readonly mountPoint: string;
  #isMounted = false;

  private constructor(kind: FileSystemKind, megabytes: number) {
    const base = existsSync(MEMORY_FOLDER) ? MEMORY_FOLDER : tmpdir();
    this.#folder = mkdtempSync(join(base, 'gotgan-disk-'));
    this.#image = join(this.#folder, 'disk.img');
    this.mountPoint = join(this.#folder, 'mnt');
    mkdirSync(this.mountPoint);
    run('truncate', '-s', `${megabytes}M`, this.#image);
    run(`mkfs.${kind}`, '-q', this.#image);
  }

  /** Made and mounted; or one sentence saying why that cannot be done here. */
  static make(kind: FileSystemKind, megabytes: number): LoopFileSystem | string {
    let made: LoopFileSystem | undefined;
    try {
      made = new LoopFileSystem(kind, megabytes);
      made.mount();
      return made;
    } catch (error) {
      made?.dispose();
      return `no loop device (${error instanceof Error ? error.message : String(error)})`;
    }
  }

  mount(): void {
    run('mount', '-o', 'loop', this.#image, this.mountPoint);
    this.#isMounted = true;
  }

  /** Stands ready with the hand at the switch, so that the cut comes at once when it is called for. */
  prepareCut(): PowerSwitch {
    const child = spawn('xfs_io', ['-x', this.mountPoint], { stdio: ['pipe', 'ignore', 'ignore'] });
    const ended = once(child, 'close');
    let isCut = false;
    return {
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

  /** Nothing may have a file open in it any more. */
  unmount(): void {
    if (!this.#isMounted) return;
    run('umount', this.mountPoint);
    this.#isMounted = false;
  }

  dispose(): void {
    this.unmount();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
