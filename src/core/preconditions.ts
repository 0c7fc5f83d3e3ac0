/**
 * Conditional requests, as RFC 9110, section 13, and AWS have them. ETags are compared without quotes, `-N` included; an
 * object in several pieces has two, as S3 and as Swift show it, and both are its own.
 * Dates are compared as they are shown: in whole seconds, LastModified rounded up, so that a client that sends back what it
 * was shown finds its copy current.
 */
import { CoreError } from './core-errors.ts';
import { shownFacts, type VersionRecord } from './metadata-records.ts';
import { type Composition, etagOf, type ObjectVersion } from './model.ts';
import type { EtagList, ReadConditions, WriteConditions } from './object-store.ts';

type Compared = Pick<VersionRecord, 'etagMd5' | 'partCount' | 'segmented' | 'lastModifiedMicros' | 'size'> & {
  readonly composition?: Composition | undefined;
};

/** What a condition says: go on; the reader's copy is current; or the header (lower case) that does not hold. */
export type ReadVerdict =
  | { readonly kind: 'proceed' }
  | { readonly kind: 'not-modified'; readonly condition: 'if-none-match' | 'if-modified-since' }
  | { readonly kind: 'failed'; readonly condition: 'if-match' | 'if-unmodified-since' };

const PROCEED: ReadVerdict = { kind: 'proceed' };

/** Precedence of RFC 9110, section 13.2.2: a date is only looked at when no ETag was given beside it. */
export function judgeRead(conditions: ReadConditions, version: Compared): ReadVerdict {
  const { ifMatch, ifNoneMatch, ifModifiedSinceMicros, ifUnmodifiedSinceMicros } = conditions;
  if (ifMatch !== undefined) {
    if (!matches(ifMatch, version)) return { kind: 'failed', condition: 'if-match' };
  } else if (ifUnmodifiedSinceMicros !== undefined && isModifiedSince(version, ifUnmodifiedSinceMicros)) {
    return { kind: 'failed', condition: 'if-unmodified-since' };
  }
  if (ifNoneMatch !== undefined) {
    if (matches(ifNoneMatch, version)) return { kind: 'not-modified', condition: 'if-none-match' };
  } else if (ifModifiedSinceMicros !== undefined && !isModifiedSince(version, ifModifiedSinceMicros)) {
    return { kind: 'not-modified', condition: 'if-modified-since' };
  }
  return PROCEED;
}

/** Throws PreconditionFailed or NotModified. */
export function checkReadConditions(conditions: ReadConditions, version: Compared): void {
  const verdict = judgeRead(conditions, version);
  if (verdict.kind === 'proceed') return;
  if (verdict.kind === 'failed') throw new CoreError('PreconditionFailed', { condition: verdict.condition });
  throw new CoreError('NotModified', {
    etag: etagOf(toShown(version)),
    lastModifiedMicros: version.lastModifiedMicros,
  });
}

export function hasWriteConditions(conditions: WriteConditions): boolean {
  return (
    conditions.ifMatch !== undefined ||
    conditions.ifNoneMatch !== undefined ||
    conditions.ifMatchLastModifiedMicros !== undefined ||
    conditions.ifMatchSize !== undefined
  );
}

/**
 * `current`: the current object; undefined when the key has none. Throws PreconditionFailed, and ConditionNeedsObject when an
 * ETag is named for a key without object. Size and date of an absent object hold (AWS: "matches or the object doesn't
 * exist"); when a delete marker stands there, `marker`, they are compared with its own.
 */
export function checkWriteConditions(
  conditions: WriteConditions,
  key: string,
  current: Compared | undefined,
  marker?: Compared,
): void {
  const { ifMatch, ifNoneMatch, ifMatchLastModifiedMicros, ifMatchSize } = conditions;
  if (ifMatch !== undefined && current === undefined) throw new CoreError('ConditionNeedsObject', { key });
  if (current !== undefined) {
    if (ifMatch !== undefined && !matches(ifMatch, current)) throw failed('if-match');
    if (ifNoneMatch !== undefined && matches(ifNoneMatch, current)) throw failed('if-none-match');
  }
  const stored = current ?? marker;
  if (stored === undefined) return;
  if (
    ifMatchLastModifiedMicros !== undefined &&
    shownSecond(stored) !== wholeSecond(ifMatchLastModifiedMicros)
  ) {
    throw failed('x-amz-if-match-last-modified-time');
  }
  if (ifMatchSize !== undefined && ifMatchSize !== toShown(stored).size) throw failed('x-amz-if-match-size');
}

function failed(condition: string): CoreError {
  return new CoreError('PreconditionFailed', { condition });
}

function matches(etags: EtagList, version: Compared): boolean {
  if (etags === '*') return true;
  const joinedMd5 = version.segmented?.joinedMd5;
  return etags.includes(etagOf(toShown(version))) || (joinedMd5 !== undefined && etags.includes(joinedMd5));
}

function toShown(version: Compared): Pick<ObjectVersion, 'etagMd5' | 'partCount' | 'composition' | 'size'> {
  const { partCount } = version;
  return { ...shownFacts(version), ...(partCount === undefined ? undefined : { partCount }) };
}

function isModifiedSince(version: Compared, sinceMicros: number): boolean {
  return shownSecond(version) > wholeSecond(sinceMicros);
}

function shownSecond(version: Compared): number {
  return Math.ceil(version.lastModifiedMicros / 1_000_000);
}

/** The date of a client, which may have been cut from a more precise LastModified (a listing shows milliseconds). */
function wholeSecond(micros: number): number {
  return Math.ceil(micros / 1_000_000);
}
