/** One Swift request on its way through the pipeline, and what the operations work with. */
import type { AccountId, Bucket, Place, VersionId } from '../../core/model.ts';
import type { ObjectStore } from '../../core/object-store.ts';
import type { Action } from '../../identity/actions.ts';
import type { AccessDecision } from '../../identity/evaluate-access.ts';
import type { AccountRecord, Caller } from '../../identity/principal.ts';
import type { Entropy } from '../../lib/entropy.ts';
import type { TempUrlDigest } from '../authn/temp-url.ts';
import type { Call } from '../kernel/dialect.ts';
import type { QueryParameters } from '../kernel/query-parameters.ts';
import type { SwiftAddress } from './addressing.ts';

/** One end of a copy. */
export interface CopyTarget {
  readonly bucket: Bucket;
  readonly key: string;
  /** Of a source: the manifest of a large object, and not its segments. */
  readonly asStored?: boolean;
  readonly versionId?: VersionId;
}

/** Reads the records on every call: disabling takes effect on the next request, on every worker. */
export interface AccountLookup {
  findAccount(id: string): Promise<AccountRecord | undefined>;
}

export interface SwiftServices {
  readonly store: ObjectStore;
  readonly accounts: AccountLookup;
  readonly entropy: Entropy;
  /** With which digests links and forms may be signed. */
  readonly tempUrlDigests: ReadonlySet<TempUrlDigest>;
  /** What `/info` tells. */
  readonly info: Readonly<Record<string, unknown>>;
}

/** Filled step by step by the dialect; read by operations. */
export interface SwiftCall extends Call {
  /** The place this address answers for. */
  readonly place: Place;
  /** What Samsung Cloud Platform calls it. */
  readonly scpRegion: string;
  readonly query: QueryParameters;
  readonly addressed: SwiftAddress['resource'];
  /** `AUTH_{account}` as sent. */
  readonly accountName: string;
  readonly account: AccountId;
  /** Decoded names in the address; empty when it names none. */
  readonly containerName: string;
  readonly key: string;
  readonly caller: Caller;
  /** Of what is refused: whoever has shown no token that holds may come back with one. */
  readonly refusal: 401 | 403;
  /** To be answered by `serveWebSite`, which decides on its own what may be shown. */
  readonly isForWebSite: boolean;
  /** The caller has what the account has: settings are shown that others do not see. */
  readonly isOwner: boolean;
  /** Loaded once; set for every operation whose permissions are on the bucket or the object. */
  readonly bucket: Bucket;
  /** Whether there is one; only where no permission asks for it. */
  readonly hasBucket: boolean;
  /** What is copied; set for every operation that has a permission on the source. */
  readonly copySource: CopyTarget;
  /** Whether the caller may do this in another container, or to another object: for operations that name more than the address does. */
  decideOn(action: Action, bucket: Bucket, key?: string): Promise<AccessDecision>;
}
