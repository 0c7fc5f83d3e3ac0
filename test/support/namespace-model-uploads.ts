/** The multipart half of the oracle: uploads, parts, completion and their listings, in plain maps and sorts. */
import { createHash } from 'node:crypto';
import type { UploadsQuery } from '../../src/core/listing-queries.ts';
import type { Checksum, ChecksumAlgorithm, ChecksumType, ObjectMetadata } from '../../src/core/model.ts';
import type { CompletedPart, ReadConditions, WriteConditions } from '../../src/core/object-store.ts';
import { md5Hex, naiveChecksum } from './naive-checksums.ts';
import {
  assertCopyConditions,
  commonPrefixOf,
  compareBytes,
  isAfter,
  type ModelBucket,
  type ModelPiece,
  type ModelUpload,
  type ModelVersion,
  type NamespaceModel,
  Refusal,
} from './namespace-model.ts';

const PART_NUMBER_MAX = 10_000;
const REMEMBERED_MICROS = 24 * 3_600 * 1_000_000;

export interface CompletionInput {
  readonly uploadId: string;
  readonly parts: readonly CompletedPart[];
  readonly checksum?: { readonly algorithm: ChecksumAlgorithm; readonly value: string } | undefined;
  readonly objectSize?: number | undefined;
  readonly conditions: WriteConditions;
}

/** SHA digests cannot be combined, CRC64NVME always is; the other two may be either. */
export function checksumTypeOf(algorithm: ChecksumAlgorithm, asked: ChecksumType | undefined): ChecksumType {
  const fixed: Partial<Record<ChecksumAlgorithm, ChecksumType>> = {
    SHA1: 'COMPOSITE',
    SHA256: 'COMPOSITE',
    CRC64NVME: 'FULL_OBJECT',
  };
  const only = fixed[algorithm];
  if (only !== undefined && asked !== undefined && asked !== only) throw new Refusal('ChecksumTypeMismatch');
  return asked ?? only ?? 'COMPOSITE';
}

export class UploadsModel {
  readonly namespace: NamespaceModel;

  constructor(namespace: NamespaceModel) {
    this.namespace = namespace;
  }

  create(
    bucket: ModelBucket,
    key: string,
    input: {
      readonly owner: string;
      readonly initiator: string;
      readonly metadata: ObjectMetadata;
      readonly algorithm?: ChecksumAlgorithm | undefined;
      readonly type?: ChecksumType | undefined;
    },
  ): ModelUpload {
    this.namespace.assertExists(bucket);
    const upload: ModelUpload = {
      publicId: undefined,
      key,
      owner: input.owner,
      initiator: input.initiator,
      metadata: input.metadata,
      parts: new Map(),
      ...(input.algorithm === undefined
        ? {}
        : { algorithm: input.algorithm, type: checksumTypeOf(input.algorithm, input.type) }),
    };
    bucket.uploads.push(upload);
    return upload;
  }

  uploadPart(
    bucket: ModelBucket,
    key: string,
    uploadId: string,
    partNumber: number,
    input: { readonly bytes: Buffer; readonly algorithm?: ChecksumAlgorithm | undefined },
  ): ModelPiece {
    this.namespace.assertExists(bucket);
    assertPartNumber(partNumber);
    const upload = this.open(bucket, key, uploadId);
    if (
      upload.algorithm !== undefined &&
      input.algorithm !== undefined &&
      input.algorithm !== upload.algorithm
    ) {
      throw new Refusal('ChecksumTypeMismatch');
    }
    return this.keepPart(upload, partNumber, input.bytes, upload.algorithm ?? input.algorithm);
  }

