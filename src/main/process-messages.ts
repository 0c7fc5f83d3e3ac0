/**
 * What the primary and its workers say to each other. The primary decides, workers do; a message is a value and has no
 * answer unless it carries an `id`.
 */
import type { Config, ListenAddress } from '../config/config.ts';
import type { GuessedLogin } from '../identity/login-limiter.ts';
import type { TlsMaterial } from '../listener/http-listener.ts';

/** Addresses as bound. `regions`: of places with a listener of their own, by name. */
export interface BoundAddresses {
  readonly storage: ListenAddress;
  readonly control: ListenAddress;
  readonly regions: Readonly<Record<string, ListenAddress>>;
}

export interface ProcessFigures {
  readonly startedAtMicros: number;
  readonly workersWanted: number;
  readonly workersListening: number;
  readonly workerRestarts: number;
}

/** What counts against limits that are those of the whole server. */
export type CountedEvent =
  | { readonly of: 'failed-logins'; readonly guess: GuessedLogin }
  | { readonly of: 'saml-calls'; readonly address: string };

export type ToWorker =
  | {
      readonly kind: 'start';
      readonly config: Config;
      readonly version: string;
      readonly tls: TlsMaterial | undefined;
    }
  /** For connections from now on. */
  | { readonly kind: 'renew-tls'; readonly tls: TlsMaterial }
  /** Every worker has listened once. */
  | { readonly kind: 'ready' }
  /** Run the background work from now on. */
  | { readonly kind: 'keep-house' }
  | { readonly kind: 'stop' }
  /** At another worker. */
  | { readonly kind: 'count'; readonly event: CountedEvent }
  /** Answer with `report`. */
  | { readonly kind: 'report'; readonly id: number }
  /** The reports that were asked for, and what the primary knows. */
  | {
      readonly kind: 'gathered';
      readonly id: number;
      readonly reports: readonly unknown[];
      readonly figures: ProcessFigures;
    };

export type ToPrimary =
  | { readonly kind: 'listening'; readonly addresses: BoundAddresses }
  /** The start failed for a reason that a restart does not mend. One sentence. */
  | { readonly kind: 'cannot-start'; readonly reason: string }
  | { readonly kind: 'gather'; readonly id: number }
  /** For every other worker. */
  | { readonly kind: 'count'; readonly event: CountedEvent }
  /** Metrics in prom-client's JSON form. */
  | { readonly kind: 'reported'; readonly id: number; readonly report: unknown };

/** How processes of the server end. */
export const exitCodes = {
  ok: 0,
  /** Anything that the others do not name. */
  failed: 1,
  /** A setting or a flag is wrong (EX_USAGE). */
  usage: 64,
  /** The store cannot promise durability any more (EX_IOERR). Whoever supervises the server may start it again. */
  storageFailed: 74,
} as const;
