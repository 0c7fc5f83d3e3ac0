/** Records of the identity store: a byte naming the format, then JSON. They are read through a cache by record version. */

import type { KeyFlavour } from './credentials.ts';
import type { PolicyLanguage } from './grants.ts';
import type { SealedSecret } from './master-key.ts';
import type { AccountRecord, SessionFacts, UserRecord } from './principal.ts';
import type { Subject } from './subjects.ts';

const FORMAT = 1;
const OPENING_BRACE = 0x7b;

export interface StoredAccount extends AccountRecord {
  /** The account whose root user administers the server. */
  readonly isServerRoot: boolean;
  /** Its users and keys are being removed: nothing may be added any more. */
  readonly isBeingRemoved: boolean;
  /** Raised when the account is disabled: tokens of an earlier epoch are void for ever. Absent: 0. */
  readonly tokenEpoch?: number;
}

export interface StoredUser extends UserRecord {
  /** Its access keys, so that whoever adds one and whoever removes the user change the same record. */
  readonly accessKeyIds: readonly string[];
  readonly passwordHash?: string;
  /** Raised when the user is disabled or gets another password: tokens of an earlier epoch are void for ever. Absent: 0. */
  readonly tokenEpoch?: number;
}

/** One of `userId`, `serviceId` and `session` says who it speaks for. */
export interface StoredAccessKey {
  readonly id: string;
  readonly userId?: string;
  readonly serviceId?: string;
  readonly session?: StoredSession;
  readonly accountId: string;
  readonly enabled: boolean;
  readonly createdAtMicros: number;
  /** Absent: never. */
  readonly expiresAtMicros?: number;
  /** Whose API made it; absent: none that S3 speaks otherwise for. */
  readonly mintedBy?: KeyFlavour;
  /** GUID of the service instance that it acts in. */
  readonly instanceId?: string;
  readonly secret: SealedSecret;
}

export interface StoredSession extends SessionFacts {
  readonly roleId: string;
  /** HMAC of the session token, base64, and the master key that it was made with. The token itself is nowhere. */
  readonly tokenFingerprint: string;
  readonly masterKeyId: number;
  readonly policy?: { readonly language: PolicyLanguage; readonly document: string };
}

/** Of key space `37`: the one that the operator gave at the first start of an earlier version. */
export interface StoredFirstApiKey {
  readonly userId: string;
  readonly accountId: string;
  readonly enabled: boolean;
  readonly createdAtMicros: number;
  readonly masterKeyId: number;
}

/** Found by the HMAC of the token; the token itself is nowhere. */
export interface StoredToken {
  readonly userId: string;
  readonly accountId: string;
  /** False: it says who somebody is, and opens no account. */
  readonly isScoped: boolean;
  /** How it was come by: `password`, `token`. */
  readonly methods: readonly string[];
  /** By which logs and clients name it without knowing it. */
  readonly auditId: string;
  readonly issuedAtMicros: number;
  readonly expiresAtMicros: number;
  readonly userEpoch: number;
  readonly accountEpoch: number;
  /** The key pair or API key it was come by with. */
  readonly accessKeyId?: string;
  readonly apiKeyId?: string;
  /** Of a role, that the pair belongs to: then nobody's user is meant. */
  readonly sessionId?: string;
}

export interface StoredRoot {
  readonly accountId: string;
  readonly userId: string;
  /** Opens only under the master key that this store was made with. */
  readonly masterKeyProof: SealedSecret;
}

/** Of a master key that may have left its file: what was stored by a fingerprint under it is found by this. */
export interface StoredLookupKey {
  readonly keyId: number;
  readonly lookup: SealedSecret;
}

class UnreadableIdentityRecord extends Error {
  override readonly name = 'UnreadableIdentityRecord';
}

export function encodeRecord(record: object): Buffer {
  const json = JSON.stringify(record);
  const bytes = Buffer.allocUnsafe(1 + Buffer.byteLength(json));
  bytes[0] = FORMAT;
  bytes.write(json, 1);
  return bytes;
}

/** Whether a value is a record, and not a row of an index. */
export function isRecord(bytes: Buffer): boolean {
  return bytes[0] === FORMAT && bytes[1] === OPENING_BRACE;
}

export function decodeRecord<T>(bytes: Buffer): T {
  if (bytes[0] !== FORMAT) {
    throw new UnreadableIdentityRecord(
      `an identity record has format ${bytes[0]}, and this version of Gotgan reads format ${FORMAT}`,
    );
  }
  return JSON.parse(bytes.toString('utf8', 1)) as T;
}

/** Without what only the store needs. */
export function accountOfRecord({ id, name, enabled, createdAtMicros }: StoredAccount): AccountRecord {
  return { id, name, enabled, createdAtMicros };
}

export function userOfRecord({ passwordHash, accessKeyIds, tokenEpoch, ...user }: StoredUser): UserRecord {
  return user;
}

/** Whom a pair speaks for. */
export function holderOf({ userId, serviceId, session }: StoredAccessKey): Subject {
  if (session !== undefined) return `role:${session.roleId}`;
  return serviceId === undefined ? `user:${userId ?? ''}` : `service:${serviceId}`;
}
