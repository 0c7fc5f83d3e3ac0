/**
 * What headers of PUT and POST set on a container, and how it is shown (nhn-openstack.md, sections 7.3 and 7.4). A setting is one
 * document of the bucket; so is every item of its metadata, so that requests at the same moment merge.
 *
 * An empty value clears a setting, and so does `X-Remove-` before its name with any value, which wins.
 */
import type { Bucket } from '../../core/model.ts';
import { cleanAddressList } from '../../identity/address-lists.ts';
import { ContainerAclError, cleanContainerAcl, parseContainerAcl } from '../../identity/container-acl.ts';
import { accessResourceOf, containerAclDocuments } from '../kernel/bucket-access.ts';
import { CORS_DOCUMENT } from '../kernel/cors.ts';
import { aclAfterSetting, shownContainerAcl } from '../kernel/shared-grants.ts';
import type { WireHeaders } from '../kernel/wire.ts';
import { corsChange, corsItems, corsMetadataOf } from './cross-origin.ts';
import { mergeMetadata, pushMetadata } from './metadata-headers.ts';
import { isTrue } from './object-metadata.ts';
import { quotaChanges, quotaItems, quotaMetadataOf } from './quota-items.ts';
import { SwiftError } from './swift-errors.ts';

interface ContainerSetting {
  /** As shown. */
  readonly header: string;
  readonly document: string;
  /** Shown to nobody else. */
  readonly isOwners: boolean;
  /** What is stored; null clears. Throws 400. */
  clean(value: string): string | null;
}

const METADATA_PREFIX = 'swift-meta/';
const POLICY_DOCUMENT = 'storage-policy';

const containerDocuments = { rfcEtags: 'rfc-etags' } as const;

/** Not to be seen by strangers, although they are metadata. */
const ownersMetadata: ReadonlySet<string> = new Set(['temp-url-key', 'temp-url-key-2']);

const settings: readonly ContainerSetting[] = [
  aclSetting('X-Container-Read', containerAclDocuments.read, true),
  aclSetting('X-Container-Write', containerAclDocuments.write, false),
  aclSetting('X-Container-View', containerAclDocuments.view, false),
  addressSetting('X-Container-Ip-Acl-Allowed-List', 'addresses-allowed'),
  addressSetting('X-Container-Ip-Acl-Denied-List', 'addresses-denied'),
  {
    header: 'X-Container-Rfc-Compliant-Etags',
    document: containerDocuments.rfcEtags,
    isOwners: false,
    clean: (value) => (isTrue(value) ? 'True' : 'False'),
  },
];

/** From where the container may be used (section 16.4). */
function addressSetting(header: string, document: string): ContainerSetting {
  return {
    header,
    document,
    isOwners: true,
    clean(value) {
      const list = cleanAddressList(value);
      if (list === undefined) {
        throw new SwiftError(
          400,
          `${header} must be r, w or a and an IPv4 address or network, comma separated`,
        );
      }
      return list;
    },
  };
}

function aclSetting(header: string, document: string, allowsReferrers: boolean): ContainerSetting {
  return {
    header,
    document,
    isOwners: true,
    clean(value) {
      try {
        const acl = cleanContainerAcl(value, { header, allowsReferrers });
        return acl === '' ? null : acl;
      } catch (error) {
        if (error instanceof ContainerAclError) throw new SwiftError(400, error.message);
        throw error;
      }
    },
  };
}

/** Storage policies: the names that `/info` shows. They differ in what they cost, not in what they do here. */
export const storagePolicies = ['Standard', 'Economy'] as const;

type Documents = Readonly<Record<string, string | null>>;

/** Changes of documents that the headers ask for. Throws 400. */
export function decodeContainerChanges(
  headers: WireHeaders,
  current: Readonly<Record<string, string>>,
): Documents {
  const changes: Record<string, string | null> = {};
  for (const { header, document, clean } of settings) {
    const name = header.toLowerCase();
    const value = headers.get(name);
    const isRemoved = (headers.get(`x-remove-${name.slice('x-'.length)}`) ?? '') !== '';
    if (isRemoved || value === '') changes[document] = null;
    else if (value !== undefined) changes[document] = clean(value);
  }
  return { ...changes, ...metadataChanges(headers, current, 'container') };
}

/**
 * What else changes in a bucket that is there when lists of it are set: the grants of S3 that were shown in them go. Throws 403 for a
 * list that the public access block refuses.
 */
