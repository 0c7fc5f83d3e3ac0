/**
 * The oracle: the whole namespace in plain maps, arrays and sorts, written from the S3 documentation and from the
 * comments in `src/core/object-store.ts`, not from the core's code. Slow and obvious on purpose.
 *
 * Names that only the server can choose (version ids, upload ids) are unknown to the model. A version or upload that
 * it makes carries `publicId: undefined` until the test writes there what the server answered.
 */
import type {
  Checksum,
  ChecksumAlgorithm,
  ListingItem,
  ListingPage,
  ListingQuery,
  ObjectMetadata,
  VersioningState,
} from '../../src/core/model.ts';
import type {
  EtagList,
  RangeRequest,
  ReadConditions,
  VersioningChange,
  WriteConditions,
} from '../../src/core/object-store.ts';
import { md5Hex, naiveChecksum } from './naive-checksums.ts';

export interface ModelPiece {
  readonly partNumber: number;
  readonly bytes: Buffer;
  /** Of the upload's algorithm; of the client's own when the upload has none. */
  readonly checksumAlgorithm?: ChecksumAlgorithm;
  readonly checksumValue?: string;
}

export interface ModelVersion {
  publicId: string | undefined;
  readonly isNull: boolean;
  readonly isDeleteMarker: boolean;
  readonly bytes: Buffer;
  readonly etagMd5: string;
  readonly parts?: readonly ModelPiece[];
  readonly checksum?: Checksum;
  readonly metadata: ObjectMetadata;
  readonly owner: string;
  readonly writtenAtMicros: number;
  readonly lock?: ModelLock;
}

/** What keeps a version: until a moment, unless a governance retention is bypassed, and while a hold is on. */
export interface ModelLock {
  readonly mode?: 'governance' | 'compliance';
  readonly untilMicros?: number;
  readonly legalHold?: boolean;
}

export interface ModelUpload {
  publicId: string | undefined;
  readonly key: string;
  readonly owner: string;
  readonly initiator: string;
  readonly metadata: ObjectMetadata;
  readonly algorithm?: ChecksumAlgorithm;
  readonly type?: 'FULL_OBJECT' | 'COMPOSITE';
  readonly parts: Map<number, ModelPiece>;
  completed?: { readonly request: string; readonly version: ModelVersion; readonly atMicros: number };
}

export interface ModelBucket {
  readonly name: string;
  readonly account: string;
  readonly place: string;
  versioning: VersioningState;
  documents: Record<string, string>;
  /** Undefined: versions cannot be locked. 0: not by default. Days, in mode compliance. */
  lockDays?: number;
  /** Newest first; a key without versions is absent. */
  readonly keys: Map<string, ModelVersion[]>;
  /** In order of initiation; aborted ones are taken out, completed ones stay. */
  readonly uploads: ModelUpload[];
}

/** What the model answers instead of a result. */
export class Refusal extends Error {
  readonly code: string;
  readonly condition: string | undefined;
  constructor(code: string, condition?: string) {
    super(code);
    this.code = code;
    this.condition = condition;
  }
}

const DAY_MICROS = 86_400_000_000;

export const EMPTY_METADATA: ObjectMetadata = {
  system: { contentType: 'application/octet-stream' },
  user: {},
  documents: {},
};

/** Byte order of UTF-8, which is not the order of JavaScript strings. */
export function compareBytes(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}

export function etagOfModel(version: ModelVersion): string {
  return version.parts === undefined ? version.etagMd5 : `${version.etagMd5}-${version.parts.length}`;
}

export interface ModelSettings {
  readonly claimCoolDownMicros: number;
  readonly partBytesMin: number;
}

export class NamespaceModel {
  readonly settings: ModelSettings;
  nowMicros = 0;
  readonly buckets: ModelBucket[] = [];
  readonly freedClaims = new Map<string, { readonly account: string; readonly untilMicros: number }>();

