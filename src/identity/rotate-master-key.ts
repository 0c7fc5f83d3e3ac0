/**
 * Another master key while the server runs: a new key is added and seals from now on, slice after slice everything that is sealed
 * under an older one is sealed anew, and an older key leaves the file at the first start that finds nothing under it. So a
 * rotation may be cut short anywhere: every key that something needs is there, and the next rotation begins where it is.
 *
 * What is found by its fingerprint (API keys, tokens) cannot be found under another key, since nobody knows it: the lookup keys are
 * kept, sealed under the new key.
 */
import type { KeyRange, MetadataStore } from '../storage/contract/metadata-store.ts';
import { secretOwner } from './access-keys.ts';
import { commitChange, type IdentityContext } from './commit-change.ts';
import { PROOF_OWNER } from './create-root.ts';
import { IdentityError } from './identity-errors.ts';
import { identityKeys, identityRange, lookupKeyRange } from './identity-keys.ts';
import { decodeRecord, encodeRecord, isRecord, type StoredLookupKey } from './identity-records.ts';
import type { MasterKey, SealedSecret } from './master-key.ts';

const ROWS_PER_SLICE = 500;
const LOOKUP_KEYS_MAX = 1000;
const TOKEN = /^[\w-]{0,2000}$/;

type Reader = Pick<MetadataStore, 'scan'>;

export interface ResealedSlice {
  readonly resealed: number;
  /** For the next slice; absent after the last. */
  readonly next?: string;
}

/** The id of the new key. Throws TooMuchContention when another one is being made at this moment. */
export async function addMasterKey(context: IdentityContext): Promise<number> {
  const { masterKey } = context;
  const id = masterKey.addKey();
  await commitChange(context, async (change) => {
    for (const keyId of masterKey.lookupKeyIds) {
      if (keyId === id) continue;
      const lookup = masterKey.seal(masterKey.lookupKey(keyId).toString('hex'), lookupOwner(keyId));
      change.put(identityKeys.lookupKey(keyId), encodeRecord({ keyId, lookup }));
    }
  });
  return id;
}

/** Seals anew what lies in one slice of the store. `after`: from the slice before, or empty. Throws InvalidValue. */
export async function resealSlice(context: IdentityContext, after: string): Promise<ResealedSlice> {
  if (!TOKEN.test(after)) {
    throw new IdentityError('InvalidValue', { what: 'after', expected: 'one from an earlier answer' });
  }
  const { metadata, masterKey } = context;
  metadata.refresh();
  const range = afterKey(identityRange, Buffer.from(after, 'base64url'));
  const rows = await metadata.scan(range, ROWS_PER_SLICE);
  let resealed = 0;
  for (const { key, value } of rows) {
    if (!holdsOlderSecret(value, masterKey.currentKeyId)) continue;
    await commitChange(context, async (change) => {
      const entry = await change.read(key);
      if (entry === undefined) return;
      const record = decodeRecord<StoredRecord>(entry.value);
      change.put(key, encodeRecord(reseal(record, key, masterKey) as StoredRecord));
    });
    resealed += 1;
  }
  const last = rows.at(-1);
  return rows.length === ROWS_PER_SLICE && last !== undefined
    ? { resealed, next: last.key.toString('base64url') }
    : { resealed };
}

/** So that what was stored by a fingerprint under a key that has left the file is still found. */
export async function loadLookupKeys(metadata: Reader, masterKey: MasterKey): Promise<void> {
  for (const { value } of await metadata.scan(lookupKeyRange, LOOKUP_KEYS_MAX)) {
    const { keyId, lookup } = decodeRecord<StoredLookupKey>(value);
    masterKey.keepLookupKey(keyId, Buffer.from(masterKey.open(lookup, lookupOwner(keyId)), 'hex'));
  }
}

/** Older keys that nothing is sealed under. For a store that no worker has open: all of it is read. */
export async function findUnusedKeys(
  metadata: Reader,
  keyIds: readonly number[],
): Promise<readonly number[]> {
  const current = Math.max(...keyIds);
  const used = new Set([current]);
  const kept = new Set<number>();
  let rows = await metadata.scan(identityRange, ROWS_PER_SLICE);
  while (rows.length > 0) {
    for (const { value } of rows) for (const { keyId } of sealedIn(value)) used.add(keyId);
    rows = await metadata.scan(afterKey(identityRange, rows.at(-1)!.key), ROWS_PER_SLICE);
  }
  for (const { value } of await metadata.scan(lookupKeyRange, LOOKUP_KEYS_MAX)) {
    kept.add(decodeRecord<StoredLookupKey>(value).keyId);
  }
  return keyIds.filter((id) => !used.has(id) && kept.has(id));
}

type StoredRecord = Parameters<typeof encodeRecord>[0];

function lookupOwner(keyId: number): string {
  return `lookup-key ${keyId}`;
}

function afterKey({ start, end }: KeyRange, key: Buffer): KeyRange {
  return { start: key.length === 0 ? start : Buffer.concat([key, Buffer.of(0)]), end };
}

function holdsOlderSecret(value: Buffer, currentKeyId: number): boolean {
  return sealedIn(value).some(({ keyId }) => keyId !== currentKeyId);
}

/** Values that are no records (index rows, counters) hold none. */
function sealedIn(value: Buffer): readonly SealedSecret[] {
  if (!isRecord(value) || !value.includes('"box"')) return [];
  const found: SealedSecret[] = [];
  replaceSealed(decodeRecord<unknown>(value), (sealed) => {
    found.push(sealed);
    return sealed;
  });
  return found;
}

function reseal(record: unknown, key: Buffer, masterKey: MasterKey): unknown {
  return replaceSealed(record, (sealed) => {
    if (sealed.keyId === masterKey.currentKeyId) return sealed;
    const owner = sealed.owner ?? ownerOfEarlier(record, key);
    return masterKey.seal(masterKey.open(sealed, owner), owner);
  });
}

/** Records that do not say it are of two kinds. */
function ownerOfEarlier(record: unknown, key: Buffer): string {
  return key.equals(identityKeys.root()) ? PROOF_OWNER : secretOwner((record as { readonly id: string }).id);
}

function replaceSealed(value: unknown, replace: (sealed: SealedSecret) => SealedSecret): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((inner) => replaceSealed(inner, replace));
  if (isSealed(value)) return replace(value);
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, replaceSealed(inner, replace)]),
  );
}

function isSealed(value: object): value is SealedSecret {
  return (
    'keyId' in value && 'box' in value && typeof value.keyId === 'number' && typeof value.box === 'string'
  );
}
