/**
 * A refusal as the pipeline sees it, for explanations (docs/adr/0013). Dialects need do nothing for it: the question of a denied
 * decision comes with it from `evaluateAccess`, and the fault of a proof is the error itself. An operation that decides later, about
 * something it has found, throws its error with the decision as `cause`.
 */
import type { AccessDecision } from '../../identity/evaluate-access.ts';

/** As the `cause` of an error: what a refusal is about that is neither a decision nor a proof. */
export class RefusalFacts {
  readonly code: string;
  readonly details: object;

  constructor(code: string, details: object) {
    this.code = code;
    this.details = details;
  }
}

export type DenialStep = 'authenticate' | 'authorise' | 'other';

export interface Denial {
  readonly step: DenialStep;
  /** What the dialect has made an answer of. */
  readonly error: unknown;
  /** As on the wire, where the dialect has codes. */
  readonly code?: string | undefined;
  /** Absent where access was not the question. */
  readonly decision?: AccessDecision;
}

/** Undefined for what is no refusal of the caller: a mistake in the request, or a failure of ours. */
export function denialOf(
  step: DenialStep,
  error: unknown,
  decision: AccessDecision | undefined,
  status: number,
): Denial | undefined {
  if (step === 'authenticate') return status >= 400 && status < 500 ? { step, error } : undefined;
  const denied = decision?.allowed === false ? decision : deniedBy(error);
  if (denied !== undefined) return { step: 'authorise', error, decision: denied };
  const hasFacts = error instanceof Error && error.cause instanceof RefusalFacts;
  return hasFacts || status === 401 || status === 403 ? { step: 'other', error } : undefined;
}

function deniedBy(error: unknown): AccessDecision | undefined {
  const cause: unknown = error instanceof Error ? error.cause : undefined;
  const isDecision =
    typeof cause === 'object' && cause !== null && 'trace' in cause && 'allowed' in cause && !cause.allowed;
  return isDecision ? (cause as AccessDecision) : undefined;
}
