/**
 * The record of one version: value of the spaces `head`, `tombstone` and `older`, the same bytes in all three. What stands
 * where in it: `version-layout.ts`.
 */
import { type Body, bodyBytes, readBody, writeBody } from './body-records.ts';
import { readUint64, writeUint64 } from './metadata-keys.ts';
import type {
  AccountId,
  Checksum,
  ChecksumAlgorithm,
  ChecksumType,
  Composition,
  ListedObject,
  ObjectMetadata,
  ObjectVersion,
  ProtectedVersion,
  Protection,
  SystemMetadata,
  VersionId,
} from './model.ts';
import { encodeOpaqueId } from './opaque-ids.ts';
import { checkFormat } from './record-format.ts';
import {
  bodyStartOf,
  checksumStartFor,
  checksumStartOf,
  EXPIRY_BYTES,
  expiryOfValue,
  FLAG_DELETE_MARKER,
  FLAG_EXPIRES,
  FLAG_NULL_VERSION,
  FLAG_PROTECTED,
  FLAG_SEGMENTED,
  FLAGS_OF_FORMAT_2,
  hasNullNonce,
  isNullVersionValue,
  ownerOfValue,
  PREFIX_BYTES,
  SEGMENTED_BYTES,
  VERSION_FORMAT,
} from './version-layout.ts';

export interface VersionRecord extends ProtectedVersion {
  readonly isDeleteMarker: boolean;
  /** Written while versioning was not enabled: its version id is `null`. */
  readonly isNullVersion: boolean;
  readonly size: number;
  readonly sequence: number;
  readonly lastModifiedMicros: number;
  readonly etagMd5: string;
  readonly partCount?: number;
  readonly checksum?: Checksum;
  readonly owner: AccountId;
  /** 24 hexadecimal characters that make the version id unique; `NULL_NONCE` for the null version. */
  readonly nonce: string;
  /**
   * In a current version: sequence of the null version among the older ones, 0 when there is none. Without meaning in
   * older versions.
   */
  readonly nullSequence: number;
  /** How the object gets its bytes from other objects; `size`, `etagMd5` and `body` are then those of what is stored here. */
  readonly composition?: Composition;
  /** Of an object with parts, or composed of segments. */
  readonly segmented?: SegmentedFacts;
  readonly body: Body;
  readonly metadata: ObjectMetadata;
  /** From this moment on the version is not there, whoever asks. */
  readonly expiresAtMicros?: number;
}

/** What is known of an object in several pieces as a whole. */
export interface SegmentedFacts {
  /** Bytes of all of them. */
  readonly size: number;
  /** MD5 of their hexadecimal MD5s, joined as text. */
  readonly joinedMd5: string;
}

export const NULL_NONCE = '000000000000000000000000';
export const EMPTY_MD5 = 'd41d8cd98f00b204e9800998ecf8427e';

const checksumAlgorithms = ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const;
const checksumTypes = ['FULL_OBJECT', 'COMPOSITE'] as const;
/** 0: none. The codes are stored: never renumber them. */
const compositions = ['segments', 'prefix', 'link'] as const;

/** 0: none. The codes are stored: never renumber them. */
export function checksumAlgorithmCode(algorithm: ChecksumAlgorithm | undefined): number {
  return algorithm === undefined ? 0 : checksumAlgorithms.indexOf(algorithm) + 1;
}

export function checksumAlgorithmOfCode(code: number): ChecksumAlgorithm | undefined {
  return code === 0 ? undefined : checksumAlgorithms[code - 1];
}

function checksumTypeCode(type: ChecksumType | undefined): number {
  return type === undefined ? 0 : checksumTypes.indexOf(type) + 1;
}

interface CompactMetadata {
  s: SystemMetadata;
  u?: Readonly<Record<string, string>>;
  d?: Readonly<Record<string, string>>;
  p?: Protection;
}

function metadataJson({ metadata, protection }: VersionRecord): string {
  const compact: CompactMetadata = { s: metadata.system };
  if (hasEntries(metadata.user)) compact.u = metadata.user;
  if (hasEntries(metadata.documents)) compact.d = metadata.documents;
  if (protection !== undefined) compact.p = protection;
  return JSON.stringify(compact);
}

