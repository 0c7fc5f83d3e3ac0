/**
 * What a question about S3 says to IBM's access policies (ibm-cos.md, section 6.2): the attributes of the target, and of the request
 * those that fine-grained conditions may ask for. What is absent matches no attribute, and `stringExists` can tell.
 */
import type { Bucket } from '../../core/model.ts';
import type { Action } from '../../identity/actions.ts';
import type { S3Call } from './s3-call.ts';

/** What one question is about. */
export interface AskedAbout {
  readonly action: Action;
  readonly target:
    | {
        readonly kind: 'service';
        readonly account: string | undefined;
        /** GUID of the service instance. */
        readonly instance: string | undefined;
        /** Of a bucket that is to be made. */
        readonly bucketName: string | undefined;
      }
    | { readonly kind: 'bucket'; readonly bucket: Bucket; readonly key: string | undefined };
  readonly versionId?: string | undefined;
}

/** The actions that know of a prefix and a delimiter; an absent one counts as empty. */
const listings: ReadonlySet<Action> = new Set([
  'bucket:list-objects',
  'bucket:list-versions',
  'bucket:list-uploads',
]);

type Asking = Pick<S3Call, 'query' | 'instanceOf' | 'ibmRegionOf' | 'resourceGroupOf'>;

/** `name`: of the attribute, in lower case. */
export function ibmAttribute(name: string, { action, target }: AskedAbout, call: Asking): string | undefined {
  const bucket = target.kind === 'bucket' ? target.bucket : undefined;
  const bucketName = target.kind === 'bucket' ? target.bucket.name : target.bucketName;
  switch (name) {
    case 'accountid':
      return target.kind === 'bucket' ? target.bucket.account : target.account;
    case 'servicename':
      return 'cloud-object-storage';
    case 'servicetype':
      return 'service';
    case 'serviceinstance':
      if (target.kind === 'bucket') return call.instanceOf(target.bucket);
      // What other clouds list is of all instances: a right on one of them is none on that.
      return target.instance ?? (action === 'account:list-buckets' ? '' : undefined);
    case 'resourcegroupid': {
      const instance = target.kind === 'bucket' ? call.instanceOf(target.bucket) : target.instance;
      return instance === undefined ? undefined : call.resourceGroupOf(instance);
    }
    case 'region':
      return bucket && call.ibmRegionOf(bucket);
    case 'resourcetype':
      return bucketName === undefined ? undefined : 'bucket';
    case 'resource':
      return bucketName;
    case 'path':
      return target.kind === 'bucket' ? target.key : undefined;
    case 'prefix':
    case 'delimiter':
      return listings.has(action) ? (call.query.get(name) ?? '') : undefined;
    default:
      return undefined;
  }
}
