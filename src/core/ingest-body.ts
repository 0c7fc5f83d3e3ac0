/**
 * Reads the bytes of a request once: digests them while they pass, and keeps them in memory when they are few enough to
 * go into the commit, else in a blob, durable before the commit is tried. Buffers are handed on as they came; only small
 * bodies that arrived in several chunks are joined, because they become one value.
 */
import { crc32 } from 'node:zlib';
import { createDigest, type Digest, type DigestAlgorithm, digestTextOf } from '../lib/digests.ts';
import { releaseBytes } from '../lib/release-bytes.ts';
import type { BlobId, BlobWriter } from '../storage/contract/blob-store.ts';
import type { CoreContext } from './core-context.ts';
import { CoreError } from './core-errors.ts';
import type { Checksum, ChecksumAlgorithm } from './model.ts';
import type { BodyInput } from './object-store.ts';

/** Bytes that were read, checked and kept, but that nothing refers to yet. */
export interface IngestedBody {
  readonly size: number;
  readonly md5Hex: string;
  /** The checksum that was expected or asked for. */
  readonly checksum?: Checksum;
  readonly place:
    | { readonly kind: 'none' }
    | { readonly kind: 'inline'; readonly bytes: Buffer; readonly crc32: number }
    | { readonly kind: 'blob'; readonly blob: BlobId };
}

export interface IngestLimits {
  /** EntityTooLarge above it. */
  readonly bytesMax: number;
  /** Longer bodies become blobs. 0: every body that is not empty does. */
  readonly inlineBytesMax: number;
}

/**
 * Throws EntityTooLarge, IncompleteBody, PayloadHashMismatch, BadDigest, BadChecksum, and whatever the source rejects with;
 * nothing is left behind then.
 */
export async function ingestBody(
  context: CoreContext,
  input: BodyInput,
  limits: IngestLimits,
): Promise<IngestedBody> {
  const { size } = input;
  if (size !== undefined) assertSize(size, limits);
  const inlineBytesMax = size === undefined || size <= limits.inlineBytesMax ? limits.inlineBytesMax : 0;
  const chunks: Buffer[] = [];
  let received = 0;
  for (;;) {
    const chunk = await input.source.read();
    if (chunk === null) break;
    if (chunk.length === 0) continue;
    received += chunk.length;
    assertReceived(received, input, limits);
    chunks.push(chunk);
    if (received > inlineBytesMax) return ingestBlob(context, input, limits, chunks, received);
  }
  assertComplete(received, input);
  return ingestInline(input, chunks.length === 1 ? chunks[0]! : join(chunks));
}

function join(chunks: readonly Buffer[]): Buffer {
  const bytes = Buffer.concat(chunks);
  for (const chunk of chunks) releaseBytes(chunk);
  return bytes;
}

/** Removes what was kept, when it will not be referred to. Never rejects: what stays behind is swept as an orphan. */
export async function discardBody(context: CoreContext, body: IngestedBody): Promise<void> {
  if (body.place.kind !== 'blob') return;
  try {
    await context.engine.blobs.remove(body.place.blob);
  } catch {
    // The sweep of closed epochs finds it.
  }
}

function ingestInline(input: BodyInput, bytes: Buffer): IngestedBody {
  const digests = verifyDigests(input, (algorithm, encoding) => digestTextOf(algorithm, bytes, encoding));
  return {
    size: bytes.length,
    place: bytes.length === 0 ? { kind: 'none' } : { kind: 'inline', bytes, crc32: crc32(bytes) },
    ...digests,
  };
}

