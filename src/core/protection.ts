/**
 * What keeps a version from being destroyed: a retention until a moment, and holds. The rules are pure; whoever destroys or
 * changes a version applies them to the record that its commit checks, so that a lock set in between makes it decide again.
 *
 * One set of rules under three vocabularies:
 * - S3 object lock (Amazon S3 User Guide, "Locking objects with Object Lock"): modes `governance` and `compliance`, a legal
 *   hold that is on or off, a default retention by bucket. Overwriting makes a new version there, so nothing is destroyed.
 * - WORM containers of NHN (nhn-openstack.md, section 20): a default retention in `compliance`, also in buckets without
 *   versions, where overwriting destroys and is therefore refused.
 * - IBM's protection (ibm-cos.md, section 9.7): mode `retention`, bounds by bucket, periods without end, holds by name.
 */
import { CoreError } from './core-errors.ts';
import type {
  Bucket,
  BucketLock,
  DefaultRetention,
  NamedHold,
  ProtectedVersion,
  Protection,
  RetainUntil,
  Retention,
  RetentionMode,
} from './model.ts';

const DAY_MICROS = 86_400_000_000;
/** Of a year in a default retention: what NHN stores for one, and Ceph. AWS does not say. */
const DAYS_PER_YEAR = 365;
/** ibm-cos.md, section 9.7. */
const HOLDS_MAX = 100;

/** Until when, as it was asked for. Seconds. */
export type RetainUntilRequest =
  | { readonly kind: 'at'; readonly micros: number }
  | { readonly kind: 'from-creation'; readonly seconds: number }
  | { readonly kind: 'from-now'; readonly seconds: number }
  /** To the present end of the retention. */
  | { readonly kind: 'added'; readonly seconds: number }
  | { readonly kind: 'indefinite' }
  | { readonly kind: 'permanent' };

export interface RetentionRequest {
  readonly mode: RetentionMode;
  readonly until: RetainUntilRequest;
}

/** What a write asks for; the bucket's default applies to what it leaves open. */
export interface ProtectionRequest {
  readonly retention?: RetentionRequest;
  readonly legalHold?: boolean;
  /** Ids of named holds. */
  readonly holds?: readonly string[];
}

export type ProtectionChange =
  /** Null takes the retention away, where that is allowed. */
  | {
      readonly kind: 'retention';
      readonly retention: RetentionRequest | null;
      readonly bypassGovernance: boolean;
    }
  | { readonly kind: 'legal-hold'; readonly isOn: boolean }
  | { readonly kind: 'add-hold'; readonly id: string }
  | { readonly kind: 'remove-hold'; readonly id: string };

/** Throws ObjectProtected when the version must not be destroyed at that moment. */
export function assertDestroyable(
  version: ProtectedVersion,
  key: string,
  nowMicros: number,
  bypassGovernance = false,
): void {
  const { protection } = version;
  if (protection === undefined) return;
  if (isHeld(protection)) throw new CoreError('ObjectProtected', { key, by: 'hold' });
  const { retention } = protection;
  if (retention === undefined || !isActive(retention, nowMicros)) return;
  if (retention.mode === 'governance' && bypassGovernance) return;
  const { until } = retention;
  throw new CoreError('ObjectProtected', { key, by: 'retention', until });
}

/** Whether anything, also what could be bypassed, keeps it: what expiry by rules goes by. */
export function isProtected({ protection }: ProtectedVersion, nowMicros: number): boolean {
  if (protection === undefined) return false;
  if (isHeld(protection)) return true;
  return protection.retention !== undefined && isActive(protection.retention, nowMicros);
}

function isHeld({ legalHold, holds }: Protection): boolean {
  return legalHold === true || (holds !== undefined && holds.length > 0);
}

function isActive({ until }: Retention, nowMicros: number): boolean {
  return typeof until === 'string' || until > nowMicros;
}

