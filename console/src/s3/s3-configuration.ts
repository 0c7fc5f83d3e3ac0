/** Settings of buckets and objects: each is read as it is, and read again after it was written. */
import { isCode } from '../api/api-error.ts';
import { childText, elementsOf, escapeXml, parseXml, textOf } from '../api/read-xml.ts';
import { sendRequest } from '../api/send-request.ts';
import { crc32Base64 } from './crc32.ts';
import { type BucketAddress, bucketPath, type ObjectAddress, objectPath } from './s3-address.ts';

export type Versioning = 'Enabled' | 'Suspended' | 'Off';

export async function readVersioning(address: BucketAddress): Promise<Versioning> {
  const status = textOf(await readXmlAt(bucketPath(address, { versioning: '' })), 'Status');
  return status === 'Enabled' || status === 'Suspended' ? status : 'Off';
}

export async function writeVersioning(address: BucketAddress, status: Versioning): Promise<void> {
  const body = `<VersioningConfiguration><Status>${status}</Status></VersioningConfiguration>`;
  await writeXml(bucketPath(address, { versioning: '' }), body);
}

export type TagPairs = readonly (readonly [string, string])[];

export async function readTags(path: string): Promise<TagPairs> {
  try {
    const document = await readXmlAt(path);
    return elementsOf(document, 'Tag').map((tag) => [childText(tag, 'Key'), childText(tag, 'Value')]);
  } catch (error) {
    if (isCode(error, 'NoSuchTagSet')) return [];
    throw error;
  }
}

export async function writeTags(path: string, tags: TagPairs): Promise<void> {
  if (tags.length === 0) {
    await sendRequest(path, { method: 'DELETE' });
    return;
  }
  const rows = tags.map(
    ([key, value]) => `<Tag><Key>${escapeXml(key)}</Key><Value>${escapeXml(value)}</Value></Tag>`,
  );
  await writeXml(path, `<Tagging><TagSet>${rows.join('')}</TagSet></Tagging>`);
}

export function bucketTagsPath(address: BucketAddress): string {
  return bucketPath(address, { tagging: '' });
}

export function objectTagsPath(address: ObjectAddress): string {
  return objectPath(address, { tagging: '' });
}

export const accessSwitches = [
  'BlockPublicAcls',
  'IgnorePublicAcls',
  'BlockPublicPolicy',
  'RestrictPublicBuckets',
] as const;
export type AccessSwitch = (typeof accessSwitches)[number];

export async function readAccessBlock(address: BucketAddress): Promise<ReadonlySet<AccessSwitch>> {
  try {
    const document = await readXmlAt(bucketPath(address, { publicAccessBlock: '' }));
    return new Set(accessSwitches.filter((name) => textOf(document, name) === 'true'));
  } catch (error) {
    if (isCode(error, 'NoSuchPublicAccessBlockConfiguration')) return new Set();
    throw error;
  }
}

export async function writeAccessBlock(
  address: BucketAddress,
  block: ReadonlySet<AccessSwitch>,
): Promise<void> {
  const rows = accessSwitches.map((name) => `<${name}>${block.has(name)}</${name}>`);
  const body = `<PublicAccessBlockConfiguration>${rows.join('')}</PublicAccessBlockConfiguration>`;
  await writeXml(bucketPath(address, { publicAccessBlock: '' }), body);
}

export const ownerships = ['BucketOwnerEnforced', 'BucketOwnerPreferred', 'ObjectWriter'] as const;
export type Ownership = (typeof ownerships)[number];

export async function readOwnership(address: BucketAddress): Promise<Ownership | ''> {
  try {
    const rule = textOf(await readXmlAt(bucketPath(address, { ownershipControls: '' })), 'ObjectOwnership');
    return ownerships.find((known) => known === rule) ?? '';
  } catch (error) {
    if (isCode(error, 'OwnershipControlsNotFoundError')) return '';
    throw error;
  }
}

export async function writeOwnership(address: BucketAddress, rule: Ownership): Promise<void> {
  const body = `<OwnershipControls><Rule><ObjectOwnership>${rule}</ObjectOwnership></Rule></OwnershipControls>`;
  await writeXml(bucketPath(address, { ownershipControls: '' }), body);
}

/** `` when there is none. */
export async function readPolicy(address: BucketAddress): Promise<string> {
  try {
    return await (await sendRequest(bucketPath(address, { policy: '' }))).text();
  } catch (error) {
    if (isCode(error, 'NoSuchBucketPolicy')) return '';
    throw error;
  }
}

/** `` removes it. */
export async function writePolicy(address: BucketAddress, policy: string): Promise<void> {
  const path = bucketPath(address, { policy: '' });
  if (policy.trim() === '') await sendRequest(path, { method: 'DELETE' });
  else
    await sendRequest(path, { method: 'PUT', body: policy, headers: { 'content-type': 'application/json' } });
}

export async function readXmlAt(path: string): Promise<Document> {
  return parseXml(await (await sendRequest(path)).text());
}

export async function writeXml(
  path: string,
  body: string,
  more: Readonly<Record<string, string>> = {},
): Promise<void> {
  const headers = { ...more, 'content-type': 'application/xml', 'x-amz-checksum-crc32': crc32Base64(body) };
  await sendRequest(path, { method: 'PUT', body, headers });
}
