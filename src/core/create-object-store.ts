/** The façade over the operations, and the one place where failures of the storage become errors of the core. */
import { StorageFailure, StorageFull } from '../storage/contract/storage-errors.ts';
import type { CoreContext } from './core-context.ts';
import { CoreError } from './core-errors.ts';
import { createCoreContext, type ObjectStoreOptions } from './create-core-context.ts';
import { createHousekeeping } from './housekeeping/create-housekeeping.ts';
import { createPublishRound } from './housekeeping/publish-round.ts';
import type { ObjectStore, RunningRequest } from './object-store.ts';
import { abortUpload } from './operations/abort-upload.ts';
import { readAccount, updateAccount } from './operations/account-settings.ts';
import { closeAccount, openAccount } from './operations/close-account.ts';
import { completeUpload } from './operations/complete-upload.ts';
import { copyObject } from './operations/copy-object.ts';
import { createBucket } from './operations/create-bucket.ts';
import { createUpload } from './operations/create-upload.ts';
import { deleteBucket } from './operations/delete-bucket.ts';
import { deleteObject } from './operations/delete-object.ts';
import { findBucket } from './operations/find-bucket.ts';
import { getObject, headObject } from './operations/get-object.ts';
import { listBuckets } from './operations/list-buckets.ts';
import { listObjectParts } from './operations/list-object-parts.ts';
import { listObjects } from './operations/list-objects.ts';
import { listParts } from './operations/list-parts.ts';
import { listUploads } from './operations/list-uploads.ts';
import { listVersions } from './operations/list-versions.ts';
import { pinObject } from './operations/pin-object.ts';
import { protectObject } from './operations/protect-object.ts';
import { putObject } from './operations/put-object.ts';
import { putSegmentList } from './operations/put-segment-list.ts';
import { readSegmentList } from './operations/read-segment-list.ts';
import { updateBucket } from './operations/update-bucket.ts';
import { updateObject } from './operations/update-object.ts';
import { uploadPart } from './operations/upload-part.ts';
import { uploadPartCopy } from './operations/upload-part-copy.ts';
import { bucketUsage, bucketUsages } from './usage.ts';
import { reportScrub, Scrub } from './verification/scrub-store.ts';

/** One per worker. Nothing runs by itself: requests and `housekeep` do all the work. */
export function createObjectStore(options: ObjectStoreOptions): ObjectStore {
  const context = createCoreContext(options);
  const housekeep = createHousekeeping(context);
  const publishRound = createPublishRound(context);
  const scrub = new Scrub(context);
  /** An operation as the façade offers it: with its context, and with the core's errors only. */
  function offer<A extends unknown[], R>(
    operation: (context: CoreContext, ...inputs: A) => Promise<R>,
  ): (...inputs: A) => Promise<R> {
    return async (...inputs) => {
      try {
        return await operation(context, ...inputs);
      } catch (error) {
        throw translateStorageError(error);
      }
    };
  }
  return {
    lifecycleDayMicros: context.settings.lifecycleDayMicros,
    beginRequest: () => beginRequest(context),
    createBucket: offer(createBucket),
    findBucket: offer(findBucket),
    listBuckets: offer(listBuckets),
    deleteBucket: offer(deleteBucket),
    closeAccount: offer(closeAccount),
    openAccount: offer(openAccount),
    updateBucket: offer(updateBucket),
    bucketUsage: offer(bucketUsage),
    bucketUsages: offer(bucketUsages),
    readAccount: offer(readAccount),
    updateAccount: offer(updateAccount),
    putObject: offer(putObject),
    putSegmentList: offer(putSegmentList),
    readSegmentList: offer(readSegmentList),
    headObject: offer(headObject),
    getObject: offer(getObject),
    pinObject: offer(pinObject),
    deleteObject: offer(deleteObject),
    copyObject: offer(copyObject),
    updateObject: offer(updateObject),
    protectObject: offer(protectObject),
    listObjectParts: offer(listObjectParts),
    listObjects: offer(listObjects),
    listVersions: offer(listVersions),
    createUpload: offer(createUpload),
    uploadPart: offer(uploadPart),
    uploadPartCopy: offer(uploadPartCopy),
    completeUpload: offer(completeUpload),
    abortUpload: offer(abortUpload),
    listParts: offer(listParts),
    listUploads: offer(listUploads),
    housekeep: offer(() => housekeep()),
    publishRound: offer(() => publishRound()),
    scrub: offer((_context, signal: AbortSignal) => scrub.step(signal)),
    scrubReport: offer(reportScrub),
  };
}

/** The round first: a request must never be stamped with a newer round than the view that it reads from. */
function beginRequest(context: CoreContext): RunningRequest {
  const running = context.rounds.begin();
  context.metadata.refresh();
  return running;
}

function translateStorageError(error: unknown): unknown {
  if (error instanceof StorageFull) return withCause(new CoreError('StorageFull', {}), error);
  if (error instanceof StorageFailure) return withCause(new CoreError('StorageUnavailable', {}), error);
  return error;
}

function withCause(error: CoreError, cause: Error): CoreError {
  error.cause = cause;
  return error;
}
