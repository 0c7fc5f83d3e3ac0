import type { BlobStore } from './blob-store.ts';
import type { MetadataStore } from './metadata-store.ts';

/**
 * The lives of workers. Blobs of an open epoch may still be on their way into a commit; of a closed one, whatever no
 * record refers to is an orphan.
 */
export interface EpochRegister {
  /** Epochs of workers that may still write, this one's included, in ascending order. Seen through the same view as reads. */
  listOpen(): number[] | Promise<number[]>;
  /** Closed epochs that have not been forgotten, in ascending order: their orphans are still to be swept. */
  listClosed(): number[] | Promise<number[]>;
  /** Closes the epoch of a worker that is dead for certain. Closing twice is no error. */
  close(epoch: number): Promise<void>;
  /** Forgets a closed epoch, once its orphans are gone. Its remaining blobs stay. Refuses an open one with `RangeError`. */
  forget(epoch: number): Promise<void>;
}

/**
 * What a worker gets from an engine. An epoch is one life of one worker: everything a worker names (commits, blobs,
 * counter deltas) starts with its epoch, so nothing is ever named twice and only blobs of closed epochs can be orphans.
 */
export interface StorageEngine {
  readonly metadata: MetadataStore;
  readonly blobs: BlobStore;
  /** This worker's epoch: a positive integer below 2^20, never reused in this store. */
  readonly epoch: number;
  readonly epochs: EpochRegister;
  /** Bytes that a body may have to be stored inline in a commit rather than as a blob. */
  readonly inlineBytesMax: number;
  /** Bytes of such a body that go into one value; at least a 255th of `inlineBytesMax`. */
  readonly inlineRowBytes: number;
  /** Waits for commits under way, then closes this worker's epoch. */
  close(): Promise<void>;
}

/** A store as whoever only looks sees it, beside a server that may be running. */
export interface StoreReader {
  readonly metadata: Pick<MetadataStore, 'refresh' | 'get' | 'getMany' | 'getJoined' | 'scan'>;
  readonly blobs: Pick<BlobStore, 'open' | 'bytesOf' | 'list' | 'listEpochs'>;
  readonly epochs: Pick<EpochRegister, 'listOpen' | 'listClosed'>;
}
