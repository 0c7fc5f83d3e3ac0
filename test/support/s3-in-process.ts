/**
 * The S3 dialect behind a real listener in this process, over the in-memory engine: for tests that look at the bytes on the
 * wire, with a clock that stands still and randomness that repeats.
 */
import { listenerLimits } from '../../src/config/limits.ts';
import type { CoreSettings } from '../../src/core/core-settings.ts';
import { createObjectStore } from '../../src/core/create-object-store.ts';
import type { Bucket } from '../../src/core/model.ts';
import type { ObjectStore } from '../../src/core/object-store.ts';
import type { BearerVerdict } from '../../src/dialects/authn/bearer-token.ts';
import { createPostPolicyVerifier } from '../../src/dialects/authn/post-policy.ts';
import { createSigV2Verifier } from '../../src/dialects/authn/sigv2.ts';
import { createSigV4Verifier } from '../../src/dialects/authn/sigv4.ts';
import type { CallObserver } from '../../src/dialects/kernel/observe-call.ts';
import { bindDialect } from '../../src/dialects/kernel/request-handler.ts';
import { createS3Dialect, type S3Settings } from '../../src/dialects/s3/s3-dialect.ts';
import type { AccessKeyCredential } from '../../src/identity/credentials.ts';
import type { Grants } from '../../src/identity/grants.ts';
import type { AccountRecord, UserRecord } from '../../src/identity/principal.ts';
import { defaultInstances, type InstanceDirectory } from '../../src/identity/service-instances.ts';
import type { Clock } from '../../src/lib/clock.ts';
import type { Entropy } from '../../src/lib/entropy.ts';
import { openListener } from '../../src/listener/http-listener.ts';
import { renderXmlRefusal } from '../../src/listener/render-refusal.ts';
import { IndependentSigner, type UnsignedRequest } from './independent-signer.ts';
import { createMemoryStore } from './memory-engine.ts';
import { exchangeSigned, type RawResponse, type SentRequest } from './raw-http.ts';

/** A Saturday: `Sat, 22 Feb 2020 22:22:22 GMT`, and a bit. */
export const NOW_MICROS = 1_582_410_142_250_000;
export const ACCOUNT = '84c9e9a51aea402e95389c08ac562ac5';
/** The service instance of one of the pairs. */
export const PAIR_INSTANCE = 'd26a651b-47d7-4a0d-b5b3-b41c048334ae';
export const OTHER_ACCOUNT = 'b'.repeat(32);

/** Pairs of the owner are minted through the interface of each cloud. */
export type Signatory = 'owner' | 'other' | 'ibm-pair' | 'ibm-pair-of-instance' | 'scp-pair';

export interface InProcessS3 {
  readonly url: string;
  readonly host: string;
  /** Past the wire, as a request of its own, with the bucket of that name. */
  inBucket<T>(name: string, work: (store: ObjectStore, bucket: Bucket) => Promise<T>): Promise<T>;
  /** Errors that were bugs: none, if all is well. */
  readonly bugs: unknown[];
  /** Signed by the owner unless `as` says otherwise. */
  send(request: Omit<UnsignedRequest, 'host'>, changes?: SentRequest, as?: Signatory): Promise<RawResponse>;
  signer(as?: Signatory, region?: string): IndependentSigner;
  stop(): Promise<void>;
}

export interface InProcessOptions {
  readonly dialect?: Partial<S3Settings>;
  readonly core?: Partial<CoreSettings>;
  /** By account. */
  readonly publicGrants?: ReadonlyMap<string, Grants>;
  /** By what stands behind `Bearer `. */
  readonly bearerTokens?: ReadonlyMap<string, BearerVerdict>;
  /** Default: each account has one. */
  readonly instances?: InstanceDirectory;
  /** Default: stands still at `NOW_MICROS`. */
  readonly clock?: Clock;
}

