/** A call while it is being filled, step by step, by the dialect and by nothing else. */
import type { Action } from '../../identity/actions.ts';
import { type AccessDecision, type AccessQuestion, evaluateAccess } from '../../identity/evaluate-access.ts';
import { iamIdOf, type TokenHolder } from '../../identity/iam-claims.ts';
import { keyOfAttribute } from '../../identity/ibm-policies.ts';
import type { ConditionValues } from '../../identity/policy-conditions.ts';
import { anonymousCaller, type Caller } from '../../identity/principal.ts';
import type { AuditFacts } from '../kernel/audit-facts.ts';
import type { MatchedPath } from '../kernel/path-templates.ts';
import { parseQuery, type QueryParameters } from '../kernel/query-parameters.ts';
import type { WireRequest } from '../kernel/wire.ts';
import type { ControlTarget, IbmCall } from './ibm-call.ts';
import { forbidden } from './ibm-errors.ts';

export class CallState implements IbmCall {
  readonly request: WireRequest;
  readonly requestId: string;
  /** Somebody may put an API key where its id belongs. */
  readonly loggedPath: string;
  caller: Caller = anonymousCaller;
  query: QueryParameters = parseQuery('');
  matched: MatchedPath | undefined;
  audit: AuditFacts | undefined;

  constructor(request: WireRequest, requestId: string) {
    this.request = request;
    this.requestId = requestId;
    this.loggedPath = request.rawPath.replace(/(?<=\/)[\w-]{44}(?=\/|$)/g, '...');
  }

  parameter(name: string): string {
    return this.matched?.parameters.get(name) ?? '';
  }

  get holder(): TokenHolder {
    const { principal } = this.caller;
    if (principal.kind !== 'user' && principal.kind !== 'service') {
      throw new Error('the operation asks for a caller and is public');
    }
    return principal;
  }

  get accountId(): string {
    return this.holder.account.id;
  }

  get iamId(): string {
    return iamIdOf(this.holder);
  }

  may(action: Action, target: ControlTarget, owner?: string): boolean {
    return this.decide(action, target, owner).allowed;
  }

  demand(action: Action, target: ControlTarget, owner?: string): void {
    const decision = this.decide(action, target, owner);
    if (decision.allowed) return;
    const error = forbidden();
    // For explanations (kernel/denial.ts).
    error.cause = decision;
    throw error;
  }

  decide(action: Action, target: ControlTarget, owner?: string): AccessDecision {
    return evaluateAccess(this.#question(action, target, owner));
  }

  #question(action: Action, target: ControlTarget, owner: string | undefined): AccessQuestion {
    const { principal } = this.caller;
    return {
      principal,
      action,
      resource: {
        account: this.accountId,
        ...(owner?.startsWith('user:') === true && { user: owner.slice('user:'.length) }),
      },
      request: new ControlValues(this.request, target),
    };
  }
}

class ControlValues implements ConditionValues {
  readonly #request: WireRequest;
  readonly #target: ReadonlyMap<string, string>;

  constructor(request: WireRequest, target: ControlTarget) {
    this.#request = request;
    this.#target = new Map(Object.entries(target).map(([name, value]) => [keyOfAttribute(name), value]));
  }

  get(key: string): string | undefined {
    switch (key) {
      case 'aws:epochtime':
        return String(Math.floor(this.#request.receivedAtMicros / 1e6));
      case 'aws:sourceip':
        return this.#request.remoteAddress;
      default:
        return this.#target.get(key);
    }
  }
}
