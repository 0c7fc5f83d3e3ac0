/**
 * Upload by an HTML form (OpenStack Swift, "FormPost"; nhn-openstack.md, section 15.1): hidden fields that a key of the account or the
 * container has signed, then files, which are stored while they arrive. Whoever holds such a form acts for the owner within it.
 */
import { Readable } from 'node:stream';
import { Busboy } from '@fastify/busboy';
import { CoreError } from '../../core/core-errors.ts';
import type { ByteSource } from '../../lib/byte-source.ts';
import { encodeStrict } from '../../lib/percent-encoding.ts';
import { isFormSigned, type TempUrlDigest } from '../authn/temp-url.ts';
import type { WireHeaders, WireResponse } from '../kernel/wire.ts';
import { checkNames, decodePath } from './addressing.ts';
import { decodeExpiry } from './expiry-headers.ts';
import { decodeObjectMetadata } from './object-metadata.ts';
import type { SwiftCall, SwiftServices } from './swift-call.ts';
import { toSwiftError } from './swift-error-maps.ts';
import { SwiftError, statusLine } from './swift-errors.ts';
import { swiftLimits } from './swift-limits.ts';
import { keysOf } from './temp-url-call.ts';

const FIELD_BYTES_MAX = 4096;
const FIELDS_MAX = 50;

/** Whether a POST carries a form. */
export function isUploadForm(method: string, headers: WireHeaders): boolean {
  return method === 'POST' && /^multipart\/form-data\s*;/i.test(headers.get('content-type') ?? '');
}

/** Throws 401 and 400, where the form names no page to go on to. */
export async function acceptForm(
  services: SwiftServices,
  call: SwiftCall,
  digests: ReadonlySet<TempUrlDigest>,
): Promise<WireResponse> {
  const upload = new FormUpload(services, call, digests);
  let failure: SwiftError | undefined;
  try {
    await upload.read();
  } catch (error) {
    failure = toSwiftError(error, 401);
    if (failure.status === 401 || failure.status >= 499) throw failure;
  }
  const redirect = upload.field('redirect');
  const line = failure === undefined ? '201 Created' : statusLine(failure.status);
  const message = failure === undefined ? '' : (failure.text ?? line);
  if (!/^https?:\/\//i.test(redirect) || !URL.canParse(redirect)) {
    if (failure !== undefined) throw failure;
    return { status: 201, headers: ['Content-Type', 'text/plain'], body: `${line}\n` };
  }
  const query = `status=${line.slice(0, 3)}&message=${encodeStrict(message)}`;
  const location = `${redirect}${redirect.includes('?') ? '&' : '?'}${query}`;
  return { status: 303, headers: ['Location', location], body: null };
}

function refused(text: string): SwiftError {
  return new SwiftError(400, `FormPost: ${text}`);
}

class FormUpload {
  readonly #services: SwiftServices;
  readonly #call: SwiftCall;
  readonly #digests: ReadonlySet<TempUrlDigest>;
  readonly #fields = new Map<string, string>();
  #files = 0;

  constructor(services: SwiftServices, call: SwiftCall, digests: ReadonlySet<TempUrlDigest>) {
    this.#services = services;
    this.#call = call;
    this.#digests = digests;
  }

  field(name: string): string {
    return this.#fields.get(name) ?? '';
  }

