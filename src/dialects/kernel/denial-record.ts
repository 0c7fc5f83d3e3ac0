/** What is kept of one denial: a line of the log (denial-log.ts). The members that it is listed by stand first. */
import type { AccessCause, AccessExplanation } from '../../identity/explain-decision.ts';
import type { Principal, Proof } from '../../identity/principal.ts';
import type { StoredQuestion } from '../../identity/stored-question.ts';

/** Who was refused, as far as it was proven or, of a failed proof, claimed. */
export interface DeniedParty {
  readonly kind: Principal['kind'];
  readonly account?: string;
  /** Of the user, service or role. */
  readonly id?: string;
  readonly name?: string;
  readonly session?: string;
}

/** The request as it was signed, as far as a signature can depend on it. */
export interface SignedInputs {
  readonly method: string;
  readonly rawPath: string;
  readonly rawQuery: string;
  /** Name and value of each header, in lower case and as sent. */
  readonly headers: readonly (readonly [string, string])[];
  readonly isSecure: boolean;
  readonly place: 'header' | 'query';
}

export interface DenialRecord {
  readonly id: string;
  readonly atMicros: number;
  readonly api: string;
  readonly operation: string;
  readonly status: number;
  /** As on the wire, where the dialect has one. */
  readonly code?: string;
  readonly cause: AccessCause | (string & {});
  readonly source: string;
  readonly method: string;
  readonly path: string;
  readonly principal: DeniedParty;
  readonly proof: Proof;
  /** That owns the resource; absent when it is not known. */
  readonly account?: string;
  readonly bucket?: string;
  readonly key?: string;
  /** Denials of the same source and principal that were not written since the last one that was. */
  readonly leftOut?: number;
  readonly question?: StoredQuestion;
  /** Of a failed proof. */
  readonly fault?: { readonly code: string; readonly details: object };
  readonly signed?: SignedInputs;
  /** What stood in the way besides access and proofs: of the target, or of what is stored. */
  readonly facts?: { readonly code: string; readonly details: object };
}

/** Says more precisely why, for one cloud's policies or proofs. */
export interface DenialRefiner {
  /** Those that remain equally near; none when it has nothing to say. */
  refine(record: DenialRecord, explanation: AccessExplanation | undefined): Promise<readonly RefinedCause[]>;
}

export interface RefinedCause {
  /** Stable, so that texts can be translated: `policy-target-mismatch`. */
  readonly code: string;
  readonly wording: string;
  readonly evidence?: object;
  /** A document that can be posted as it is. */
  readonly repair?: object;
}
