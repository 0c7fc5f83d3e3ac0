/** Errors of the console's own paths: `{"error": {"code", "message", "requestId"}}`. The page translates the codes. */
import { IdentityError } from '../../identity/identity-errors.ts';
import { RequestBodyError } from '../kernel/request-body-error.ts';

const catalogue = {
  InvalidRequest: [400, 'The body is not what this path takes.'],
  IncompleteBody: [400, 'The body ended too early.'],
  NotLoggedIn: [401, 'Nobody is logged in.'],
  SessionExpired: [401, 'The session has ended: log in again.'],
  LoginRefused: [401, 'This is not a user of this server, or not their secret.'],
  ForeignOrigin: [403, 'The request comes from a page of another origin.'],
  CsrfTokenWrong: [403, 'The request does not carry the token of the session.'],
  NoUsableKey: [409, 'You have no enabled key pair that could sign this link.'],
  NotFound: [404, 'The console has nothing at this path.'],
  MethodNotAllowed: [405, 'This path does not take this method.'],
  BodyTooLarge: [413, 'The body is too large.'],
  TooManyAttempts: [429, 'Too many attempts: wait a minute.'],
  InternalError: [500, 'The server has failed; its log knows more under the request id.'],
  NotBuilt: [503, 'The pages of the console have not been built: run `npm run build:console`.'],
  Unavailable: [503, 'The storage cannot answer this now.'],
} as const satisfies Readonly<Record<string, readonly [number, string]>>;

export type ConsoleErrorCode = keyof typeof catalogue;

export class ConsoleError extends Error {
  override readonly name = 'ConsoleError';
  readonly code: ConsoleErrorCode;
  readonly status: number;
  /** Flat list: name, value. */
  readonly headers: readonly string[];

  constructor(code: ConsoleErrorCode, message?: string, headers: readonly string[] = []) {
    super(message ?? catalogue[code][1]);
    this.code = code;
    this.status = catalogue[code][0];
    this.headers = headers;
  }
}

/** Total: what is not known here is a bug, and shows nothing of itself. */
export function toConsoleError(error: unknown): ConsoleError {
  if (error instanceof ConsoleError) return error;
  if (error instanceof RequestBodyError) return new ConsoleError('IncompleteBody');
  if (!(error instanceof IdentityError)) return new ConsoleError('InternalError');
  if (error.code === 'LoginRefused') return new ConsoleError('LoginRefused');
  if (error.code === 'TooManyAttempts') {
    const { retryAfterSeconds } = (error as IdentityError<'TooManyAttempts'>).details;
    return new ConsoleError('TooManyAttempts', undefined, ['Retry-After', `${retryAfterSeconds}`]);
  }
  return new ConsoleError(
    error.code === 'StorageUnavailable' || error.code === 'TooMuchContention'
      ? 'Unavailable'
      : 'InternalError',
  );
}
