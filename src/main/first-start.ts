/**
 * What exists before the first worker: the master key, and the root account with its key pair. The pair is written down for
 * the operator before it is stored, so that a start that is cut short in between goes on with the pair in the file.
 */
import type { RootSeed } from '../config/config.ts';
import { checkRoot } from '../identity/create-root.ts';
import { createIdentityStore } from '../identity/identity-store.ts';
import { createMasterKey, type MasterKey } from '../identity/master-key.ts';
import {
  clearMasterKeyLock,
  createMasterKeyFile,
  masterKeyPath,
  readMasterKeyFile,
  removeMasterKeys,
} from '../identity/master-key-file.ts';
import { findUnusedKeys } from '../identity/rotate-master-key.ts';
import type { Clock } from '../lib/clock.ts';
import type { Entropy } from '../lib/entropy.ts';
import {
  type RootCredentials,
  readRootCredentials,
  writeRootCredentials,
} from '../lib/root-credentials-file.ts';
import { openEmbeddedEngine, openEmbeddedReader } from '../storage/embedded/embedded-engine.ts';

const ACCOUNT_ID_BYTES = 16;
const ACCESS_KEY_BYTES = 16;
const SECRET_KEY_BYTES = 32;

/** One sentence for the person who starts the server. */
export class FirstStartError extends Error {
  override readonly name = 'FirstStartError';
}

export interface FirstStartOptions {
  readonly dataDirectory: string;
  readonly rootSeed: RootSeed;
  readonly clock: Clock;
  readonly entropy: Entropy;
}

export interface FirstStartResult {
  /** Set when this start has made the root. */
  readonly created?: RootCredentials;
  /** Sentences. */
  readonly warnings: readonly string[];
}

/** With the directory's lock held. Throws `FirstStartError` and `MasterKeyError`. */
export async function prepareIdentity(options: FirstStartOptions): Promise<FirstStartResult> {
  const { dataDirectory, entropy } = options;
  clearMasterKeyLock(dataDirectory);
  const file = readMasterKeyFile(dataDirectory);
  const hasRoot = await readHasRoot(
    dataDirectory,
    file === undefined ? undefined : createMasterKey(file.keys, entropy),
  );
  const { keys, isOpenToOthers } = file ?? createMasterKeyFile(dataDirectory, entropy);
  const warnings = isOpenToOthers
    ? [`${masterKeyPath(dataDirectory)} can be read by others than its owner: set its mode to 0600.`]
    : [];
  if (hasRoot) {
    if (keys.size > 1) await forgetUnusedKeys(dataDirectory, keys);
    return { warnings };
  }
  return { created: await createRoot(options, createMasterKey(keys, entropy)), warnings };
}

/** A store with a root but without its master key must not get a new key: its secrets would be lost for good. */
async function readHasRoot(dataDirectory: string, masterKey: MasterKey | undefined): Promise<boolean> {
  const reader = openEmbeddedReader({ dataDirectory });
  try {
    if (masterKey !== undefined) return await checkRoot({ metadata: reader, masterKey });
    const unreadable: Pick<MasterKey, 'open'> = {
      open: () => {
        throw new FirstStartError(
          `${masterKeyPath(dataDirectory)} is missing, and the secrets in the store cannot be read without it: ` +
            'restore it from a backup.',
        );
      },
    };
    return await checkRoot({ metadata: reader, masterKey: unreadable });
  } finally {
    await reader.close();
  }
}

/** Once everything is sealed under the newest key, the older ones are nothing but a risk. */
async function forgetUnusedKeys(dataDirectory: string, keys: ReadonlyMap<number, Buffer>): Promise<void> {
  const reader = openEmbeddedReader({ dataDirectory });
  try {
    const unused = await findUnusedKeys(reader, [...keys.keys()]);
    if (unused.length > 0) removeMasterKeys(dataDirectory, keys, unused);
  } finally {
    await reader.close();
  }
}

async function createRoot(options: FirstStartOptions, masterKey: MasterKey): Promise<RootCredentials> {
  const { dataDirectory, rootSeed, clock, entropy } = options;
  const credentials = chooseCredentials(options);
  writeRootCredentials(dataDirectory, credentials);
  const failure = Promise.withResolvers<never>();
  failure.promise.catch(() => undefined);
  const engine = await openEmbeddedEngine({ dataDirectory, clock, onFailure: failure.reject });
  try {
    const identity = createIdentityStore({ metadata: engine.metadata, masterKey, clock, entropy });
    const creation = identity.createRoot({
      accountId: credentials.accountId,
      userName: credentials.userName,
      pair: { accessKeyId: credentials.accessKeyId, secretKey: credentials.secretKey },
      ...(rootSeed.password === undefined ? {} : { password: rootSeed.password }),
      ...(rootSeed.apiKey === undefined ? {} : { apiKey: rootSeed.apiKey }),
    });
    await Promise.race([creation, failure.promise]);
    return credentials;
  } finally {
    await engine.close();
  }
}

function chooseCredentials({ dataDirectory, rootSeed, entropy }: FirstStartOptions): RootCredentials {
  const earlier = readRootCredentials(dataDirectory);
  const draw = (bytes: number): string => entropy.bytes(bytes).toString('hex');
  return {
    accountId: rootSeed.accountId ?? earlier?.accountId ?? draw(ACCOUNT_ID_BYTES),
    userName: rootSeed.userName ?? earlier?.userName ?? 'root',
    accessKeyId: rootSeed.accessKeyId ?? earlier?.accessKeyId ?? draw(ACCESS_KEY_BYTES),
    secretKey: rootSeed.secretKey ?? earlier?.secretKey ?? draw(SECRET_KEY_BYTES),
  };
}
