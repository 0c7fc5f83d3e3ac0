/**
 * Errors of IBM's control plane. Each service has a shape of its own (ibm-cos.md: 3.1, 4, 5, 6.1, 8, 9.8), so an operation says what is
 * wrong by a kind, and the service of the path decides how that looks. The token service has numbered errors besides, two of
 * whose texts are matched by SDKs. No shape carries `context.url`: Node's SDK core would replace the message by one of its own.
 */
import {
  IdentityError,
  type IdentityErrorCode,
  type IdentityErrorDetails,
} from '../../identity/identity-errors.ts';
import { PercentEncodingError } from '../../lib/percent-encoding.ts';
import { RequestBodyError } from '../kernel/request-body-error.ts';

const statuses = {
  invalid: 400,
  'missing-query': 400,
  'has-children': 400,
  unauthenticated: 401,
  forbidden: 403,
  'not-found': 404,
  'method-not-allowed': 405,
  conflict: 409,
  'stale-version': 409,
  locked: 409,
  gone: 410,
  'precondition-failed': 412,
  'too-large': 413,
  'unsupported-type': 415,
  'too-many': 429,
  internal: 500,
  'not-implemented': 501,
  unavailable: 503,
} as const;

export type IbmErrorKind = keyof typeof statuses;

export interface IbmErrorParts {
  readonly details?: string;
  /** What a new thing collides with. */
  readonly conflictsWith?: Readonly<Record<string, string>>;
  /** Flat list: name, value. */
  readonly headers?: readonly string[];
  /** Why somebody was refused, for the audit log. */
  readonly reason?: string;
}

export class IbmError extends Error {
  override readonly name = 'IbmError';
  readonly kind: IbmErrorKind;
  readonly status: number;
  readonly parts: IbmErrorParts;
  /** For the access log. */
  readonly code: string;

  constructor(kind: IbmErrorKind, message: string, parts: IbmErrorParts = {}) {
    super(message);
    this.kind = kind;
    this.status = statuses[kind];
    this.parts = parts;
    this.code = kind;
  }
}

/** Numbered, of the token service (ibm-cos.md, 3.1). */
export class TokenError extends Error {
  override readonly name = 'TokenError';
  readonly status: 400 | 401;
  readonly code: `BXNIM${string}`;
  readonly details: string | undefined;
  readonly reason: string | undefined;

  constructor(
    status: 400 | 401,
    code: `BXNIM${string}`,
    message: string,
    more: { readonly details?: string; readonly reason?: string } = {},
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.details = more.details;
    this.reason = more.reason;
  }
}

export function notFound(what: string): IbmError {
  return new IbmError('not-found', `There is no such ${what} in this account.`);
}

export function invalid(message: string, details?: string): IbmError {
  return new IbmError('invalid', message, details === undefined ? {} : { details });
}

export function forbidden(): IbmError {
  return new IbmError('forbidden', 'You are not authorized to do this: no access policy allows it.');
}

type Answer = readonly [kind: IbmErrorKind, message: string, parts?: IbmErrorParts];
type IdentityAnswers = { readonly [C in IdentityErrorCode]: (details: IdentityErrorDetails[C]) => Answer };

const fromIdentity: IdentityAnswers = {
  NoSuchAccount: () => ['not-found', 'There is no such account.'],
  NoSuchUser: () => ['not-found', 'There is no such user in this account.'],
  NoSuchAccessKey: () => ['not-found', 'There is no such HMAC key.'],
  AccountNameTaken: () => ['conflict', 'Another account has this name.'],
  AccountIdTaken: () => ['conflict', 'Another account has this id.'],
  UserNameTaken: () => ['conflict', 'Another user has this name.'],
  EmailTaken: () => ['conflict', 'Another user has this e-mail address.'],
  AccessKeyTaken: () => ['conflict', 'The HMAC key exists already.'],
  InvalidValue: ({ what, expected }) => ['invalid', `${what} is not usable: expected ${expected}.`],
  TooManyAccessKeys: ({ limit }) => ['conflict', `There are ${limit} HMAC keys already, which is the limit.`],
  RootIsPermanent: ({ what }) => ['forbidden', `${what} cannot be removed.`],
  AccountIsBeingRemoved: () => ['forbidden', 'The account is being removed.'],
  LoginRefused: ({ reason }) => ['unauthenticated', 'The provided credentials are not accepted.', { reason }],
  TooManyAttempts: ({ retryAfterSeconds }) => [
    'too-many',
    `Too many attempts: try again in ${retryAfterSeconds} seconds.`,
    { headers: ['Retry-After', String(retryAfterSeconds)] },
  ],
  StorageUnavailable: () => ['unavailable', 'The server cannot store anything at the moment.'],
  NoSuchRecord: ({ noun }) => ['not-found', `There is no such ${noun} in this account.`],
  RecordTaken: ({ noun, what }) => ['conflict', `Another ${noun} has the same ${what}.`],
  RecordChanged: ({ noun }) => [
    'stale-version',
    `The ${noun} has been changed since: read it again and send its present tag in If-Match.`,
  ],
  RecordLocked: ({ noun }) => ['locked', `The ${noun} is locked: unlock it first.`],
  InvalidPolicy: ({ reason }) => ['invalid', `The policy is not usable: ${reason}`],
  NoSuchSubject: () => ['not-found', 'There is no such identity in this account.'],
  TooMany: ({ noun, limit }) => ['conflict', `There may be ${limit} ${noun}, and there are.`],
  TooMuchContention: () => [
    'unavailable',
    'Others are changing the same records: try again.',
    { headers: ['Retry-After', '1'] },
  ],
};

/** Total: what is not known here is a bug, and shows nothing of itself. */
export function toIbmError(error: unknown): IbmError | TokenError {
  if (error instanceof IbmError || error instanceof TokenError) return error;
  if (error instanceof IdentityError) return fromIdentityError(error);
  if (error instanceof RequestBodyError) return invalid('The body ended too early.');
  if (error instanceof PercentEncodingError) {
    return invalid('The path or query is not valid percent-encoded UTF-8.');
  }
  return new IbmError('internal', 'The server has failed; its log knows more under the transaction id.');
}

function fromIdentityError<C extends IdentityErrorCode>(error: IdentityError<C>): IbmError {
  const [kind, message, parts] = fromIdentity[error.code](error.details);
  return new IbmError(kind, message, parts);
}
