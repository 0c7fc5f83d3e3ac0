/**
 * Files of a tar archive as objects, each with the caller's own rights (nhn-openstack.md, section 13.2). The archive is read once, as it
 * arrives: nothing of it is kept but the file that is being stored. Names are names and no paths: `..` leads nowhere.
 */
import { Readable, type Transform } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { extract as createExtract, type Header as TarHeaders } from 'tar-stream';
import createBunzip from 'unbzip2-stream';
import { CoreError } from '../../core/core-errors.ts';
import type { Bucket } from '../../core/model.ts';
import type { ByteSource } from '../../lib/byte-source.ts';
import { encodeStrictPath } from '../../lib/percent-encoding.ts';
import type { WireHeaders } from '../kernel/wire.ts';
import { checkNames } from './addressing.ts';
import { decodeExpiry } from './expiry-headers.ts';
import type { ListingType } from './listing-format.ts';
import { decodeObjectMetadata } from './object-metadata.ts';
import { deniedTo, findContainer } from './remove-names.ts';
import type { SwiftCall, SwiftServices } from './swift-call.ts';
import { toSwiftError } from './swift-error-maps.ts';
import { errorDocument, SwiftError, statusLine } from './swift-errors.ts';
import { swiftLimits } from './swift-limits.ts';
import { FailureList, renderReport } from './work-report.ts';

export type ArchiveType = 'tar' | 'tar.gz' | 'tar.bz2';

/** OpenStack Swift, `max_failed_extractions` and `max_containers_per_extraction`. */
export const extractionLimits = { failuresMax: 1000, containersMax: 10_000 } as const;
/** Undefined for a format that there is not. */
export function archiveTypeOf(text: string): ArchiveType | undefined {
  const type = text.toLowerCase().replace(/^\.+|\.+$/g, '');
  return type === 'tar' || type === 'tar.gz' || type === 'tar.bz2' ? type : undefined;
}

/** The parser of archives bounds what stands before a file. */
class NotAnArchive extends Error {}

interface Extraction {
  readonly call: SwiftCall;
  readonly store: SwiftServices['store'];
  readonly failed: FailureList;
  readonly containers: Map<string, Bucket>;
  made: number;
  created: number;
}

/** The report. Reads the body to its end, or to what is wrong with it. */
export async function extractArchive(
  { store }: SwiftServices,
  call: SwiftCall,
  archive: ArchiveType,
  type: ListingType | undefined,
): Promise<string> {
  const failed = new FailureList();
  const extraction: Extraction = { call, store, failed, containers: new Map(), made: 0, created: 0 };
  let status = '201 Created';
  let body = '';
  try {
    if (type === undefined) throw new SwiftError(406);
    const { headers } = call.request;
    if (!headers.has('content-length') && !headers.has('transfer-encoding')) throw new SwiftError(411);
    await extractAll(extraction, archive);
    if (failed.failures.length > 0) status = statusLine(failed.status);
    else if (extraction.created === 0) {
      [status, body] = [statusLine(400), 'Invalid Tar File: No Valid Files'];
    }
  } catch (error) {
    if (error instanceof NotAnArchive)
      [status, body] = [statusLine(400), `Invalid Tar File: ${error.message}`];
    else {
      const failure = toSwiftError(error, call.refusal);
      if (failure.status === 500) throw error;
      [status, body] = [statusLine(failure.status), failure.text ?? errorDocument(failure.status)];
    }
  }
  const members = {
    'Response Status': status,
    'Response Body': body,
    'Number Files Created': extraction.created,
  };
  return renderReport({ members, failures: failed.failures }, type, 'extract');
}

async function extractAll(extraction: Extraction, archive: ArchiveType): Promise<void> {
  const entries = createExtract();
  const input = Readable.from(chunksOf(extraction.call.request.body));
  const stop = (error: Error) => entries.destroy(error);
  input.on('error', stop);
  if (archive === 'tar') input.pipe(entries);
  else input.pipe(decompressor(archive).on('error', stop)).pipe(entries);
  try {
    for await (const entry of entries) {
      await extractEntry(extraction, entry.header, entry as AsyncIterable<Buffer>);
      if (extraction.failed.failures.length >= extractionLimits.failuresMax) break;
    }
  } catch (error) {
    throw isOurs(error) ? error : new NotAnArchive(error instanceof Error ? error.message : 'unreadable');
  } finally {
    input.destroy();
    entries.destroy();
  }
}

/** What stopped the work by itself; anything else the archive is to blame for. */
function isOurs(error: unknown): boolean {
  const isOfRequest = error instanceof Error && error.name === 'RequestBodyError';
  return error instanceof SwiftError || error instanceof CoreError || isOfRequest;
}

function decompressor(archive: 'tar.gz' | 'tar.bz2'): Transform {
  return archive === 'tar.gz' ? createGunzip() : (createBunzip() as unknown as Transform);
}

