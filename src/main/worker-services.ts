/** Puts a worker together: engine, core, identity, dialects. Everything that a worker shares is made here, once. */

import type { Logger } from 'pino';
import type { Config, PlaceConfig } from '../config/config.ts';
import type { CoreSettings } from '../core/core-settings.ts';
import { createObjectStore } from '../core/create-object-store.ts';
import type { ObjectStore } from '../core/object-store.ts';
import { createPostPolicyVerifier } from '../dialects/authn/post-policy.ts';
import { createSigV2Verifier } from '../dialects/authn/sigv2.ts';
import { createSigV4Verifier, type SigV4Verifier } from '../dialects/authn/sigv4.ts';
import type { PublicAddress } from '../dialects/authn/sigv4-canonical.ts';
import { bindDialect, type RequestHandler } from '../dialects/kernel/request-handler.ts';
import { createKeystoneDialect } from '../dialects/keystone/keystone-dialect.ts';
import { createS3Dialect } from '../dialects/s3/s3-dialect.ts';
import { createSwiftDialect, type SwiftSettings } from '../dialects/swift/swift-dialect.ts';
import { createIdentityStore, type IdentityStore } from '../identity/identity-store.ts';
import type { GuessedLogin } from '../identity/login-limiter.ts';
import { createMasterKey, type MasterKey } from '../identity/master-key.ts';
import { createMasterKeySource, readMasterKeyFile } from '../identity/master-key-file.ts';
import { createProductCatalogue, type ProductCatalogue } from '../identity/product-catalogue.ts';
import { loadLookupKeys } from '../identity/rotate-master-key.ts';
import type { Clock } from '../lib/clock.ts';
import type { Entropy } from '../lib/entropy.ts';
import { decodePercent } from '../lib/percent-encoding.ts';
import type { PlaceHandlers } from '../listener/choose-dialect.ts';
import { readPublicEndpoint } from '../listener/client-origin.ts';
import type { StorageEngine } from '../storage/contract/storage-engine.ts';
import type { StorageFailure } from '../storage/contract/storage-errors.ts';
import { openEmbeddedEngine } from '../storage/embedded/embedded-engine.ts';
import { type OpenDenials, openDenials } from './denials/open-denials.ts';
import { type MountedIbm, openIbmServices } from './ibm-services.ts';
import { hostsOf, nameRegions, scpNameOf } from './place-addresses.ts';
import type { CountedEvent } from './process-messages.ts';
import { type MountedScp, openScpServices } from './scp-services.ts';
import type { ServerWhereabouts } from './whereabouts.ts';

export interface WorkerParts {
  readonly config: Config;
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly log: Logger;
  readonly whereabouts: ServerWhereabouts;
  readonly onStorageFailure: (failure: StorageFailure) => void;
  /** Tells the other workers. */
  readonly announce: (event: CountedEvent) => void;
}

export interface WorkerServices {
  readonly engine: StorageEngine;
  readonly store: ObjectStore;
  readonly identity: IdentityStore;
  readonly denials: OpenDenials;
  readonly controlVerifier: SigV4Verifier;
  /** On the control address, and for TempAuth on the storage address. */
  readonly keystone: RequestHandler;
  readonly catalogue: ProductCatalogue;
  readonly scp: MountedScp;
  readonly ibm: MountedIbm;
  handlersOf(place: PlaceConfig): PlaceHandlers;
  /** What has happened at another worker. */
  count(event: CountedEvent): void;
}

/** AWS, "Authenticating Requests": a quarter of an hour. */
const SKEW_SECONDS_MAX = 900;
/** One per key pair, day, region and service in use; about 300 bytes each. Ours. */
const SIGNING_KEYS_MAX = 4096;

