/** Which objects go with a static large object. */

import type { Segment } from '../../core/composition/segment-list.ts';
import { CoreError } from '../../core/core-errors.ts';
import type { ObjectStore } from '../../core/object-store.ts';
import { deniedTo, findContainer, type NamedRemoval, removeOne } from './remove-names.ts';
import type { SwiftCall } from './swift-call.ts';
import { SwiftError } from './swift-errors.ts';
import { swiftLimits } from './swift-limits.ts';

/** Ten times what one manifest may name, as Swift has it. */
const NAMES_MAX = 10 * swiftLimits.segmentsMax;

const ABSENT: ReadonlySet<string> = new Set(['NoSuchKey', 'NoSuchVersion', 'VersionIsDeleteMarker']);

/** Segments before the lists that name them, those in depth first. What is wrong with the object itself is reported, not thrown. */
export async function collectSegments(
  store: ObjectStore,
  call: SwiftCall,
  own: NamedRemoval,
): Promise<NamedRemoval[]> {
  const names: NamedRemoval[] = [];
  const seen = new Set<string>();
  await collect(store, call, own, names, seen);
  return names;
}

async function collect(
  store: ObjectStore,
  call: SwiftCall,
  name: NamedRemoval,
  names: NamedRemoval[],
  seen: Set<string>,
): Promise<void> {
  const path = `${name.container}/${name.key}`;
  if (seen.has(path)) return;
  seen.add(path);
  let segments: readonly Segment[];
  try {
    segments = await segmentsOf(store, call, name);
  } catch (error) {
    if (!(error instanceof SwiftError)) throw error;
    names.push({ ...name, fault: { status: error.status, text: error.message } });
    return;
  }
  for (const segment of segments) {
    if (names.length > NAMES_MAX) throw new SwiftError(400, 'Too many buffered slo segments to delete.');
    if (segment.kind !== 'object') continue;
    const below = { container: segment.bucket, key: segment.key };
    if (segment.isSegmented) await collect(store, call, below, names, seen);
    else names.push(below);
  }
  names.push(name);
}

/** An object that S3 has made in parts takes its parts along. Throws 400, 401, 403 and 404. */
async function segmentsOf(
  store: ObjectStore,
  call: SwiftCall,
  { container, key, versionId }: NamedRemoval,
): Promise<readonly Segment[]> {
  const bucket = await findContainer(store, call, container);
  if (!(await call.decideOn('object:read', bucket, key)).allowed) throw deniedTo(call);
  try {
    const named = { bucket, key, ...(versionId !== undefined && { versionId }) };
    const list = await store.readSegmentList(named);
    if (list !== undefined) return list.segments;
    const { version } = await store.headObject({ ...named, conditions: {}, asStored: true });
    if (version.partCount !== undefined) return [];
  } catch (error) {
    if (!(error instanceof CoreError && ABSENT.has(error.code))) throw error;
    throw new SwiftError(404, 'SLO manifest not found');
  }
  throw new SwiftError(400, 'Not an SLO manifest');
}

/**
 * `async=yes`: only for segments of one container and one level, which can be checked before anything goes. They are gone when the
 * request is answered. Throws 400, 401, 403 and 404.
 */
export async function removeFlatSegments(
  store: ObjectStore,
  call: SwiftCall,
  own: NamedRemoval,
): Promise<void> {
  const objects = (await segmentsOf(store, call, own)).filter((segment) => segment.kind === 'object');
  const containers = new Set(objects.map(({ bucket }) => bucket));
  const [container, second] = containers;
  if (second !== undefined) {
    const named = [...containers].map((name) => JSON.stringify(name)).join(', ');
    throw new SwiftError(400, `All segments must be in one container. Found segments in ${named}`);
  }
  if (objects.some(({ isSegmented }) => isSegmented)) {
    throw new SwiftError(400, 'No segments may be large objects.');
  }
  if (container !== undefined) {
    const bucket = await findContainer(store, call, container);
    if (!(await call.decideOn('object:delete', bucket, '')).allowed) throw deniedTo(call);
  }
  for (const { bucket, key } of objects) await removeIfThere(store, call, { container: bucket, key });
  await removeOne(store, call, own);
}

async function removeIfThere(store: ObjectStore, call: SwiftCall, name: NamedRemoval): Promise<void> {
  try {
    await removeOne(store, call, name);
  } catch (error) {
    if (!(error instanceof SwiftError && error.status === 404)) throw error;
  }
}
