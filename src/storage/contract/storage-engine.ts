import type { BlobStore } from './blob-store.ts';
import type { MetadataStore } from './metadata-store.ts';

/**
 * What a worker gets from an engine. An epoch is one life of one worker: everything a worker names (commits, blobs,
 * counter deltas) starts with its epoch, so nothing is ever named twice and only blobs of closed epochs can be orphans.
 */
export interface StorageEngine {
  readonly metadata: MetadataStore;
  readonly blobs: BlobStore;
  /** This worker's epoch: a positive integer below 2^20, never reused in this store. */
  readonly epoch: number;
  /** Bytes that a body may have to be stored inline in a commit rather than as a blob. */
  readonly inlineBytesMax: number;
  close(): Promise<void>;
}
