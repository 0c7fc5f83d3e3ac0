/**
 * Carries out lifecycle rules: what is due in a bucket is looked for once a day, after midnight UTC, and when its rules have
 * changed, slice by slice. What a rule is about is judged again in the commit that removes it, and a protected version
 * is never removed. Where a pass has come to is forgotten when the process ends: the next one begins anew.
 */
import { type BucketRecord, decodeBucket, toBucket } from '../bucket-records.ts';
import type { CoreContext } from '../core-context.ts';
import { CoreError } from '../core-errors.ts';
import type { FoundVersion } from '../find-version.ts';
import {
  dueByRule,
  isMarkerDue,
  isNoncurrentDue,
  isUploadDue,
  type LifecycleRule,
  lifecycleOf,
  lifecycleTextOf,
} from '../lifecycle/lifecycle-rules.ts';
import { keyAfter, parseBucketId, rangeOfSpace, space } from '../metadata-keys.ts';
import type { VersionRecord } from '../metadata-records.ts';
import type { Bucket, BucketId, ObjectVersion } from '../model.ts';
import { abortUpload } from '../operations/abort-upload.ts';
import { type ExpiryVerdict, expireVersion } from '../operations/expire-version.ts';
import { listUploads } from '../operations/list-uploads.ts';
import { listVersions } from '../operations/list-versions.ts';
import type { Job } from './job.ts';

const BUCKETS_PER_STEP = 500;
const VERSIONS_PER_STEP = 200;
const UPLOADS_PER_STEP = 200;
/** How often is looked for buckets whose rules have to be carried out: so many times a day. */
const LOOKS_PER_DAY = 1440;
const LOOK_MICROS_MIN = 1_000_000;

export function createApplyLifecycle(context: CoreContext): Job {
  const pass = new LifecyclePass(context);
  return { name: 'apply-lifecycle', step: () => pass.step() };
}

/** Where the walk through the versions of a bucket stands. */
interface Walk {
  readonly bucket: Bucket;
  readonly rules: readonly LifecycleRule[];
  keyMarker: string;
  versionIdMarker: string;
  /** The version before, in the order latest first. */
  previous: ObjectVersion | undefined;
  /** Noncurrent versions of its key so far. */
  noncurrentCount: number;
  uploads: { readonly keyMarker: string; readonly uploadIdMarker: string } | undefined | 'not-yet';
}

class LifecyclePass {
  readonly #context: CoreContext;
  /** Day and rules that a bucket was last walked for. */
  readonly #done = new Map<BucketId, string>();
  readonly #waiting: Bucket[] = [];
  #walk: Walk | undefined;
  #lookFrom: Buffer | undefined;
  #nextLookMicros = 0;

  constructor(context: CoreContext) {
    this.#context = context;
  }

  async step(): Promise<boolean> {
    this.#context.metadata.refresh();
    if (this.#walk !== undefined) return this.#goOn(this.#walk);
    const bucket = this.#waiting.shift();
    if (bucket !== undefined) {
      this.#walk = walkOf(bucket);
      return true;
    }
    return this.#look();
  }

  /** Buckets that have rules, and were not walked for them today. */
  async #look(): Promise<boolean> {
    const { clock, settings, metadata } = this.#context;
    const nowMicros = clock.nowMicros();
    if (this.#lookFrom === undefined && nowMicros < this.#nextLookMicros) return false;
    const { start, end } = rangeOfSpace(space.bucket);
    const rows = await metadata.scan({ start: this.#lookFrom ?? start, end }, BUCKETS_PER_STEP);
    const day = Math.floor(nowMicros / settings.lifecycleDayMicros);
    for (const row of rows) {
      const record: BucketRecord = decodeBucket(row.value);
      const text = lifecycleTextOf(record);
      const id = parseBucketId(row.key);
      const stamp = `${day} ${text}`;
      if (text === undefined || record.state !== 'active') this.#done.delete(id);
      else if (this.#done.get(id) !== stamp) {
        this.#done.set(id, stamp);
        this.#waiting.push(toBucket(id, row.version, record));
      }
    }
    const last = rows[rows.length - 1];
    if (last !== undefined && rows.length === BUCKETS_PER_STEP) {
      this.#lookFrom = keyAfter(last.key);
      return true;
    }
    this.#lookFrom = undefined;
    const pause = settings.lifecycleDayMicros / LOOKS_PER_DAY;
    this.#nextLookMicros = nowMicros + Math.max(LOOK_MICROS_MIN, pause);
    return this.#waiting.length > 0;
  }

  async #goOn(walk: Walk): Promise<boolean> {
    try {
      const isMore =
        walk.uploads === 'not-yet' ? await this.#walkVersions(walk) : await this.#walkUploads(walk);
      if (!isMore) this.#walk = undefined;
    } catch (error) {
      // With its bucket all that its rules were about has gone.
      if (!(error instanceof CoreError && error.code === 'NoSuchBucket')) throw error;
      this.#walk = undefined;
    }
    return true;
  }

  async #walkVersions(walk: Walk): Promise<boolean> {
    const { keyMarker, versionIdMarker } = walk;
    const limit = VERSIONS_PER_STEP;
    const query = { prefix: commonPrefix(walk.rules), delimiter: '', keyMarker, versionIdMarker, limit };
    const page = await listVersions(this.#context, walk.bucket, query);
    for (const [index, version] of page.versions.entries()) {
      await this.#judge(walk, version, page.versions[index + 1]);
    }
    walk.keyMarker = page.nextKeyMarker ?? '';
    walk.versionIdMarker = page.nextVersionIdMarker ?? '';
    if (!page.isTruncated) walk.uploads = { keyMarker: '', uploadIdMarker: '' };
    return true;
  }

  /** `next`: the version after it in the listing, if this page has it. */
  async #judge(walk: Walk, version: ObjectVersion, next: ObjectVersion | undefined): Promise<void> {
    const { bucket, rules } = walk;
    const { key } = version;
    const { clock, settings } = this.#context;
    const [nowMicros, dayMicros] = [clock.nowMicros(), settings.lifecycleDayMicros];
    const before = walk.previous?.key === key ? walk.previous : undefined;
    walk.previous = version;
    if (version.isLatest || before === undefined) {
      walk.noncurrentCount = 0;
      if (version.isDeleteMarker) {
        const marker = { createdAtMicros: version.sequence };
        // The last of a page may have older ones on the next: the commit looks for them.
        const mayBeAlone = next?.key !== key;
        if (mayBeAlone && isMarkerDue(rules, key, marker, nowMicros, dayMicros)) {
          await this.#removeMarker(bucket, version);
        }
      } else if (isCurrentDue(rules, key, version, nowMicros, dayMicros)) {
        await this.#expireCurrent(bucket, rules, version);
      }
      return;
    }
    const noncurrent = {
      size: version.size,
      metadata: version.metadata,
      sinceMicros: before.sequence,
      newerCount: walk.noncurrentCount,
    };
    walk.noncurrentCount += 1;
    if (!isNoncurrentDue(rules, key, noncurrent, nowMicros, dayMicros)) return;
    const { sequence } = version;
    await expireVersion(this.#context, { bucket, key, sequence }, ({ isLatest }) =>
      isLatest ? 'keep' : 'remove',
    );
  }

  async #expireCurrent(
    bucket: Bucket,
    rules: readonly LifecycleRule[],
    { key, sequence }: ObjectVersion,
  ): Promise<void> {
    const { clock, settings } = this.#context;
    await expireVersion(
      this.#context,
      { bucket, key, sequence },
      ({ record, isLatest }, _hasOlder, current) => {
        if (!isLatest || !isCurrentDue(rules, key, record, clock.nowMicros(), settings.lifecycleDayMicros)) {
          return 'keep';
        }
        return current.versioning === 'unversioned' ? 'remove' : 'mark';
      },
    );
  }

