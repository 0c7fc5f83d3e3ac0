/**
 * One record that is written in the same commit as any change of what credentials are made of, and read by every request with one. While
 * its version is the same, whatever was made of those records before is what they would give now (docs/adr/0015).
 */
import type { MetadataStore, Put, Version } from '../storage/contract/metadata-store.ts';
import { identityKeys } from './identity-keys.ts';

const key = identityKeys.revision();

/** Never read before it is written: whoever comes last is as good a mark, and no two changes conflict over it. */
export const newRevision: Put = { key, value: Buffer.alloc(0) };

/**
 * To be read before the records that something is made of: a change in between then makes it out of date, not wrong. Undefined:
 * nothing has changed since there is such a record.
 */
export function readRevision(
  metadata: Pick<MetadataStore, 'get'>,
): Version | undefined | Promise<Version | undefined> {
  const entry = metadata.get(key);
  return entry instanceof Promise ? entry.then((read) => read?.version) : entry?.version;
}