  uploadPartCopy(
    source: {
      readonly bucket: ModelBucket;
      readonly key: string;
      readonly versionId: string | undefined;
      readonly conditions: ReadConditions;
      readonly range: { readonly start: number; readonly end: number } | undefined;
    },
    target: {
      readonly bucket: ModelBucket;
      readonly key: string;
      readonly uploadId: string;
      readonly partNumber: number;
    },
  ): ModelPiece {
    this.namespace.assertExists(target.bucket);
    assertPartNumber(target.partNumber);
    const upload = this.open(target.bucket, target.key, target.uploadId);
    const found = this.namespace.find(source.bucket, source.key, source.versionId);
    assertCopyConditions(found, source.conditions);
    const { range } = source;
    if (range !== undefined && (range.start > range.end || range.end >= found.bytes.length)) {
      throw new Refusal('InvalidCopySourceRange');
    }
    const bytes = range === undefined ? found.bytes : found.bytes.subarray(range.start, range.end + 1);
    return this.keepPart(upload, target.partNumber, bytes, upload.algorithm);
  }

  complete(bucket: ModelBucket, key: string, input: CompletionInput): ModelVersion {
    this.namespace.assertExists(bucket);
    assertList(input.parts);
    const upload = this.known(bucket, key, input.uploadId);
    const request = JSON.stringify(
      input.parts.map((part) => [part.partNumber, part.etag.replaceAll('"', '')]),
    );
    if (upload.completed !== undefined) return this.repeat(bucket, key, upload, request);
    const parts = this.selectParts(upload, input);
    const checksum = completedChecksum(upload, parts);
    if (input.checksum !== undefined) assertWholeChecksum(input.checksum, checksum, parts);
    this.namespace.assertWritable(bucket, key, input.conditions);
    const version = this.namespace.place(bucket, key, {
      bytes: Buffer.concat(parts.map((part) => part.bytes)),
      etagMd5: createHash('md5')
        .update(Buffer.concat(parts.map((part) => Buffer.from(md5Hex(part.bytes), 'hex'))))
        .digest('hex'),
      parts,
      metadata: upload.metadata,
      owner: upload.owner,
      ...(checksum === undefined ? {} : { checksum }),
    });
    upload.completed = { request, version, atMicros: this.namespace.nowMicros };
    return version;
  }

  abort(bucket: ModelBucket, key: string, uploadId: string): void {
    this.namespace.assertExists(bucket);
    const upload = this.open(bucket, key, uploadId);
    bucket.uploads.splice(bucket.uploads.indexOf(upload), 1);
  }

  listParts(bucket: ModelBucket, key: string, uploadId: string, after: number, limit: number) {
    this.namespace.assertExists(bucket);
    const upload = this.open(bucket, key, uploadId);
    const parts = [...upload.parts.values()]
      .filter((part) => part.partNumber > after)
      .sort((left, right) => left.partNumber - right.partNumber);
    return { parts: parts.slice(0, limit), isTruncated: limit > 0 && parts.length > limit };
  }

  listUploads(bucket: ModelBucket, query: UploadsQuery) {
    this.namespace.assertExists(bucket);
    const entries: ({ upload: ModelUpload } | { prefix: string })[] = [];
    const open = bucket.uploads.filter((upload) => upload.completed === undefined);
    const marked = open.findIndex((upload) => upload.publicId === query.uploadIdMarker);
    for (const upload of open.toSorted((left, right) => compareBytes(left.key, right.key))) {
      if (!upload.key.startsWith(query.prefix)) continue;
      const prefix = commonPrefixOf(upload.key, query);
      const isBehindUpload =
        prefix === undefined &&
        query.keyMarker !== '' &&
        upload.key === query.keyMarker &&
        query.uploadIdMarker !== '' &&
        open.indexOf(upload) > marked;
      if (!isBehindUpload && !isAfter(prefix ?? upload.key, query.keyMarker)) continue;
      const last = entries.at(-1);
      if (prefix === undefined) entries.push({ upload });
      else if (!(last !== undefined && 'prefix' in last && last.prefix === prefix)) entries.push({ prefix });
    }
    const page = entries.slice(0, query.limit);
    return {
      uploads: page.flatMap((entry) => ('upload' in entry ? [entry.upload] : [])),
      prefixes: page.flatMap((entry) => ('prefix' in entry ? [entry.prefix] : [])),
      isTruncated: query.limit > 0 && entries.length > query.limit,
    };
  }

