/**
 * Upload by an HTML form (OpenStack Swift, "FormPost"; nhn-openstack.md, section 15.1): hidden fields that a key of the account or the
 * container has signed, then files, which are stored while they arrive. Whoever holds such a form acts for the owner within it.
 */
import { CoreError } from '../../core/core-errors.ts';
import { encodeStrict } from '../../lib/percent-encoding.ts';
import { isFormSigned, type TempUrlDigest } from '../authn/temp-url.ts';
import { FormError, type FormFile, readForm } from '../kernel/read-form.ts';
import type { WireHeaders, WireResponse } from '../kernel/wire.ts';
import { checkNames, decodePath } from './addressing.ts';
import { decodeExpiry } from './expiry-headers.ts';
import { decodeObjectMetadata } from './object-metadata.ts';
import type { SwiftCall, SwiftServices } from './swift-call.ts';
import { toSwiftError } from './swift-error-maps.ts';
import { SwiftError, statusLine } from './swift-errors.ts';
import { swiftLimits } from './swift-limits.ts';
import { keysOf } from './temp-url-call.ts';

const FIELDS_MAX = 50;
const RULES = {
  // Swift takes 4096 of each (`MAX_VALUE_LENGTH` in its formpost.py).
  fieldBytesMax: FIELDS_MAX * 4096,
  fieldsMax: FIELDS_MAX,
  isFile: (_field: string, filename: string | undefined) => filename !== undefined,
  takesManyFiles: true,
};

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
  #fields: ReadonlyMap<string, string> = new Map();

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
    try {
      await this.#readFiles();
    } catch (error) {
      throw error instanceof FormError ? refused('invalid form') : error;
    }
  }

  async #readFiles(): Promise<void> {
    const { headers, body } = this.#call.request;
    const form = await readForm(body, headers.get('content-type'), RULES);
    this.#fields = new Map(form.fields.map(([name, value]) => [name.toLowerCase(), value]));
    if (form.file === undefined) throw refused('no file to process');
    await this.#confirm();
    const filesMax = wholeNumber(this.field('max_file_count'));
    let files = 0;
    for (let file: FormFile | undefined = form.file; file !== undefined; file = await form.nextFile()) {
      files += 1;
      if (files > filesMax) throw refused('max_file_count exceeded');
      await this.#store(file);
    }
  }

  async #store({ filename: path, type, source }: FormFile): Promise<void> {
    const { bucket, key: prefix, request } = this.#call;
    const filename = path.replace(/^.*[/\\]/s, '');
    const key = prefix + filename;
    if (/^\.{0,2}$/.test(filename) || key.includes('\0')) throw refused('a file has no name');
    checkNames(bucket.name, key);
    const headers = new Fields(this.#fields, type);
    const { receivedAtMicros } = request;
    const expiresAtMicros = decodeExpiry({ headers, receivedAtMicros });
    const bytesMax = Math.min(wholeNumber(this.field('max_file_size')), swiftLimits.objectBytesMax);
    try {
      await this.#services.store.putObject({
        bucket,
        key,
        owner: bucket.account,
        metadata: decodeObjectMetadata(headers, key),
        body: { source, size: undefined, expected: {} },
        conditions: {},
        bytesMax,
        ...(expiresAtMicros !== undefined && { expiresAtMicros }),
      });
    } catch (error) {
      const isTooLarge = error instanceof CoreError && error.code === 'EntityTooLarge';
      throw isTooLarge ? refused('max_file_size exceeded') : error;
    }
  }

  /** Throws 400 and 401. */
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

/** Throws 400. */
function wholeNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw refused('max_file_size and max_file_count must be numbers');
  return Number(text);
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
