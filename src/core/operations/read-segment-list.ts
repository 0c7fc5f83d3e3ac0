import { loadSegments } from '../composition/read-segments.ts';
import type { Segment } from '../composition/segment-list.ts';
import type { CoreContext } from '../core-context.ts';
import { findVersion } from '../find-version.ts';
import { toObjectVersion } from '../metadata-records.ts';
import type { Bucket, ObjectVersion, VersionId } from '../model.ts';

/** The segments of a stored list; undefined for any other object. Throws what reading the version throws. */
export async function readSegmentList(
  context: CoreContext,
  {
    bucket,
    key,
    versionId,
  }: { readonly bucket: Bucket; readonly key: string; readonly versionId?: VersionId },
): Promise<{ readonly version: ObjectVersion; readonly segments: readonly Segment[] } | undefined> {
  const { record, isLatest } = await findVersion(context, bucket, key, versionId);
  if (record.composition !== 'segments') return undefined;
  const segments = await loadSegments(context, { bucket, key, record });
  return { version: toObjectVersion(key, record, isLatest), segments };
}
