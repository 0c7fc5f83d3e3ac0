/** Of an explanation, what somebody may see: policies and lists of others are theirs to know. */
import type { DenialRecord } from '../../dialects/kernel/denial-record.ts';
import type { TraceStep } from '../../identity/evaluate-access.ts';
import type { AccessExplanation } from '../../identity/explain-decision.ts';
import { policyNameOf } from '../../identity/policy-actions.ts';
import type { Repair } from '../../identity/repair-candidates.ts';
import type { StoredQuestion } from '../../identity/stored-question.ts';

/** Everything; what the resource says, and the identity's side of the own account; the own side only. */
export type View = 'all' | 'resource' | 'own';

export function actionOf(action: StoredQuestion['action']): object {
  const name = policyNameOf(action);
  return { core: action, ...(name !== undefined && { name }) };
}

/** Layers of which the one who was refused sees what they say. */
const ownLayers: ReadonlySet<TraceStep['layer']> = new Set([
  'authentication',
  'own-user',
  'identity-policy',
  'session-policy',
  'server-administration',
  'account-administration',
]);

export function shownExplanation(
  { cause, layers, repair, alternatives, together }: AccessExplanation,
  record: Pick<DenialRecord, 'account' | 'principal'>,
  view: View,
): object {
  const isShown = (change: Repair) => maySeeRepair(change, record, view);
  const shown = repair !== undefined && isShown(repair) ? repair : alternatives.find(isShown);
  const others = alternatives.filter((other) => other !== shown && isShown(other));
  return {
    cause,
    layers: layers.map((step) => shownStep(step, record, view)),
    ...(shown !== undefined && { smallestChange: shown }),
    ...(others.length > 0 && { otherChanges: others }),
    ...(together?.every(isShown) === true && { changesTogether: together }),
  };
}

function shownStep(step: TraceStep, record: Pick<DenialRecord, 'account' | 'principal'>, view: View): object {
  const { layer, verdict, reason, statement, statements } = step;
  const isHidden =
    (view === 'own' && !ownLayers.has(layer)) ||
    (view === 'resource' &&
      isOfStranger(record) &&
      (layer === 'identity-policy' || layer === 'session-policy'));
  if (isHidden) return { layer, verdict, reason: 'not shown: it belongs to somebody else' };
  return { layer, verdict, reason, ...(statement && { statement }), ...(statements && { statements }) };
}

function isOfStranger({ account, principal }: Pick<DenialRecord, 'account' | 'principal'>): boolean {
  return principal.account !== account;
}

function maySeeRepair(
  { target }: Repair,
  record: Pick<DenialRecord, 'account' | 'principal'>,
  view: View,
): boolean {
  const isOwn = ['request', 'session', 'policy', 'attachment', 'user-role'].includes(target.what);
  if (view === 'own') return isOwn;
  return view === 'all' || !isOwn || !isOfStranger(record) || target.what === 'request';
}