/** What a new version of the bucket begins with. Throws BucketNotLocked and RetentionRefused. */
export function protectionOfNew(
  bucket: Pick<Bucket, 'name' | 'lock'>,
  request: ProtectionRequest | undefined,
  createdAtMicros: number,
  nowMicros: number,
): Protection | undefined {
  const { lock } = bucket;
  if (lock === undefined) {
    if (request === undefined) return undefined;
    throw new CoreError('BucketNotLocked', { name: bucket.name });
  }
  const asked = request?.retention;
  const retention =
    asked === undefined
      ? defaultRetention(lock, createdAtMicros)
      : resolveRetention(lock, asked, { createdAtMicros, nowMicros, current: undefined });
  if (request?.holds !== undefined && request.holds.length > HOLDS_MAX) {
    throw new CoreError('LegalHoldRefused', { reason: 'too-many', id: request.holds[HOLDS_MAX]! });
  }
  const holds = request?.holds?.map((id): NamedHold => ({ id, addedAtMicros: createdAtMicros }));
  const protection: Protection = {
    ...(retention === undefined ? undefined : { retention }),
    ...(request?.legalHold === undefined ? undefined : { legalHold: request.legalHold }),
    ...(holds === undefined || holds.length === 0 ? undefined : { holds }),
  };
  return Object.keys(protection).length === 0 ? undefined : protection;
}

function defaultRetention(lock: BucketLock, createdAtMicros: number): Retention | undefined {
  if (lock.kind === 'protection') {
    return { mode: 'retention', until: createdAtMicros + lock.defaultDays * DAY_MICROS };
  }
  if (lock.default === undefined || lock.default.count === 0) return undefined;
  return { mode: lock.default.mode, until: createdAtMicros + periodDays(lock.default) * DAY_MICROS };
}

/** Of a default retention: a year has 365 days. */
function periodDays({ unit, count }: DefaultRetention): number {
  return unit === 'years' ? count * DAYS_PER_YEAR : count;
}

/** What a version's protection becomes. Throws BucketNotLocked, RetentionRefused, ObjectProtected, LegalHoldRefused. */
export function changeProtection(
  bucket: Pick<Bucket, 'name' | 'lock'>,
  key: string,
  version: ProtectedVersion & { readonly sequence: number },
  change: ProtectionChange,
  nowMicros: number,
): Protection {
  const { lock } = bucket;
  if (lock === undefined) throw new CoreError('BucketNotLocked', { name: bucket.name });
  const protection = version.protection ?? {};
  if (change.kind === 'legal-hold') return { ...protection, legalHold: change.isOn };
  if (change.kind !== 'retention')
    return { ...protection, holds: changeHolds(protection, change, nowMicros) };
  const { retention: current, ...rest } = protection;
  const times = { createdAtMicros: version.sequence, nowMicros, current };
  const next = change.retention === null ? undefined : resolveRetention(lock, change.retention, times);
  if (current !== undefined && isActive(current, nowMicros) && !mayBecome(current, next)) {
    if (current.mode !== 'governance' || !change.bypassGovernance) {
      throw new CoreError('ObjectProtected', { key, by: 'retention', until: current.until });
    }
  }
  return next === undefined ? rest : { ...rest, retention: next };
}

/** Without bypassing anything a retention only ever gets longer. */
function mayBecome(current: Retention, next: Retention | undefined): boolean {
  if (next?.mode !== current.mode) return false;
  if (current.until === 'permanent' || next.until === 'permanent') return next.until === 'permanent';
  // A period without end waits for one to be set (ibm-cos.md, section 9.7).
  if (current.until === 'indefinite' || next.until === 'indefinite') return true;
  return next.until >= current.until;
}

function changeHolds(
  { retention, holds = [] }: Protection,
  change: { readonly kind: 'add-hold' | 'remove-hold'; readonly id: string },
  nowMicros: number,
): readonly NamedHold[] {
  const { id } = change;
  if (retention === undefined) throw new CoreError('LegalHoldRefused', { reason: 'unprotected', id });
  const others = holds.filter((hold) => hold.id !== id);
  if (change.kind === 'remove-hold') {
    if (others.length === holds.length) throw new CoreError('LegalHoldRefused', { reason: 'absent', id });
    return others;
  }
  if (others.length < holds.length) throw new CoreError('LegalHoldRefused', { reason: 'exists', id });
  if (holds.length >= HOLDS_MAX) throw new CoreError('LegalHoldRefused', { reason: 'too-many', id });
  return [...holds, { id, addedAtMicros: nowMicros }];
}

