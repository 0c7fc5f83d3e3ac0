/**
 * The bucket that a path of the resource configuration API names (ibm-cos.md, section 9.8). The path says no place, so that every place
 * is looked in; a bucket of another account is forbidden, whoever asks, and one that nobody has is not there.
 */
import { CoreError } from '../../core/core-errors.ts';
import type { Bucket } from '../../core/model.ts';
import { bucketNameFault } from '../../core/names.ts';
import type { Action } from '../../identity/actions.ts';
import { evaluateAccess } from '../../identity/evaluate-access.ts';
import { defaultInstanceOf } from '../../identity/ibm-ids.ts';
import { findInstanceRecord } from '../../identity/ibm-instances.ts';
import { accessResourceOf } from '../kernel/bucket-access.ts';
import type { IbmCall, IbmServices } from './ibm-call.ts';
import { forbidden, IbmError } from './ibm-errors.ts';

export interface ConfiguredBucket {
  readonly bucket: Bucket;
  may(action: Action): boolean;
  /** Throws IbmError `forbidden`. */
  demand(action: Action): void;
}

/** Throws IbmError. */
export async function findConfiguredBucket(services: IbmServices, call: IbmCall): Promise<ConfiguredBucket> {
  const name = call.parameter('bucket');
  const bucket = await find(services, call, name);
  if (bucket === undefined) throw new IbmError('not-found', `There is no bucket ${name}.`);
  const { account, documents } = bucket;
  const instance = documents['service-instance'] ?? defaultInstanceOf(account);
  const found = await findInstanceRecord(services.records, { id: account, createdAtMicros: 0 }, instance);
  const resourceGroup = found?.record.resourceGroupId ?? '';
  const { remoteAddress, receivedAtMicros } = call.request;
  const values = new Map([
    ['aws:sourceip', remoteAddress],
    ['aws:epochtime', String(Math.floor(receivedAtMicros / 1e6))],
  ]);
  const may = (action: Action) =>
    evaluateAccess({
      principal: call.caller.principal,
      action,
      resource: { ...accessResourceOf(bucket), resourceGroup },
      request: { get: (key) => values.get(key) },
    }).allowed;
  return {
    bucket,
    may,
    demand(action) {
      if (!may(action)) throw forbidden();
    },
  };
}

async function find(
  { store, whereabouts }: IbmServices,
  call: IbmCall,
  name: string,
): Promise<Bucket | undefined> {
  if (bucketNameFault(name) !== undefined) return undefined;
  const places = whereabouts.storageUrls(call.request).map(({ region }) => region);
  const caller = call.accountId;
  for (const place of places) {
    try {
      return await store.findBucket({ caller, place, name });
    } catch (error) {
      if (!(error instanceof CoreError && error.code === 'NoSuchBucket')) throw error;
    }
  }
  return undefined;
}
