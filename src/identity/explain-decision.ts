/**
 * Why a call was denied, and the smallest change that would allow it. Pure: what decides is `evaluateAccess`, for the call as it was
 * and for the call as it would be with each change.
 */
import {
  type AccessDecision,
  type AccessQuestion,
  evaluateAccess,
  type TraceStep,
} from './evaluate-access.ts';
import type { Candidate, Repair } from './repair-candidates.ts';
import { repairCandidates } from './repairs.ts';

export const accessCauses = [
  /** No proof of identity, and nothing is for everybody. */
  'anonymous',
  /** A statement of a policy denies it. */
  'explicit-deny',
  /** The session has less than its role. */
  'session-limit',
  /** Only administrators of the server, or of the account, may. */
  'not-administrator',
  /** The address that it came from is kept out. */
  'network',
  /** It is granted to the public, and the public access block takes that away. */
  'public-access-block',
  /** Another account wrote the object. */
  'foreign-object',
  /** The object is not there, and the caller may not know that. */
  'nothing-there',
  /** A statement allows it but for one of its elements. */
  'nearly-allowed',
  /** Nothing allows it. */
  'not-allowed',
] as const;
export type AccessCause = (typeof accessCauses)[number];

export interface AccessExplanation {
  readonly allowed: boolean;
  /** Undefined when it is allowed. */
  readonly cause: AccessCause | undefined;
  /** Every layer consulted, in order; the last one decided. */
  readonly layers: readonly TraceStep[];
  /** The smallest single change that is known to allow the call. */
  readonly repair?: Repair;
  /** Larger ones, each enough by itself. */
  readonly alternatives: readonly Repair[];
  /** Where no single change is enough: two that are, in this order. */
  readonly together?: readonly Repair[];
}

const ALTERNATIVES_MAX = 8;
/** Pairs are looked for among so many first changes. */
const FIRST_STEPS_MAX = 12;

/** Throws what `evaluateAccess` throws. */
export function explainDecision(
  question: AccessQuestion,
  decision: AccessDecision = evaluateAccess(question),
): AccessExplanation {
  const { allowed, trace: layers } = decision;
  if (allowed) return { allowed, cause: undefined, layers, alternatives: [] };
  const candidates = repairCandidates(question);
  const [repair, ...others] = candidates.filter(isEnough);
  const together = repair === undefined ? findPair(candidates) : undefined;
  return {
    allowed,
    cause: causeOf(layers, question),
    layers,
    ...(repair !== undefined && { repair: repairOf(repair) }),
    alternatives: others.slice(0, ALTERNATIVES_MAX).map(repairOf),
    ...(together !== undefined && { together }),
  };
}

function isEnough({ changed }: Candidate): boolean {
  return evaluateAccess(changed).allowed;
}

function repairOf({ changed, ...repair }: Candidate): Repair {
  return repair;
}

function findPair(candidates: readonly Candidate[]): readonly Repair[] | undefined {
  for (const first of candidates.slice(0, FIRST_STEPS_MAX)) {
    const second = repairCandidates(first.changed).find(isEnough);
    if (second !== undefined) return [repairOf(first), repairOf(second)];
  }
  return undefined;
}

/** From the trace alone, so that it costs nothing to note it with every denial. */
export function causeOf(layers: readonly TraceStep[], { principal, resource }: AccessQuestion): AccessCause {
  const last = layers.at(-1);
  switch (last?.layer) {
    case 'session-policy':
      return last.statement === undefined ? 'session-limit' : 'explicit-deny';
    case 'identity-policy':
    case 'bucket-policy':
      return 'explicit-deny';
    case 'network':
      return 'network';
    case 'server-administration':
    case 'account-administration':
      return 'not-administrator';
    case 'existence':
      return 'nothing-there';
    default:
  }
  if (layers.some(isBlocked)) return 'public-access-block';
  if (principal.kind === 'anonymous') return 'anonymous';
  if (resource.object?.kind === 'present' && isWriters(resource.object.account, layers, resource.account)) {
    return 'foreign-object';
  }
  const isNear = layers.some(({ statements = [] }) =>
    statements.some(({ effect, match }) => effect === 'Allow' && match === 'near'),
  );
  return isNear ? 'nearly-allowed' : 'not-allowed';
}

function isBlocked({ layer, isBlocked }: TraceStep): boolean {
  return layer === 'public-access-block' || isBlocked === true;
}

/** Whether the bucket's own account was refused an object that another account wrote. */
function isWriters(writer: string, layers: readonly TraceStep[], account: string | undefined): boolean {
  return (
    writer !== account && layers.some(({ layer, isForeign }) => layer === 'ownership' && isForeign === true)
  );
}
