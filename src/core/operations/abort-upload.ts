import type { CoreContext } from '../core-context.ts';
import type { Bucket } from '../model.ts';
import { commitBelowBucket } from '../retry-commit.ts';
import { sweepKey, uploadKey } from '../upload-keys.ts';
import { encodeSweep } from '../upload-records.ts';
import { readUpload } from '../upload-state.ts';

/**
 * Ends an upload by one commit, whatever it holds; its parts are swept later. A part or a completion under way finds the
 * record gone and fails with NoSuchUpload; of an abort and a completion, the one whose commit comes first wins.
 */
export async function abortUpload(
  context: CoreContext,
  bucket: Bucket,
  key: string,
  uploadId: string,
): Promise<void> {
  await commitBelowBucket(context, bucket, key, async (draft, { id }) => {
    const { number, entry, record } = await readUpload(context, bucket, key, uploadId);
    const recordKey = uploadKey(id, key, number);
    draft.effect = 'shrink';
    draft.check(recordKey, entry);
    draft.delete(recordKey);
    const dueMicros = context.clock.nowMicros();
    draft.put(sweepKey(dueMicros, id, number), encodeSweep({ kind: 'aborted', body: record.body }));
  });
}
