/** IBM's resource configuration API: firewall and quota of a bucket, whichever API its objects came by. */
import type { BucketAddress } from '../s3/s3-address.ts';
import { bucketPath } from '../s3/s3-address.ts';
import { isCode } from './api-error.ts';
import { sendJson, sendRequest } from './send-request.ts';
import type { Session } from './session.ts';

export interface BucketFirewall {
  readonly allowed_ip?: readonly string[];
  readonly denied_ip?: readonly string[];
  readonly allowed_network_type?: readonly string[];
}

export interface BucketConfiguration {
  /** Bytes. */
  readonly hard_quota?: number;
  readonly bytes_used: number;
  readonly firewall?: BucketFirewall;
}

export type BucketConfigurationPatch =
  | { readonly firewall: BucketFirewall | null }
  | { readonly hard_quota: number };

export function configurationPath({ bucket }: Pick<BucketAddress, 'bucket'>): string {
  return `api/v1/b/${encodeURIComponent(bucket)}`;
}

/**
 * Undefined: its address names no region, and another region has a bucket of this name that it would find first.
 */
export async function readConfiguration(
  address: BucketAddress,
  { places }: Session,
): Promise<BucketConfiguration | undefined> {
  for (const { region } of places) {
    if (region === address.place) break;
    if (await isThere({ ...address, place: region })) return undefined;
  }
  return sendJson('GET', configurationPath(address));
}

async function isThere(address: BucketAddress): Promise<boolean> {
  try {
    await sendRequest(bucketPath(address), { method: 'HEAD' });
    return true;
  } catch (error) {
    if (isCode(error, 'NotFound')) return false;
    // It is somebody else's: found all the same.
    if (isCode(error, 'AccessDenied')) return true;
    throw error;
  }
}

export async function patchConfiguration(
  address: BucketAddress,
  patch: BucketConfigurationPatch,
): Promise<void> {
  await sendJson('PATCH', configurationPath(address), patch);
}
