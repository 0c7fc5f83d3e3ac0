/**
 * Copies a data directory: for a backup, also while a server runs on it, and for a restore.
 *
 * First the metadata, as of one moment; then the blobs that this copy refers to, which are written once and so can be taken
 * one by one (hard links where both lie on one file system); then the keys; at last FORMAT, so that a copy that was
 * interrupted is no data directory. Everything is flushed. The caller sees to it that no blob is reclaimed meanwhile.
 */
import { constants } from 'node:fs';
import { chmod, copyFile, link, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { BlobId } from '../contract/blob-store.ts';
import {
  assertFormat,
  blobsPathOf,
  finishLayout,
  listForeignFiles,
  makeEmptyDirectory,
  makeFolders,
  metadataPathOf,
  syncPath,
} from './data-directory.ts';
import { blobPathOf } from './file-blob-store.ts';
import { copyLmdb } from './lmdb-driver.ts';
import { errorCode } from './storage-health.ts';

const FILE_MODE = 0o600;
const DIRECTORY_MODE = 0o700;
const BLOBS_AT_ONCE = 32;
/** Another file system, or one without links, or too many of them. */
const NO_LINK_CODES = ['EXDEV', 'EPERM', 'EMLINK', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'];

export interface CopyOptions {
  readonly from: string;
  /** Must be empty or missing. Throws `DataDirectoryError` otherwise. */
  readonly to: string;
  /** The blobs that the copied metadata, now in `to`, refer to. */
  listBlobs(): AsyncIterable<BlobId>;
  onBlob(count: number): void;
}

export interface CopyResult {
  readonly linked: number;
  readonly copied: number;
  /** Referred to, but not there. */
  readonly missing: readonly BlobId[];
  /** Files with keys and credentials. */
  readonly secretFiles: readonly string[];
}

export async function copyDataDirectory(options: CopyOptions): Promise<CopyResult> {
  const { from, to } = options;
  assertFormat(from);
  makeEmptyDirectory(to);
  makeFolders(to);
  await copyLmdb(metadataPathOf(from), metadataPathOf(to));
  await chmod(join(metadataPathOf(to), 'data.mdb'), FILE_MODE);
  syncPath(join(metadataPathOf(to), 'data.mdb'));
  syncPath(metadataPathOf(to));
  const blobs = await copyBlobs(options);
  const secretFiles = listForeignFiles(from);
  for (const name of secretFiles) await copyDurably(join(from, name), join(to, name));
  finishLayout(to);
  return { ...blobs, secretFiles };
}

async function copyBlobs({
  from,
  to,
  listBlobs,
  onBlob,
}: CopyOptions): Promise<Omit<CopyResult, 'secretFiles'>> {
  const counts = { linked: 0, copied: 0 };
  const missing: BlobId[] = [];
  const folders = new Set<string>();
  const copyOne = async (blob: BlobId): Promise<void> => {
    const target = blobPathOf(blobsPathOf(to), blob);
    await makeFolder(dirname(target), folders);
    try {
      const how = await linkOrCopy(blobPathOf(blobsPathOf(from), blob), target);
      counts[how] += 1;
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') throw error;
      missing.push(blob);
    }
    onBlob(counts.linked + counts.copied);
  };
  let batch: Promise<void>[] = [];
  for await (const blob of listBlobs()) {
    batch.push(copyOne(blob));
    if (batch.length < BLOBS_AT_ONCE) continue;
    await Promise.all(batch);
    batch = [];
  }
  await Promise.all(batch);
  for (const folder of folders) syncPath(folder);
  syncPath(blobsPathOf(to));
  return { ...counts, missing };
}

async function makeFolder(folder: string, made: Set<string>): Promise<void> {
  if (made.has(folder)) return;
  await mkdir(folder, { recursive: true, mode: DIRECTORY_MODE });
  made.add(folder);
  made.add(dirname(folder));
}

async function linkOrCopy(from: string, to: string): Promise<'linked' | 'copied'> {
  try {
    await link(from, to);
    return 'linked';
  } catch (error) {
    if (!NO_LINK_CODES.includes(String(errorCode(error)))) throw error;
    await copyDurably(from, to);
    return 'copied';
  }
}

async function copyDurably(from: string, to: string): Promise<void> {
  await copyFile(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
  await chmod(to, FILE_MODE);
  syncPath(to);
}