  private known(bucket: ModelBucket, key: string, uploadId: string): ModelUpload {
    const upload = bucket.uploads.find((other) => other.publicId === uploadId && other.key === key);
    if (upload === undefined) throw new Refusal('NoSuchUpload');
    return upload;
  }

  private open(bucket: ModelBucket, key: string, uploadId: string): ModelUpload {
    const upload = this.known(bucket, key, uploadId);
    if (upload.completed !== undefined) throw new Refusal('NoSuchUpload');
    return upload;
  }

  private keepPart(
    upload: ModelUpload,
    partNumber: number,
    bytes: Buffer,
    algorithm: ChecksumAlgorithm | undefined,
  ): ModelPiece {
    const part: ModelPiece = {
      partNumber,
      bytes,
      ...(algorithm === undefined
        ? {}
        : { checksumAlgorithm: algorithm, checksumValue: naiveChecksum(algorithm, bytes) }),
    };
    upload.parts.set(partNumber, part);
    return part;
  }

  /** Within a day, the same list gets the same answer while the version that it made exists. */
  private repeat(bucket: ModelBucket, key: string, upload: ModelUpload, request: string): ModelVersion {
    const completed = upload.completed!;
    const isKept = bucket.keys.get(key)?.includes(completed.version) ?? false;
    const isRemembered = this.namespace.nowMicros - completed.atMicros < REMEMBERED_MICROS;
    if (completed.request !== request || !isKept || !isRemembered) throw new Refusal('NoSuchUpload');
    return completed.version;
  }

  private selectParts(upload: ModelUpload, input: CompletionInput): ModelPiece[] {
    const parts = input.parts.map((named) => {
      const part = upload.parts.get(named.partNumber);
      if (part === undefined || md5Hex(part.bytes) !== named.etag.replaceAll('"', ''))
        throw new Refusal('InvalidPart');
      if (
        named.checksum !== undefined &&
        (named.checksum.algorithm !== part.checksumAlgorithm || named.checksum.value !== part.checksumValue)
      ) {
        throw new Refusal('InvalidPart');
      }
      return part;
    });
    if (parts.slice(0, -1).some((part) => part.bytes.length < this.namespace.settings.partBytesMin)) {
      throw new Refusal('PartTooSmall');
    }
    const size = parts.reduce((sum, part) => sum + part.bytes.length, 0);
    if (input.objectSize !== undefined && input.objectSize !== size) throw new Refusal('ObjectSizeMismatch');
    return parts;
  }
}

function assertList(parts: readonly CompletedPart[]): void {
  if (parts.length === 0) throw new Refusal('NoParts');
  let last = 0;
  for (const { partNumber } of parts) {
    assertPartNumber(partNumber);
    if (partNumber <= last) throw new Refusal('InvalidPartOrder');
    last = partNumber;
  }
}

function assertPartNumber(partNumber: number): void {
  if (partNumber < 1 || partNumber > PART_NUMBER_MAX) throw new Refusal('InvalidPartNumber');
}

function completedChecksum(upload: ModelUpload, parts: readonly ModelPiece[]): Checksum | undefined {
  if (upload.algorithm === undefined || upload.type === undefined) return undefined;
  const bytes =
    upload.type === 'FULL_OBJECT'
      ? Buffer.concat(parts.map((part) => part.bytes))
      : Buffer.concat(parts.map((part) => Buffer.from(part.checksumValue!, 'base64')));
  return { algorithm: upload.algorithm, type: upload.type, value: naiveChecksum(upload.algorithm, bytes) };
}

/** A composite value may carry its `-N`. */
function assertWholeChecksum(
  given: { readonly algorithm: ChecksumAlgorithm; readonly value: string },
  stored: Checksum | undefined,
  parts: readonly ModelPiece[],
): void {
  if (given.algorithm !== stored?.algorithm) throw new Refusal('ChecksumTypeMismatch');
  const expected = stored.value;
  const suffix = stored.type === 'COMPOSITE' ? `-${parts.length}` : '';
  if (given.value !== expected && given.value !== expected + suffix) throw new Refusal('BadChecksum');
}
