/** Puts IBM Cloud's services together: their settings come from the configuration, their records from the identity store. */
import type { IbmConfig } from '../config/config.ts';
import type { ObjectStore } from '../core/object-store.ts';
import type { BearerVerifier } from '../dialects/authn/bearer-token.ts';
import { createIamBearerVerifier } from '../dialects/authn/iam-bearer.ts';
import { settingsOf } from '../dialects/ibm/account-settings.ts';
import { createIbmDialect } from '../dialects/ibm/ibm-dialect.ts';
import { ibmPaths } from '../dialects/ibm/render-error.ts';
import type { DenialRefiner } from '../dialects/kernel/denial-record.ts';
import { bindDialect, type RequestHandler } from '../dialects/kernel/request-handler.ts';
import type { IdentityContext } from '../identity/commit-change.ts';
import type { Grants } from '../identity/grants.ts';
import { createIamService, type IamService } from '../identity/iam-service.ts';
import { createInstanceDirectory } from '../identity/ibm-instances.ts';
import { openIbmRecords } from '../identity/ibm-records.ts';
import type { IdentityStore } from '../identity/identity-store.ts';
import type { InstanceDirectory } from '../identity/service-instances.ts';
import { createIbmRefiner } from './denials/ibm-refiner.ts';
import type { ServerWhereabouts } from './whereabouts.ts';

export interface IbmServiceParts {
  readonly config: IbmConfig;
  readonly context: IdentityContext;
  readonly identity: IdentityStore;
  readonly store: ObjectStore;
  readonly whereabouts: ServerWhereabouts;
}

export interface MountedIbm {
  readonly handler: RequestHandler;
  /** Of the control address: everything below them, and themselves. */
  readonly paths: readonly string[];
  readonly iam: IamService;
  readonly bearerVerifier: BearerVerifier;
  readonly instances: InstanceDirectory;
  /** Explains denials in IBM's words. */
  readonly refiner: DenialRefiner;
  /** What an account's policies give to everybody, as far as its settings let them. */
  findPublicGrants(account: string): Promise<Grants | undefined>;
}

export function openIbmServices(parts: IbmServiceParts): MountedIbm {
  const { config, context, identity, store, whereabouts } = parts;
  const { clock, entropy, masterKey } = context;
  const records = openIbmRecords(identity);
  const iam = createIamService({
    context,
    identity,
    settings: config,
    issuer: () => config.issuer ?? `${whereabouts.publicControlUrl()}/identity`,
  });
  const clients = new Map(config.clients.map(({ id, secret }) => [id, secret]));
  const dialect = createIbmDialect({
    identity,
    iam,
    records,
    masterKey,
    store,
    clock,
    entropy,
    whereabouts,
    clients,
  });
  return {
    handler: bindDialect(dialect),
    paths: ibmPaths,
    iam,
    bearerVerifier: createIamBearerVerifier(iam),
    instances: createInstanceDirectory(records),
    refiner: createIbmRefiner({ records, identity, store, tokenUrl: () => `${iam.issuer()}/token` }),
    async findPublicGrants(account) {
      const grants = await identity.findPublicGrants(account);
      if (grants === undefined || (await settingsOf(records, account)).publicAccessEnabled) return grants;
      return { policies: grants.policies.filter(({ language }) => language !== 'ibm') };
    },
  };
}
