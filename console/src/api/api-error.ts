/** An answer that is not what was asked for. `code` is the API's own; the page shows it beside a sentence of its own. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** 0: there was no answer. */
  readonly status: number;
  readonly code: string;
  readonly requestId: string | undefined;

  constructor(status: number, code: string, message: string, requestId?: string) {
    super(message);
    this.status = status;
    this.code = code;
    this.requestId = requestId;
  }
}

export const SERVER_GONE = 'ServerGone';

export function isGone(error: unknown): boolean {
  return error instanceof ApiError && error.code === SERVER_GONE;
}

export function isCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof ApiError && codes.includes(error.code);
}
