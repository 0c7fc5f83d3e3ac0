/** `gotgan check`: reads a whole store, in use or not, and says what is wrong with it. Writes nothing. */
import type { StoreReader } from '../../storage/contract/storage-engine.ts';
import type { Finding, FindingKind } from './findings.ts';
import { type VerificationProgress, VerificationRun } from './verification-run.ts';
import { verifyBlobs } from './verify-blobs.ts';
import { verifyBuckets, verifyCounters } from './verify-buckets.ts';
import { verifyExpiries } from './verify-expiry.ts';
import { verifyReferences } from './verify-references.ts';
import { verifyParts, verifyVersions } from './verify-versions.ts';

export interface VerificationReport {
  readonly buckets: number;
  readonly objects: number;
  readonly versions: number;
  /** Of all versions, shared bytes counted for each. */
  readonly bytes: number;
  readonly blobs: number;
  readonly blobBytes: number;
  /** Blobs that housekeeping is about to remove. */
  readonly waiting: number;
  readonly findingCounts: Readonly<Partial<Record<FindingKind, number>>>;
  readonly findingsTotal: number;
  /** The first 10,000. */
  readonly findings: readonly Finding[];
}

export async function verifyStore(
  store: StoreReader,
  onProgress: (progress: VerificationProgress) => void = () => undefined,
): Promise<VerificationReport> {
  const run = new VerificationRun(store, onProgress);
  await verifyBuckets(run);
  await verifyVersions(run);
  await verifyParts(run);
  await verifyCounters(run);
  await verifyExpiries(run);
  await verifyReferences(run);
  await verifyBlobs(run);
  const { findings } = run;
  return {
    ...run.counts,
    findingCounts: findings.counts,
    findingsTotal: findings.total,
    findings: findings.kept,
  };
}
