/** The files: every blob that is referred to is read, block by block; every other one is about to go or an orphan. */
import type { BlobId } from '../../storage/contract/blob-store.ts';
import { CorruptBlob, MissingBlob } from '../../storage/contract/storage-errors.ts';
import { bodyIdOfBlob, headKey, olderKey, rangeOfSpace, space } from '../metadata-keys.ts';
import { decodeVersion, versionIdOf } from '../metadata-records.ts';
import {
  blobReferenceRange,
  bodyReferenceRange,
  candidateKey,
  parseBlobReferenceKey,
  parseBodyReferenceKey,
  parseCondemnedKey,
} from '../reclaiming-keys.ts';
import type { Finding } from './findings.ts';
import type { VerificationRun } from './verification-run.ts';

export const nameOfBlob = ({ epoch, sequence }: BlobId): string => `${epoch}/${sequence}`;

const OWNERS_SHOWN_MAX = 100;
const PROGRESS_BYTES = 32 * 1024 * 1024;

/** Called for every piece that was read and found sound. Answers whether to go on. */
type OnBytes = (count: number) => boolean | Promise<boolean>;

/** Reads every byte. Rejects with `CorruptBlob` or `MissingBlob`. */
async function readWholeBlob(run: VerificationRun, blob: BlobId, onBytes: OnBytes): Promise<void> {
  const source = await run.store.blobs.open(blob, 0, await run.store.blobs.bytesOf(blob));
  try {
    for (let chunk = await source.read(); chunk !== null; chunk = await source.read()) {
      if (!(await onBytes(chunk.length))) return;
    }
  } finally {
    await source.close();
  }
}

export async function verifyBlobs(run: VerificationRun): Promise<void> {
  const total = await countBlobs(run);
  let last = '';
  let unreported = 0;
  for await (const rows of run.slices(rangeOfSpace(space.blobReference), 'references')) {
    for (const { key } of rows) {
      const { blob } = parseBlobReferenceKey(key);
      const name = nameOfBlob(blob);
      if (name === last) continue;
      last = name;
      run.counts.blobs += 1;
      const damage = await findDamage(run, blob, (count) => {
        run.counts.blobBytes += count;
        unreported += count;
        if (unreported >= PROGRESS_BYTES) {
          unreported = 0;
          run.progress('blobs', run.counts.blobs, total);
        }
        return true;
      });
      if (damage !== undefined) await run.suspect(() => findBlobDamage(run, blob, () => true));
    }
    run.progress('blobs', run.counts.blobs, total);
  }
  await run.settle();
  await verifyOrphans(run);
}

async function countBlobs(run: VerificationRun): Promise<number> {
  let count = 0;
  let last: Buffer | undefined;
  for await (const rows of run.slices(rangeOfSpace(space.blobReference), 'references')) {
    for (const { key } of rows) {
      if (last === undefined || key.compare(last, 0, 9, 0, 9) !== 0) count += 1;
      last = key;
    }
  }
  return count;
}

async function findDamage(
  run: VerificationRun,
  blob: BlobId,
  onBytes: OnBytes,
): Promise<Pick<Finding, 'kind' | 'what'> | undefined> {
  try {
    await readWholeBlob(run, blob, onBytes);
    return undefined;
  } catch (error) {
    if (error instanceof CorruptBlob) return { kind: 'damaged-bytes', what: error.message };
    if (error instanceof MissingBlob) return { kind: 'missing-bytes', what: error.message };
    throw error;
  }
}

/** What is wrong with a blob, for every version that loses bytes by it; nothing when it has been reclaimed meanwhile. */
export async function findBlobDamage(
  run: VerificationRun,
  blob: BlobId,
  onBytes: OnBytes,
): Promise<readonly Finding[]> {
  const damage = await findDamage(run, blob, onBytes);
  if (damage === undefined) return [];
  const owners = await ownersOfBlob(run, blob);
  if (owners.length > 0) return owners.map((owner) => ({ ...damage, ...owner }));
  return (await isNeeded(run, blob)) ? [damage] : [];
}

/** By something else than bodies that have lost their last version and are about to be reclaimed. */
async function isNeeded(run: VerificationRun, blob: BlobId): Promise<boolean> {
  run.metadata.refresh();
  for (const { key } of await run.metadata.scan(blobReferenceRange(blob), OWNERS_SHOWN_MAX)) {
    const { body } = parseBlobReferenceKey(key);
    if ((await run.metadata.get(candidateKey('body', body))) === undefined) return true;
  }
  return false;
}

