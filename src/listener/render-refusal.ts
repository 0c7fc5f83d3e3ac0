/**
 * What the listener says when there is no request that a dialect could answer: bytes that are not HTTP, headers that are
 * too large or too slow. In the manner of the address: S3's error document, or the JSON of the control address.
 */
export interface Refusal {
  readonly status: number;
  /** S3's word for it, as in its list of error codes, where it has one. */
  readonly code: string;
  readonly message: string;
}

export interface RenderedRefusal {
  readonly contentType: string;
  readonly body: string;
}

/** Messages are ours and hold nothing to be escaped. */
export function renderXmlRefusal({ code, message }: Refusal): RenderedRefusal {
  return {
    contentType: 'application/xml',
    body: `<?xml version='1.0' encoding='UTF-8'?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`,
  };
}

export function renderJsonRefusal({ code, message }: Refusal): RenderedRefusal {
  return { contentType: 'application/json', body: JSON.stringify({ error: { code, message } }) };
}

/** Of a request whose head did not come in time, or of a connection on which nothing did. */
export const lateHead: Refusal = {
  status: 408,
  code: 'RequestTimeout',
  message: 'The headers of the request were not received within the timeout period.',
};

/** For an error of Node's parser or of its time-outs; undefined when nobody is there to be told. */
export function refusalFor(errorCode: string | undefined): Refusal | undefined {
  switch (errorCode) {
    case 'ECONNRESET':
    case 'EPIPE':
    case 'ETIMEDOUT':
      return undefined;
    case 'HPE_HEADER_OVERFLOW':
      return {
        status: 431,
        code: 'RequestHeaderSectionTooLarge',
        message:
          'Your request header and query parameters used to make the request exceed the maximum allowed size.',
      };
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return lateHead;
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return { status: 413, code: 'EntityTooLarge', message: 'The chunk extensions are too large.' };
    default:
      return { status: 400, code: 'BadRequest', message: 'An error occurred when parsing the HTTP request.' };
  }
}
