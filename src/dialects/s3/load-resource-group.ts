/**
 * The resource group of a bucket's service instance, which IBM's policies may ask for (ibm-cos.md, section 6.2). Buckets do not hold
 * it, since instances may be moved; it is looked up for those callers only whose policies ask.
 */
import type { Bucket } from '../../core/model.ts';
import type { GrantedPolicy } from '../../identity/grants.ts';
import type { InstanceDirectory } from '../../identity/service-instances.ts';
import type { S3CallState } from './s3-call-state.ts';

export async function loadResourceGroup(
  state: S3CallState,
  bucket: Bucket,
  directory: InstanceDirectory,
): Promise<void> {
  const { principal } = state.caller;
  const own = principal.kind === 'anonymous' ? undefined : principal.grants?.policies;
  if (!asksForIt(own) && !asksForIt(state.publicGrantsOf(bucket)?.policies)) return;
  const guid = state.instanceOf(bucket);
  if (state.resourceGroupOf(guid) !== undefined) return;
  const instance = await directory.find(bucket.account, guid);
  state.rememberResourceGroup(guid, instance?.resourceGroup ?? '');
}

function asksForIt(policies: readonly GrantedPolicy[] | undefined): boolean {
  return policies?.some(({ policy }) => policy.readsResourceGroup === true) === true;
}
