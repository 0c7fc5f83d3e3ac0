/**
 * Identifiers as IBM Cloud writes them (ibm-cos.md, section 2), computed from our own ids where that is possible, so that nothing
 * has to be stored to find one by the other.
 *
 * | thing | form | made from |
 * |---|---|---|
 * | iam id of a user | `IBMid-` and 10 of `0-9A-Z` | the first 51 bits of the user's id, in base 36 |
 * | iam id of a service ID | `iam-ServiceId-<uuid>` | its id |
 * | default instance of an account | uuid v4 | the account's id |
 * | default resource group | 32 hexadecimal characters | a digest of the account's id |
 */
import { createHash } from 'node:crypto';
import { isUuid, uuidOfBytes } from '../lib/uuid.ts';

const USER_PREFIX = 'IBMid-';
const SERVICE_PREFIX = 'iam-ServiceId-';
const USER_BITS = 51n;
const ID_BITS = 128n;
const BASE = 36;
const DIGITS = 10;
const USER_ID = /^IBMid-([0-9A-Z]{10})$/;

/** `userId`: 32 hexadecimal characters. */
export function iamIdOfUser(userId: string): string {
  const leading = BigInt(`0x${userId}`) >> (ID_BITS - USER_BITS);
  return USER_PREFIX + leading.toString(BASE).toUpperCase().padStart(DIGITS, '0');
}

/** `serviceId`: a uuid. */
export function iamIdOfService(serviceId: string): string {
  return SERVICE_PREFIX + serviceId;
}

export type IamIdOwner =
  /** Users whose ids lie between these, both included: one, unless two ids share their first 51 bits. */
  | { readonly kind: 'user'; readonly firstId: string; readonly lastId: string }
  | { readonly kind: 'service'; readonly serviceId: string };

/** Whose an iam id is; undefined when it is none of ours. */
export function ownerOfIamId(iamId: string): IamIdOwner | undefined {
  if (iamId.startsWith(SERVICE_PREFIX)) {
    const serviceId = iamId.slice(SERVICE_PREFIX.length);
    return isUuid(serviceId) ? { kind: 'service', serviceId } : undefined;
  }
  const digits = USER_ID.exec(iamId)?.[1];
  if (digits === undefined) return undefined;
  const leading = BigInt(Number.parseInt(digits, BASE));
  if (leading >> USER_BITS !== 0n) return undefined;
  const rest = ID_BITS - USER_BITS;
  const hex = (id: bigint) => id.toString(16).padStart(32, '0');
  return {
    kind: 'user',
    firstId: hex(leading << rest),
    lastId: hex((leading << rest) | ((1n << rest) - 1n)),
  };
}

/** The GUID of the instance that every account has from the start (design, section 5). */
export function defaultInstanceOf(accountId: string): string {
  return uuidOfBytes(Buffer.from(accountId, 'hex'));
}

export function defaultResourceGroupOf(accountId: string): string {
  return digestOf('resource group', accountId).toString('hex').slice(0, 32);
}

/** A decimal number for members that IBM fills with numbers of an older system (`ims_user_id`). */
export function legacyNumberOf(id: string): number {
  return digestOf('legacy number', id).readUInt32BE(0) % 100_000_000;
}

/** A uuid for something that is not stored and belongs to something that is. */
export function derivedUuid(what: string, ...ids: readonly string[]): string {
  return uuidOfBytes(digestOf(what, ...ids).subarray(0, 16));
}

function digestOf(what: string, ...ids: readonly string[]): Buffer {
  return createHash('sha256')
    .update([what, ...ids].join('\0'))
    .digest();
}
