/** Puts the Samsung Cloud Platform services together: their settings come from the configuration, their records from the identity store. */
import { isIP } from 'node:net';
import type { Config } from '../config/config.ts';
import { createScpSignatureVerifier } from '../dialects/authn/scp-signature.ts';
import { bindDialect, type RequestHandler } from '../dialects/kernel/request-handler.ts';
import type { Whereabouts } from '../dialects/keystone/keystone-call.ts';
import { CallLimiter } from '../dialects/scp/call-limiter.ts';
import { hostsOf as hostsOfServices, SCP_PATH, scpServices } from '../dialects/scp/locate-service.ts';
import { createMicroversions } from '../dialects/scp/microversions.ts';
import { SamlProviders } from '../dialects/scp/saml-providers.ts';
import { createScpDialect } from '../dialects/scp/scp-dialect.ts';
import type { ScpSettings } from '../dialects/scp/scp-settings.ts';
import { signatureText } from '../dialects/scp/sign-object-store-request.ts';
import { ExpiringClaims } from '../identity/expiring-claims.ts';
import type { IdentityStore } from '../identity/identity-store.ts';
import type { ProductCatalogue } from '../identity/product-catalogue.ts';
import type { Clock } from '../lib/clock.ts';
import type { Entropy } from '../lib/entropy.ts';
import { hostsOf, scpNameOf } from './place-addresses.ts';

export interface ScpServiceParts {
  readonly config: Config;
  readonly identity: IdentityStore;
  readonly catalogue: ProductCatalogue;
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly whereabouts: Whereabouts;
  /** Tells the other workers of a call with an assertion, by the address of who made it. */
  readonly announceSamlCall: (address: string) => void;
}

/** On the control address: by host name, or below `/scp`. */
export interface MountedScp {
  readonly handler: RequestHandler;
  /** Lower case, without port. */
  readonly hosts: readonly string[];
  /** Everything below them, and themselves. */
  readonly paths: readonly string[];
  /** Signatures that the storage takes without the token of their session. */
  readonly givenSignatures: { isGiven(accessKeyId: string, signature: string): Promise<boolean> };
  /** One at another worker. */
  countSamlCall(address: string): void;
  /** Removes a slice of what has expired. True when there may be more. */
  sweep(): Promise<boolean>;
}

/** Kinds of collections; see identity-keys.ts. */
const USED_KIND = 0x42;
const GIVEN_KIND = 0x43;

export function openScpServices(parts: ScpServiceParts): MountedScp {
  const { config, identity, catalogue, clock, entropy } = parts;
  const { scp } = config;
  const used = new ExpiringClaims(identity, clock, USED_KIND, 'used proof');
  const signatures = new ExpiringClaims(identity, clock, GIVEN_KIND, 'given signature');
  const claim = async (text: string, expiresAtMicros: number) =>
    used.claim(await identity.rootAccountId(), `signature ${text}`, expiresAtMicros);
  const verifier = createScpSignatureVerifier({
    credentials: identity,
    windowMillis: scp.signatureWindowMillis,
    ...(scp.signatureReplayCache ? { replays: { claim } } : {}),
  });
  const samlLimiter = new CallLimiter(scp.rateLimit, clock, parts.announceSamlCall);
  const dialect = createScpDialect(
    {
      identity,
      clock,
      entropy,
      settings: settingsOf(parts),
      catalogue,
      microversions: createMicroversions(scp.versions, scp.enforceNotBefore),
      providers: new SamlProviders(identity, clock),
      assertions: used,
      signatures,
      samlLimiter,
    },
    { verifier, entropy },
    { baseDomain: scp.baseDomain },
  );
  return {
    handler: bindDialect(dialect),
    hosts: hostsOfServices(scp.baseDomain),
    paths: scpServices.map((service) => `${SCP_PATH}/${service}/`),
    givenSignatures: {
      isGiven: (accessKeyId, signature) => signatures.holds(signatureText(accessKeyId, signature)),
    },
    countSamlCall: (address) => samlLimiter.count(address),
    async sweep() {
      const [hasUsed, hasGiven] = [await used.sweep(), await signatures.sweep()];
      return hasUsed || hasGiven;
    },
  };
}

function settingsOf({ config, whereabouts }: ScpServiceParts): ScpSettings {
  const { scp, places, regionAliases, domains, publicEndpoints } = config;
  const [home] = places;
  const regions = new Set(
    [
      scp.region,
      ...regionAliases,
      ...places.flatMap(({ name, ibmName, scpName }) => [name, ibmName ?? [], scpName ?? []].flat()),
    ].map((name) => name.toLowerCase()),
  );
  const names = [
    ...domains,
    ...places.flatMap(hostsOf),
    ...(publicEndpoints.storage === undefined ? [] : [new URL(publicEndpoints.storage).hostname]),
  ];
  return {
    ...scp,
    homeRegion: home === undefined ? scp.region : scpNameOf(home),
    isRegion: (name) => regions.has(name.toLowerCase()),
    isObjectStore(authority, request) {
      const url = URL.parse(`http://${authority}`);
      if (url === null) return false;
      const host = url.hostname;
      if (names.some((name) => host === name || host.endsWith(`.${name}`))) return true;
      // Without a name of its own the store is known by its port.
      if (host !== 'localhost' && isIP(host.replace(/^\[(.*)\]$/, '$1')) === 0) return false;
      return whereabouts.storageUrls(request).some((store) => new URL(store.url).port === url.port);
    },
    identityUrl: whereabouts.identityUrl,
    storageUrls: whereabouts.storageUrls,
  };
}