function hasEntries(record: Readonly<Record<string, string>>): boolean {
  for (const _ in record) return true;
  return false;
}

export function encodeVersion(record: VersionRecord): Buffer {
  const json = metadataJson(record);
  const checksumBytes =
    record.checksum === undefined ? 0 : Buffer.byteLength(record.checksum.value, 'base64');
  const { segmented } = record;
  const flags = flagsOf(record);
  const checksumStart = checksumStartFor(flags);
  const metadataStart = checksumStart + checksumBytes + bodyBytes(record.body);
  const value = Buffer.allocUnsafe(metadataStart + Buffer.byteLength(json));
  value[0] = (flags & FLAGS_OF_FORMAT_2) === 0 ? 1 : VERSION_FORMAT;
  value[1] = flags;
  value[2] = checksumAlgorithmCode(record.checksum?.algorithm);
  value[3] = checksumTypeCode(record.checksum?.type);
  value.writeUInt16BE(record.partCount ?? 0, 4);
  value[6] = checksumBytes;
  value[7] = record.composition === undefined ? 0 : compositions.indexOf(record.composition) + 1;
  writeUint64(value, record.size, 8);
  writeUint64(value, record.sequence, 16);
  writeUint64(value, record.lastModifiedMicros, 24);
  writeHex(value, record.etagMd5, 32, 16);
  writeHex(value, record.owner, 48, 16);
  writeHex(value, record.nonce, 64, 12);
  writeUint64(value, record.nullSequence, 76);
  if (segmented !== undefined) {
    writeUint64(value, segmented.size, PREFIX_BYTES);
    writeHex(value, segmented.joinedMd5, PREFIX_BYTES + 8, 16);
  }
  if (record.expiresAtMicros !== undefined) {
    writeUint64(value, record.expiresAtMicros, checksumStart - EXPIRY_BYTES);
  }
  if (record.checksum !== undefined) value.write(record.checksum.value, checksumStart, 'base64');
  writeBody(value, record.body, checksumStart + checksumBytes);
  value.write(json, metadataStart);
  return value;
}

function flagsOf(record: VersionRecord): number {
  return (
    (record.isDeleteMarker ? FLAG_DELETE_MARKER : 0) |
    (record.isNullVersion ? FLAG_NULL_VERSION : 0) |
    (record.segmented === undefined ? 0 : FLAG_SEGMENTED) |
    (record.protection === undefined ? 0 : FLAG_PROTECTED) |
    (record.expiresAtMicros === undefined ? 0 : FLAG_EXPIRES)
  );
}

function decodeSegmented(value: Buffer): SegmentedFacts | undefined {
  if ((value[1]! & FLAG_SEGMENTED) === 0) return undefined;
  return {
    size: readUint64(value, PREFIX_BYTES),
    joinedMd5: value.toString('hex', PREFIX_BYTES + 8, PREFIX_BYTES + SEGMENTED_BYTES),
  };
}

/** Fails rather than leave bytes of the unfilled buffer in a record. */
function writeHex(target: Buffer, hex: string, offset: number, bytes: number): void {
  if (target.write(hex, offset, bytes, 'hex') !== bytes) {
    throw new TypeError(`"${hex}" is not ${bytes * 2} hexadecimal characters`);
  }
}

export function decodeVersion(value: Buffer): VersionRecord {
  checkFormat(value, VERSION_FORMAT, 'version');
  return new DecodedVersion(value);
}

/** A copy with exactly these parts: a decoded record shows some of them by getters, which a spread would leave out. */
export function changedVersion(
  record: VersionRecord,
  change: Pick<VersionRecord, 'metadata'> &
    ProtectedVersion & { readonly expiresAtMicros?: number | null | undefined },
): VersionRecord {
  const { protection: _protection, expiresAtMicros: _expiry, ...rest } = record;
  // One by one: the change may be a decoded record itself.
  const { metadata, protection, expiresAtMicros } = change;
  return {
    ...rest,
    metadata,
    ...(protection !== undefined && { protection }),
    ...(typeof expiresAtMicros === 'number' && { expiresAtMicros }),
  };
}

