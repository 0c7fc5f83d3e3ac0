/** Bodies: the documents that operations expect, more or less, and bytes. */
import type { Random } from './random.ts';
import { randomKey, randomText } from './wire-values.ts';

/** What earlier answers have told. */
export interface KnownUpload {
  readonly bucket: string;
  readonly key: string;
  readonly uploadId: string;
  readonly etags: Map<number, string>;
}

const BODY_BYTES_MAX = 200_000;

export function randomBody(
  random: Random,
  operation: string,
  upload: KnownUpload | undefined,
  ownerId: string,
): Buffer {
  const document = random.chance(90) ? documentFor(random, operation, upload, ownerId) : undefined;
  if (document === undefined) return random.bytes(random.size(random.chance(10) ? BODY_BYTES_MAX : 4000));
  return random.chance(85) ? Buffer.from(document) : mutate(random, document);
}

function documentFor(
  random: Random,
  operation: string,
  upload: KnownUpload | undefined,
  ownerId: string,
): string | undefined {
  switch (operation) {
    case 'CreateBucket':
      return random.chance(50)
        ? ''
        : `<CreateBucketConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><LocationConstraint>${random.pick(
            ['KR1', 'kr1', 'us-east-1', '', 'nowhere', escapeXml(randomText(random))],
          )}</LocationConstraint></CreateBucketConfiguration>`;
    case 'DeleteObjects':
      return deleteDocument(random);
    case 'CompleteMultipartUpload':
      return completeDocument(random, upload);
    case 'PutBucketAcl':
    case 'PutObjectAcl':
      return random.chance(30) ? '' : aclDocument(random, ownerId);
    default:
      return undefined;
  }
}

function deleteDocument(random: Random): string {
  const objects = Array.from({ length: random.size(30) + (random.chance(95) ? 1 : 0) }, () => {
    const version = random.chance(10) ? `<VersionId>${random.pick(['null', 'x', ''])}</VersionId>` : '';
    const etag = random.chance(5) ? `<ETag>${escapeXml(randomText(random))}</ETag>` : '';
    return `<Object><Key>${escapeXml(randomKey(random))}</Key>${version}${etag}</Object>`;
  });
  const quiet = random.chance(30) ? `<Quiet>${random.pick(['true', 'false', 'maybe'])}</Quiet>` : '';
  return `<Delete>${quiet}${objects.join('')}</Delete>`;
}

function completeDocument(random: Random, upload: KnownUpload | undefined): string {
  const known = [...(upload?.etags ?? [])].sort(([a], [b]) => a - b);
  const parts = random.chance(80) ? known : [...known, [random.below(12_000), randomText(random)] as const];
  if (random.chance(10)) parts.reverse();
  const rows = parts.map(
    ([number, etag]) => `<Part><PartNumber>${number}</PartNumber><ETag>${escapeXml(etag)}</ETag></Part>`,
  );
  return `<CompleteMultipartUpload>${rows.join('')}</CompleteMultipartUpload>`;
}

function aclDocument(random: Random, ownerId: string): string {
  const grants = Array.from({ length: random.size(8) }, () => {
    const grantee = random.pick([
      '<Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="Group"><URI>http://acs.amazonaws.com/groups/global/AllUsers</URI></Grantee>',
      `<Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="CanonicalUser"><ID>${random.chance(70) ? ownerId : escapeXml(randomText(random))}</ID></Grantee>`,
      `<Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="AmazonCustomerByEmail"><EmailAddress>${escapeXml(randomText(random))}</EmailAddress></Grantee>`,
      '<Grantee><ID>1</ID></Grantee>',
    ]);
    const permission = random.pick(['READ', 'WRITE', 'READ_ACP', 'WRITE_ACP', 'FULL_CONTROL', 'ALL']);
    return `<Grant>${grantee}<Permission>${permission}</Permission></Grant>`;
  });
  const id = random.chance(80) ? ownerId : escapeXml(randomText(random));
  const owner = `<Owner><ID>${id}</ID></Owner>`;
  return `<AccessControlPolicy>${random.chance(90) ? owner : ''}<AccessControlList>${grants.join('')}</AccessControlList></AccessControlPolicy>`;
}

/** Breaks a document in one place. */
function mutate(random: Random, document: string): Buffer {
  const at = random.below(document.length + 1);
  const [before, after] = [document.slice(0, at), document.slice(at)];
  const inserted = random.pick([
    '<!DOCTYPE a [<!ENTITY b "c">]>',
    '&b;',
    '<a>'.repeat(50),
    '<![CDATA[x]]>',
    '<!-- -->',
    '\0',
    '&#0;',
    ' '.repeat(5000),
    before.slice(-40),
    '<?xml version="1.0" encoding="UTF-16"?>',
  ]);
  switch (random.below(4)) {
    case 0:
      return Buffer.from(before);
    case 1:
      return Buffer.from(before + after.slice(random.below(10)));
    case 2:
      return Buffer.concat([Buffer.from(before), random.bytes(3), Buffer.from(after)]);
    default:
      return Buffer.from(before + inserted + after);
  }
}

/** Characters that XML cannot hold are left as they are: the server must refuse those too. */
function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
