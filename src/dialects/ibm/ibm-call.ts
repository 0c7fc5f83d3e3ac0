/** One request to IBM's control plane on its way through the pipeline, and what the operations work with. */
import type { ObjectStore } from '../../core/object-store.ts';
import type { Action } from '../../identity/actions.ts';
import type { TokenHolder } from '../../identity/iam-claims.ts';
import type { IamService } from '../../identity/iam-service.ts';
import type { IbmRecords } from '../../identity/ibm-records.ts';
import type { IdentityStore } from '../../identity/identity-store.ts';
import type { MasterKey } from '../../identity/master-key.ts';
import type { Caller } from '../../identity/principal.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Entropy } from '../../lib/entropy.ts';
import type { AuditFacts } from '../kernel/audit-facts.ts';
import type { Operation } from '../kernel/define-operation.ts';
import type { Call } from '../kernel/dialect.ts';
import type { QueryParameters } from '../kernel/query-parameters.ts';
import type { WireRequest } from '../kernel/wire.ts';

/** Where clients find things. URLs without final slash. */
export interface IbmWhereabouts {
  /** Of the control address, as the client that asks can reach it. */
  identityUrl(request: WireRequest): string;
  storageUrls(request: WireRequest): readonly { readonly region: string; readonly url: string }[];
  /** By IBM's names of the places: host, with a port where it is not the scheme's own. */
  storageHosts(request: WireRequest): readonly { readonly location: string; readonly host: string }[];
}

export interface IbmServices {
  readonly identity: IdentityStore;
  readonly iam: IamService;
  readonly records: IbmRecords;
  /** For secrets that are shown again. */
  readonly masterKey: Pick<MasterKey, 'seal' | 'open'>;
  readonly store: ObjectStore;
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly whereabouts: IbmWhereabouts;
  /** Clients of the token service besides those that everybody knows: id and secret. */
  readonly clients: ReadonlyMap<string, string>;
}

/** What a control-plane action is about, for policies: attributes by their names in IBM's policies. */
export type ControlTarget = Readonly<Record<string, string>>;

export interface IbmCall extends Call {
  readonly query: QueryParameters;
  readonly caller: Caller;
  readonly audit: AuditFacts | undefined;
  /** Decoded segment of the path by its name in the template. */
  parameter(name: string): string;
  /** The caller. Throws where the operation is public. */
  readonly holder: TokenHolder;
  /** Account of the caller. */
  readonly accountId: string;
  /** IBM's id of the caller. */
  readonly iamId: string;
  /**
   * Whether the caller may do something to what only the body, or a record, names. `owner`: the user or service whose own thing it is,
   * as a subject.
   */
  may(action: Action, target: ControlTarget, owner?: string): boolean;
  /** As `may`. Throws IbmError `forbidden`. */
  demand(action: Action, target: ControlTarget, owner?: string): void;
}

export type IbmOperation = Operation<IbmCall, IbmServices>;