export async function serveS3(options: InProcessOptions = {}): Promise<InProcessS3> {
  const clock = options.clock ?? { nowMicros: () => NOW_MICROS };
  const entropy = countingEntropy();
  const engine = createMemoryStore().openEngine();
  const store = createObjectStore({ engine, clock, entropy, settings: options.core ?? {} });
  const bugs: unknown[] = [];
  const credentials = [
    credentialOf(ACCOUNT, 'owner'),
    credentialOf(OTHER_ACCOUNT, 'other'),
    { ...credentialOf(ACCOUNT, 'ibm-pair'), flavour: 'ibm' as const },
    { ...credentialOf(ACCOUNT, 'scp-pair'), flavour: 'scp' as const },
    {
      ...credentialOf(ACCOUNT, 'ibm-pair-of-instance'),
      flavour: 'ibm' as const,
      instanceId: PAIR_INSTANCE,
    },
  ];
  const signatures = {
    credentials: {
      findAccessKey: async (id: string) => credentials.find(({ accessKeyId }) => accessKeyId === id),
    },
    skewSecondsMax: 900,
    publicAddresses: [],
  };
  const dialect = createS3Dialect(
    {
      store,
      entropy,
      instances: options.instances ?? defaultInstances,
      findPublicGrants: async (account) => options.publicGrants?.get(account),
      accounts: {
        findAccount: async (id) => credentials.map(accountOfCredential).find((account) => account.id === id),
        findUserByEmail: async () => undefined,
      },
      verifier: createSigV4Verifier({ ...signatures, signingKeysMax: 10 }),
      sigV2Verifier: createSigV2Verifier(signatures),
      formVerifier: createPostPolicyVerifier(signatures.credentials),
      bearerVerifier: {
        verify: async (token) =>
          options.bearerTokens?.get(token) ?? { kind: 'refused', fault: 'token-malformed' },
      },
    },
    {
      place: 'KR1',
      regionAliases: ['us-east-1'],
      otherPlaceNames: [],
      domains: [],
      anonymousAllowed: true,
      ...options.dialect,
    },
  );
  const handler = bindDialect(dialect);
  const observer: CallObserver = {
    completed(_dialect, _operation, _call, response, error) {
      if (response.status >= 500 && response.status !== 501) bugs.push(error);
    },
  };
  const listener = await openListener({
    address: { host: '127.0.0.1', port: 0 },
    limits: { ...listenerLimits, bodyIdleMillis: 300 },
    trustedProxies: undefined,
    clock,
    beginExchange() {
      const running = store.beginRequest();
      return { respond: (request) => handler.handle(request, observer), ended: () => running.end() };
    },
    renderRefusal: renderXmlRefusal,
    onRefusal: () => undefined,
    onBug: (error) => bugs.push(error),
  });
  const host = `127.0.0.1:${listener.address.port}`;
  const url = `http://${host}`;
  const signer = (as: Signatory = 'owner', region = 'KR1') =>
    new IndependentSigner(
      { accessKeyId: as, secret: `secret of ${as}`, region },
      new Date(clock.nowMicros() / 1000),
    );
  return {
    url,
    host,
    bugs,
    async inBucket(name, work) {
      const running = store.beginRequest();
      try {
        return await work(store, await store.findBucket({ caller: ACCOUNT, place: 'KR1', name }));
      } finally {
        running.end();
      }
    },
    signer,
    send: (request, changes, as) => exchangeSigned(url, signer(as).byHeader({ ...request, host }), changes),
    async stop() {
      const stopped = listener.stop();
      listener.destroy();
      await stopped;
    },
  };
}

/** 0, 1, 2 … so that ids are unique and repeat from run to run. */
function countingEntropy(): Entropy {
  let drawn = 0;
  return {
    bytes(count) {
      const bytes = Buffer.alloc(count);
      bytes.writeUInt32BE(++drawn, Math.max(0, count - 4));
      return bytes;
    },
  };
}

export function credentialOf(accountId: string, name: string): AccessKeyCredential {
  const account: AccountRecord = { id: accountId, name, enabled: true, createdAtMicros: 0 };
  const user: UserRecord = {
    id: accountId,
    accountId,
    name,
    displayName: name,
    email: `${name}@example.org`,
    isRoot: true,
    enabled: true,
    createdAtMicros: 0,
  };
  const principal = { kind: 'user', account, user, isServerAdmin: false } as const;
  return { accessKeyId: name, secret: `secret of ${name}`, recordVersion: 1, principal };
}

function accountOfCredential({ principal }: AccessKeyCredential): AccountRecord {
  if (principal.kind === 'anonymous') throw new Error('a key pair belongs to somebody');
  return principal.account;
}
