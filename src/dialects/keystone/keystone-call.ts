/** One request to the Keystone services on its way through the pipeline, and what the operations work with. */
import type { IdentityStore } from '../../identity/identity-store.ts';
import type { AccountRecord, Caller, UserRecord } from '../../identity/principal.ts';
import type { TokenRecord } from '../../identity/tokens.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Entropy } from '../../lib/entropy.ts';
import type { AuditFacts } from '../kernel/audit-facts.ts';
import type { Operation } from '../kernel/define-operation.ts';
import type { Call } from '../kernel/dialect.ts';
import type { QueryParameters } from '../kernel/query-parameters.ts';
import type { WireRequest } from '../kernel/wire.ts';

/** Where clients find things, as the client that asks can reach them. URLs without final slash. */
export interface Whereabouts {
  /** Of the control address. */
  identityUrl(request: WireRequest): string;
  /** Of every region. */
  storageUrls(request: WireRequest): readonly { readonly region: string; readonly url: string }[];
}

export interface KeystoneServices {
  readonly identity: IdentityStore;
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly whereabouts: Whereabouts;
  readonly tokenLifetimeSeconds: number;
}

/** A token that somebody holds: its value and what is known of it. */
export interface HeldToken {
  readonly value: string;
  readonly record: TokenRecord;
}

export interface KeystoneCall extends Call {
  readonly query: QueryParameters;
  readonly caller: Caller;
  readonly audit: AuditFacts | undefined;
  /** Decoded segment of the path by its name in the template. */
  parameter(name: string): string;
  /** The caller's. Throws where the operation is public. */
  readonly held: HeldToken;
  /** The token that the call is about: in the path of v2.0, in `X-Subject-Token` of v3. */
  readonly subject: HeldToken;
  /** The user that the call is about: the one in the path, else the caller. */
  readonly user: UserRecord;
  /** The tenant or project in the path. */
  readonly account: AccountRecord;
}

export type KeystoneOperation = Operation<KeystoneCall, KeystoneServices>;
