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
  /** Others changed the same records more often than the server retries. */
  TooMuchContention: Record<never, never>;
}

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