async function* chunksOf(source: ByteSource): AsyncGenerator<Buffer> {
  for (let chunk = await source.read(); chunk !== null; chunk = await source.read()) yield chunk;
}

async function extractEntry(
  extraction: Extraction,
  header: TarHeaders,
  content: AsyncIterable<Buffer>,
): Promise<void> {
  const path = pathOf(extraction.call, header.name);
  const slash = path.indexOf('/');
  if ((header.type !== 'file' && header.type !== 'contiguous-file') || slash <= 0) {
    await drain(content);
    return;
  }
  try {
    await storeFile(extraction, header, path.slice(0, slash), path.slice(slash + 1), content);
    extraction.created += 1;
  } catch (error) {
    if (error instanceof NotAnArchive) throw error;
    const { status } = toSwiftError(error, extraction.call.refusal);
    if (status === 499 || status === 408) throw error;
    extraction.failed.add(encodeStrictPath(`/${path}`), status);
    if (status === 401) throw new SwiftError(401);
    await drain(content);
  }
}

async function drain(content: AsyncIterable<Buffer>): Promise<void> {
  for await (const _chunk of content);
}

/** `container/object`, below what the address names. */
function pathOf({ containerName, key }: SwiftCall, name: string): string {
  const relative = name.replace(/^\.\//, '').replace(/^\/+/, '');
  const base = [containerName, key]
    .filter((part) => part !== '')
    .join('/')
    .replace(/\/+$/, '');
  return base === '' ? relative : `${base}/${relative}`;
}

async function storeFile(
  extraction: Extraction,
  header: TarHeaders,
  container: string,
  key: string,
  content: AsyncIterable<Buffer>,
): Promise<void> {
  const { call, store } = extraction;
  if (key === '' || key.includes('\uFFFD') || key.includes('\0')) throw new SwiftError(412);
  checkNames(container, key);
  const size = header.size ?? 0;
  if (size > swiftLimits.objectBytesMax) throw new SwiftError(413);
  const bucket = await containerFor(extraction, container);
  if (!(await call.decideOn('object:write', bucket, key)).allowed) throw deniedTo(call);
  const { receivedAtMicros } = call.request;
  const headers = new FileHeaders(
    call.request.headers,
    (header.pax ?? {}) as Readonly<Record<string, string>>,
  );
  const expiresAtMicros = decodeExpiry({ headers, receivedAtMicros });
  const chunks = content[Symbol.asyncIterator]();
  const source = {
    async read() {
      const { done, value } = await chunks.next();
      return done === true ? null : value;
    },
  };
  await store.putObject({
    bucket,
    key,
    owner: bucket.account,
    metadata: decodeObjectMetadata(headers, key),
    body: { source, size, expected: {} },
    conditions: {},
    ...(expiresAtMicros !== undefined && { expiresAtMicros }),
  });
}

/** One that is not there is made, where the caller may. */
async function containerFor(extraction: Extraction, name: string): Promise<Bucket> {
  const { call, store, containers } = extraction;
  const known = containers.get(name);
  if (known !== undefined) return known;
  let bucket: Bucket;
  try {
    bucket = await findContainer(store, call, name);
  } catch (error) {
    if (toSwiftError(error).status !== 404 || !call.isOwner) throw error;
    extraction.made += 1;
    if (extraction.made > extractionLimits.containersMax) {
      const text = `More than ${extractionLimits.containersMax} containers to create from tar.`;
      throw new SwiftError(400, text);
    }
    const { account, place } = call;
    bucket = await store.createBucket({ account, place, name, claim: 'if-free' });
  }
  containers.set(name, bucket);
  return bucket;
}

const PAX_TYPE = /^(?:SCHILY|LIBARCHIVE)\.xattr\.user\.mime_type$/;
const PAX_META = /^(?:SCHILY|LIBARCHIVE)\.xattr\.user\.meta\.(.+)$/;

/** What describes a file: from the request what holds for all of them, from the archive what holds for it. */
class FileHeaders implements WireHeaders {
  readonly #fields = new Map<string, string>();

  constructor(request: WireHeaders, pax: Readonly<Record<string, string>>) {
    for (const name of request.names()) {
      const isForAll =
        name === 'x-delete-at' || name === 'x-delete-after' || name.startsWith('x-object-meta-');
      if (isForAll) this.#fields.set(name, request.get(name) ?? '');
    }
    for (const [name, value] of Object.entries(pax)) {
      const [, item] = PAX_META.exec(name) ?? [];
      if (item !== undefined) this.#fields.set(`x-object-meta-${item.toLowerCase()}`, value);
      else if (PAX_TYPE.test(name)) this.#fields.set('content-type', value);
    }
  }

  get(name: string): string | undefined {
    return this.#fields.get(name);
  }

  has(name: string): boolean {
    return this.#fields.has(name);
  }

  count(name: string): number {
    return this.#fields.has(name) ? 1 : 0;
  }

  names(): Iterable<string> {
    return this.#fields.keys();
  }
}
