/** One request to a service of Samsung Cloud Platform on its way through the pipeline, and what the operations work with. */
import type { AccessKeyCredential } from '../../identity/credentials.ts';
import type { ExpiringClaims } from '../../identity/expiring-claims.ts';
import type { IdentityStore } from '../../identity/identity-store.ts';
import type { Caller } from '../../identity/principal.ts';
import type { ProductCatalogue } from '../../identity/product-catalogue.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Entropy } from '../../lib/entropy.ts';
import type { AuditFacts } from '../kernel/audit-facts.ts';
import type { Operation } from '../kernel/define-operation.ts';
import type { Call } from '../kernel/dialect.ts';
import type { CallLimiter } from './call-limiter.ts';
import type { Language } from './choose-language.ts';
import type { CallableVersion, Microversions, ScpServiceName } from './microversions.ts';
import type { SamlProviders } from './saml-providers.ts';
import type { ScpSettings } from './scp-settings.ts';

export interface ScpServices {
  readonly identity: IdentityStore;
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly settings: ScpSettings;
  readonly catalogue: ProductCatalogue;
  readonly microversions: Microversions;
  readonly providers: SamlProviders;
  /** Assertions that have been used. */
  readonly assertions: ExpiringClaims;
  readonly samlLimiter: CallLimiter;
  /** Signatures that object-store-authorization has given out. */
  readonly signatures: ExpiringClaims;
}

/** Parameters of a query by name, in the order sent: a repeated name is a list. */
export type RepeatedQuery = ReadonlyMap<string, readonly string[]>;

export interface ScpCall extends Call {
  readonly service: ScpServiceName;
  /** Where the client has found the service, without final slash: `https://sts.e.example.test`. */
  readonly serviceUrl: string;
  readonly language: Language;
  /** Chosen by `Scp-Api-Version`; undefined until then. */
  readonly version: CallableVersion | undefined;
  readonly query: RepeatedQuery;
  readonly caller: Caller;
  /** The key pair that signed the call; undefined for one that is not signed. */
  readonly credential: AccessKeyCredential | undefined;
  readonly audit: AuditFacts | undefined;
  /** Decoded segment of the path by its name in the template. */
  parameter(name: string): string;
}

export type ScpOperation = Operation<ScpCall, ScpServices>;
