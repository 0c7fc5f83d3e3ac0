/**
 * A file system that remembers what was flushed and, at a crash, forgets the rest in a way picked by a seed: directory
 * entries made or removed since the last flush of their directory, one by one; bytes of a file, sector by sector. Stricter
 * than real ones: flushing a file does not flush its name.
 *
 * Every operation waits for the simulation to let it happen, so that a crash can come between any two.
 */
import type { BlobFiles, ReadableBlobFile, WritableBlobFile } from '../../src/storage/embedded/blob-files.ts';
import type { SeededRandom } from '../support/memory-faults.ts';

const SECTOR_BYTES = 512;

class SimulatedFile {
  /** A flush has failed: later ones succeed and flush nothing. */
  broken = false;
  bytes: Buffer = Buffer.alloc(0);
  durable: Buffer = Buffer.alloc(0);
}

class SimulatedDirectory {
  broken = false;
  entries = new Map<string, SimulatedNode>();
  durable = new Map<string, SimulatedNode>();
}

type SimulatedNode = SimulatedFile | SimulatedDirectory;

type Flush = (node: SimulatedNode, effect: () => void) => Promise<void>;

export interface SimulatedFileSystem {
  readonly files: BlobFiles;
  /** Lets operations happen, one at a time in an order picked by the seed, until none waits or `stepsMax` have. */
  run(stepsMax: number): Promise<number>;
  /** What waits never happens, and what was not flushed may be lost. */
  crash(): void;
}

export interface SimulatedFaults {
  /** Probability that a flush fails with EIO. The kernel then believes that all is clean, and the next one succeeds. */
  flushFailure: number;
}

export function createSimulatedFileSystem(
  random: SeededRandom,
  faults: SimulatedFaults,
): SimulatedFileSystem {
  const root = new SimulatedDirectory();
  let waiting: (() => void)[] = [];

  /** The operation happens when the simulation picks it, and not at all after a crash. */
  function operation<T>(effect: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      waiting.push(() => {
        try {
          resolve(effect());
        } catch (error) {
          reject(error);
        }
      });
    });
  }

  const flush: Flush = (node, effect) => {
    const fails = random.chance(faults.flushFailure);
    return operation(() => {
      if (fails && !node.broken) {
        node.broken = true;
        throw systemError('EIO');
      }
      if (!node.broken) effect();
    });
  };

  return {
    files: createFiles(root, operation, flush),
    async run(stepsMax) {
      let steps = 0;
      while (waiting.length > 0 && steps < stepsMax) {
        const [next] = waiting.splice(random.below(waiting.length), 1);
        next?.();
        steps += 1;
        await new Promise(setImmediate); // everything that follows from it, up to the next operations
      }
      return steps;
    },
    crash() {
      waiting = [];
      forget(root, random);
    },
  };
}

function createFiles(
  root: SimulatedDirectory,
  operation: <T>(effect: () => T) => Promise<T>,
  flush: Flush,
): BlobFiles {
  return {
    createFile: (path) =>
      operation(() => {
        const { directory, name } = locate(root, path);
        if (directory.entries.has(name)) throw systemError('EEXIST');
        const file = new SimulatedFile();
        directory.entries.set(name, file);
        return writable(file, operation, flush);
      }),
    openFile: (path) => operation(() => readable(fileAt(root, path), operation)),
    makeDirectory: (path) =>
      operation(() => {
        const { directory, name } = locate(root, path);
        if (directory.entries.has(name)) return false;
        directory.entries.set(name, new SimulatedDirectory());
        return true;
      }),
    listDirectory: (path) => operation(() => [...directoryAt(root, path).entries.keys()]),
    removeFile: (path) =>
      operation(() => {
        const { directory, name } = locate(root, path);
        if (!directory.entries.delete(name)) throw systemError('ENOENT');
      }),
    removeDirectory: (path) =>
      operation(() => {
        if (directoryAt(root, path).entries.size > 0) throw systemError('ENOTEMPTY');
        const { directory, name } = locate(root, path);
        directory.entries.delete(name);
      }),
    syncDirectory: async (path) => {
      const directory = await operation(() => directoryAt(root, path));
      await flush(directory, () => {
        directory.durable = new Map(directory.entries);
      });
    },
  };
}

function writable(
  file: SimulatedFile,
  operation: <T>(effect: () => T) => Promise<T>,
  flush: Flush,
): WritableBlobFile {
  return {
    append: (buffers) =>
      operation(() => {
        const bytes = Buffer.concat(buffers);
        // Now and then only a part is taken, as a real file system may.
        const taken = bytes.length % 3 === 0 ? Math.ceil(bytes.length / 2) : bytes.length;
        file.bytes = Buffer.concat([file.bytes, bytes.subarray(0, taken)]);
        return taken;
      }),
    sync: () =>
      flush(file, () => {
        file.durable = file.bytes;
      }),
    close: () => operation(() => undefined),
  };
}

function readable(file: SimulatedFile, operation: <T>(effect: () => T) => Promise<T>): ReadableBlobFile {
  return {
    sizeBytes: file.bytes.length,
    read: (buffer, position) => operation(() => file.bytes.copy(buffer, 0, position)),
    close: () => operation(() => undefined),
  };
}

function forget(directory: SimulatedDirectory, random: SeededRandom): void {
  const names = new Set([...directory.durable.keys(), ...directory.entries.keys()]);
  for (const name of names) {
    const [before, now] = [directory.durable.get(name), directory.entries.get(name)];
    const kept = before === now || random.chance(0.5) ? now : before;
    if (kept === undefined) directory.durable.delete(name);
    else directory.durable.set(name, kept);
  }
  directory.entries = new Map(directory.durable);
  for (const node of directory.entries.values()) {
    if (node instanceof SimulatedDirectory) forget(node, random);
    else forgetBytes(node, random);
  }
}

/** The size may have reached the disk without the bytes, and any of the sectors without the others. */
function forgetBytes(file: SimulatedFile, random: SeededRandom): void {
  if (file.bytes === file.durable) return;
  const start = file.durable.length;
  const length = start + random.below(file.bytes.length - start + 1);
  const bytes = Buffer.alloc(length);
  file.durable.copy(bytes);
  for (let offset = start; offset < length; offset += SECTOR_BYTES) {
    if (random.chance(0.5)) file.bytes.copy(bytes, offset, offset, Math.min(length, offset + SECTOR_BYTES));
  }
  file.bytes = bytes;
  file.durable = bytes;
}

function systemError(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}, simulated`), { code });
}

function directoryAt(root: SimulatedDirectory, path: string): SimulatedDirectory {
  let directory = root;
  for (const name of path.split('/').filter((part) => part !== '')) {
    const next = directory.entries.get(name);
    if (!(next instanceof SimulatedDirectory)) throw systemError('ENOENT');
    directory = next;
  }
  return directory;
}

function locate(root: SimulatedDirectory, path: string): { directory: SimulatedDirectory; name: string } {
  const slash = path.lastIndexOf('/');
  return { directory: directoryAt(root, path.slice(0, slash)), name: path.slice(slash + 1) };
}

function fileAt(root: SimulatedDirectory, path: string): SimulatedFile {
  const { directory, name } = locate(root, path);
  const file = directory.entries.get(name);
  if (!(file instanceof SimulatedFile)) throw systemError('ENOENT');
  return file;
}
