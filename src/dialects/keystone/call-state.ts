/** A call while it is being filled, step by step, by the dialect and by nothing else. */
import {
  type AccountRecord,
  anonymousCaller,
  type Caller,
  type UserRecord,
} from '../../identity/principal.ts';
import { userOfToken } from '../../identity/token-user.ts';
import type { AuditFacts } from '../kernel/audit-facts.ts';
import type { MatchedPath } from '../kernel/path-templates.ts';
import { parseQuery, type QueryParameters } from '../kernel/query-parameters.ts';
import type { WireRequest } from '../kernel/wire.ts';
import type { HeldToken, KeystoneCall } from './keystone-call.ts';

export class CallState implements KeystoneCall {
  readonly request: WireRequest;
  readonly requestId: string;
  /** Tokens stand in paths of v2.0. */
  readonly loggedPath: string;
  /** Of the first identity service of Swift, with errors of its own. */
  readonly isTempAuth: boolean;
  caller: Caller = anonymousCaller;
  query: QueryParameters = parseQuery('');
  matched: MatchedPath | undefined;
  audit: AuditFacts | undefined;
  heldToken: HeldToken | undefined;
  subjectToken: HeldToken | undefined;
  foundUser: UserRecord | undefined;
  foundAccount: AccountRecord | undefined;

  constructor(request: WireRequest, requestId: string, isTempAuth: boolean) {
    this.request = request;
    this.requestId = requestId;
    this.isTempAuth = isTempAuth;
    this.loggedPath = request.rawPath.replace(/^(\/v2\.0\/tokens\/)[^/]+/, '$1...');
  }

  parameter(name: string): string {
    return this.matched?.parameters.get(name) ?? '';
  }

  get held(): HeldToken {
    return demand(this.heldToken);
  }

  get subject(): HeldToken {
    return demand(this.subjectToken);
  }

  get user(): UserRecord {
    return this.foundUser ?? userOfToken(this.held.record);
  }

  get account(): AccountRecord {
    return demand(this.foundAccount);
  }
}

function demand<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the operation uses what its route does not name');
  return value;
}