  constructor(settings: ModelSettings) {
    this.settings = settings;
  }

  createBucket(account: string, place: string, name: string, lockDays?: number): ModelBucket {
    const holder = this.buckets.find((bucket) => bucket.name === name);
    if (holder?.account === account) throw new Refusal('BucketAlreadyOwned');
    if (holder !== undefined) throw new Refusal('BucketNameTaken');
    const freed = this.freedClaims.get(name);
    if (freed !== undefined && freed.account !== account && freed.untilMicros > this.nowMicros) {
      throw new Refusal('BucketNameTaken');
    }
    this.freedClaims.delete(name);
    const bucket: ModelBucket = {
      name,
      account,
      place,
      versioning: 'unversioned',
      documents: {},
      ...(lockDays === undefined ? {} : { lockDays }),
      keys: new Map(),
      uploads: [],
    };
    this.buckets.push(bucket);
    return bucket;
  }

  findBucket(place: string, name: string): ModelBucket {
    const found = this.buckets.find((bucket) => bucket.name === name && bucket.place === place);
    if (found === undefined) throw new Refusal('NoSuchBucket');
    return found;
  }

  listBuckets(account: string): string[] {
    return this.buckets
      .filter((bucket) => bucket.account === account)
      .map((bucket) => bucket.name)
      .sort(compareBytes);
  }

  deleteBucket(bucket: ModelBucket): void {
    this.assertExists(bucket);
    if (bucket.keys.size > 0) throw new Refusal('BucketNotEmpty');
    this.buckets.splice(this.buckets.indexOf(bucket), 1);
    this.freedClaims.set(bucket.name, {
      account: bucket.account,
      untilMicros: this.nowMicros + this.settings.claimCoolDownMicros,
    });
  }

  updateBucket(
    bucket: ModelBucket,
    documents: Readonly<Record<string, string | null>>,
    versioning?: VersioningChange,
  ): void {
    this.assertExists(bucket);
    if (versioning === 'suspended' && bucket.lockDays !== undefined && bucket.versioning !== 'suspended') {
      throw new Refusal('BucketLockRefused');
    }
    for (const [kind, document] of Object.entries(documents)) {
      if (document === null) delete bucket.documents[kind];
      else bucket.documents[kind] = document;
    }
    if (versioning !== undefined) bucket.versioning = versioning;
  }

  putObject(
    bucket: ModelBucket,
    key: string,
    input: {
      readonly bytes: Buffer;
      readonly metadata: ObjectMetadata;
      readonly owner: string;
      readonly checksumAlgorithm?: ChecksumAlgorithm | undefined;
      readonly conditions: WriteConditions;
      readonly lock?: ModelLock | undefined;
    },
  ): ModelVersion {
    this.assertExists(bucket);
    this.assertWritable(bucket, key, input.conditions);
    return this.place(bucket, key, {
      bytes: input.bytes,
      etagMd5: md5Hex(input.bytes),
      metadata: input.metadata,
      owner: input.owner,
      ...(input.lock === undefined ? {} : { lock: input.lock }),
      ...(input.checksumAlgorithm === undefined
        ? {}
        : {
            checksum: {
              algorithm: input.checksumAlgorithm,
              type: 'FULL_OBJECT' as const,
              value: naiveChecksum(input.checksumAlgorithm, input.bytes),
            },
          }),
    });
  }

  /** Puts a version on top by the bucket's versioning state. */
  place(
    bucket: ModelBucket,
    key: string,
    content: Omit<ModelVersion, 'publicId' | 'isNull' | 'isDeleteMarker' | 'writtenAtMicros'>,
    isDeleteMarker = false,
  ): ModelVersion {
    const isNull = bucket.versioning !== 'enabled';
    const versions = bucket.keys.get(key) ?? [];
    if (isNull) for (const version of versions) if (version.isNull) this.assertUnlocked(version);
    const lock = isDeleteMarker ? undefined : this.lockOfNew(bucket, content.lock);
    const version: ModelVersion = {
      ...content,
      ...(lock === undefined ? {} : { lock }),
      publicId: isNull ? 'null' : undefined,
      isNull,
      isDeleteMarker,
      writtenAtMicros: this.nowMicros,
    };
    const kept = versions.filter((older) => !(isNull && older.isNull));
    bucket.keys.set(key, [version, ...kept]);
    return version;
  }

