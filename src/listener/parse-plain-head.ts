/**
 * Reads the head of a request in its plainest form, which is what clients of object stores send nearly always: HTTP/1.1, an
 * absolute path, well-formed fields, a body of a stated length or none, a connection that is to be kept.
 *
 * It never refuses. Whatever else it meets, legal or not, is somebody else's to judge: the answer is undefined, and Node's parser gets
 * the same bytes. So what is taken here must be a subset of what that parser takes, and mean the same (RFC 9112, sections 2 to 6).
 */
import { isAscii } from 'node:buffer';
import type { RequestHead } from './accept-request.ts';
import { endOfToken, isFieldValue } from './header-text.ts';
import { IncomingHeaders } from './incoming-headers.ts';

export interface PlainHead extends RequestHead {
  /** 0 without the field. */
  readonly contentLength: number;
  /** The client waits for `100 Continue` before it sends its body. */
  readonly expectsContinue: boolean;
  /** Up to and with the empty line. */
  readonly bytes: number;
}

/** Longer heads are rare. */
const HEAD_BYTES_MAX = 8 * 1024;

const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'PUT', 'POST', 'DELETE', 'OPTIONS']);
/** All of fifteen digits are safe integers. */
const LENGTH = /^[0-9]{1,15}$/;
const EMPTY_LINE = Buffer.from('\r\n\r\n');
const VERSION_AND_END = ' HTTP/1.1\r\n';

const [TAB, SPACE, HASH, COLON, DELETE] = [0x09, 0x20, 0x23, 0x3a, 0x7f];

export function parsePlainHead(received: Buffer): PlainHead | undefined {
  const end = received.indexOf(EMPTY_LINE);
  if (end < 0 || end > HEAD_BYTES_MAX) return undefined;
  const text = received.toString('latin1', 0, end + 2);
  const methodEnd = text.indexOf(' ');
  const targetStart = methodEnd + 1;
  const targetEnd = text.indexOf(' ', targetStart);
  const method = text.slice(0, Math.max(methodEnd, 0));
  if (!METHODS.has(method) || !text.startsWith(VERSION_AND_END, targetEnd)) return undefined;
  if (text[targetStart] !== '/' || !isPrintable(text, targetStart, targetEnd)) return undefined;
  const headers = new IncomingHeaders(isAscii(received.subarray(0, end)));
  if (!readFields(text, targetEnd + VERSION_AND_END.length, headers)) return undefined;
  if (!isPlain(headers)) return undefined;
  const length = headers.get('content-length');
  if (length !== undefined && !LENGTH.test(length)) return undefined;
  return {
    method,
    target: text.slice(targetStart, targetEnd),
    headers,
    needsHost: true,
    contentLength: length === undefined ? 0 : Number(length),
    expectsContinue: headers.has('expect'),
    bytes: end + EMPTY_LINE.length,
  };
}

function isPrintable(text: string, start: number, end: number): boolean {
  for (let index = start; index < end; index += 1) {
    const code = text.charCodeAt(index);
    if (code <= SPACE || code >= DELETE || code === HASH) return false;
  }
  return true;
}

/** `start`: of the first field line. Answers whether all lines were plain. */
function readFields(text: string, start: number, headers: IncomingHeaders): boolean {
  for (let lineStart = start; lineStart < text.length; ) {
    const colon = endOfToken(text, lineStart);
    if (colon === lineStart || text.charCodeAt(colon) !== COLON) return false;
    const lineEnd = text.indexOf('\r\n', colon);
    let valueStart = colon + 1;
    while (isBlank(text.charCodeAt(valueStart))) valueStart += 1;
    let valueEnd = lineEnd;
    while (valueEnd > valueStart && isBlank(text.charCodeAt(valueEnd - 1))) valueEnd -= 1;
    if (!isFieldValue(text, valueStart, valueEnd)) return false;
    headers.add(text.slice(lineStart, colon).toLowerCase(), text.slice(valueStart, valueEnd));
    lineStart = lineEnd + 2;
  }
  return true;
}

function isBlank(code: number): boolean {
  return code === SPACE || code === TAB;
}

/** Whether nothing in the head asks for more than a plain exchange. */
function isPlain(headers: IncomingHeaders): boolean {
  // Node's parser takes Proxy-Connection for Connection.
  if (headers.has('transfer-encoding') || headers.has('upgrade') || headers.has('proxy-connection'))
    return false;
  return (
    isAbsentOr('keep-alive', headers.get('connection')) && isAbsentOr('100-continue', headers.get('expect'))
  );
}

function isAbsentOr(expected: string, value: string | undefined): boolean {
  return value === undefined || value.toLowerCase() === expected;
}
