/**
 * Quotas of a container, which are items of its metadata for whoever sets them (nhn-openstack.md, section 21.1) and the quota of the
 * bucket for whoever writes into it, through either door. The quota of an account is set by administrators and shown here.
 */
import { type Quota, quotaDocument, quotaOf } from '../../core/quotas.ts';
import { SwiftError } from './swift-errors.ts';

type Documents = Readonly<Record<string, string>>;

const BYTES = 'quota-bytes';
const COUNT = 'quota-count';

/** Names of metadata that are none. */
export const quotaItems: ReadonlySet<string> = new Set([BYTES, COUNT]);

/** The quota as items of metadata. */
export function quotaMetadataOf(documents: Documents): Record<string, string> {
  const { bytes, objects } = quotaOf({ documents }) ?? {};
  return {
    ...(bytes !== undefined && { [BYTES]: `${bytes}` }),
    ...(objects !== undefined && { [COUNT]: `${objects}` }),
  };
}

/** Changes of documents for items of metadata; none when they say what is there already. Throws 400. */
export function quotaChanges(
  documents: Documents,
  items: Readonly<Record<string, string>>,
): Record<string, string | null> {
  const before = quotaMetadataOf(documents);
  if ([...quotaItems].every((name) => before[name] === items[name])) return {};
  const bytes = numberOf(items[BYTES], 'Invalid bytes quota.');
  const objects = numberOf(items[COUNT], 'Invalid count quota.');
  return quotaDocument({
    ...(bytes !== undefined && { bytes }),
    ...(objects !== undefined && { objects }),
  });
}

/** Of an account, whose items nobody sets here. */
export function pushAccountQuota(headers: string[], documents: Documents): void {
  const { bytes, objects }: Quota = quotaOf({ documents }) ?? {};
  if (bytes !== undefined) headers.push('X-Account-Quota-Bytes', `${bytes}`);
  if (objects !== undefined) headers.push('X-Account-Quota-Count', `${objects}`);
}

function numberOf(text: string | undefined, fault: string): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,15}$/.test(text)) throw new SwiftError(400, fault);
  return Number(text);
}
