import { defineOperation } from '../../kernel/define-operation.ts';
import type { WireResponse } from '../../kernel/wire.ts';
import type { ConsoleCall, ConsoleFile, ConsoleServices } from '../console-call.ts';
import { ConsoleError } from '../console-errors.ts';

const YEAR_SECONDS = 31_536_000;
/** In order of preference. */
const codings = ['br', 'gzip'] as const;

export const getConsoleFile = defineOperation({
  name: 'GetConsoleFile',
  summary: 'A file of the console; the path itself is its page.',
  route: { method: 'GET', resource: '/{file}' },
  permissions: 'public',
  body: { kind: 'none' },
  mutates: false,
  decode: ({ path }: ConsoleCall) => path,
  async run({ findFile }: ConsoleServices, path) {
    const file = findFile(path);
    if (file !== undefined) return file;
    throw new ConsoleError(path === '' ? 'NotBuilt' : 'NotFound');
  },
  encode: (file, { request }): WireResponse => {
    const { contentType, etag, isImmutable } = file;
    const headers = [
      'Content-Type',
      contentType,
      'ETag',
      etag,
      'Vary',
      'Accept-Encoding',
      'Cache-Control',
      isImmutable ? `public, max-age=${YEAR_SECONDS}, immutable` : 'no-cache',
    ];
    if (request.headers.get('if-none-match') === etag) return { status: 304, headers, body: null };
    const { coding, bytes } = choose(file, request.headers.get('accept-encoding') ?? '');
    if (coding !== 'identity') headers.push('Content-Encoding', coding);
    return request.method === 'HEAD'
      ? { status: 200, headers, body: null, contentLength: bytes.length }
      : { status: 200, headers, body: bytes };
  },
});

function choose({ encodings }: ConsoleFile, accepted: string): { coding: string; bytes: Buffer } {
  const taken = accepted.split(',').map((coding) => coding.trim().split(';')[0]);
  for (const coding of codings) {
    const bytes = taken.includes(coding) ? encodings.get(coding) : undefined;
    if (bytes !== undefined) return { coding, bytes };
  }
  return { coding: 'identity', bytes: encodings.get('identity') ?? Buffer.alloc(0) };
}
