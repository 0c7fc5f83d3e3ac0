/** Who is calling, after a proof has been accepted. One record set, whatever dialect the proof spoke. */

export interface AccountRecord {
  /** 32 lower-case hexadecimal characters. */
  readonly id: string;
  readonly name: string;
  readonly enabled: boolean;
  readonly createdAtMicros: number;
}

/**
 * `admin` speaks for the account and its users, `operator` for what the account owns, `member` for nothing but what it is
 * granted (design, section 7).
 */
export type AccountRole = 'admin' | 'operator' | 'member';

export interface UserRecord {
  /** 32 lower-case hexadecimal characters. */
  readonly id: string;
  readonly accountId: string;
  readonly name: string;
  readonly displayName: string;
  readonly email: string;
  /** The account's root user: owner of everything in it, and administrator of the server in the root account. */
  readonly isRoot: boolean;
  /** In its account; read it with `roleOf`. */
  readonly role?: AccountRole;
  readonly enabled: boolean;
  readonly createdAtMicros: number;
}

export type Principal =
  | { readonly kind: 'anonymous' }
  | {
      readonly kind: 'user';
      readonly account: AccountRecord;
      readonly user: UserRecord;
      readonly isServerAdmin: boolean;
    };

/** How the caller proved itself; kept for logs and explanations. */
export type Proof =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'access-key';
      readonly accessKeyId: string;
      readonly scheme: 'sigv4' | 'sigv4-query' | 'sigv2' | 'sigv2-query' | 'scp-signature';
    }
  | { readonly kind: 'token'; readonly auditId: string };

export interface Caller {
  readonly principal: Principal;
  readonly proof: Proof;
}

export const anonymousCaller: Caller = { principal: { kind: 'anonymous' }, proof: { kind: 'none' } };

/** The account a caller acts for; undefined when anonymous. */
export function accountOf(caller: Caller): string | undefined {
  return caller.principal.kind === 'anonymous' ? undefined : caller.principal.account.id;
}
