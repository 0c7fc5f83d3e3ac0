import { StorageFailure } from '../../storage/contract/storage-errors.ts';
import { archiveReplaced, archives } from '../archive-versions.ts';
import type { CoreContext } from '../core-context.ts';
import { discardBody, type IngestedBody, ingestBody } from '../ingest-body.ts';
import { assertReplaceable, liveHead, type NewVersion, placeVersion, readKeyState } from '../key-state.ts';
import { loadBucket } from '../load-bucket.ts';
import { toObjectVersion } from '../metadata-records.ts';
import type { Bucket, ObjectVersion } from '../model.ts';
import { assertKey } from '../names.ts';
import type { PutObjectInput, Usage } from '../object-store.ts';
import { checkWriteConditions, hasWriteConditions } from '../preconditions.ts';
import { refuseOverQuota } from '../quotas.ts';
import { commitBelowBucket } from '../retry-commit.ts';
import { storeBody } from '../store-body.ts';
import { assertUploadName } from '../upload-names.ts';
import { NO_USAGE } from '../usage.ts';

/** Stores bytes, then makes them the current version of the key by one checked commit. */
export async function putObject(context: CoreContext, input: PutObjectInput): Promise<ObjectVersion> {
  const { bucket, key, conditions } = input;
  assertKey(key, context.settings.keyBytesMax);
  assertUploadName(bucket, key);
  const isConditional = hasWriteConditions(conditions);
  if (isConditional) await refuseEarly(context, input);
  if (bucket.lock !== undefined && bucket.versioning !== 'enabled') await refuseProtected(context, input);
  const looking = refuseOverQuota(context, bucket, input.body.size, () => replacedBy(context, input));
  if (looking !== undefined) await looking;
  const ingested = await ingestBody(context, input.body, {
    bytesMax: input.bytesMax ?? context.settings.objectBytesMax,
    inlineBytesMax: context.engine.inlineBytesMax,
  });
  try {
    const isPlain = replacesFreely(bucket);
    const isShareable = !isConditional && isPlain && input.segmented === undefined;
    if (!isShareable) return await putAlone(context, input, ingested);
    return await putShared(context, input, ingested);
  } catch (error) {
    // After a storage failure nobody knows whether the commit was made: the blob stays until its epoch is swept.
    if (!(error instanceof StorageFailure)) await discardBody(context, ingested);
    throw error;
  }
}

/** A condition that fails now is answered before the body is read; one that holds is decided again in the commit. */
async function refuseEarly(context: CoreContext, input: PutObjectInput): Promise<void> {
  const state = await readKeyState(context, input.bucket, input.key);
  checkWriteConditions(input.conditions, input.key, liveHead(context, state)?.record);
}

/** So is a protected object that would have to give way; by the bucket as it is now, which may keep versions since. */
async function refuseProtected(context: CoreContext, { bucket, key }: PutObjectInput): Promise<void> {
  const current = await loadBucket(context, bucket.id, bucket.name);
  if (current.versioning === 'enabled') return;
  assertReplaceable(await readKeyState(context, current, key), key, context.clock.nowMicros());
}

/** Nothing of what a write replaces is kept. */
function replacesFreely(bucket: Bucket): boolean {
  return bucket.versioning === 'unversioned' && bucket.lock === undefined && !archives(bucket);
}

/** What a bucket without versions has no more when the object is there. */
async function replacedBy(context: CoreContext, { bucket, key }: PutObjectInput): Promise<Usage> {
  if (bucket.versioning !== 'unversioned') return NO_USAGE;
  const { head } = await readKeyState(context, bucket, key);
  return head === undefined ? NO_USAGE : { objects: 1, bytes: head.record.size };
}

async function putAlone(
  context: CoreContext,
  input: PutObjectInput,
  ingested: IngestedBody,
): Promise<ObjectVersion> {
  const commit = () => commitVersion(context, input, ingested, 0);
  return (await context.keyQueue.run(input.bucket.id, input.key, commit)).version;
}

interface Committed {
  readonly version: ObjectVersion;
  /** The bucket was still without versions and lock when the commit was made, so that what it replaced is gone. */
  readonly isPlain: boolean;
}

/** Unconditional puts that wait for the same key share one commit: see `KeyQueue`. */
async function putShared(
  context: CoreContext,
  input: PutObjectInput,
  ingested: IngestedBody,
): Promise<ObjectVersion> {
  const turn = await context.keyQueue.enterShared<Committed>(input.bucket.id, input.key);
  if (turn.kind === 'lead') {
    try {
      const committed = await commitVersion(context, input, ingested, turn.absorbedCount);
      turn.settle(committed);
      return committed.version;
    } catch (error) {
      turn.fail(error);
      throw error;
    }
  }
  if (!turn.outcome.isPlain) return putAlone(context, input, ingested);
  await discardBody(context, ingested);
  const sequence = turn.outcome.version.sequence - turn.distance;
  return {
    key: input.key,
    versionId: 'null',
    isLatest: false,
    isDeleteMarker: false,
    sequence,
    lastModifiedMicros: sequence,
    metadata: input.metadata,
    owner: input.owner,
    ...digestsOf(ingested),
  };
}

function commitVersion(
  context: CoreContext,
  input: PutObjectInput,
  ingested: IngestedBody,
  absorbedCount: number,
): Promise<Committed> {
  const { key, metadata, owner, segmented, expiresAtMicros } = input;
  return commitBelowBucket(context, input.bucket, key, async (draft, bucket) => {
    const state = await readKeyState(context, bucket, key);
    const head = liveHead(context, state);
    checkWriteConditions(input.conditions, key, head?.record);
    if (head !== undefined && archives(bucket)) await archiveReplaced(context, draft, bucket, key, head);
    const body = storeBody(context, draft, bucket.id, ingested);
    const version: NewVersion = {
      isDeleteMarker: false,
      metadata,
      owner,
      body,
      protectionRequest: input.protection,
      ...digestsOf(ingested),
      ...(segmented === undefined ? undefined : { composition: 'segments', segmented }),
      ...(expiresAtMicros === undefined ? undefined : { expiresAtMicros }),
    };
    const record = placeVersion(context, draft, bucket, key, state, version, absorbedCount);
    return {
      version: toObjectVersion(key, record, true),
      isPlain: replacesFreely(bucket),
    };
  });
}

function digestsOf(ingested: IngestedBody): Pick<ObjectVersion, 'size' | 'etagMd5' | 'checksum'> {
  const { size, md5Hex: etagMd5, checksum } = ingested;
  return checksum === undefined ? { size, etagMd5 } : { size, etagMd5, checksum };
}
