/** Every version of a container in one order: by name, the newest first, with common prefixes between (nhn-openstack.md, section 19.3). */
import type { Bucket, ObjectVersion } from '../../core/model.ts';
import type { ObjectStore } from '../../core/object-store.ts';
import type { ListingParameters } from './listing-parameters.ts';
import { SwiftError } from './swift-errors.ts';

export interface VersionsParameters extends ListingParameters {
  /** As the core takes it; empty: none. */
  readonly versionMarker: string;
}

/** A version, or a common prefix. */
export type ListedName = ObjectVersion | string;

/** In reverse order everything has to be walked: more than this is refused. */
const REVERSED_MAX = 100_000;
const PAGE_LENGTH = 1000;

export async function listVersions(
  store: Pick<ObjectStore, 'listVersions'>,
  bucket: Bucket,
  parameters: VersionsParameters,
): Promise<ListedName[]> {
  return parameters.isReverse
    ? listReversed(store, bucket, parameters)
    : listForward(store, bucket, parameters, parameters.limit);
}

async function listForward(
  store: Pick<ObjectStore, 'listVersions'>,
  bucket: Bucket,
  { prefix, delimiter, marker, versionMarker, endMarker }: VersionsParameters,
  limit: number,
): Promise<ListedName[]> {
  const names: ListedName[] = [];
  let keyMarker = marker;
  let versionIdMarker = versionMarker;
  while (names.length < limit) {
    const length = Math.min(PAGE_LENGTH, limit - names.length);
    const query = { prefix, delimiter, keyMarker, versionIdMarker, limit: length };
    const page = await store.listVersions(bucket, query);
    for (const name of merged(page.versions, page.prefixes)) {
      if (endMarker !== '' && compare(nameOf(name), endMarker) >= 0) return names;
      names.push(name);
    }
    if (!page.isTruncated || page.nextKeyMarker === undefined) return names;
    keyMarker = page.nextKeyMarker;
    versionIdMarker = page.nextVersionIdMarker ?? '';
  }
  return names;
}

/** `marker` is the bound from above then; within its name, versions newer than `version_marker` follow. */
async function listReversed(
  store: Pick<ObjectStore, 'listVersions'>,
  bucket: Bucket,
  parameters: VersionsParameters,
): Promise<ListedName[]> {
  const { marker, endMarker, versionMarker, limit } = parameters;
  const whole = { ...parameters, marker: endMarker, versionMarker: '', endMarker: '' };
  const names = await listForward(store, bucket, whole, REVERSED_MAX + 1);
  if (names.length > REVERSED_MAX) {
    throw new SwiftError(400, `Not more than ${REVERSED_MAX} versions can be listed in reverse order`);
  }
  names.reverse();
  if (marker === '') return names.slice(0, limit);
  const rest = names.filter((name) => {
    const order = compare(nameOf(name), marker);
    if (order !== 0 || versionMarker === '' || typeof name === 'string') return order < 0;
    return versionMarker !== 'null' && name.sequence > sequenceOf(versionMarker);
  });
  return rest.slice(0, limit);
}

function sequenceOf(canonical: string): number {
  return Number(canonical.replace('.', ''));
}

/** Both in the order of their bytes. */
function merged(versions: readonly ObjectVersion[], prefixes: readonly string[]): ListedName[] {
  const names: ListedName[] = [];
  const rest = [...prefixes];
  for (const version of versions) {
    while (rest[0] !== undefined && compare(rest[0], version.key) < 0) names.push(rest.shift()!);
    names.push(version);
  }
  return [...names, ...rest];
}

function nameOf(name: ListedName): string {
  return typeof name === 'string' ? name : name.key;
}

function compare(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}
