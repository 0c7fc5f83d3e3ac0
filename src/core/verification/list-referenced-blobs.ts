import type { BlobId } from '../../storage/contract/blob-store.ts';
import type { StoreReader } from '../../storage/contract/storage-engine.ts';
import { rangeOfSpace, space } from '../metadata-keys.ts';
import { parseBlobReferenceKey } from '../reclaiming-keys.ts';
import { VerificationRun } from './verification-run.ts';

/** Every blob that something refers to, once, in the order of their names. */
export async function* listReferencedBlobs(store: StoreReader): AsyncGenerator<BlobId> {
  const run = new VerificationRun(store, () => undefined);
  let last: BlobId | undefined;
  for await (const rows of run.slices(rangeOfSpace(space.blobReference), 'references')) {
    for (const { key } of rows) {
      const { blob } = parseBlobReferenceKey(key);
      if (blob.epoch === last?.epoch && blob.sequence === last.sequence) continue;
      last = blob;
      yield blob;
    }
  }
}
