/** An identity store on the memory engine with a clock that tests move; every call sees a fresh view, as a request does. */
import { createIdentityStore, type IdentityStore } from '../../src/identity/identity-store.ts';
import { createMasterKey } from '../../src/identity/master-key.ts';
import { createSystemEntropy } from '../../src/lib/entropy.ts';
import type { MetadataStore } from '../../src/storage/contract/metadata-store.ts';
import type { StorageEngine } from '../../src/storage/contract/storage-engine.ts';
import { createMemoryStore } from './memory-engine.ts';

export interface OpenIdentity {
  readonly identity: IdentityStore;
  readonly clock: { micros: number; nowMicros(): number };
  passSeconds(seconds: number): void;
  readonly metadata: MetadataStore;
}

export function openIdentity(
  store: { openEngine(): Pick<StorageEngine, 'metadata'> } = createMemoryStore(),
  masterKeys: ReadonlyMap<number, Buffer> = new Map([[1, Buffer.alloc(32, 7)]]),
): OpenIdentity {
  const entropy = createSystemEntropy();
  const { metadata } = store.openEngine();
  const clock = {
    micros: 1_700_000_000_000_000,
    nowMicros() {
      return this.micros;
    },
  };
  const inner = createIdentityStore({
    metadata,
    masterKey: createMasterKey(masterKeys, entropy),
    clock,
    entropy,
  });
  const fresh = <T extends object>(inside: T): T =>
    new Proxy(inside, {
      get(target, name, receiver) {
        const method: unknown = Reflect.get(target, name, receiver);
        if (typeof method === 'object' && method !== null) return fresh(method);
        if (typeof method !== 'function') return method;
        return (...args: unknown[]) => {
          metadata.refresh();
          const answer: unknown = Reflect.apply(method, target, args);
          return name === 'collection' ? fresh(answer as object) : answer;
        };
      },
    });
  const identity = fresh(inner);
  return {
    identity,
    clock,
    metadata,
    passSeconds: (seconds) => {
      clock.micros += seconds * 1_000_000;
    },
  };
}
