/**
 * Errors of the admin API: `{"error": {"code", "message", "requestId"}}`. Codes of proofs are those of dialects/authn, so that
 * they need no second list; sentences are for people, codes for programs.
 */
import { CoreError } from '../../core/core-errors.ts';
import {
  IdentityError,
  type IdentityErrorCode,
  type IdentityErrorDetails,
} from '../../identity/identity-errors.ts';
import { PercentEncodingError } from '../../lib/percent-encoding.ts';
import { AuthnError } from '../authn/authn-errors.ts';
import { describeAuthnError } from '../authn/describe-authn-error.ts';
import { RequestBodyError } from '../kernel/request-body-error.ts';

export class AdminError extends Error {
  override readonly name = 'AdminError';
  readonly status: number;
  readonly code: string;
  /** Flat list: name, value. */
  readonly headers: readonly string[];

  constructor(status: number, code: string, message: string, headers: readonly string[] = []) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

type Answer = readonly [status: number, message: string];
type IdentityAnswers = { readonly [C in IdentityErrorCode]: (details: IdentityErrorDetails[C]) => Answer };

const fromIdentity: IdentityAnswers = {
  NoSuchAccount: ({ account }) => [404, `There is no account ${account}.`],
  NoSuchUser: ({ user }) => [404, `There is no user ${user}.`],
  NoSuchAccessKey: ({ accessKeyId }) => [404, `There is no access key ${accessKeyId}.`],
  AccountNameTaken: ({ name }) => [409, `Another account is called ${name}.`],
  AccountIdTaken: ({ id }) => [409, `Another account has the id ${id}.`],
  UserNameTaken: ({ name }) => [409, `Another user of the account is called ${name}.`],
  EmailTaken: ({ email }) => [409, `Another user has the e-mail address ${email}.`],
  AccessKeyTaken: ({ accessKeyId }) => [409, `The access key ${accessKeyId} exists already.`],
  InvalidValue: ({ what, expected }) => [400, `${what} is not usable: expected ${expected}.`],
  TooManyAccessKeys: ({ limit }) => [
    409,
    `The user has ${limit} access keys, which is the most there can be.`,
  ],
  RootIsPermanent: ({ what }) => [
    409,
    `${what.slice(0, 1).toUpperCase()}${what.slice(1)} cannot be removed or disabled.`,
  ],
  AccountIsBeingRemoved: ({ account }) => [409, `The account ${account} is being removed.`],
  LoginRefused: () => [401, 'This is not a user of this server, or not their password.'],
  TooManyAttempts: ({ retryAfterSeconds }) => [
    429,
    `Too many attempts: try again in ${retryAfterSeconds} s.`,
  ],
  StorageUnavailable: ({ isFull }) => [isFull ? 507 : 503, 'The storage cannot take this now.'],
  NoSuchRecord: ({ noun, id }) => [404, `There is no ${noun} ${id}.`],
  RecordTaken: ({ noun, what, value }) => [409, `Another ${noun} has the ${what} ${value}.`],
  RecordChanged: ({ noun, id }) => [412, `The ${noun} ${id} has changed meanwhile.`],
  RecordLocked: ({ noun, id }) => [409, `The ${noun} ${id} is locked: unlock it first.`],
  InvalidPolicy: ({ reason }) => [400, `The policy is refused. ${reason}`],
  NoSuchSubject: ({ subject }) => [404, `There is nobody called ${subject} in the account.`],
  TooMany: ({ noun, limit }) => [409, `There are ${limit} of ${noun}, which is the most there can be.`],
  TooMuchContention: () => [503, 'Others are changing the same records: try again.'],
};

/** Total: what is not known here is a bug, and shows nothing of itself. */
export function toAdminError(error: unknown): AdminError {
  if (error instanceof AdminError) return error;
  if (error instanceof IdentityError) return fromIdentityError(error);
  if (error instanceof AuthnError) {
    const message = describeAuthnError(error);
    return new AdminError(403, error.code, message.endsWith('.') ? message : `${message}.`);
  }
  if (error instanceof RequestBodyError)
    return new AdminError(400, 'IncompleteBody', 'The body ended too early.');
  if (error instanceof PercentEncodingError) {
    return new AdminError(400, 'InvalidRequest', 'The path or query is not valid percent-encoded UTF-8.');
  }
  if (error instanceof CoreError && (error.code === 'StorageFull' || error.code === 'StorageUnavailable')) {
    return new AdminError(
      error.code === 'StorageFull' ? 507 : 503,
      error.code,
      'The storage cannot take this now.',
    );
  }
  return new AdminError(
    500,
    'InternalError',
    'The server has failed; its log knows more under the request id.',
  );
}

function fromIdentityError<C extends IdentityErrorCode>(error: IdentityError<C>): AdminError {
  const [status, message] = fromIdentity[error.code](error.details);
  return new AdminError(status, error.code, message);
}
