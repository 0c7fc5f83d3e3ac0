/** One PUT of a part of a file with its progress, which `fetch` cannot tell. */
import { ApiError, SERVER_GONE } from '../api/api-error.ts';
import { errorOf, noticeSessionEnd, sessionHeaders, urlOf } from '../api/send-request.ts';

export interface SentFile {
  readonly path: string;
  readonly content: Blob;
  readonly contentType: string;
  /** CRC-32, base64. */
  readonly checksum?: string;
  readonly signal: AbortSignal;
  readonly onProgress: (bytesSent: number) => void;
}

/** Answers the ETag as sent. Throws `ApiError`, or `DOMException` AbortError. */
export function sendFile({
  path,
  content,
  contentType,
  checksum,
  signal,
  onProgress,
}: SentFile): Promise<string> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(aborted());
      return;
    }
    const request = new XMLHttpRequest();
    request.open('PUT', urlOf(path));
    for (const [name, value] of Object.entries(sessionHeaders())) request.setRequestHeader(name, value);
    if (contentType !== '') request.setRequestHeader('content-type', contentType);
    if (checksum !== undefined) request.setRequestHeader('x-amz-checksum-crc32', checksum);
    request.upload.onprogress = ({ loaded }) => onProgress(loaded);
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) {
        onProgress(content.size);
        resolve(request.getResponseHeader('etag') ?? '');
      } else {
        const error = errorOf(request.status, request.responseText, (name) =>
          request.getResponseHeader(name),
        );
        reject(noticeSessionEnd(error));
      }
    };
    request.onerror = () => reject(new ApiError(0, SERVER_GONE, 'The connection broke.'));
    request.onabort = () => reject(aborted());
    signal.addEventListener('abort', () => request.abort(), { once: true });
    request.send(content);
  });
}

function aborted(): DOMException {
  return new DOMException('aborted', 'AbortError');
}
