/**
 * Browsers upload by a form: the fields before the file are what headers are of a PutObject. Amazon S3 API Reference, "POST Object".
 * Names of fields are compared without regard to case.
 */
import type { ByteSource } from '../../lib/byte-source.ts';
import { FormError, type FormFile, readForm } from '../kernel/read-form.ts';
import type { WireHeaders, WireRequest } from '../kernel/wire.ts';
import { checkKey } from './addressing.ts';
import { withHeaders } from './moved-headers.ts';
import type { PostPolicy } from './post-policy.ts';
import { invalidArgument, S3Error } from './s3-errors.ts';

export interface UploadForm {
  /** By names in lower case. */
  readonly fields: ReadonlyMap<string, string>;
  readonly key: string;
  readonly file: FormFile;
  /** Of a signed form. */
  readonly policy: PostPolicy | undefined;
}

/** "The form data … preceding the upload file must be no larger than 20 KB" (the same page). */
const RULES = {
  fieldBytesMax: 20 * 1024,
  fieldsMax: 100,
  isFile: (field: string) => field.toLowerCase() === 'file',
};

/** Fields that are headers of the object by the same name. */
const OBJECT_FIELDS: ReadonlySet<string> = new Set([
  'content-type',
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'expires',
]);
/** In a key: the name of the file, without its folder. */
const FILENAME = /\$\{filename\}/g;
const PROOF_FIELDS = /^x-amz-(?:algorithm|credential|date|signature|security-token)$/;

/** Reads the fields. Throws PreconditionFailed, MalformedPOSTRequest, MaxPostPreDataLengthExceeded and InvalidArgument. */
export async function openUploadForm(request: WireRequest): Promise<Omit<UploadForm, 'policy'>> {
  const { fields: pairs, file } = await readFields(request);
  const fields = new Map(pairs.map(([name, value]) => [name.toLowerCase(), value]));
  const key = fields.get('key');
  if (key === undefined || key === '') throw missingField('key');
  if (file === undefined || file.field.toLowerCase() !== 'file') {
    throw invalidArgument('file', '0', 'POST requires exactly one file upload per request.');
  }
  const filename = file.filename.replace(/^.*[/\\]/, '');
  const named = key.replaceAll(FILENAME, () => filename);
  checkKey(named);
  fields.set('key', named);
  return { fields, key: named, file };
}

async function readFields(request: WireRequest) {
  try {
    return await readForm(request.body, request.headers.get('content-type'), RULES);
  } catch (error) {
    throw error instanceof FormError ? formRefusal(error) : error;
  }
}

function formRefusal({ fault }: FormError): S3Error {
  if (fault === 'malformed') return new S3Error('MalformedPOSTRequest');
  if (fault === 'too-long') return new S3Error('MaxPostPreDataLengthExceededError');
  const Condition = 'Bucket POST must be of the enclosure-type multipart/form-data';
  return new S3Error('PreconditionFailed', { Condition });
}

export function missingField(name: string): S3Error {
  const message = `Bucket POST must contain a field named '${name}'.  If it is specified, please check the order of the fields.`;
  return invalidArgument(name, '', message);
}

/** The request with the fields of its form as the headers that they stand for. */
export function withFormHeaders(request: WireRequest, fields: UploadForm['fields']): WireRequest {
  const moved = new Map<string, string>();
  for (const [name, value] of fields) {
    if (name === 'acl') moved.set('x-amz-acl', value);
    else if (OBJECT_FIELDS.has(name)) moved.set(name, value);
    else if (name.startsWith('x-amz-') && !PROOF_FIELDS.test(name)) moved.set(name, value);
  }
  const { headers: sent } = request;
  // Headers of the request are about the form, not about the file.
  const isKept = (name: string) => !OBJECT_FIELDS.has(name) && !name.startsWith('x-amz-');
  const headers: WireHeaders = {
    get: (name) => moved.get(name) ?? (isKept(name) ? sent.get(name) : undefined),
    has: (name) => moved.has(name) || (isKept(name) && sent.has(name)),
    count: (name) => (moved.has(name) ? 1 : isKept(name) ? sent.count(name) : 0),
    *names() {
      for (const name of sent.names()) if (isKept(name) && !moved.has(name)) yield name;
      yield* moved.keys();
    },
  };
  return withHeaders(request, headers);
}

/** The file, of a length that the policy allows. Rejects with EntityTooLarge, EntityTooSmall and MalformedPOSTRequest. */
export function boundedFile({ file, policy }: Pick<UploadForm, 'file' | 'policy'>): ByteSource {
  const { min, max } = policy?.length ?? { min: 0, max: Number.MAX_SAFE_INTEGER };
  let bytes = 0;
  return {
    async read() {
      const chunk = await file.source.read().catch((error: unknown) => {
        throw error instanceof FormError ? formRefusal(error) : error;
      });
      bytes += chunk?.length ?? 0;
      if (bytes > max) {
        throw new S3Error('EntityTooLarge', { ProposedSize: `${bytes}`, MaxSizeAllowed: `${max}` });
      }
      if (chunk === null && bytes < min) {
        throw new S3Error('EntityTooSmall', { ProposedSize: `${bytes}`, MinSizeAllowed: `${min}` });
      }
      return chunk;
    },
  };
}
