/**
 * Service instances of object storage as the storage APIs know them (ibm-cos.md, section 2): the owners of buckets within an account.
 * Every account has one from the start (design, section 5), which is not stored: its GUID is computed from the account's id.
 */

import { defaultInstanceOf, defaultResourceGroupOf } from './ibm-ids.ts';

export interface ServiceInstance {
  /** UUID of version 4, lower case. */
  readonly guid: string;
  readonly account: string;
  /** Id of the resource group that it is in. */
  readonly resourceGroup: string;
}

export interface InstanceDirectory {
  /** The one that the account has from the start. */
  defaultOf(account: string): string;
  /** One of the account's that can be used; undefined: it has none of that GUID, or it is being removed. */
  find(account: string, guid: string): Promise<ServiceInstance | undefined>;
  /** Those that can be used, at most `limit`. */
  list(account: string, limit: number): Promise<readonly ServiceInstance[]>;
}

/** Of accounts that have no others. */
export const defaultInstances: InstanceDirectory = {
  defaultOf: defaultInstanceOf,
  async find(account, guid) {
    return guid === defaultInstanceOf(account) ? defaultInstance(account) : undefined;
  },
  async list(account) {
    return [defaultInstance(account)];
  },
};

function defaultInstance(account: string): ServiceInstance {
  return { guid: defaultInstanceOf(account), account, resourceGroup: defaultResourceGroupOf(account) };
}
