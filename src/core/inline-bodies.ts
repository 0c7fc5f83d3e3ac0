/**
 * Bytes that are stored beside the records: in one row, or in several when they are more than the engine likes to keep in one
 * (docs/adr/0002, Bodies).
 */
import { type Eventual, whenKnown } from '../lib/eventual.ts';
import type { InlineBody } from './body-records.ts';
import type { CommitDraft } from './commit-draft.ts';
import type { CoreContext } from './core-context.ts';
import { type BodyId, bodyKey } from './metadata-keys.ts';
import type { BucketId } from './model.ts';

/** Adds the bytes, at least one, to the commit. `id` is of the body, unique in the bucket. */
export function putInlineBody(
  context: CoreContext,
  draft: CommitDraft,
  bucket: BucketId,
  id: BodyId,
  { bytes, crc32 }: { readonly bytes: Buffer; readonly crc32: number },
): InlineBody {
  const { inlineRowBytes } = context.engine;
  const body: InlineBody = {
    kind: 'inline',
    id,
    crc32,
    rowCount: Math.ceil(bytes.length / inlineRowBytes),
  };
  for (let row = 0; row < body.rowCount; row++) {
    draft.put(
      bodyKey(bucket, body.id, row),
      bytes.subarray(row * inlineRowBytes, (row + 1) * inlineRowBytes),
    );
  }
  return body;
}

export function deleteInlineBody(draft: CommitDraft, bucket: BucketId, body: InlineBody): void {
  for (const key of inlineBodyKeys(bucket, body)) draft.delete(key);
}

export function inlineBodyKeys(bucket: BucketId, { id, rowCount }: InlineBody): Buffer[] {
  const keys = [bodyKey(bucket, id, 0)];
  for (let row = 1; row < rowCount; row++) keys.push(bodyKey(bucket, id, row));
  return keys;
}

/** Undefined: they are not there (any more), not all of them. */
export function readInlineBody(
  { metadata }: { readonly metadata: Pick<CoreContext['metadata'], 'get' | 'getJoined'> },
  bucket: BucketId,
  body: InlineBody,
): Eventual<Buffer | undefined> {
  if (body.rowCount === 1)
    return whenKnown(metadata.get(bodyKey(bucket, body.id, 0)), (entry) => entry?.value);
  return metadata.getJoined(inlineBodyKeys(bucket, body));
}