/** Everything but the metadata is decoded now, the metadata when it is first asked for: writers never do. */
class DecodedVersion implements VersionRecord {
  readonly isDeleteMarker: boolean;
  readonly isNullVersion: boolean;
  readonly size: number;
  readonly sequence: number;
  readonly lastModifiedMicros: number;
  readonly etagMd5: string;
  declare readonly partCount?: number;
  declare readonly checksum?: Checksum;
  declare readonly composition?: Composition;
  declare readonly segmented?: SegmentedFacts;
  readonly owner: AccountId;
  readonly nonce: string;
  readonly nullSequence: number;
  readonly body: Body;
  declare readonly expiresAtMicros?: number;
  readonly #value: Buffer;
  readonly #metadataStart: number;
  #rest: DecodedRest | undefined;

  constructor(value: Buffer) {
    const flags = value[1]!;
    this.isDeleteMarker = (flags & FLAG_DELETE_MARKER) !== 0;
    this.isNullVersion = (flags & FLAG_NULL_VERSION) !== 0;
    this.size = readUint64(value, 8);
    this.sequence = readUint64(value, 16);
    this.lastModifiedMicros = readUint64(value, 24);
    this.etagMd5 = value.toString('hex', 32, 48);
    this.owner = ownerOfValue(value);
    this.nonce = hasNullNonce(value) ? NULL_NONCE : value.toString('hex', 64, 76);
    this.nullSequence = readUint64(value, 76);
    const { body, end } = readBody(value, bodyStartOf(value));
    this.body = body;
    const partCount = value.readUInt16BE(4);
    if (partCount !== 0) this.partCount = partCount;
    const checksum = decodeChecksum(value);
    if (checksum !== undefined) this.checksum = checksum;
    const composition = compositions[value[7]! - 1];
    if (composition !== undefined) this.composition = composition;
    const segmented = decodeSegmented(value);
    if (segmented !== undefined) this.segmented = segmented;
    const expiresAtMicros = expiryOfValue(value);
    if (expiresAtMicros !== 0) this.expiresAtMicros = expiresAtMicros;
    this.#value = value;
    this.#metadataStart = end;
  }

  get metadata(): ObjectMetadata {
    return this.#decodeRest().metadata;
  }

  get protection(): Protection | undefined {
    return (this.#value[1]! & FLAG_PROTECTED) === 0 ? undefined : this.#decodeRest().protection;
  }

  #decodeRest(): DecodedRest {
    this.#rest ??= decodeRest(this.#value, this.#metadataStart);
    return this.#rest;
  }
}

interface DecodedRest {
  readonly metadata: ObjectMetadata;
  readonly protection: Protection | undefined;
}

function decodeChecksum(value: Buffer): Checksum | undefined {
  const algorithm = checksumAlgorithmOfCode(value[2]!);
  if (algorithm === undefined) return undefined;
  const type = checksumTypes[value[3]! - 1] ?? 'FULL_OBJECT';
  const start = checksumStartOf(value);
  return { algorithm, type, value: value.toString('base64', start, start + value[6]!) };
}

function decodeRest(value: Buffer, start: number): DecodedRest {
  const text = value.toString('utf8', start);
  if (text === lastText) return lastRest;
  const compact = JSON.parse(text) as CompactMetadata;
  lastRest = {
    metadata: { system: compact.s, user: compact.u ?? {}, documents: compact.d ?? {} },
    protection: compact.p,
  };
  lastText = text;
  return lastRest;
}

/** Of the record opened last. Objects that one program wrote mostly say the same of themselves. */
let lastText = '';
let lastRest: DecodedRest;

/** What a listing row shows, from the prefix alone. */
export function decodeListedObject(key: string, value: Buffer): ListedObject {
  checkFormat(value, VERSION_FORMAT, 'version');
  const partCount = value.readUInt16BE(4);
  const checksumAlgorithm = checksumAlgorithmOfCode(value[2]!);
  const checksumType = checksumTypes[value[3]! - 1];
  const composition = compositions[value[7]! - 1];
  const segmented = decodeSegmented(value);
  const listed = {
    key,
    lastModifiedMicros: readUint64(value, 24),
    size: readUint64(value, 8),
    etagMd5: value.toString('hex', 32, 48),
    owner: ownerOfValue(value),
  };
  const isPlain = partCount === 0 && composition === undefined && segmented === undefined;
  if (isPlain && checksumAlgorithm === undefined) return listed;
  return {
    ...listed,
    ...shownFacts({ ...listed, composition, segmented }),
    ...(partCount === 0 ? undefined : { partCount }),
    ...(checksumAlgorithm === undefined ? undefined : { checksumAlgorithm }),
    ...(checksumType === undefined ? undefined : { checksumType }),
  };
}

