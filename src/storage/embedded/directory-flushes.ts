/**
 * Flushes of directories, shared: whoever asks while a flush of the same directory is running needs the next one (his
 * name may have come too late for this one), and everybody who asks in that time shares it. A failed flush fails those
 * too: after it, another would succeed and mean nothing. A directory that is not there (`ENOENT`) is no failed flush: by
 * the next turn it may have been made again.
 */
import { errorCode } from './storage-health.ts';

interface Flush {
  readonly running: Promise<void>;
  next: Promise<void> | undefined;
}

export class DirectoryFlushes {
  readonly #syncDirectory: (path: string) => Promise<void>;
  readonly #flushes = new Map<string, Flush>();

  constructor(syncDirectory: (path: string) => Promise<void>) {
    this.#syncDirectory = syncDirectory;
  }

  /** Resolves when every change of the directory made before this call is durable. Rejects as the flush does. */
  flush(path: string): Promise<void> {
    const flush = this.#flushes.get(path);
    if (flush === undefined) return this.#start(path);
    flush.next ??= flush.running.then(
      () => this.#start(path),
      (error: unknown) => {
        if (errorCode(error) === 'ENOENT') return this.#start(path);
        this.#flushes.delete(path);
        throw error;
      },
    );
    return flush.next;
  }

  #start(path: string): Promise<void> {
    const flush: Flush = { running: this.#syncDirectory(path), next: undefined };
    this.#flushes.set(path, flush);
    const forget = (): void => {
      if (flush.next === undefined) this.#flushes.delete(path); // else the next one takes this place
    };
    flush.running.then(forget, forget);
    return flush.running;
  }
}
