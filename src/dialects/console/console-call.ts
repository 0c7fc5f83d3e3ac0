/** One request of a browser to the console on its way through the pipeline, and what the operations work with. */
import type { IdentityStore } from '../../identity/identity-store.ts';
import type { Caller } from '../../identity/principal.ts';
import type { Clock } from '../../lib/clock.ts';
import type { AuditFacts } from '../kernel/audit-facts.ts';
import type { Operation } from '../kernel/define-operation.ts';
import type { Call } from '../kernel/dialect.ts';
import type { WireRequest } from '../kernel/wire.ts';
import type { HeldSession } from './console-session.ts';

/** One file of the built console, as it lies in memory. */
export interface ConsoleFile {
  readonly contentType: string;
  /** By content coding; `identity` is always there. */
  readonly encodings: ReadonlyMap<'identity' | 'br' | 'gzip', Buffer>;
  /** With quotes. */
  readonly etag: string;
  /** Its name changes with its content. */
  readonly isImmutable: boolean;
}

export interface ConsoleServices {
  readonly identity: Pick<
    IdentityStore,
    | 'logIn'
    | 'logInWithKey'
    | 'logInWithApiKey'
    | 'issueToken'
    | 'findToken'
    | 'revokeToken'
    | 'findAccessKey'
    | 'listAccessKeys'
  >;
  readonly clock: Clock;
  readonly version: string;
  readonly sessionSeconds: number;
  /** Without leading slash; `` is the page itself. Undefined when there is no such file. */
  findFile(path: string): ConsoleFile | undefined;
  /** URLs, as the client that asks can reach them, without final slash. */
  readonly whereabouts: {
    identityUrl(request: WireRequest): string;
    storageUrls(request: WireRequest): readonly { readonly region: string; readonly url: string }[];
  };
}

export interface ConsoleCall extends Call {
  readonly caller: Caller;
  readonly audit: AuditFacts | undefined;
  /** Undefined where nobody is logged in and the operation is public. */
  readonly session: HeldSession | undefined;
  /** Path below `/console/`, as sent. */
  readonly path: string;
}

export type ConsoleOperation = Operation<ConsoleCall, ConsoleServices>;
