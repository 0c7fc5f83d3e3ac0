/** One request to the admin API on its way through the pipeline, and what the operations work with. */
import type { ObjectStore } from '../../core/object-store.ts';
import type { ScrubReport } from '../../core/verification/scrub-store.ts';
import type { IdentityStore } from '../../identity/identity-store.ts';
import type { Caller } from '../../identity/principal.ts';
import type { ProductCatalogue } from '../../identity/product-catalogue.ts';
import type { AuditFacts } from '../kernel/audit-facts.ts';
import type { Operation } from '../kernel/define-operation.ts';
import type { DenialReader } from '../kernel/denial-reader.ts';
import type { Call } from '../kernel/dialect.ts';
import type { QueryParameters } from '../kernel/query-parameters.ts';

/** What the composition root knows about the running server. */
export interface ServerStatus {
  readonly version: string;
  readonly startedAtMicros: number;
  readonly uptimeSeconds: number;
  readonly workers: { readonly configured: number; readonly listening: number; readonly restarts: number };
  readonly regions: readonly string[];
  readonly store: {
    readonly accounts: number;
    readonly buckets: number;
    readonly objects: number;
    readonly bytes: number;
    readonly isPartial: boolean;
  };
  /** What the data directory takes of its disk, and what is left there. */
  readonly disk: {
    readonly metadataBytes: number;
    readonly blobFiles: number;
    readonly blobBytes: number;
    readonly isPartial: boolean;
    readonly freeBytes: number;
    readonly totalBytes: number;
  };
  readonly scrub: ScrubReport;
}

export interface AdminServices {
  readonly identity: IdentityStore;
  readonly store: Pick<
    ObjectStore,
    | 'listBuckets'
    | 'bucketUsage'
    | 'updateBucket'
    | 'readAccount'
    | 'updateAccount'
    | 'closeAccount'
    | 'openAccount'
  >;
  readonly denials: DenialReader;
  readonly catalogue: ProductCatalogue;
  readStatus(): Promise<ServerStatus>;
  /** Newest first, from before that byte of the log. */
  readAuditEvents(
    before: number | undefined,
    limit: number,
  ): Promise<{ readonly events: readonly object[]; readonly next?: number }>;
}

export interface AdminCall extends Call {
  readonly query: QueryParameters;
  readonly caller: Caller;
  readonly audit: AuditFacts | undefined;
  /** Decoded segment of the path by its name in the template. */
  parameter(name: string): string;
}

export type AdminOperation = Operation<AdminCall, AdminServices>;
