/**
 * The keys that IAM tokens are signed with (ibm-cos.md, 3.2 and 3.3): RSA of 2,048 bits, of which one signs at a time. The next one
 * is published a day ahead, so that whoever keeps the key set for some minutes knows it in time, and an old one stays until the
 * last token that it signed has expired. Private halves are sealed under the master key. Every worker reads the one record of
 * them before it signs or verifies, so all change at the same moment and no request falls in between.
 */
import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { commitChange, type IdentityContext } from './commit-change.ts';
import { iamTokenKeys } from './iam-token-keys.ts';
import { decodeRecord, encodeRecord } from './identity-records.ts';
import type { SealedSecret } from './master-key.ts';

const MODULUS_BITS = 2048;
const MICROS = 1_000_000;
/** As IBM's key set: external verifiers keep it for minutes, careful ones for a day. */
const AHEAD_SECONDS_MAX = 86_400;

export interface SigningKeySettings {
  /** How long one key signs. */
  readonly rotationSeconds: number;
  /** The longest life of a token: how long a key is kept after it has ceased to sign. */
  readonly tokenSecondsMax: number;
}

export interface SigningKey {
  /** `yyyymmddHHMM`. */
  readonly kid: string;
  readonly privateKey: KeyObject;
}

export interface PublishedKey {
  readonly kty: 'RSA';
  readonly n: string;
  readonly e: string;
  readonly alg: 'RS256';
  readonly use: 'sig';
  readonly kid: string;
}

export interface StoredSigningKey {
  readonly kid: string;
  /** When it begins to sign; it ends when the next one begins. */
  readonly activeFromMicros: number;
  readonly n: string;
  readonly e: string;
  readonly sealed: SealedSecret;
}

export interface StoredSigningKeys {
  readonly keys: readonly StoredSigningKey[];
}

interface Loaded {
  readonly version: number | undefined;
  readonly keys: readonly StoredSigningKey[];
}

const generate = promisify(generateKeyPair);

export class IamSigningKeys {
  readonly #context: IdentityContext;
  readonly #settings: SigningKeySettings;
  #loaded: Loaded = { version: undefined, keys: [] };
  readonly #private = new Map<string, KeyObject>();
  readonly #public = new Map<string, KeyObject>();

  constructor(context: IdentityContext, settings: SigningKeySettings) {
    this.#context = context;
    this.#settings = settings;
  }

