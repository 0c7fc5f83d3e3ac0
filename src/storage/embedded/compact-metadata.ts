/** LMDB files never shrink: the metadata are copied without their free pages, and the copy takes the place of the file. */
import { mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { claimUnused, DataDirectoryError, metadataPathOf, syncPath } from './data-directory.ts';
import { copyLmdb } from './lmdb-driver.ts';

export interface CompactResult {
  readonly bytesBefore: number;
  readonly bytesAfter: number;
}

/** For a stopped server. Throws `DataDirectoryError`. Interrupted at any point it leaves the old file or the new one. */
export async function compactMetadata(dataDirectory: string): Promise<CompactResult> {
  const lock = await claimUnused(dataDirectory);
  if (lock === undefined) {
    throw new DataDirectoryError(`A server is running on ${dataDirectory}: stop it first`);
  }
  const folder = metadataPathOf(dataDirectory);
  const draft = join(folder, 'compacted');
  try {
    rmSync(draft, { recursive: true, force: true });
    mkdirSync(draft, { mode: 0o700 });
    const bytesBefore = statSync(join(folder, 'data.mdb')).size;
    await copyLmdb(folder, draft);
    const copy = join(draft, 'data.mdb');
    const bytesAfter = statSync(copy).size;
    syncPath(copy);
    renameSync(copy, join(folder, 'data.mdb'));
    syncPath(folder);
    return { bytesBefore, bytesAfter };
  } finally {
    rmSync(draft, { recursive: true, force: true });
    lock.release();
  }
}
