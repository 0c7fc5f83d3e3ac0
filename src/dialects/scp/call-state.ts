/** A call while it is being filled, step by step, by the dialect and by nothing else. */
import type { AccessKeyCredential } from '../../identity/credentials.ts';
import { anonymousCaller, type Caller } from '../../identity/principal.ts';
import type { AuditFacts } from '../kernel/audit-facts.ts';
import type { MatchedPath } from '../kernel/path-templates.ts';
import type { WireRequest } from '../kernel/wire.ts';
import type { Language } from './choose-language.ts';
import type { LocatedService } from './locate-service.ts';
import type { CallableVersion, ScpServiceName } from './microversions.ts';
import type { RepeatedQuery, ScpCall } from './scp-call.ts';
import type { RefusedAction } from './scp-errors.ts';

const NO_QUERY: RepeatedQuery = new Map();

export class CallState implements ScpCall {
  readonly request: WireRequest;
  readonly requestId: string;
  readonly globalRequestId: string;
  readonly language: Language;
  readonly located: LocatedService | undefined;
  caller: Caller = anonymousCaller;
  credential: AccessKeyCredential | undefined;
  query: RepeatedQuery = NO_QUERY;
  matched: MatchedPath | undefined;
  version: CallableVersion | undefined;
  audit: AuditFacts | undefined;
  /** What a denial was about. */
  refused: RefusedAction | undefined;

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

  get refusedParts(): { readonly refused?: RefusedAction } {
    return this.refused === undefined ? {} : { refused: this.refused };
  }

  get serviceUrl(): string {
    return this.located?.serviceUrl ?? '';
  }

  parameter(name: string): string {
    return this.matched?.parameters.get(name) ?? '';
  }
}
