/** What it takes to give a version a place in another bucket, in the commit that takes it from its own. */
import type { Body } from './body-records.ts';
import type { CommitDraft } from './commit-draft.ts';
import type { CoreContext } from './core-context.ts';
import { CoreError } from './core-errors.ts';
import { putInlineBody, readInlineBody } from './inline-bodies.ts';
import type { NewVersion } from './key-state.ts';
import { bucketKey } from './metadata-keys.ts';
import type { VersionRecord } from './metadata-records.ts';
import type { Bucket } from './model.ts';

/** What goes along when a version gets another place. */
export function contentOf(record: VersionRecord): Omit<NewVersion, 'body' | 'expiresAtMicros'> {
  const { size, etagMd5, owner, metadata, partCount, checksum, composition, segmented } = record;
  return {
    isDeleteMarker: false,
    size,
    etagMd5,
    owner,
    metadata,
    ...(partCount === undefined ? undefined : { partCount }),
    ...(checksum === undefined ? undefined : { checksum }),
    ...(composition === undefined ? undefined : { composition }),
    ...(segmented === undefined ? undefined : { segmented }),
  };
}

/** Inline bytes go under the other bucket, too; a shared body only gets one more reference. */
export async function moveBody(
  context: CoreContext,
  draft: CommitDraft,
  from: Bucket,
  to: Bucket,
  body: Body,
): Promise<Body> {
  if (body.kind !== 'inline') return body;
  const bytes = await readInlineBody(context, from.id, body);
  if (bytes === undefined) throw new CoreError('StoredDataCorrupt', { key: body.id });
  return putInlineBody(context, draft, to.id, body.id, { bytes, crc32: body.crc32 });
}

/** One commit changes both buckets; each has its own counters. */
export function joinDrafts(draft: CommitDraft, side: CommitDraft, other: Bucket): void {
  if (side.isEmpty) return;
  draft.check(bucketKey(other.id), { version: other.recordVersion });
  draft.checks.push(...side.checks);
  draft.puts.push(...side.puts);
  draft.deletes.push(...side.deletes);
  draft.change(other.id, side.counted);
}