  /** The one that signs now. The first one is made when it is asked for. */
  async current(): Promise<SigningKey> {
    const now = this.#context.clock.nowMicros();
    let key = activeKey(await this.#load(), now);
    if (key === undefined) {
      await this.maintain();
      key = activeKey(await this.#load(), this.#context.clock.nowMicros());
    }
    if (key === undefined) throw new Error('there is no key to sign tokens with');
    return { kid: key.kid, privateKey: this.#privateKeyOf(key) };
  }

  /** Undefined when there is no such key, or not any more. */
  async find(kid: string): Promise<KeyObject | undefined> {
    const stored = (await this.#load()).find((key) => key.kid === kid);
    if (stored === undefined) return undefined;
    let key = this.#public.get(kid);
    if (key === undefined) {
      key = createPublicKey({ key: { kty: 'RSA', n: stored.n, e: stored.e }, format: 'jwk' });
      this.#public.set(kid, key);
    }
    return key;
  }

  /** Newest first. */
  async published(): Promise<readonly PublishedKey[]> {
    if ((await this.#load()).length === 0) await this.maintain();
    return (await this.#load())
      .map(({ n, e, kid }): PublishedKey => ({ kty: 'RSA', n, e, alg: 'RS256', use: 'sig', kid }))
      .reverse();
  }

  /** Makes the next key and drops old ones when it is time. */
  async maintain(): Promise<void> {
    const { clock } = this.#context;
    const wanted = planRotation(await this.#load(), clock.nowMicros(), this.#settings);
    if (wanted.activeFromMicros === undefined && wanted.kept.length === this.#loaded.keys.length) return;
    const pair =
      wanted.activeFromMicros === undefined
        ? undefined
        : await generate('rsa', { modulusLength: MODULUS_BITS });
    await commitChange(this.#context, async (change) => {
      const entry = await change.read(iamTokenKeys.signingKeys());
      const stored = entry === undefined ? [] : decodeRecord<StoredSigningKeys>(entry.value).keys;
      const plan = planRotation(stored, clock.nowMicros(), this.#settings);
      const added =
        plan.activeFromMicros === undefined || pair === undefined
          ? []
          : [this.#storedKey(plan.kept, plan.activeFromMicros, pair)];
      if (added.length === 0 && plan.kept.length === stored.length) return;
      change.put(iamTokenKeys.signingKeys(), encodeRecord({ keys: [...plan.kept, ...added] }));
    });
    // What has just been made is for the request that is running.
    this.#context.metadata.refresh();
  }

  #storedKey(
    others: readonly StoredSigningKey[],
    activeFromMicros: number,
    pair: { readonly publicKey: KeyObject; readonly privateKey: KeyObject },
  ): StoredSigningKey {
    const taken = new Set(others.map(({ kid }) => kid));
    let madeAt = this.#context.clock.nowMicros();
    while (taken.has(minuteOf(madeAt))) madeAt += 60 * MICROS;
    const kid = minuteOf(madeAt);
    const { n = '', e = '' } = pair.publicKey.export({ format: 'jwk' });
    const pem = pair.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
    return { kid, activeFromMicros, n, e, sealed: this.#context.masterKey.seal(pem, ownerOf(kid)) };
  }

  async #load(): Promise<readonly StoredSigningKey[]> {
    const entry = await this.#context.metadata.get(iamTokenKeys.signingKeys());
    if (entry?.version !== this.#loaded.version) {
      const keys = entry === undefined ? [] : decodeRecord<StoredSigningKeys>(entry.value).keys;
      this.#loaded = { version: entry?.version, keys };
      const known = new Set(keys.map(({ kid }) => kid));
      for (const kept of [this.#private, this.#public]) {
        for (const kid of kept.keys()) if (!known.has(kid)) kept.delete(kid);
      }
    }
    return this.#loaded.keys;
  }

  #privateKeyOf({ kid, sealed }: StoredSigningKey): KeyObject {
    let key = this.#private.get(kid);
    if (key === undefined) {
      key = createPrivateKey(this.#context.masterKey.open(sealed, ownerOf(kid)));
      this.#private.set(kid, key);
    }
    return key;
  }
}

/** What a sealed key is bound to. */
function ownerOf(kid: string): string {
  return `iam-signing-key ${kid}`;
}

function activeKey(keys: readonly StoredSigningKey[], nowMicros: number): StoredSigningKey | undefined {
  return keys.findLast(({ activeFromMicros }) => activeFromMicros <= nowMicros);
}

interface RotationPlan {
  /** In the order in which they sign. */
  readonly kept: readonly StoredSigningKey[];
  /** When a key that has to be made now will begin to sign; undefined when none has to be made. */
  readonly activeFromMicros?: number;
}

/** `keys` in the order in which they sign. */
export function planRotation(
  keys: readonly StoredSigningKey[],
  nowMicros: number,
  { rotationSeconds, tokenSecondsMax }: SigningKeySettings,
): RotationPlan {
  const kept = keys.filter((_key, index) => {
    const next = keys[index + 1];
    return next === undefined || next.activeFromMicros + tokenSecondsMax * MICROS > nowMicros;
  });
  const last = kept.at(-1);
  if (last === undefined) return { kept, activeFromMicros: nowMicros };
  const aheadMicros = Math.min(AHEAD_SECONDS_MAX, rotationSeconds / 2) * MICROS;
  const dueMicros = last.activeFromMicros + rotationSeconds * MICROS;
  if (dueMicros - aheadMicros > nowMicros) return { kept };
  return { kept, activeFromMicros: Math.max(dueMicros, nowMicros + aheadMicros) };
}

/** `yyyymmddHHMM` */
function minuteOf(micros: number): string {
  return new Date(Math.floor(micros / 1000)).toISOString().replace(/\D/g, '').slice(0, 12);
}
