/**
 * Versions as this dialect names them (nhn-openstack.md, section 19.3): by the time at which they were made, in seconds with six digits
 * behind the point, and `null` for the one that was made without versions.
 */
import { CoreError } from '../../core/core-errors.ts';
import { sequenceOfVersionId } from '../../core/find-version.ts';
import type { Bucket, VersionId } from '../../core/model.ts';
import type { ObjectStore } from '../../core/object-store.ts';
import type { SwiftCall } from './swift-call.ts';
import { SwiftError } from './swift-errors.ts';

export function swiftVersionId(versionId: VersionId): string {
  const sequence = sequenceOfVersionId(versionId);
  if (sequence === undefined) return versionId;
  const fraction = String(sequence % 1_000_000).padStart(6, '0');
  return `${String(Math.floor(sequence / 1_000_000)).padStart(10, '0')}.${fraction}`;
}

/** As the core takes it. Throws 400 for what no version has, and in a container that never had versions. */
export function decodeVersionId({ query }: Pick<SwiftCall, 'query'>, bucket: Bucket): string | undefined {
  const text = query.get('version-id');
  if (text === undefined || text === '') return undefined;
  if (text === 'null') return text;
  const canonical = canonicalVersionId(text);
  if (canonical === undefined) throw new SwiftError(400, 'Invalid version-id parameter');
  if (bucket.versioning === 'unversioned') {
    throw new SwiftError(400, 'version-aware operations require that the container is versioned');
  }
  return canonical;
}

/** Any number of digits behind the point. */
export function canonicalVersionId(text: string): string | undefined {
  const [, seconds, fraction = ''] = /^(\d{1,10})(?:\.(\d{1,9}))?$/.exec(text) ?? [];
  if (seconds === undefined) return undefined;
  return `${seconds.padStart(10, '0')}.${fraction.slice(0, 6).padEnd(6, '0')}`;
}

/** Of an answer about a version, where there are versions. */
export function versionHeaders(
  { versionId }: { readonly versionId?: VersionId },
  bucket: Pick<Bucket, 'versioning'>,
): string[] {
  if (bucket.versioning === 'unversioned' || versionId === undefined) return [];
  return ['X-Object-Version-Id', swiftVersionId(versionId)];
}

/** Of a write: only what has versions of its own is told. */
export function writtenVersion({ versionId }: { readonly versionId: VersionId }): string[] {
  return versionId === 'null' ? [] : ['X-Object-Version-Id', swiftVersionId(versionId)];
}

/** For the core. Throws 400, and 401 or 403 for who does not own the container. */
export function addressedVersion(call: SwiftCall): { readonly versionId?: VersionId } {
  const versionId = decodeVersionId(call, call.bucket);
  if (versionId === undefined) return {};
  // What containers grant is about what is current.
  if (!call.isOwner) throw new SwiftError(call.refusal);
  return { versionId };
}

/** `null` when the name has no current object any more. */
export async function currentVersionId(store: ObjectStore, { bucket, key }: SwiftCall): Promise<string> {
  try {
    const { version } = await store.headObject({ bucket, key, conditions: {}, asStored: true });
    return swiftVersionId(version.versionId);
  } catch (error) {
    if (error instanceof CoreError && error.code === 'NoSuchKey') return 'null';
    throw error;
  }
}
