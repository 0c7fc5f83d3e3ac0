/** What reading, making and removing large objects share (nhn-openstack.md, sections 10 and 24.3). */
import type { SegmentProblem } from '../../core/composition/make-segment-list.ts';
import type { Segment } from '../../core/composition/segment-list.ts';
import type { Bucket, ObjectPart, ObjectVersion } from '../../core/model.ts';
import type { MayRead, ObjectStore } from '../../core/object-store.ts';
import { encodeStrictPath } from '../../lib/percent-encoding.ts';
import { formatListingDate } from './dates.ts';
import type { SwiftCall } from './swift-call.ts';
import { statusLine } from './swift-errors.ts';
import type { ReportedFailure } from './work-report.ts';

/** What the caller may read and list besides what the address names. */
export function mayReadOf(call: SwiftCall): MayRead {
  return async (bucket, key, purpose) => {
    const decision =
      purpose === 'list'
        ? await call.decideOn('bucket:list-objects', bucket)
        : await call.decideOn('object:read', bucket, key);
    return decision.allowed;
  };
}

/** Whether it consists of numbered pieces: S3's parts, or a list of segments. */
export function hasSegments({ partCount, composition }: ObjectVersion): boolean {
  return partCount !== undefined || composition === 'segments';
}

/** Parts are shown as segments of a container that nobody sees otherwise; `limit` is more than an object can have. */
const PARTS_MAX = 10_000;

/** What `multipart-manifest=get` shows of an object that S3 has made in parts. */
export async function manifestOfParts(
  store: Pick<ObjectStore, 'listObjectParts'>,
  bucket: Bucket,
  version: ObjectVersion,
): Promise<string> {
  const { key, versionId } = version;
  const { parts } = await store.listObjectParts({ bucket, key, versionId }, 0, PARTS_MAX);
  return JSON.stringify(parts.map((part) => segmentOfPart(bucket, version, part)));
}

function segmentOfPart(bucket: Bucket, version: ObjectVersion, part: ObjectPart): Record<string, unknown> {
  return {
    name: `/${bucket.name}+segments/${version.key}/${version.sequence}/${part.partNumber}`,
    bytes: part.size,
    hash: part.md5Hex ?? null,
    content_type: 'application/octet-stream',
    last_modified: formatListingDate(version.lastModifiedMicros),
  };
}

/** The list as it could be put again: members in the order of their names, as Swift has them. */
export function rawManifest(segments: readonly Segment[]): string {
  return JSON.stringify(
    segments.map((segment) => {
      if (segment.kind === 'data') return { data: segment.bytes.toString('base64') };
      const { range } = segment;
      return {
        etag: segment.etagMd5,
        path: `/${segment.bucket}/${segment.key}`,
        ...(range !== undefined && { range: `${range.start}-${range.end}` }),
        size_bytes: segment.size,
      };
    }),
  );
}

/** What is wrong with the segments of a manifest, as reports show it. */
export function failuresOf(
  problems: readonly SegmentProblem[],
  refusal: 401 | 403,
  isOwner: boolean,
): ReportedFailure[] {
  return problems.map(({ bucket, key, shown = `/${bucket}/${key}`, reason }) => {
    // Strangers do not learn which containers there are.
    const isRefused = reason === 'forbidden' || (reason === 'no-bucket' && !isOwner);
    return [encodeStrictPath(shown), isRefused ? statusLine(refusal) : reasons[reason]];
  });
}

const reasons: Readonly<Record<SegmentProblem['reason'], string>> = {
  'not-found': statusLine(404),
  'no-bucket': statusLine(404),
  forbidden: statusLine(403),
  broken: statusLine(409),
  'unsatisfiable-range': 'Unsatisfiable Range',
  'too-small': 'Too small; each segment must be at least 1 byte.',
  'size-mismatch': 'Size Mismatch',
  'etag-mismatch': 'Etag Mismatch',
};
