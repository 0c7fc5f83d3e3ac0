/**
 * What a question about access says to IBM's policies (ibm-cos.md, 6.2): the attributes of what is asked for. Requests to other
 * services than object storage say `ibm:servicename` and the rest themselves.
 */
import type { AccessQuestion } from './evaluate-access.ts';
import { takesPath, takesPrefix } from './ibm-actions.ts';
import { COS_SERVICE } from './ibm-crn.ts';
import { defaultInstanceOf, defaultResourceGroupOf } from './ibm-ids.ts';

/** `key` in lower case, beginning with `ibm:`. What the request itself says goes first. */
export function ibmAttribute(
  key: string,
  { action, resource, request }: Pick<AccessQuestion, 'action' | 'resource' | 'request'>,
): string | undefined {
  const said = request?.get(key);
  if (typeof said === 'string') return said;
  const { account, bucket } = resource;
  if (key === 'ibm:accountid') return account;
  if (/^(?:iam|resource):/.test(action)) return undefined;
  switch (key) {
    case 'ibm:servicename':
      return COS_SERVICE;
    case 'ibm:servicetype':
      return 'service';
    case 'ibm:serviceinstance':
      return resource.serviceInstance ?? (account === undefined ? undefined : defaultInstanceOf(account));
    case 'ibm:resourcegroupid':
      return resource.resourceGroup ?? (account === undefined ? undefined : defaultResourceGroupOf(account));
    case 'ibm:resourcetype':
      return bucket === undefined ? undefined : 'bucket';
    case 'ibm:resource':
      return bucket;
    case 'ibm:path':
      return takesPath(action) ? resource.key : undefined;
    case 'ibm:prefix':
    case 'ibm:delimiter':
      return takesPrefix(action) ? textOf(request?.get(`s3:${key.slice('ibm:'.length)}`)) : undefined;
    default:
      return undefined;
  }
}

/** Empty when the client sent none. */
function textOf(value: string | readonly string[] | undefined): string {
  return typeof value === 'string' ? value : '';
}
