/**
 * Errors of the identity services: `{"error": {"code", "title", "message"}}`, as Keystone's. Sentences are our own. Everything that
 * concerns who somebody is says the same, so that nobody learns which part was wrong.
 */
import {
  IdentityError,
  type IdentityErrorCode,
  type IdentityErrorDetails,
} from '../../identity/identity-errors.ts';
import { PercentEncodingError } from '../../lib/percent-encoding.ts';
import { RequestBodyError } from '../kernel/request-body-error.ts';

const titles = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  413: 'Request Entity Too Large',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
} as const;

export type KeystoneStatus = keyof typeof titles;

export class KeystoneError extends Error {
  override readonly name = 'KeystoneError';
  readonly status: KeystoneStatus;
  /** Flat list: name, value. */
  readonly headers: readonly string[];
  /** For the access log. */
  readonly code: string;

  constructor(status: KeystoneStatus, message: string, headers: readonly string[] = []) {
    super(message);
    this.status = status;
    this.headers = headers;
    this.code = titles[status].replaceAll(' ', '');
  }
}

export function titleOf(status: KeystoneStatus): string {
  return titles[status];
}

export function unauthorized(): KeystoneError {
  return new KeystoneError(401, 'The request you have made requires authentication.');
}

/** Which of them is missing, or is not theirs, stays unsaid. */
export function notFound(what: string): KeystoneError {
  return new KeystoneError(404, `There is no such ${what}.`);
}

type Answer = readonly [status: KeystoneStatus, message: string, headers?: readonly string[]];
type IdentityAnswers = { readonly [C in IdentityErrorCode]: (details: IdentityErrorDetails[C]) => Answer };

const fromIdentity: IdentityAnswers = {
  NoSuchAccount: () => [404, 'There is no such tenant.'],
  NoSuchUser: () => [404, 'There is no such user.'],
  NoSuchAccessKey: () => [404, 'There is no such credential.'],
  AccountNameTaken: () => [409, 'Another tenant has this name.'],
  AccountIdTaken: () => [409, 'Another tenant has this id.'],
  UserNameTaken: () => [409, 'Another user has this name.'],
  EmailTaken: () => [409, 'Another user has this e-mail address.'],
  AccessKeyTaken: () => [409, 'The credential exists already.'],
  InvalidValue: ({ what, expected }) => [400, `${what} is not usable: expected ${expected}.`],
  TooManyAccessKeys: ({ limit }) => [
    409,
    `A user has at most ${limit} credentials of a tenant: delete one that is not needed any more.`,
  ],
  RootIsPermanent: ({ what }) => [
    403,
    `${what.slice(0, 1).toUpperCase()}${what.slice(1)} cannot be removed.`,
  ],
  AccountIsBeingRemoved: () => [403, 'The tenant is being removed.'],
  LoginRefused: () => [401, unauthorized().message],
  TooManyAttempts: ({ retryAfterSeconds }) => [
    429,
    `Too many attempts: try again in ${retryAfterSeconds} seconds.`,
    ['Retry-After', String(retryAfterSeconds)],
  ],
  StorageUnavailable: () => [503, 'The server cannot store anything at the moment.'],
  NoSuchRecord: ({ noun }) => [404, `There is no such ${noun}.`],
  RecordTaken: ({ noun, what }) => [409, `Another ${noun} has this ${what}.`],
  RecordChanged: ({ noun }) => [409, `The ${noun} has changed meanwhile.`],
  RecordLocked: ({ noun }) => [409, `The ${noun} is locked.`],
  InvalidPolicy: () => [400, 'The policy is refused.'],
  NoSuchSubject: () => [404, 'There is no such user.'],
  TooMany: ({ limit }) => [409, `There can be ${limit} at most.`],
  TooMuchContention: () => [503, 'Others are changing the same records: try again.', ['Retry-After', '1']],
};

/** Total: what is not known here is a bug, and shows nothing of itself. */
export function toKeystoneError(error: unknown): KeystoneError {
  if (error instanceof KeystoneError) return error;
  if (error instanceof IdentityError) return fromIdentityError(error);
  if (error instanceof RequestBodyError) return new KeystoneError(400, 'The body ended too early.');
  if (error instanceof PercentEncodingError) {
    return new KeystoneError(400, 'The path or query is not valid percent-encoded UTF-8.');
  }
  return new KeystoneError(500, 'The server has failed; its log knows more under the request id.');
}

function fromIdentityError<C extends IdentityErrorCode>(error: IdentityError<C>): KeystoneError {
  const [status, message, headers] = fromIdentity[error.code](error.details);
  return new KeystoneError(status, message, headers);
}