  deleteObject(
    bucket: ModelBucket,
    key: string,
    versionId: string | undefined,
    conditions: WriteConditions,
    bypass = false,
  ): { removed?: ModelVersion; marker?: ModelVersion } {
    this.assertExists(bucket);
    const versions = bucket.keys.get(key) ?? [];
    if (versionId !== undefined) {
      const removed = versions.find((version) => version.publicId === versionId);
      if (Object.keys(conditions).length > 0) assertDeletable(removed, conditions, key);
      if (removed === undefined) return {};
      this.assertUnlocked(removed, bypass);
      this.remove(bucket, key, removed);
      return { removed };
    }
    if (Object.keys(conditions).length > 0) assertDeletable(this.current(bucket, key), conditions, key);
    if (bucket.versioning === 'unversioned') {
      const removed = versions[0];
      if (removed === undefined) return {};
      this.assertUnlocked(removed, bypass);
      this.remove(bucket, key, removed);
      return { removed };
    }
    const content = { bytes: Buffer.alloc(0), etagMd5: '', metadata: EMPTY_METADATA, owner: bucket.account };
    return { marker: this.place(bucket, key, content, true) };
  }

  /** The bucket's default retention, unless the write names its own. */
  lockOfNew({ lockDays = 0 }: ModelBucket, asked: ModelLock | undefined): ModelLock | undefined {
    if (lockDays === 0) return asked;
    return { mode: 'compliance', untilMicros: this.nowMicros + lockDays * DAY_MICROS, ...asked };
  }

  assertUnlocked({ lock }: ModelVersion, bypass = false): void {
    if (lock?.legalHold) throw new Refusal('ObjectProtected');
    if (lock?.untilMicros === undefined || lock.untilMicros <= this.nowMicros) return;
    if (!(bypass && lock.mode === 'governance')) throw new Refusal('ObjectProtected');
  }

  /** Something in a version changes, but not the version. */
  replaceVersion(
    bucket: ModelBucket,
    key: string,
    version: ModelVersion,
    changed: ModelVersion,
  ): ModelVersion {
    const versions = bucket.keys.get(key)!;
    versions[versions.indexOf(version)] = changed;
    for (const upload of bucket.uploads) {
      if (upload.completed?.version === version) upload.completed = { ...upload.completed, version: changed };
    }
    return changed;
  }

  remove(bucket: ModelBucket, key: string, version: ModelVersion): void {
    const rest = (bucket.keys.get(key) ?? []).filter((other) => other !== version);
    if (rest.length === 0) bucket.keys.delete(key);
    else bucket.keys.set(key, rest);
  }

  /** The current object; undefined when there is none or a delete marker is on top. */
  current(bucket: ModelBucket, key: string): ModelVersion | undefined {
    const top = bucket.keys.get(key)?.[0];
    return top?.isDeleteMarker ? undefined : top;
  }

  find(bucket: ModelBucket, key: string, versionId: string | undefined): ModelVersion {
    this.assertExists(bucket);
    if (versionId === undefined) {
      const found = this.current(bucket, key);
      if (found === undefined) throw new Refusal('NoSuchKey');
      return found;
    }
    const found = bucket.keys.get(key)?.find((version) => version.publicId === versionId);
    if (found === undefined) throw new Refusal('NoSuchVersion');
    if (found.isDeleteMarker) throw new Refusal('VersionIsDeleteMarker');
    return found;
  }