type Owner = Required<Pick<Finding, 'bucket' | 'key' | 'versionId'>>;

/** The versions that lose bytes with a blob; the first hundred. */
async function ownersOfBlob(run: VerificationRun, blob: BlobId): Promise<readonly Owner[]> {
  run.metadata.refresh();
  const owners: Owner[] = [];
  for (const { key } of await run.metadata.scan(blobReferenceRange(blob), OWNERS_SHOWN_MAX)) {
    const { body } = parseBlobReferenceKey(key);
    for (const row of await run.metadata.scan(bodyReferenceRange(body), OWNERS_SHOWN_MAX)) {
      const { owner } = parseBodyReferenceKey(row.key);
      if (owners.length >= OWNERS_SHOWN_MAX) continue;
      const entries = await run.metadata.getMany([
        headKey(owner.bucket, owner.key),
        olderKey(owner.bucket, owner.key, owner.sequence),
      ]);
      const records = entries.flatMap((entry) => (entry === undefined ? [] : [decodeVersion(entry.value)]));
      const record = records.find(({ sequence }) => sequence === owner.sequence);
      if (record === undefined) continue;
      owners.push({
        bucket: await run.nameOf(owner.bucket),
        key: owner.key,
        versionId: versionIdOf(record),
      });
    }
  }
  return owners;
}

/**
 * Blobs of open epochs may be on their way into a commit, and those of closed epochs are swept once; what is left of
 * epochs that were swept has been forgotten.
 */
async function verifyOrphans(run: VerificationRun): Promise<void> {
  const condemned = new CondemnedBlobs(run);
  await condemned.load();
  run.counts.waiting += condemned.count;
  for (const epoch of await run.store.blobs.listEpochs()) {
    run.metadata.refresh();
    const [open, closed] = [await run.store.epochs.listOpen(), await run.store.epochs.listClosed()];
    if (open.includes(epoch)) continue;
    for await (const blob of run.store.blobs.list(epoch)) {
      if ((await isReferenced(run, blob)) || (await condemned.has(blob))) continue;
      if (closed.includes(epoch)) run.counts.waiting += 1;
      else await run.suspect(() => judgeOrphan(run, blob, condemned));
    }
  }
  await run.settle();
}

async function judgeOrphan(
  run: VerificationRun,
  blob: BlobId,
  condemned: CondemnedBlobs,
): Promise<readonly Finding[]> {
  if ((await isReferenced(run, blob)) || (await condemned.has(blob))) return [];
  const remedy = { candidates: [blob] };
  try {
    const bytes = await run.store.blobs.bytesOf(blob);
    const what = `blob ${nameOfBlob(blob)} of ${bytes} bytes belongs to nobody`;
    return [{ kind: 'orphan-blob', what, remedy }];
  } catch (error) {
    if (error instanceof MissingBlob) return [];
    if (!(error instanceof CorruptBlob)) throw error;
    const what = `blob ${nameOfBlob(blob)}, which was never finished, belongs to nobody`;
    return [{ kind: 'orphan-blob', what, remedy }];
  }
}

async function isReferenced(run: VerificationRun, blob: BlobId): Promise<boolean> {
  if ((await run.metadata.scan(blobReferenceRange(blob), 1)).length > 0) return true;
  return (await run.metadata.get(candidateKey('blob', bodyIdOfBlob(blob)))) !== undefined;
}

/** Their keys begin with a round, so they are read as a whole; anew whenever open questions are asked again. */
class CondemnedBlobs {
  readonly #run: VerificationRun;
  #ids = new Set<string>();
  #loadedAt = 0;

  constructor(run: VerificationRun) {
    this.#run = run;
  }

  get count(): number {
    return this.#ids.size;
  }

  async load(): Promise<void> {
    this.#ids = new Set();
    this.#loadedAt = this.#run.settled;
    for await (const rows of this.#run.slices(rangeOfSpace(space.condemned), 'references')) {
      for (const row of rows) {
        const { kind, id } = parseCondemnedKey(row.key);
        if (kind === 'blob') this.#ids.add(id);
      }
    }
  }

  async has(blob: BlobId): Promise<boolean> {
    if (this.#loadedAt !== this.#run.settled) await this.load();
    return this.#ids.has(bodyIdOfBlob(blob));
  }
}