interface RetentionTimes {
  readonly createdAtMicros: number;
  readonly nowMicros: number;
  /** What the version has; undefined while it is being made. */
  readonly current: Retention | undefined;
}

function resolveRetention(
  lock: BucketLock,
  { mode, until: asked }: RetentionRequest,
  times: RetentionTimes,
): Retention {
  const until = resolveUntil(asked, times);
  if (lock.kind === 'object-lock') {
    if (typeof until !== 'number' || until <= times.nowMicros) throw refused('not-in-future');
    return { mode, until };
  }
  if (until === 'permanent' && !lock.allowsPermanent) throw refused('permanent-not-allowed');
  if (typeof until === 'number') assertWithinBounds(lock, until, times);
  return { mode, until };
}

function resolveUntil(
  asked: RetainUntilRequest,
  { createdAtMicros, nowMicros, current }: RetentionTimes,
): RetainUntil {
  switch (asked.kind) {
    case 'at':
      return asked.micros;
    case 'from-creation':
      return createdAtMicros + asked.seconds * 1_000_000;
    case 'from-now':
      return nowMicros + asked.seconds * 1_000_000;
    case 'added':
      if (typeof current?.until !== 'number') throw refused('no-end-to-add-to');
      return current.until + asked.seconds * 1_000_000;
    case 'indefinite':
    case 'permanent':
      return asked.kind;
  }
}

/** A new object's period is bounded on both sides; an extension reaches at most the maximum from now on. */
function assertWithinBounds(
  lock: Extract<BucketLock, { readonly kind: 'protection' }>,
  until: number,
  { createdAtMicros, nowMicros, current }: RetentionTimes,
): void {
  if (current !== undefined) {
    if (until > nowMicros + lock.maximumDays * DAY_MICROS) throw refused('above-maximum');
    return;
  }
  if (until < createdAtMicros + lock.minimumDays * DAY_MICROS) throw refused('below-minimum');
  if (until > createdAtMicros + lock.maximumDays * DAY_MICROS) throw refused('above-maximum');
}

function refused(
  reason: 'not-in-future' | 'below-minimum' | 'above-maximum' | 'permanent-not-allowed' | 'no-end-to-add-to',
): CoreError<'RetentionRefused'> {
  return new CoreError('RetentionRefused', { reason });
}

/**
 * What a bucket's lock may become: it is never taken away, and never becomes of another kind. Throws BucketLockRefused. That
 * a bucket to be protected is empty is for the caller to look.
 */
export function assertLockChange(
  bucket: Pick<Bucket, 'name' | 'lock' | 'versioning'>,
  next: BucketLock,
): void {
  const { name, lock, versioning } = bucket;
  if (lock === undefined) {
    if (next.kind === 'object-lock' && versioning !== 'enabled') {
      throw new CoreError('BucketLockRefused', { name, reason: 'needs-versioning' });
    }
    if (next.kind === 'protection' && versioning !== 'unversioned') {
      throw new CoreError('BucketLockRefused', { name, reason: 'excludes-versioning' });
    }
  } else if (lock.kind !== next.kind) {
    throw new CoreError('BucketLockRefused', { name, reason: 'other-kind' });
  }
  if (next.kind !== 'protection') return;
  const { minimumDays, defaultDays, maximumDays } = next;
  if (minimumDays > defaultDays || defaultDays > maximumDays) {
    throw new CoreError('BucketLockRefused', { name, reason: 'bounds' });
  }
  if (lock?.kind === 'protection' && lock.allowsPermanent && !next.allowsPermanent) {
    throw new CoreError('BucketLockRefused', { name, reason: 'permanent-stays' });
  }
}
