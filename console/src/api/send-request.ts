/**
 * Requests to this server and to nothing else. What changes something carries the session's CSRF token. A session that has ended is
 * noticed here, whoever asked.
 */
import { ApiError, SERVER_GONE } from './api-error.ts';
import { parseXml, textOf } from './read-xml.ts';

let csrfToken = '';
let onSessionEnd: () => void = () => undefined;

export function setCsrfToken(token: string): void {
  csrfToken = token;
}

export function watchSessionEnd(listener: () => void): void {
  onSessionEnd = listener;
}

/** `path`: relative to the console's own page. */
export function urlOf(path: string): string {
  return new URL(path, document.baseURI).href;
}

export function sessionHeaders(): Record<string, string> {
  return csrfToken === '' ? {} : { 'x-gotgan-csrf': csrfToken };
}

/** Throws `ApiError`, also for every status above 299. */
export async function sendRequest(path: string, init: RequestInit = {}): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(urlOf(path), {
      ...init,
      headers: { ...sessionHeaders(), ...init.headers },
      credentials: 'same-origin',
      cache: 'no-store',
      redirect: 'error',
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiError(0, SERVER_GONE, 'The server does not answer.');
  }
  if (response.ok) return response;
  throw noticeSessionEnd(await readError(response));
}

export async function sendJson<T>(method: string, path: string, body?: unknown): Promise<T> {
  const response = await sendRequest(path, {
    method,
    ...(body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
  const text = await response.text();
  return (text === '' ? {} : JSON.parse(text)) as T;
}

export function noticeSessionEnd(error: ApiError): ApiError {
  if (error.status === 401 && (error.code === 'SessionExpired' || error.code === 'NotLoggedIn')) {
    onSessionEnd();
  }
  return error;
}

async function readError(response: Response): Promise<ApiError> {
  return errorOf(response.status, await response.text(), (name) => response.headers.get(name));
}

/** From the body of S3, Keystone, IBM or the admin API. */
export function errorOf(status: number, text: string, header: (name: string) => string | null): ApiError {
  const requestId = header('x-amz-request-id') ?? header('x-request-id') ?? undefined;
  if (text.startsWith('<')) {
    const document = parseXml(text);
    const code = textOf(document, 'Code');
    return new ApiError(
      status,
      code === '' ? `HTTP ${status}` : code,
      textOf(document, 'Message'),
      requestId,
    );
  }
  const { code, message } = readJsonError(text);
  return new ApiError(
    status,
    code ?? header('x-amz-error-code') ?? codeOfStatus(status),
    message ?? '',
    requestId,
  );
}

function readJsonError(text: string): { code?: string; message?: string } {
  try {
    const document: unknown = JSON.parse(text);
    const found = isRecord(document)
      ? isRecord(document['error'])
        ? document['error']
        : firstError(document)
      : {};
    const { code, title, message = found['detail'] } = found;
    const named = typeof code === 'string' ? code : title;
    return {
      ...(typeof named === 'string' ? { code: named } : {}),
      ...(typeof message === 'string' ? { message } : {}),
    };
  } catch {
    return {};
  }
}

function firstError(document: Record<string, unknown>): Record<string, unknown> {
  const list = document['errors'];
  return Array.isArray(list) && isRecord(list[0]) ? list[0] : document;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Answers to HEAD have no body. */
function codeOfStatus(status: number): string {
  if (status === 403) return 'AccessDenied';
  return status === 404 ? 'NotFound' : `HTTP ${status}`;
}