  async #removeMarker(bucket: Bucket, { key, sequence }: ObjectVersion): Promise<void> {
    const judge = ({ isLatest }: FoundVersion, hasOlder: boolean): ExpiryVerdict =>
      isLatest && !hasOlder ? 'remove' : 'keep';
    await expireVersion(this.#context, { bucket, key, sequence }, judge);
  }

  async #walkUploads(walk: Walk): Promise<boolean> {
    const { bucket, rules, uploads } = walk;
    if (uploads === undefined || uploads === 'not-yet') return false;
    if (rules.every(({ abortUploadDays }) => abortUploadDays === undefined)) return false;
    const { clock, settings } = this.#context;
    const query = { prefix: commonPrefix(rules), delimiter: '', ...uploads, limit: UPLOADS_PER_STEP };
    const page = await listUploads(this.#context, bucket, query);
    for (const { key, uploadId, initiatedAtMicros } of page.uploads) {
      const isDue = isUploadDue(
        rules,
        key,
        initiatedAtMicros,
        clock.nowMicros(),
        settings.lifecycleDayMicros,
      );
      if (isDue) await this.#abort(bucket, key, uploadId);
    }
    const { nextKeyMarker = '', nextUploadIdMarker = '' } = page;
    walk.uploads = page.isTruncated
      ? { keyMarker: nextKeyMarker, uploadIdMarker: nextUploadIdMarker }
      : undefined;
    return page.isTruncated;
  }

  async #abort(bucket: Bucket, key: string, uploadId: string): Promise<void> {
    try {
      await abortUpload(this.#context, bucket, key, uploadId);
    } catch (error) {
      // Somebody else has ended it.
      if (!(error instanceof CoreError && error.code === 'NoSuchUpload')) throw error;
    }
  }
}

function walkOf(bucket: Bucket): Walk {
  return {
    bucket,
    rules: lifecycleOf(bucket),
    keyMarker: '',
    versionIdMarker: '',
    previous: undefined,
    noncurrentCount: 0,
    uploads: 'not-yet',
  };
}

function isCurrentDue(
  rules: readonly LifecycleRule[],
  key: string,
  { size, metadata, sequence }: Pick<VersionRecord, 'size' | 'metadata' | 'sequence'>,
  nowMicros: number,
  dayMicros: number,
): boolean {
  const version = { size, metadata, createdAtMicros: sequence };
  return rules.some(
    (rule) => (dueByRule(rule, key, version, dayMicros) ?? Number.POSITIVE_INFINITY) <= nowMicros,
  );
}

/** What all enabled rules are about, so that nothing else is read. */
function commonPrefix(rules: readonly LifecycleRule[]): string {
  const prefixes = rules.filter(({ isEnabled }) => isEnabled).map(({ filter }) => filter.prefix ?? '');
  let common = prefixes[0] ?? '';
  for (const prefix of prefixes) {
    while (!prefix.startsWith(common)) common = common.slice(0, -1);
  }
  // Half of a surrogate pair is no text.
  return /[\ud800-\udbff]$/.test(common) ? common.slice(0, -1) : common;
}