export async function openWorkerServices(parts: WorkerParts): Promise<WorkerServices> {
  const { config, clock, entropy, log, whereabouts, onStorageFailure, announce } = parts;
  const { dataDirectory, publicEndpoints, tokenLifetimeSeconds } = config;
  const masterKey = openMasterKey(dataDirectory, entropy);
  const engine = await openEmbeddedEngine({ dataDirectory, clock, onFailure: onStorageFailure });
  const store = createObjectStore({ engine, clock, entropy, settings: coreSettingsOf(config) });
  await loadLookupKeys(engine.metadata, masterKey);
  const context = { metadata: engine.metadata, masterKey, clock, entropy };
  const announceFailedLogin = (guess: GuessedLogin) => announce({ of: 'failed-logins', guess });
  const identity = createIdentityStore({ ...context, announceFailedLogin });
  const signaturesAt = (publicUrl: string | undefined) => ({
    credentials: identity,
    skewSecondsMax: SKEW_SECONDS_MAX,
    signingKeysMax: SIGNING_KEYS_MAX,
    publicAddresses: publicUrl === undefined ? [] : [publicAddressOf(publicUrl)],
  });
  const catalogue = createProductCatalogue(identity, clock);
  const announceSamlCall = (address: string) => announce({ of: 'saml-calls', address });
  const scp = openScpServices({ ...parts, identity, catalogue, announceSamlCall });
  const storageSignatures = signaturesAt(publicEndpoints.storage);
  const ibm = openIbmServices({ config: config.ibm, context, identity, store, whereabouts });
  const verifiers = {
    verifier: createSigV4Verifier({ ...storageSignatures, givenSignatures: scp.givenSignatures }),
    sigV2Verifier: createSigV2Verifier(storageSignatures),
    formVerifier: createPostPolicyVerifier(identity),
    bearerVerifier: ibm.bearerVerifier,
  };
  const denials = openDenials({
    ...{ config, clock, log, store, identity, epoch: engine.epoch, refiners: [ibm.refiner] },
    addresses: storageSignatures.publicAddresses,
  });
  return {
    engine,
    store,
    identity,
    denials,
    catalogue,
    ibm,
    scp,
    keystone: bindDialect(
      createKeystoneDialect({ identity, clock, entropy, whereabouts, tokenLifetimeSeconds }),
    ),
    controlVerifier: createSigV4Verifier(signaturesAt(publicEndpoints.control)),
    count: createCounter(identity, scp),
    handlersOf: (place) => ({
      s3: bindDialect(
        createS3Dialect(
          {
            store,
            accounts: identity,
            ...verifiers,
            entropy,
            instances: ibm.instances,
            findPublicGrants: ibm.findPublicGrants,
          },
          {
            place: place.name,
            scpName: scpNameOf(place),
            ...nameRegions(place, config),
            domains: [...hostsOf(place), ...config.domains],
            ibmNames: new Map(config.places.map(({ name, ibmName = name }) => [name, ibmName])),
            flavourHosts: [
              ...(place.ibmHosts ?? []).map((host) => ({ host, flavour: 'ibm' as const })),
              ...(place.scpHosts ?? []).map((host) => ({ host, flavour: 'scp' as const })),
            ],
            anonymousAllowed: config.anonymousS3,
            signatureV2Allowed: config.signatureV2,
          },
        ),
      ),
      swift: bindDialect(
        createSwiftDialect(
          { store, accounts: identity, tokens: identity, entropy },
          {
            place: place.name,
            scpName: scpNameOf(place),
            identityUrl: whereabouts.controlUrl,
            ...swiftSettingsOf(config),
          },
        ),
      ),
    }),
  };
}

function openMasterKey(dataDirectory: string, entropy: Entropy): MasterKey {
  const file = readMasterKeyFile(dataDirectory);
  if (file === undefined) throw new Error('the master key has vanished since the start');
  return createMasterKey(file.keys, entropy, createMasterKeySource(dataDirectory, entropy));
}

function createCounter(
  identity: Pick<IdentityStore, 'countFailedLogin'>,
  scp: Pick<MountedScp, 'countSamlCall'>,
): WorkerServices['count'] {
  return (event) => {
    if (event.of === 'failed-logins') identity.countFailedLogin(event.guess);
    else scp.countSamlCall(event.address);
  };
}

function coreSettingsOf(config: WorkerParts['config']): Partial<CoreSettings> {
  const { bucketNames, scrubBytesPerSecond, lifecycleDaySeconds } = config;
  return { bucketNames, scrubBytesPerSecond, lifecycleDayMicros: lifecycleDaySeconds * 1_000_000 };
}

type SwiftRules = Pick<SwiftSettings, 'tempUrlDigests' | 'rates'>;

function swiftSettingsOf({ tempUrlDigests, swiftRates: rates }: Config): SwiftRules {
  return { tempUrlDigests, rates };
}

/** What a client signs who knows the server by this endpoint. */
function publicAddressOf(publicUrl: string): PublicAddress {
  const { host, pathPrefix } = readPublicEndpoint(publicUrl);
  return { host, pathPrefix: decodePercent(pathPrefix) };
}
