/** Who is calling, after a proof has been accepted. One record set, whatever dialect the proof spoke. */
import type { Grants } from './grants.ts';
import type { Subject } from './subjects.ts';

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

/** An identity for programs: it holds keys, has what policies say, and never owns anything. */
export interface ServiceRecord {
  /** UUID, version 4. */
  readonly id: string;
  readonly accountId: string;
  readonly name: string;
  readonly description: string;
  readonly enabled: boolean;
  /** It cannot be changed or removed until it is unlocked. */
  readonly locked: boolean;
  readonly createdAtMicros: number;
  readonly modifiedAtMicros: number;
}

/** What somebody else may become for a while. */
export interface RoleRecord {
  /** 32 lower-case hexadecimal characters. */
  readonly id: string;
  readonly accountId: string;
  readonly name: string;
  readonly description: string;
  /** JSON; who may assume the role, in the words of the dialect that lets them. */
  readonly trustPolicy: string;
  readonly maxSessionSeconds: number;
  readonly createdAtMicros: number;
  readonly modifiedAtMicros: number;
}

/** Of a role that somebody has assumed. */
export interface SessionFacts {
  readonly id: string;
  readonly name: string;
  readonly issuedAtMicros: number;
  readonly expiresAtMicros: number;
  /** Who assumed it: a subject, or what a provider of identities calls them. */
  readonly source: string;
}

/** `grants`: what policies say of the caller. Absent: none do. */
export type Principal =
  | { readonly kind: 'anonymous' }
  | {
      readonly kind: 'user';
      readonly account: AccountRecord;
      readonly user: UserRecord;
      readonly isServerAdmin: boolean;
      readonly grants?: Grants;
    }
  | {
      readonly kind: 'service';
      readonly account: AccountRecord;
      readonly service: ServiceRecord;
      readonly grants?: Grants;
    }
  | {
      readonly kind: 'role-session';
      readonly account: AccountRecord;
      readonly role: RoleRecord;
      readonly session: SessionFacts;
      readonly grants?: Grants;
    };

/** How the caller proved itself; kept for logs and explanations. */
export type Proof =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'access-key';
      readonly accessKeyId: string;
      readonly scheme: 'sigv4' | 'sigv4-query' | 'sigv2' | 'sigv2-query' | 'scp-signature';
    }
  | { readonly kind: 'token'; readonly auditId: string }
  /** `id` of the record, never the key. */
  | { readonly kind: 'api-key'; readonly id: string }
  /** An access token of IAM, and the API key that it was made with. */
  | { readonly kind: 'iam-token'; readonly jti: string; readonly apiKeyId?: string };

export interface Caller {
  readonly principal: Principal;
  readonly proof: Proof;
}

export const anonymousCaller: Caller = { principal: { kind: 'anonymous' }, proof: { kind: 'none' } };

/** The account a caller acts for; undefined when anonymous. */
export function accountOf(caller: Caller): string | undefined {
  return caller.principal.kind === 'anonymous' ? undefined : caller.principal.account.id;
}

/** Whom the caller's policies are attached to. */
export function subjectOf(principal: Principal): Subject {
  switch (principal.kind) {
    case 'anonymous':
      return 'public';
    case 'user':
      return `user:${principal.user.id}`;
    case 'service':
      return `service:${principal.service.id}`;
    case 'role-session':
      return `role:${principal.role.id}`;
  }
}
