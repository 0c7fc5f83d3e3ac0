/**
 * Why the rest of a request's body will never come: what reading a `RequestBody` rejects with. Nothing of the body may be
 * kept. Dialects answer in their own words (S3: IncompleteBody, RequestTimeout); on an aborted connection nobody hears it.
 */
export type RequestBodyFault =
  /** The client closed its side, or the connection broke. */
  | 'aborted'
  /** The client sent nothing for longer than allowed. */
  | 'idle'
  /** The framing of the transfer is broken (chunk sizes). */
  | 'malformed';

export class RequestBodyError extends Error {
  override readonly name = 'RequestBodyError';
  readonly fault: RequestBodyFault;
  /** Bytes that had been received before. */
  readonly bytesReceived: number;
  /** As declared by Content-Length. */
  readonly bytesExpected: number | undefined;

  constructor(fault: RequestBodyFault, bytesReceived: number, bytesExpected: number | undefined) {
    super(`the request body is ${fault} after ${bytesReceived} bytes`);
    this.fault = fault;
    this.bytesReceived = bytesReceived;
    this.bytesExpected = bytesExpected;
  }
}