  copyObject(
    source: { bucket: ModelBucket; key: string; versionId: string | undefined; conditions: ReadConditions },
    target: {
      readonly bucket: ModelBucket;
      readonly key: string;
      readonly owner: string;
      readonly replacement: ObjectMetadata | undefined;
      readonly checksumAlgorithm?: ChecksumAlgorithm | undefined;
      readonly conditions: WriteConditions;
    },
  ): ModelVersion {
    this.assertExists(target.bucket);
    const found = this.find(source.bucket, source.key, source.versionId);
    assertCopyConditions(found, source.conditions);
    const ontoItself = source.bucket === target.bucket && source.key === target.key;
    if (ontoItself && source.versionId === undefined && target.replacement === undefined) {
      throw new Refusal('CopyOntoItself');
    }
    this.assertWritable(target.bucket, target.key, target.conditions);
    const algorithm = target.checksumAlgorithm;
    const recompute = algorithm !== undefined && algorithm !== found.checksum?.algorithm;
    const checksum = recompute
      ? { algorithm, type: 'FULL_OBJECT' as const, value: naiveChecksum(algorithm, found.bytes) }
      : found.checksum;
    return this.place(target.bucket, target.key, {
      bytes: found.bytes,
      etagMd5: found.etagMd5,
      metadata: target.replacement ?? found.metadata,
      owner: target.owner,
      ...(found.parts === undefined ? {} : { parts: found.parts }),
      ...(checksum === undefined ? {} : { checksum }),
    });
  }

  listObjects(bucket: ModelBucket, query: ListingQuery): ListingPage {
    this.assertExists(bucket);
    const items: ListingItem[] = [];
    for (const key of [...bucket.keys.keys()].sort(compareBytes)) {
      const version = this.current(bucket, key);
      if (version === undefined || !key.startsWith(query.prefix)) continue;
      const prefix = commonPrefixOf(key, query);
      if (!isAfter(prefix ?? key, query.after)) continue;
      const last = items.at(-1);
      if (prefix === undefined) items.push({ kind: 'object', object: listedObjectOf(key, version) });
      else if (!(last?.kind === 'prefix' && last.prefix === prefix)) items.push({ kind: 'prefix', prefix });
    }
    const page = items.slice(0, query.limit);
    const isTruncated = query.limit > 0 && items.length > query.limit;
    const last = page.at(-1);
    if (!isTruncated || last === undefined) return { items: page, isTruncated: false };
    return { items: page, isTruncated, next: last.kind === 'prefix' ? last.prefix : last.object.key };
  }

  usage(bucket: ModelBucket): { objects: number; bytes: number } {
    const versions = [...bucket.keys.values()].flat();
    const objects = [...bucket.keys.keys()].filter((key) => this.current(bucket, key) !== undefined).length;
    return { objects, bytes: versions.reduce((sum, version) => sum + version.bytes.length, 0) };
  }

  /** What a full listing of versions shows, in order. */
  allVersions(bucket: ModelBucket): { key: string; isLatest: boolean; version: ModelVersion }[] {
    this.assertExists(bucket);
    return [...bucket.keys.keys()]
      .sort(compareBytes)
      .flatMap((key) =>
        (bucket.keys.get(key) ?? []).map((version, index) => ({ key, isLatest: index === 0, version })),
      );
  }

  assertExists(bucket: ModelBucket): void {
    if (!this.buckets.includes(bucket)) throw new Refusal('NoSuchBucket');
  }

  assertWritable(bucket: ModelBucket, key: string, conditions: WriteConditions): void {
    const current = this.current(bucket, key);
    if (conditions.ifMatch !== undefined) {
      if (current === undefined) throw new Refusal('ConditionNeedsObject');
      if (!matches(conditions.ifMatch, current)) throw new Refusal('PreconditionFailed', 'if-match');
    }
    if (conditions.ifNoneMatch === '*' && current !== undefined) {
      throw new Refusal('PreconditionFailed', 'if-none-match');
    }
  }
}

