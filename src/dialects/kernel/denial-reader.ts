/** Explanations as the APIs that show them ask for them; the composition root knows where they are kept. */
import type { PolicyLanguage } from '../../identity/grants.ts';
import type { Caller } from '../../identity/principal.ts';
import type { Subject } from '../../identity/subjects.ts';

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

/** A call that nobody has made. */
export interface SimulatedCall {
  readonly principal: Subject;
  /** `s3:GetObject` in any case, or the name of a core action. */
  readonly action: string;
  /** Region; the first one when absent. */
  readonly place?: string;
  readonly bucket?: string;
  readonly key?: string;
  readonly versionId?: string;
  /** What the request would say, by the keys of conditions. */
  readonly conditions?: Readonly<Record<string, string>>;
  /** Text that would be stored as the bucket's policy and has been found sound; empty: none would be. Absent: what is stored. */
  readonly bucketPolicy?: string;
  readonly policyDraft?: PolicyDraft;
}

/** A policy of identities that is not stored, and has been found sound. */
export interface PolicyDraft {
  /** Of the stored one in whose place it counts; absent: it counts besides, as one of the principal's own. */
  readonly id?: string;
  readonly language: PolicyLanguage;
  readonly document: string;
}

export type SimulationOutcome =
  | { readonly kind: 'answered'; readonly document: object }
  /** There is none such, or none that the asker may know of. */
  | { readonly kind: 'unknown'; readonly what: 'principal' | 'action' | 'bucket' }
  /** A draft in place of a policy that is not the asker's to know. */
  | { readonly kind: 'refused'; readonly whose: 'bucket' | 'account' };

export interface DenialReader {
  /** A JSON document; undefined when there is none, or none that they may know of. */
  find(asker: Caller, requestId: string): Promise<object | undefined>;
  list(asker: Caller, filter: DenialFilter): Promise<DenialPage>;
  simulate(asker: Caller, call: SimulatedCall): Promise<SimulationOutcome>;
}
