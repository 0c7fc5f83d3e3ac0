/** The form by which an identity provider is registered: `multipart/form-data`, read by the runtime's own parser. */
import type { WireRequest } from '../kernel/wire.ts';
import type { Text } from './choose-language.ts';
import { MetadataError, readMetadata } from './saml/read-metadata.ts';
import { type PackedFile, packFile } from './saml-providers.ts';
import { invalid, ScpError } from './scp-errors.ts';
import { texts } from './scp-texts.ts';

/** "One UTF-8 XML ≤ 10 MB", and what stands around it. */
const FILE_BYTES_MAX = 10 * 1024 * 1024;
export const FORM_BYTES_MAX = FILE_BYTES_MAX + 64 * 1024;
const NAME = /^[A-Za-z0-9,_-]{1,128}$/;
const DESCRIPTION_MAX = 1000;
const FILE_NAME_MAX = 255;

export interface ProviderForm {
  readonly name: string | undefined;
  readonly description: string | undefined;
  readonly metadata: ReturnType<typeof readMetadata> | undefined;
  readonly file: PackedFile | undefined;
}

/** `whole`: name and file must be there. Throws ValidationError. */
export async function readProviderForm(
  body: Buffer,
  { headers }: Pick<WireRequest, 'headers'>,
  kind: 'whole' | 'changes',
): Promise<ProviderForm> {
  const form = await parse(body, headers.get('content-type') ?? '');
  const problems: Text[] = [];
  const name = textOf(form, 'saml_provider_name', problems);
  if (name === undefined && kind === 'whole') problems.push(texts.required('saml_provider_name'));
  if (name !== undefined && !NAME.test(name))
    problems.push(texts.wrongForm('saml_provider_name', NAME.source));
  const type = textOf(form, 'federation_type', problems);
  if (type !== undefined && type !== 'SAML') problems.push(texts.notOneOf('federation_type', 'SAML'));
  const description = textOf(form, 'description', problems);
  if ((description?.length ?? 0) > DESCRIPTION_MAX) {
    problems.push(texts.wrongLength('description', 0, DESCRIPTION_MAX));
  }
  const sent = form.get('file');
  if (sent === null && kind === 'whole') problems.push(texts.required('file'));
  const file = typeof sent === 'string' || sent === null ? undefined : sent;
  if (typeof sent === 'string') problems.push(texts.expected('file', 'a file'));
  if (problems.length > 0) throw invalid(...problems);
  if (file === undefined) return { name, description, metadata: undefined, file: undefined };
  const bytes = Buffer.from(await file.arrayBuffer());
  if (bytes.length > FILE_BYTES_MAX) throw new ScpError('PayloadTooLarge', texts.tooLarge(FILE_BYTES_MAX));
  const metadata = readOrRefuse(bytes);
  const packed = packFile({ name: file.name.slice(0, FILE_NAME_MAX), bytes });
  if (packed === undefined) throw new ScpError('PayloadTooLarge', texts.tooLarge(FILE_BYTES_MAX));
  return { name, description, metadata, file: packed };
}

async function parse(body: Buffer, contentType: string): Promise<FormData> {
  if (!/^multipart\/form-data\s*;/i.test(contentType)) throw invalid(texts.notForm);
  try {
    const bytes = new Uint8Array(body);
    return await new Response(bytes, { headers: { 'Content-Type': contentType } }).formData();
  } catch {
    throw invalid(texts.notForm);
  }
}

function textOf(form: FormData, name: string, problems: Text[]): string | undefined {
  const value = form.get(name);
  if (value === null || value === '') return undefined;
  if (typeof value === 'string') return value;
  problems.push(texts.notText(name));
  return undefined;
}

function readOrRefuse(bytes: Buffer): ReturnType<typeof readMetadata> {
  try {
    return readMetadata(bytes);
  } catch (error) {
    if (error instanceof MetadataError) throw invalid(texts.expected('file', error.message));
    throw error;
  }
}