/** As `decodeListedObject`, with the metadata and the id of the version. */
export function decodeDescribedObject(key: string, value: Buffer): ListedObject {
  const listed: { -readonly [P in keyof ListedObject]: ListedObject[P] } = decodeListedObject(key, value);
  listed.metadata = decodeRest(value, readBody(value, bodyStartOf(value)).end).metadata;
  listed.versionId = versionIdOfValue(value);
  return listed;
}

/** As listings of versions show it: everything but the metadata is decoded now, the metadata when it is asked for. */
export function decodeListedVersion(key: string, value: Buffer, isLatest: boolean): ObjectVersion {
  const flags = value[1]!;
  const checksum = decodeChecksum(value);
  const expiresAtMicros = expiryOfValue(value);
  return {
    ...decodeListedObject(key, value),
    versionId: versionIdOfValue(value),
    isLatest,
    isDeleteMarker: (flags & FLAG_DELETE_MARKER) !== 0,
    sequence: readUint64(value, 16),
    ...(checksum === undefined ? undefined : { checksum }),
    get metadata() {
      return decodeRest(value, readBody(value, bodyStartOf(value)).end).metadata;
    },
    ...(expiresAtMicros === 0 ? undefined : { expiresAtMicros }),
    ...((flags & FLAG_PROTECTED) !== 0 && {
      protection: decodeRest(value, readBody(value, bodyStartOf(value)).end).protection,
    }),
  };
}

function versionIdOfValue(value: Buffer): VersionId {
  if (isNullVersionValue(value)) return 'null';
  return encodeOpaqueId('version', readUint64(value, 16), value.toString('hex', 64, 76));
}

/** 'null', or a token in which the sequence is recoverable. */
export function versionIdOf(record: Pick<VersionRecord, 'isNullVersion' | 'sequence' | 'nonce'>): VersionId {
  return record.isNullVersion ? 'null' : encodeOpaqueId('version', record.sequence, record.nonce);
}

export function toObjectVersion(key: string, record: VersionRecord, isLatest: boolean): ObjectVersion {
  const { protection, expiresAtMicros, partCount, checksum } = record;
  const version: { -readonly [P in keyof ObjectVersion]: ObjectVersion[P] } = {
    key,
    versionId: versionIdOf(record),
    isLatest,
    isDeleteMarker: record.isDeleteMarker,
    sequence: record.sequence,
    lastModifiedMicros: record.lastModifiedMicros,
    size: record.size,
    etagMd5: record.etagMd5,
    metadata: record.metadata,
    owner: record.owner,
  };
  if (record.composition !== undefined || record.segmented !== undefined) {
    Object.assign(version, shownFacts(record));
  }
  if (protection !== undefined) version.protection = protection;
  if (expiresAtMicros !== undefined) version.expiresAtMicros = expiresAtMicros;
  if (partCount !== undefined) version.partCount = partCount;
  if (checksum !== undefined) version.checksum = checksum;
  return version;
}

/** What a composed or multipart object is to its reader: the whole, and beside it what is stored. */
export function shownFacts(
  record: Pick<VersionRecord, 'size' | 'etagMd5'> & {
    readonly composition?: Composition | undefined;
    readonly segmented?: SegmentedFacts | undefined;
  },
): Pick<ObjectVersion, 'size' | 'etagMd5' | 'joinedMd5' | 'composition' | 'stored'> {
  const { size, etagMd5, composition, segmented } = record;
  if (composition === undefined) {
    return segmented === undefined ? { size, etagMd5 } : { size, etagMd5, joinedMd5: segmented.joinedMd5 };
  }
  const stored = { size, etagMd5 };
  if (segmented === undefined) return { ...stored, composition, stored };
  const { joinedMd5 } = segmented;
  return { size: segmented.size, etagMd5: joinedMd5, joinedMd5, composition, stored };
}