  /** Resolves when every file is stored. */
  async read(): Promise<void> {
    const { headers, body } = this.#call.request;
    const form = this.#open(headers.get('content-type') ?? '');
    const input = Readable.from(chunksOf(body));
    let work: Promise<void> = Promise.resolve();
    const ended = new Promise<void>((resolve, reject) => {
      form.on('field', (name, value, _cutName, isCut) => {
        if (!isCut) this.#fields.set(name.toLowerCase(), value);
      });
      form.on('file', (_field, file, filename, _encoding, mimeType) => {
        work = work.then(() => this.#store(file, filename, mimeType));
        work.catch((error: Error) => {
          file.resume();
          reject(error);
        });
      });
      form.on('finish', resolve);
      form.on('error', reject);
      input.on('error', reject);
    });
    input.pipe(form);
    try {
      await ended;
      await work;
    } catch (error) {
      throw isOfBusboy(error) ? refused('invalid form') : error;
    } finally {
      input.unpipe(form);
      input.destroy();
    }
    if (this.#files === 0) throw refused('no file to process');
  }

  #open(contentType: string): InstanceType<typeof Busboy> {
    try {
      return new Busboy({
        headers: { 'content-type': contentType },
        limits: { fieldSize: FIELD_BYTES_MAX, fields: FIELDS_MAX },
      });
    } catch {
      throw refused('invalid form');
    }
  }

  async #store(file: AsyncIterable<Buffer>, filename: string, mimeType: string): Promise<void> {
    if (this.#files === 0) await this.#confirm();
    this.#files += 1;
    if (this.#files > wholeNumber(this.field('max_file_count'))) throw refused('max_file_count exceeded');
    const { bucket, key: prefix, request } = this.#call;
    const key = prefix + filename;
    if (filename === '' || key.includes('\0')) throw refused('a file has no name');
    checkNames(bucket.name, key);
    const headers = new Fields(this.#fields, mimeType);
    const { receivedAtMicros } = request;
    const expiresAtMicros = decodeExpiry({ headers, receivedAtMicros });
    const bytesMax = Math.min(wholeNumber(this.field('max_file_size')), swiftLimits.objectBytesMax);
    try {
      await this.#services.store.putObject({
        bucket,
        key,
        owner: bucket.account,
        metadata: decodeObjectMetadata(headers, key),
        body: { source: sourceOf(file), size: undefined, expected: {} },
        conditions: {},
        bytesMax,
        ...(expiresAtMicros !== undefined && { expiresAtMicros }),
      });
    } catch (error) {
      const isTooLarge = error instanceof CoreError && error.code === 'EntityTooLarge';
      throw isTooLarge ? refused('max_file_size exceeded') : error;
    }
  }

  /** Fields come before files: what stands behind them is not signed. Throws 400 and 401. */
  async #confirm(): Promise<void> {
    const form = {
      path: decodePath(this.#call.request.rawPath),
      redirect: this.field('redirect'),
      maxFileSize: this.field('max_file_size'),
      maxFileCount: this.field('max_file_count'),
      expires: this.field('expires'),
      signature: this.field('signature'),
    };
    for (const name of ['max_file_size', 'max_file_count', 'expires'] as const) {
      if (this.field(name) === '') throw refused(`missing ${name}`);
    }
    const keys = await keysOf(this.#services, this.#call);
    const nowMicros = this.#call.request.receivedAtMicros;
    if (!isFormSigned(form, keys, { nowMicros, digests: this.#digests })) {
      throw new SwiftError(401, 'FormPost: invalid signature, or the form has expired');
    }
  }
}

/** Every error that is none of ours comes from reading the form. */
function isOfBusboy(error: unknown): boolean {
  if (error instanceof SwiftError || error instanceof CoreError) return false;
  return !(error instanceof Error && error.name === 'RequestBodyError');
}

/** Throws 400. */
function wholeNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw refused('max_file_size and max_file_count must be numbers');
  return Number(text);
}

async function* chunksOf(source: ByteSource): AsyncGenerator<Buffer> {
  for (let chunk = await source.read(); chunk !== null; chunk = await source.read()) yield chunk;
}

function sourceOf(content: AsyncIterable<Buffer>): ByteSource {
  const chunks = content[Symbol.asyncIterator]();
  return {
    async read() {
      const { done, value } = await chunks.next();
      return done === true ? null : value;
    },
  };
}

/** Fields of the form that say something about its files, in the words of headers. */
class Fields implements WireHeaders {
  readonly #values: ReadonlyMap<string, string>;

  constructor(fields: ReadonlyMap<string, string>, mimeType: string) {
    const named = [
      ['x-delete-at', fields.get('x_delete_at')],
      ['x-delete-after', fields.get('x_delete_after')],
      ['content-type', mimeType],
    ] as const;
    this.#values = new Map(named.flatMap(([name, value]) => (value ? [[name, value] as const] : [])));
  }

  get(name: string): string | undefined {
    return this.#values.get(name);
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  count(name: string): number {
    return this.#values.has(name) ? 1 : 0;
  }

  names(): Iterable<string> {
    return this.#values.keys();
  }
}
