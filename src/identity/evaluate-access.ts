/**
 * Whether a caller may do something, and why (design, section 7). Pure: everything that counts is in the question.
 *
 * Order: an explicit deny in any layer wins; then ownership, then grants; nothing said is a denial. So far there are two
 * layers: ownership of the resource's account, and administration of the server.
 */
import type { Action } from './actions.ts';
import type { Principal } from './principal.ts';

export interface AccessQuestion {
  readonly principal: Principal;
  readonly action: Action;
  readonly resource: {
    /** Account that owns the resource. */
    readonly account: string | undefined;
    readonly bucket?: string;
    readonly key?: string;
  };
}

export interface TraceStep {
  readonly layer: 'authentication' | 'server-administration' | 'ownership' | 'default';
  readonly verdict: 'allow' | 'deny' | 'silent';
  readonly reason: string;
}

export interface AccessDecision {
  readonly allowed: boolean;
  /** Every layer consulted, in order; the last one decided. */
  readonly trace: readonly TraceStep[];
}

export function evaluateAccess(question: AccessQuestion): AccessDecision {
  const trace: TraceStep[] = [];
  const decide = (allowed: boolean, step: TraceStep): AccessDecision => ({ allowed, trace: [...trace, step] });
  const { principal, action, resource } = question;

  if (principal.kind === 'anonymous') {
    trace.push({ layer: 'authentication', verdict: 'silent', reason: 'the request carries no proof of identity' });
    return decide(false, { layer: 'default', verdict: 'deny', reason: 'nothing grants this to everybody' });
  }
  if (action === 'admin:read' || action === 'admin:write') {
    return principal.isServerAdmin
      ? decide(true, { layer: 'server-administration', verdict: 'allow', reason: 'root user of the root account' })
      : decide(false, { layer: 'server-administration', verdict: 'deny', reason: 'only the root user of the root account administers the server' });
  }
  if (resource.account === principal.account.id) {
    return decide(true, { layer: 'ownership', verdict: 'allow', reason: 'the account owns the resource' });
  }
  trace.push({ layer: 'ownership', verdict: 'silent', reason: 'the resource belongs to another account' });
  return decide(false, { layer: 'default', verdict: 'deny', reason: 'no layer grants the action' });
}