function matches(etags: EtagList, version: ModelVersion): boolean {
  return etags === '*' || etags.includes(etagOfModel(version));
}

function assertDeletable(target: ModelVersion | undefined, conditions: WriteConditions, _key: string): void {
  if (target === undefined) throw new Refusal('ConditionNeedsObject');
  if (conditions.ifMatch !== undefined && (target.isDeleteMarker || !matches(conditions.ifMatch, target))) {
    throw new Refusal('PreconditionFailed', 'if-match');
  }
  if (conditions.ifMatchSize !== undefined && conditions.ifMatchSize !== target.bytes.length) {
    throw new Refusal('PreconditionFailed', 'x-amz-if-match-size');
  }
}

/** Conditional reads, in the order of RFC 9110, section 13.2.2; dates in whole seconds, LastModified rounded up. */
export function assertReadConditions(version: ModelVersion, conditions: ReadConditions): void {
  const written = Math.ceil(version.writtenAtMicros / 1_000_000);
  const { ifMatch, ifNoneMatch, ifModifiedSinceMicros, ifUnmodifiedSinceMicros } = conditions;
  if (ifMatch !== undefined) {
    if (!matches(ifMatch, version)) throw new Refusal('PreconditionFailed', 'if-match');
  } else if (ifUnmodifiedSinceMicros !== undefined && written > Math.ceil(ifUnmodifiedSinceMicros / 1e6)) {
    throw new Refusal('PreconditionFailed', 'if-unmodified-since');
  }
  if (ifNoneMatch !== undefined) {
    if (matches(ifNoneMatch, version)) throw new Refusal('NotModified');
  } else if (ifModifiedSinceMicros !== undefined && written <= Math.ceil(ifModifiedSinceMicros / 1e6)) {
    throw new Refusal('NotModified');
  }
}

/** A copy whose source is unmodified fails instead of answering "not modified". */
export function assertCopyConditions(version: ModelVersion, conditions: ReadConditions): void {
  try {
    assertReadConditions(version, conditions);
  } catch (refusal) {
    if (refusal instanceof Refusal && refusal.code === 'NotModified') throw new Refusal('PreconditionFailed');
    throw refusal;
  }
}

/** Inclusive first and last byte of a satisfiable range. */
export function resolveRange(range: RangeRequest, size: number): { start: number; end: number } {
  if (range.kind === 'suffix') {
    if (range.length === 0 || size === 0) throw new Refusal('RangeNotSatisfiable');
    return { start: Math.max(0, size - range.length), end: size - 1 };
  }
  if (range.start >= size) throw new Refusal('RangeNotSatisfiable');
  return { start: range.start, end: Math.min(range.end ?? size - 1, size - 1) };
}

export function commonPrefixOf(
  key: string,
  query: Pick<ListingQuery, 'prefix' | 'delimiter'>,
): string | undefined {
  if (query.delimiter === '') return undefined;
  const at = key.indexOf(query.delimiter, query.prefix.length);
  return at === -1 ? undefined : key.slice(0, at + query.delimiter.length);
}

/** A listing goes on behind a marker; nothing sorts before the empty one. */
export function isAfter(name: string, after: string): boolean {
  return after === '' || compareBytes(name, after) > 0;
}

function listedObjectOf(key: string, version: ModelVersion) {
  return {
    key,
    lastModifiedMicros: version.writtenAtMicros,
    size: version.bytes.length,
    etagMd5: version.etagMd5,
    owner: version.owner,
    ...(version.parts === undefined
      ? {}
      : {
          partCount: version.parts.length,
          joinedMd5: md5Hex(Buffer.from(version.parts.map((part) => md5Hex(part.bytes)).join(''))),
        }),
    ...(version.checksum === undefined
      ? {}
      : { checksumAlgorithm: version.checksum.algorithm, checksumType: version.checksum.type }),
  };
}
