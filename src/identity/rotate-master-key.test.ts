import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createMemoryStore } from '../../test/support/memory-engine.ts';
import { createSystemEntropy } from '../lib/entropy.ts';
import { createIdentityStore } from './identity-store.ts';
import { createMasterKey, MasterKeyError, type MasterKeySource } from './master-key.ts';
import { findUnusedKeys, loadLookupKeys } from './rotate-master-key.ts';

const entropy = createSystemEntropy();
const clock = { nowMicros: () => 1_700_000_000_000_000 };
const KEYS = 700;

/** A file in memory, shared by the "processes" of a test. */
function createSharedKeys() {
  let keys = new Map([[1, Buffer.alloc(32, 1)]]);
  const openSource = (): MasterKeySource => {
    let seen = keys;
    return {
      reread() {
        if (seen === keys) return undefined;
        seen = keys;
        return keys;
      },
      add() {
        const id = Math.max(...keys.keys()) + 1;
        keys = new Map([...keys, [id, Buffer.alloc(32, id)]]);
        seen = keys;
        return keys;
      },
    };
  };
  return {
    open: () => createMasterKey(keys, entropy, openSource()),
    forget: (ids: readonly number[]) => {
      keys = new Map([...keys].filter(([id]) => !ids.includes(id)));
    },
    ids: () => [...keys.keys()],
  };
}

describe('rotating the master key', () => {
  it('seals everything anew in slices, also after an end in the middle, and then forgets the older keys', async () => {
    const store = createMemoryStore();
    const shared = createSharedKeys();
    const openIdentity = () => {
      const { metadata } = store.openEngine();
      const masterKey = shared.open();
      return { metadata, masterKey, identity: createIdentityStore({ metadata, masterKey, clock, entropy }) };
    };
    const first = openIdentity();
    const other = openIdentity();
    const pair = { accessKeyId: 'AKROOT', secretKey: 'root-secret-0123456789' };
    const { user } = await first.identity.createRoot({ userName: 'root', pair });
    const secrets = new Map([[pair.accessKeyId, pair.secretKey]]);
    for (let index = 0; index < KEYS; index += 1) {
      const owner = await first.identity.createUser({
        accountId: user.accountId,
        name: `user-${index}`,
        displayName: '',
        email: '',
      });
      const { id, secretKey } = await first.identity.createAccessKey({ holder: { userId: owner.id } });
      secrets.set(id, secretKey);
    }
    const token = await first.identity.issueToken({
      userId: user.id,
      isScoped: true,
      methods: ['password'],
      expiresAtMicros: clock.nowMicros() + 1e9,
      proven: { user: 0, account: 0 },
    });

    assert.equal(await first.identity.addMasterKey(), 2);
    // One slice, and the process is gone.
    const slice = await first.identity.resealSlice('');
    assert.notEqual(slice.next, undefined);
    assert.deepEqual(await findUnusedKeys(first.metadata, shared.ids()), []);

    // A worker that was there before seals under the new key without having been told.
    const { id, secretKey } = await other.identity.createAccessKey({ holder: { userId: user.id } });
    secrets.set(id, secretKey);

    const later = openIdentity();
    let after: string | undefined = '';
    let resealed = 0;
    while (after !== undefined) {
      const next = await later.identity.resealSlice(after);
      resealed += next.resealed;
      after = next.next;
    }
    assert.ok(resealed > 0 && resealed < KEYS + 3);
    later.metadata.refresh();
    assert.deepEqual(await findUnusedKeys(later.metadata, shared.ids()), [1]);
    shared.forget([1]);

    const { metadata, masterKey, identity } = openIdentity();
    assert.equal(await identity.findToken(token.value), undefined);
    await loadLookupKeys(metadata, masterKey);
    assert.equal((await identity.findToken(token.value))?.auditId, token.auditId);
    assert.deepEqual(masterKey.lookupKeyIds, [2, 1]);
    for (const [accessKeyId, secret] of secrets) {
      assert.equal((await identity.findAccessKey(accessKeyId))?.secret, secret);
    }
    assert.equal(await identity.hasRoot(), true);
    assert.equal((await identity.resealSlice('')).resealed, 0);
  });

  it('opens what earlier versions sealed, which does not say for what', async () => {
    const store = createMemoryStore();
    const { metadata } = store.openEngine();
    const sealing = createMasterKey(new Map([[1, Buffer.alloc(32, 1)]]), entropy);
    const forgetful = Object.create(sealing, {
      seal: {
        value: (secret: string, owner: string) => {
          const { keyId, box } = sealing.seal(secret, owner);
          return { keyId, box };
        },
      },
      fingerprint: { value: sealing.fingerprint.bind(sealing) },
      open: { value: sealing.open.bind(sealing) },
      currentKeyId: { value: 1 },
    }) as typeof sealing;
    const pair = { accessKeyId: 'AKROOT', secretKey: 'root-secret-0123456789' };
    await createIdentityStore({ metadata, masterKey: forgetful, clock, entropy }).createRoot({
      userName: 'root',
      pair,
    });
    const both = new Map([1, 2].map((id) => [id, Buffer.alloc(32, id)] as const));
    const newer = { metadata, masterKey: createMasterKey(both, entropy), clock, entropy };
    const identity = createIdentityStore(newer);
    assert.equal((await identity.resealSlice('')).resealed, 2);
    assert.equal((await identity.findAccessKey('AKROOT'))?.secret, pair.secretKey);
    assert.equal(await identity.hasRoot(), true);
  });

  it('refuses a place that no answer has named, and keys that cannot be added to', async () => {
    const { metadata } = createMemoryStore().openEngine();
    const masterKey = createMasterKey(new Map([[1, Buffer.alloc(32, 1)]]), entropy);
    const identity = createIdentityStore({ metadata, masterKey, clock, entropy });
    await assert.rejects(identity.resealSlice('no such place!'), { code: 'InvalidValue' });
    await assert.rejects(identity.addMasterKey(), MasterKeyError);
  });
});
