/** The closed list of what can go wrong in the identity store, without HTTP. */

export interface IdentityErrorDetails {
  NoSuchAccount: { account: string };
  NoSuchUser: { user: string };
  NoSuchAccessKey: { accessKeyId: string };
  AccountNameTaken: { name: string };
  AccountIdTaken: { id: string };
  UserNameTaken: { name: string };
  EmailTaken: { email: string };
  AccessKeyTaken: { accessKeyId: string };
  /** `what` is the name of the member that is wrong, `expected` the end of a sentence. */
  InvalidValue: { what: string; expected: string };
  TooManyAccessKeys: { limit: number };
  /** The server's root account, the root user of an account, and the last key pair of the server's root user stay. */
  RootIsPermanent: { what: string };
  AccountIsBeingRemoved: { account: string };
  /**
   * Somebody could not prove who they are, or has no business in the account. `reason` and the ids are for the audit log
   * only: nobody may learn from an answer which part was wrong.
   */
  LoginRefused: { reason: LoginRefusal; userId?: string; accountId?: string };
  /** Too many wrong guesses from there or at this user, or too many at once. */
  TooManyAttempts: { retryAfterSeconds: number };
  /** The storage takes nothing more for now. */
  StorageUnavailable: { isFull: boolean };
  /** Of a collection; `noun` says what it is called: `service`. */
  NoSuchRecord: { noun: string; id: string };
  /** `what`: the index that holds no value twice. */
  RecordTaken: { noun: string; what: string; value: string };
  /** It is not of the version that was expected. */
  RecordChanged: { noun: string; id: string };
  /** It must be unlocked first. */
  RecordLocked: { noun: string; id: string };
  /** A policy document that is refused, and the part of it that is at fault. */
  InvalidPolicy: { reason: string; detail: string | undefined };
  /** Whom something was to be attached to, or who was to be made a member. */
  NoSuchSubject: { subject: string };
  TooMany: { noun: string; limit: number };
  /** Others changed the same records more often than the server retries. */
  TooMuchContention: Record<never, never>;
}

export type LoginRefusal =
  | 'unknown-user'
  | 'wrong-password'
  | 'user-disabled'
  | 'account-disabled'
  | 'unknown-account'
  | 'other-account'
  | 'token-void'
  | 'unknown-key'
  | 'wrong-secret'
  | 'key-disabled';

export type IdentityErrorCode = keyof IdentityErrorDetails;

export class IdentityError<C extends IdentityErrorCode = IdentityErrorCode> extends Error {
  override readonly name = 'IdentityError';
  readonly code: C;
  readonly details: IdentityErrorDetails[C];

  constructor(code: C, details: IdentityErrorDetails[C]) {
    super(code);
    this.code = code;
    this.details = details;
  }
}
