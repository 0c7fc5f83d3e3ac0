/**
 * Lifecycle rules of a bucket: what they match, and when what they match is due. Kept as the document `lifecycle` of the bucket.
 *
 * Amazon S3 User Guide, "Lifecycle configuration elements" and "Lifecycle: number of days": days count from the creation of a
 * version (of a noncurrent one from when it became that), and are rounded up to the next midnight UTC.
 */
import type { ObjectMetadata } from '../model.ts';
import { tagPairsOf } from '../object-tags.ts';

const LIFECYCLE_DOCUMENT = 'lifecycle';

export interface LifecycleFilter {
  /** Undefined: named none, which matches as an empty one does. */
  readonly prefix?: string;
  readonly tags: readonly (readonly [key: string, value: string])[];
  readonly sizeGreaterThan?: number;
  readonly sizeLessThan?: number;
  /** As which it was given, and is shown: the element Prefix of the rule itself, one part in Filter, or several in And. */
  readonly form: 'prefix' | 'filter' | 'and';
}

export type LifecycleExpiration =
  | { readonly kind: 'days'; readonly days: number }
  | { readonly kind: 'date'; readonly micros: number }
  /** Delete markers below which no version is left. */
  | { readonly kind: 'delete-markers' };

export interface LifecycleRule {
  readonly id: string;
  readonly isEnabled: boolean;
  readonly filter: LifecycleFilter;
  readonly expiration?: LifecycleExpiration;
  /** `newerVersions`: so many noncurrent ones that are newer stay. */
  readonly noncurrent?: { readonly days: number; readonly newerVersions?: number };
  readonly abortUploadDays?: number;
}

type Documents = Readonly<Record<string, string>>;

/** For the `documents` of a bucket. */
export function lifecycleDocument(rules: readonly LifecycleRule[] | null): Record<string, string | null> {
  return { [LIFECYCLE_DOCUMENT]: rules === null ? null : JSON.stringify(rules) };
}

export function lifecycleTextOf({ documents }: { readonly documents: Documents }): string | undefined {
  return documents[LIFECYCLE_DOCUMENT];
}

export function lifecycleOf(bucket: { readonly documents: Documents }): readonly LifecycleRule[] {
  const text = lifecycleTextOf(bucket);
  return text === undefined ? [] : (JSON.parse(text) as readonly LifecycleRule[]);
}

/** What filters look at. */
interface FilteredVersion {
  readonly size: number;
  readonly metadata: ObjectMetadata;
}

function matchesFilter(filter: LifecycleFilter, key: string, version: FilteredVersion): boolean {
  const { prefix = '', tags, sizeGreaterThan, sizeLessThan } = filter;
  if (!key.startsWith(prefix)) return false;
  if (sizeGreaterThan !== undefined && version.size <= sizeGreaterThan) return false;
  if (sizeLessThan !== undefined && version.size >= sizeLessThan) return false;
  if (tags.length === 0) return true;
  const has = new Map(tagPairsOf(version.metadata.documents));
  return tags.every(([name, value]) => has.get(name) === value);
}

/** The midnight after so many days. */
function dayAfter(micros: number, days: number, dayMicros: number): number {
  return Math.ceil((micros + days * dayMicros) / dayMicros) * dayMicros;
}

/** When a current object expires by a rule; undefined: not by this one. */
export function dueByRule(
  rule: LifecycleRule,
  key: string,
  version: FilteredVersion & { readonly createdAtMicros: number },
  dayMicros: number,
): number | undefined {
  const { expiration } = rule;
  if (!rule.isEnabled || expiration === undefined || expiration.kind === 'delete-markers') return undefined;
  if (!matchesFilter(rule.filter, key, version)) return undefined;
  if (expiration.kind === 'date') return expiration.micros;
  return dayAfter(version.createdAtMicros, expiration.days, dayMicros);
}

/** The rule by which a current object expires first. */
export function firstExpiry(
  rules: readonly LifecycleRule[],
  key: string,
  version: FilteredVersion & { readonly createdAtMicros: number },
  dayMicros: number,
): { readonly ruleId: string; readonly micros: number } | undefined {
  let first: { readonly ruleId: string; readonly micros: number } | undefined;
  for (const rule of rules) {
    const micros = dueByRule(rule, key, version, dayMicros);
    if (micros !== undefined && (first === undefined || micros < first.micros))
      first = { ruleId: rule.id, micros };
  }
  return first;
}

/** A delete marker that hides nothing any more. */
interface LoneMarker {
  readonly createdAtMicros: number;
}

/** Rules about objects take away such markers, too, when they are old enough; filters by tag or size match none. */
export function isMarkerDue(
  rules: readonly LifecycleRule[],
  key: string,
  { createdAtMicros }: LoneMarker,
  nowMicros: number,
  dayMicros: number,
): boolean {
  return rules.some(({ isEnabled, filter, expiration }) => {
    if (!isEnabled || expiration === undefined || !key.startsWith(filter.prefix ?? '')) return false;
    const isByContent =
      filter.tags.length > 0 || filter.sizeGreaterThan !== undefined || filter.sizeLessThan !== undefined;
    if (isByContent) return false;
    if (expiration.kind === 'delete-markers') return true;
    const due =
      expiration.kind === 'date' ? expiration.micros : dayAfter(createdAtMicros, expiration.days, dayMicros);
    return due <= nowMicros;
  });
}

interface NoncurrentVersion extends FilteredVersion {
  /** When a newer one took its place. */
  readonly sinceMicros: number;
  /** How many noncurrent versions of the key are newer. */
  readonly newerCount: number;
}

export function isNoncurrentDue(
  rules: readonly LifecycleRule[],
  key: string,
  version: NoncurrentVersion,
  nowMicros: number,
  dayMicros: number,
): boolean {
  return rules.some(({ isEnabled, filter, noncurrent }) => {
    if (!isEnabled || noncurrent === undefined || !matchesFilter(filter, key, version)) return false;
    if (version.newerCount < (noncurrent.newerVersions ?? 0)) return false;
    return dayAfter(version.sinceMicros, noncurrent.days, dayMicros) <= nowMicros;
  });
}

export function isUploadDue(
  rules: readonly LifecycleRule[],
  key: string,
  initiatedAtMicros: number,
  nowMicros: number,
  dayMicros: number,
): boolean {
  return rules.some(({ isEnabled, filter, abortUploadDays }) => {
    if (!isEnabled || abortUploadDays === undefined || !key.startsWith(filter.prefix ?? '')) return false;
    return dayAfter(initiatedAtMicros, abortUploadDays, dayMicros) <= nowMicros;
  });
}