async function ingestBlob(
  context: CoreContext,
  input: BodyInput,
  limits: IngestLimits,
  firstChunks: readonly Buffer[],
  firstBytes: number,
): Promise<IngestedBody> {
  const digests = new Map<DigestAlgorithm, Digest>();
  for (const algorithm of algorithmsOf(input)) digests.set(algorithm, createDigest(algorithm));
  const writer = await context.engine.blobs.create();
  try {
    for (const chunk of firstChunks) await writeChunk(writer, digests, chunk);
    let received = firstBytes;
    for (;;) {
      const chunk = await input.source.read();
      if (chunk === null) break;
      received += chunk.length;
      assertReceived(received, input, limits);
      await writeChunk(writer, digests, chunk);
    }
    assertComplete(received, input);
    const known = new Map<DigestAlgorithm, Buffer>();
    for (const [algorithm, digest] of digests) known.set(algorithm, digest.digest());
    const verified = verifyDigests(input, (algorithm, encoding) => known.get(algorithm)!.toString(encoding));
    await writer.finish();
    return { size: received, ...verified, place: { kind: 'blob', blob: writer.id } };
  } catch (error) {
    await writer.abort();
    throw error;
  }
}

/** Digests before writing: the buffer belongs to the writer afterwards. */
function writeChunk(
  writer: BlobWriter,
  digests: ReadonlyMap<DigestAlgorithm, Digest>,
  chunk: Buffer,
): Promise<void> {
  for (const digest of digests.values()) digest.update(chunk);
  return writer.write(chunk);
}

function algorithmsOf(input: BodyInput): DigestAlgorithm[] {
  const algorithms: DigestAlgorithm[] = ['MD5'];
  if (input.expected.payloadSha256Hex !== undefined) algorithms.push('SHA256');
  if (input.expected.checksum !== undefined) algorithms.push(input.expected.checksum.algorithm);
  if (input.trailingChecksum !== undefined) algorithms.push(input.trailingChecksum.algorithm);
  return algorithms;
}

type DigestText = (algorithm: DigestAlgorithm, encoding: 'hex' | 'base64') => string;

/** In the order in which a client should learn of it: first whether it is what was signed, then what was sent. */
function verifyDigests(input: BodyInput, digest: DigestText): { md5Hex: string; checksum?: Checksum } {
  const { payloadSha256Hex, md5Hex: expectedMd5, checksum: expectedChecksum } = input.expected;
  if (payloadSha256Hex !== undefined) {
    const calculated = digest('SHA256', 'hex');
    if (calculated !== payloadSha256Hex) {
      throw new CoreError('PayloadHashMismatch', { expected: payloadSha256Hex, calculated });
    }
  }
  const md5Hex = digest('MD5', 'hex');
  if (expectedMd5 !== undefined && expectedMd5 !== md5Hex) {
    throw new CoreError('BadDigest', { algorithm: 'MD5', expected: expectedMd5, calculated: md5Hex });
  }
  const trailing = input.trailingChecksum;
  let checksum: Checksum | undefined;
  if (expectedChecksum !== undefined) {
    checksum = verifyChecksum(expectedChecksum.algorithm, expectedChecksum.value, digest);
  }
  if (trailing !== undefined) checksum = verifyChecksum(trailing.algorithm, trailing.value(), digest);
  return checksum === undefined ? { md5Hex } : { md5Hex, checksum };
}

function verifyChecksum(
  algorithm: ChecksumAlgorithm,
  expected: string | undefined,
  digest: DigestText,
): Checksum {
  const calculated = digest(algorithm, 'base64');
  if (expected === undefined || expected === calculated) {
    return { algorithm, type: 'FULL_OBJECT', value: calculated };
  }
  throw new CoreError('BadChecksum', { algorithm, expected, calculated });
}

function assertSize(bytes: number, limits: IngestLimits): void {
  if (bytes > limits.bytesMax) throw new CoreError('EntityTooLarge', { bytes, bytesMax: limits.bytesMax });
}

function assertReceived(received: number, input: BodyInput, limits: IngestLimits): void {
  if (input.size !== undefined && received > input.size) {
    throw new CoreError('IncompleteBody', { bytesExpected: input.size, bytesReceived: received });
  }
  assertSize(received, limits);
}

function assertComplete(received: number, input: BodyInput): void {
  if (input.size !== undefined && received < input.size) {
    throw new CoreError('IncompleteBody', { bytesExpected: input.size, bytesReceived: received });
  }
}
