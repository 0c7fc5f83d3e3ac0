/**
 * Errors of Samsung Cloud Platform's OpenAPI (build specification scp.md, section 2.5): a short code that is the title too, a status,
 * and what is wrong as text in the caller's language.
 */
import type { Action } from '../../identity/actions.ts';
import type { AccessDecision } from '../../identity/evaluate-access.ts';
import {
  IdentityError,
  type IdentityErrorCode,
  type IdentityErrorDetails,
} from '../../identity/identity-errors.ts';
import { scpActionOf } from '../../identity/scp-actions.ts';
import { PercentEncodingError } from '../../lib/percent-encoding.ts';
import { ScpProofError } from '../authn/scp-signature.ts';
import { RequestBodyError } from '../kernel/request-body-error.ts';
import type { Text } from './choose-language.ts';
import { texts } from './scp-texts.ts';

const statuses = {
  ValidationError: 400,
  InvalidApiVersion: 400,
  InvalidSamlAssertion: 400,
  ExpiredSamlAssertion: 400,
  Unauthorized: 401,
  Forbidden: 403,
  SamlClaimRejected: 403,
  NotFound: 404,
  MethodNotAllowed: 405,
  UnsupportedApiVersion: 406,
  Conflict: 409,
  PayloadTooLarge: 413,
  TooManyRequests: 429,
  ContactAdminForAssistance: 500,
  ServiceUnavailable: 503,
} as const;

export type ScpErrorCode = keyof typeof statuses;

/** What a 403 says besides: which action was refused, and through which grants, if any. */
export interface RefusedAction {
  readonly accessLevel: string;
  readonly actionName: string;
}

interface ScpErrorParts {
  /** Flat list: name, value. */
  readonly headers?: readonly string[];
  readonly refused?: RefusedAction;
  /** Of a 406: lowest and highest version that can be called. */
  readonly versions?: { readonly min: string; readonly max: string };
  /** What the answer must not say, for the audit log. */
  readonly reason?: string;
}

export class ScpError extends Error {
  override readonly name = 'ScpError';
  readonly code: ScpErrorCode;
  readonly status: number;
  /** A list for values that are wrong, each with the path of its member. */
  readonly detail: Text | readonly Text[];
  readonly headers: readonly string[];
  readonly refused: RefusedAction | undefined;
  readonly versions: ScpErrorParts['versions'];
  readonly reason: string | undefined;

  constructor(code: ScpErrorCode, detail: Text | readonly Text[], parts: ScpErrorParts = {}) {
    super(code);
    this.code = code;
    this.status = statuses[code];
    this.detail = detail;
    this.headers = parts.headers ?? [];
    this.refused = parts.refused;
    this.versions = parts.versions;
    this.reason = parts.reason;
  }
}

/** With the path of the member before the sentence: `role_session_name: field required`. */
export function invalid(...problems: readonly Text[]): ScpError {
  return new ScpError('ValidationError', problems);
}

export function notFound(what: Text): ScpError {
  return new ScpError('NotFound', what);
}

/** `decision`: why, where policies have decided; for explanations. */
export function forbidden(action: Action | undefined, decision?: AccessDecision): ScpError {
  const named = action === undefined ? undefined : scpActionOf(action);
  const refused = named && { accessLevel: named.accessLevel, actionName: named.name };
  const error = new ScpError('Forbidden', texts.forbidden, refused === undefined ? {} : { refused });
  if (decision !== undefined) error.cause = decision;
  return error;
}

export function unauthorized(reason: string): ScpError {
  return new ScpError('Unauthorized', texts.unauthorized, { reason });
}

type FromIdentity = { readonly [C in IdentityErrorCode]: (details: IdentityErrorDetails[C]) => ScpError };

const conflict = (name: string) => () => new ScpError('Conflict', texts.taken(name));
const unavailable = () => new ScpError('ServiceUnavailable', texts.unavailable);
const missing = (what: Text) => () => notFound(what);

const fromIdentity: FromIdentity = {
  NoSuchAccount: missing(texts.noSuchAccount),
  NoSuchUser: missing(texts.noSuchUser),
  NoSuchAccessKey: missing(texts.noSuchAccessKey),
  AccountNameTaken: conflict('name'),
  AccountIdTaken: conflict('id'),
  UserNameTaken: conflict('name'),
  EmailTaken: conflict('email'),
  AccessKeyTaken: conflict('access_key'),
  InvalidValue: ({ what, expected }) => invalid(texts.expected(what, expected)),
  TooManyAccessKeys: ({ limit }) => new ScpError('Conflict', texts.tooManyAccessKeys(limit)),
  RootIsPermanent: () => new ScpError('Conflict', texts.permanent),
  AccountIsBeingRemoved: () => new ScpError('Conflict', texts.accountIsBeingRemoved),
  LoginRefused: ({ reason }) => unauthorized(reason),
  TooManyAttempts: ({ retryAfterSeconds }) => tooManyRequests(retryAfterSeconds),
  StorageUnavailable: unavailable,
  NoSuchRecord: missing(texts.noSuchRecord),
  RecordTaken: ({ what }) => new ScpError('Conflict', texts.taken(what)),
  RecordChanged: unavailable,
  RecordLocked: () => new ScpError('Conflict', texts.permanent),
  InvalidPolicy: ({ reason }) => invalid(texts.expected('policy', reason)),
  NoSuchSubject: missing(texts.noSuchRecord),
  TooMany: ({ noun, limit }) => new ScpError('Conflict', texts.expected(noun, `at most ${limit}`)),
  TooMuchContention: unavailable,
};

export function tooManyRequests(retryAfterSeconds: number): ScpError {
  return new ScpError('TooManyRequests', texts.tooManyRequests, {
    headers: ['Retry-After', String(retryAfterSeconds)],
  });
}

/** Total: what is not known here is a bug, and shows nothing of itself. */
export function toScpError(error: unknown): ScpError {
  if (error instanceof ScpError) return error;
  if (error instanceof ScpProofError) return unauthorized(error.fault);
  if (error instanceof IdentityError) return fromIdentityError(error);
  if (error instanceof PercentEncodingError) return new ScpError('ValidationError', texts.malformedTarget);
  if (error instanceof RequestBodyError) return new ScpError('ValidationError', texts.incompleteBody);
  return new ScpError('ContactAdminForAssistance', texts.failed);
}

function fromIdentityError<C extends IdentityErrorCode>(error: IdentityError<C>): ScpError {
  return fromIdentity[error.code](error.details);
}
