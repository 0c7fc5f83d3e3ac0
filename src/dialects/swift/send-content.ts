/**
 * Answers to reads of objects, whatever their bytes come from: the whole of it, one range, or several as `multipart/byteranges` (RFC
 * 9110, section 14.6).
 */
import type { OpenBody } from '../../core/read-body.ts';
import type { Entropy } from '../../lib/entropy.ts';
import { bodyOfOpened } from '../kernel/opened-body.ts';
import type { StreamedBody, WireHeaders, WireResponse } from '../kernel/wire.ts';
import { type ByteSpan, selectSpans } from './byte-ranges.ts';
import { allowsRange, checkConditions, stateHeaders, type Validators } from './conditions.ts';

export interface Content extends Validators {
  readonly size: number;
  /** With quotes where answers have them. */
  readonly shownEtag: string;
  readonly contentType: string;
  /** Several ranges are answered with the whole: so Swift does for dynamic large objects. */
  readonly takesOneRange?: boolean;
  /** Everything but what depends on the range: flat list with Content-Type. */
  readonly headers: readonly string[];
  /** Bytes `start` to `end`, inclusive; one opening at a time. */
  open(start: number, end: number): Promise<OpenBody>;
}

const BOUNDARY_BYTES = 16;

/** Throws 304, 412 and 416. */
export async function sendContent(
  content: Content,
  request: { readonly headers: WireHeaders },
  entropy: Entropy,
): Promise<WireResponse> {
  const { size, headers } = content;
  checkConditions(request.headers, content, content.shownEtag);
  const wanted = allowsRange(request.headers, content) ? request.headers.get('range') : undefined;
  const range = content.takesOneRange === true && wanted?.includes(',') ? undefined : wanted;
  const spans =
    range === undefined
      ? undefined
      : selectSpans(range, size, stateHeaders(content.shownEtag, content.lastModifiedMicros));
  if (spans === undefined) {
    const opened = await content.open(0, size - 1);
    return { status: 200, headers, body: bodyOfOpened(opened, size) };
  }
  const [only, second] = spans;
  if (only !== undefined && second === undefined) {
    const { start, end } = only;
    const opened = await content.open(start, end);
    return {
      status: 206,
      headers: [...headers, 'Content-Range', `bytes ${start}-${end}/${size}`],
      body: bodyOfOpened(opened, end - start + 1),
    };
  }
  return multipartAnswer(content, spans, entropy.bytes(BOUNDARY_BYTES).toString('hex'));
}

function multipartAnswer(content: Content, spans: readonly ByteSpan[], boundary: string): WireResponse {
  const parts = spans.map((span) => ({ span, head: Buffer.from(headOfPart(content, span, boundary)) }));
  const tail = Buffer.from(`--${boundary}--`);
  const lineEnd = Buffer.from('\r\n');
  let size = tail.length;
  for (const { span, head } of parts) size += head.length + (span.end - span.start + 1) + lineEnd.length;
  const headers = withContentType(content.headers, `multipart/byteranges; boundary=${boundary}`);
  return { status: 206, headers, body: new PartsBody(content, parts, lineEnd, tail, size) };
}

function headOfPart({ contentType, size }: Content, { start, end }: ByteSpan, boundary: string): string {
  return (
    `--${boundary}\r\nContent-Type: ${contentType}\r\n` +
    `Content-Range: bytes ${start}-${end}/${size}\r\n\r\n`
  );
}

function withContentType(headers: readonly string[], type: string): string[] {
  const changed = [...headers];
  for (let index = 0; index < changed.length; index += 2) {
    if (changed[index] === 'Content-Type') changed[index + 1] = type;
  }
  return changed;
}

/** Opens one span after the other. */
class PartsBody implements StreamedBody {
  readonly size: number;
  readonly #content: Content;
  readonly #parts: readonly { readonly span: ByteSpan; readonly head: Buffer }[];
  readonly #lineEnd: Buffer;
  readonly #tail: Buffer;
  #index = 0;
  #opened: OpenBody | undefined;

  constructor(
    content: Content,
    parts: readonly { readonly span: ByteSpan; readonly head: Buffer }[],
    lineEnd: Buffer,
    tail: Buffer,
    size: number,
  ) {
    this.#content = content;
    this.#parts = parts;
    this.#lineEnd = lineEnd;
    this.#tail = tail;
    this.size = size;
  }

  async read(): Promise<Buffer | null> {
    if (this.#opened !== undefined) {
      const chunk = await this.#opened.read();
      if (chunk !== null) return chunk;
      await this.close();
      this.#index += 1;
      return this.#lineEnd;
    }
    const part = this.#parts[this.#index];
    if (part !== undefined) {
      this.#opened = await this.#content.open(part.span.start, part.span.end);
      return part.head;
    }
    if (this.#index > this.#parts.length) return null;
    this.#index += 1;
    return this.#tail;
  }

  async close(): Promise<void> {
    const opened = this.#opened;
    this.#opened = undefined;
    await opened?.close();
  }
}
