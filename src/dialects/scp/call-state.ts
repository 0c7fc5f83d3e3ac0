/** A call while it is being filled, step by step, by the dialect and by nothing else. */
import type { Action } from '../../identity/actions.ts';
import { anonymousCaller, type Caller } from '../../identity/principal.ts';
import type { AuditFacts } from '../kernel/audit-facts.ts';
import type { MatchedPath } from '../kernel/path-templates.ts';
import type { WireRequest } from '../kernel/wire.ts';
import type { Language } from './choose-language.ts';
import type { LocatedService } from './locate-service.ts';
import type { CallableVersion, ScpServiceName } from './microversions.ts';
import type { RepeatedQuery, ScpCall } from './scp-call.ts';

const NO_QUERY: RepeatedQuery = new Map();

export class CallState implements ScpCall {
  readonly request: WireRequest;
  readonly requestId: string;
  readonly globalRequestId: string;
  readonly language: Language;
  readonly located: LocatedService | undefined;
  caller: Caller = anonymousCaller;
  query: RepeatedQuery = NO_QUERY;
  matched: MatchedPath | undefined;
  version: CallableVersion | undefined;
  audit: AuditFacts | undefined;
  /** What a denial was about. */
  refusedAction: Action | undefined;

  constructor(
    request: WireRequest,
    ids: { readonly requestId: string; readonly globalRequestId: string },
    language: Language,
    located: LocatedService | undefined,
  ) {
    this.request = request;
    this.requestId = ids.requestId;
    this.globalRequestId = ids.globalRequestId;
    this.language = language;
    this.located = located;
  }

  get service(): ScpServiceName {
    if (this.located === undefined) throw new Error('the call has been routed to no service');
    return this.located.service;
  }

  get serviceUrl(): string {
    return this.located?.serviceUrl ?? '';
  }

  parameter(name: string): string {
    return this.matched?.parameters.get(name) ?? '';
  }
}
