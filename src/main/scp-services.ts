/** Puts the Samsung Cloud Platform services together: their settings come from the configuration, their records from the identity store. */
import type { ScpConfig } from '../config/config.ts';
import { createScpSignatureVerifier } from '../dialects/authn/scp-signature.ts';
import { bindDialect, type RequestHandler } from '../dialects/kernel/request-handler.ts';
import { hostsOf, SCP_PATH, scpServices } from '../dialects/scp/locate-service.ts';
import { createMicroversions } from '../dialects/scp/microversions.ts';
import { createScpDialect } from '../dialects/scp/scp-dialect.ts';
import type { IdentityStore } from '../identity/identity-store.ts';
import type { ProductCatalogue } from '../identity/product-catalogue.ts';
import type { Entropy } from '../lib/entropy.ts';

export interface ScpServiceParts {
  readonly config: ScpConfig;
  readonly identity: IdentityStore;
  readonly catalogue: ProductCatalogue;
  readonly entropy: Entropy;
}

/** On the control address: by host name, or below `/scp`. */
export interface MountedScp {
  readonly handler: RequestHandler;
  /** Lower case, without port. */
  readonly hosts: readonly string[];
  /** Everything below them, and themselves. */
  readonly paths: readonly string[];
}

export function openScpServices({ config, identity, catalogue, entropy }: ScpServiceParts): MountedScp {
  const { baseDomain, signatureWindowMillis: windowMillis } = config;
  const verifier = createScpSignatureVerifier({ credentials: identity, windowMillis });
  const microversions = createMicroversions(config.versions, config.enforceNotBefore);
  const dialect = createScpDialect({ catalogue, microversions }, { verifier, entropy }, { baseDomain });
  return {
    handler: bindDialect(dialect),
    hosts: hostsOf(baseDomain),
    paths: scpServices.map((service) => `${SCP_PATH}/${service}/`),
  };
}
