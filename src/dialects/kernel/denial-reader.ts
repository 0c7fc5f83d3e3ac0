/** Explanations as the APIs that show them ask for them; the composition root knows where they are kept. */
import type { Caller } from '../../identity/principal.ts';

export interface DenialFilter {
  /** By id or name, `user:kim`, or the id of a key. */
  readonly principal?: string;
  readonly bucket?: string;
  readonly cause?: string;
  readonly sinceMicros?: number;
  /** For the next page: those before. */
  readonly beforeMicros?: number;
  readonly limit: number;
}

export interface DenialPage {
  /** Newest first; JSON documents without layers. */
  readonly denials: readonly object[];
  /** `beforeMicros` of the next page; set exactly when there is one. */
  readonly next?: string;
}

export interface DenialReader {
  /** A JSON document; undefined when there is none, or none that they may know of. */
  find(asker: Caller, requestId: string): Promise<object | undefined>;
  list(asker: Caller, filter: DenialFilter): Promise<DenialPage>;
}