export function changesOfAcls(bucket: Bucket, changes: Documents): Documents {
  const { read, write } = containerAclDocuments;
  const isSetPublic = [read, write].some((document) => isPublicAcl(changes[document] ?? ''));
  const block = accessResourceOf(bucket).publicAccessBlock;
  if (isSetPublic && block?.has('BlockPublicAcls') === true) {
    throw new SwiftError(403, 'The public access block of the bucket refuses public lists');
  }
  let acl: string | null | undefined;
  if (read in changes) acl = aclAfterSetting('read', bucket);
  if (write in changes) {
    const { acl: _acl, ...rest } = bucket.documents;
    const documents = acl === undefined ? bucket.documents : acl === null ? rest : { ...rest, acl };
    acl = aclAfterSetting('write', { account: bucket.account, documents }) ?? acl;
  }
  return acl === undefined ? changes : { ...changes, acl };
}

function isPublicAcl(text: string): boolean {
  const { referrers, names } = parseContainerAcl(text);
  return referrers.some((referrer) => !referrer.startsWith('-')) || names.includes('*:*');
}

/** Of accounts and containers alike: one document per item. Throws 400. */
export function metadataChanges(
  headers: WireHeaders,
  current: Readonly<Record<string, string>>,
  target: 'account' | 'container',
): Documents {
  const before = metadataOf(current);
  const after = mergeMetadata(before, headers, target);
  const changes: Record<string, string | null> = {};
  const isStored = (name: string) => target === 'account' || !(corsItems.has(name) || quotaItems.has(name));
  for (const name of Object.keys(before)) {
    if (after[name] === undefined && isStored(name)) changes[METADATA_PREFIX + name] = null;
  }
  for (const [name, value] of Object.entries(after)) {
    if (before[name] !== value && isStored(name)) changes[METADATA_PREFIX + name] = value;
  }
  if (target === 'account') return changes;
  const cors = corsChange(current, after);
  return {
    ...changes,
    ...quotaChanges(current, after),
    ...(cors !== undefined && { [CORS_DOCUMENT]: cors }),
  };
}

/** By name, in lower case; with what the CORS configuration and the quota of a bucket say. */
export function metadataOf(documents: Readonly<Record<string, string>>): Record<string, string> {
  const entries = Object.entries(documents).filter(([kind]) => kind.startsWith(METADATA_PREFIX));
  const items = entries.map(([kind, text]) => [kind.slice(METADATA_PREFIX.length), text]);
  return { ...corsMetadataOf(documents), ...quotaMetadataOf(documents), ...Object.fromEntries(items) };
}

/** Of a new container. Throws 400 for a policy that does not exist. */
export function decodeStoragePolicy(headers: WireHeaders): Record<string, string> {
  const wanted = headers.get('x-storage-policy');
  if (wanted === undefined || wanted === '') return {};
  const policy = storagePolicies.find((name) => name.toLowerCase() === wanted.toLowerCase());
  if (policy === undefined) throw new SwiftError(400, `Invalid X-Storage-Policy ${JSON.stringify(wanted)}`);
  return policy === storagePolicies[0] ? {} : { [POLICY_DOCUMENT]: policy };
}

export function storagePolicyOf({ documents }: Pick<Bucket, 'documents'>): string {
  return documents[POLICY_DOCUMENT] ?? storagePolicies[0];
}

export function hasRfcEtags({ documents }: Pick<Bucket, 'documents'>): boolean {
  return documents[containerDocuments.rfcEtags] === 'True';
}

export function pushContainerSettings(
  headers: string[],
  bucket: Pick<Bucket, 'account' | 'documents'>,
  isOwner: boolean,
): void {
  for (const { header, document, isOwners } of settings) {
    const value = shownSetting(document, bucket);
    if (value !== undefined && (isOwner || !isOwners)) headers.push(header, value);
  }
  pushOwnMetadata(headers, bucket.documents, 'container', isOwner);
}

function shownSetting(document: string, bucket: Pick<Bucket, 'account' | 'documents'>): string | undefined {
  if (document === containerAclDocuments.read) return shownContainerAcl('read', bucket);
  if (document === containerAclDocuments.write) return shownContainerAcl('write', bucket);
  return bucket.documents[document];
}

export function pushOwnMetadata(
  headers: string[],
  documents: Readonly<Record<string, string>>,
  target: 'account' | 'container',
  isOwner: boolean,
): void {
  const items = Object.entries(metadataOf(documents));
  const shown = items.filter(([name]) => isOwner || !ownersMetadata.has(name));
  pushMetadata(headers, Object.fromEntries(shown), target);
}
