import { childText, parseXml, textOf } from '../api/read-xml.ts';
import { sendRequest } from '../api/send-request.ts';
import { type BucketAddress, bucketPath } from './s3-address.ts';
import { deleteObjects } from './s3-deleting.ts';
import { decodeName } from './s3-listing.ts';

export interface VersionRow {
  readonly key: string;
  readonly versionId: string;
  readonly isLatest: boolean;
  readonly isDeleteMarker: boolean;
  readonly size: number;
  readonly modifiedAt: string;
}

export interface VersionsPage {
  readonly rows: readonly VersionRow[];
  readonly next: { readonly key: string; readonly versionId: string } | undefined;
}

export interface VersionsQuestion extends BucketAddress {
  readonly prefix: string;
  readonly after?: VersionsPage['next'];
}

export async function listVersions({ prefix, after, ...address }: VersionsQuestion): Promise<VersionsPage> {
  const path = bucketPath(address, {
    versions: '',
    'encoding-type': 'url',
    prefix: prefix === '' ? undefined : prefix,
    'key-marker': after?.key,
    'version-id-marker': after?.versionId,
  });
  const document = parseXml(await (await sendRequest(path)).text());
  const rows = [...(document.documentElement?.children ?? [])]
    .filter(({ localName }) => localName === 'Version' || localName === 'DeleteMarker')
    .map((element) => ({
      key: decodeName(childText(element, 'Key')),
      versionId: childText(element, 'VersionId'),
      isLatest: childText(element, 'IsLatest') === 'true',
      isDeleteMarker: element.localName === 'DeleteMarker',
      size: Number(childText(element, 'Size') || 0),
      modifiedAt: childText(element, 'LastModified'),
    }));
  const isTruncated = textOf(document, 'IsTruncated') === 'true';
  const key = decodeName(textOf(document, 'NextKeyMarker'));
  return {
    rows,
    next: isTruncated ? { key, versionId: textOf(document, 'NextVersionIdMarker') } : undefined,
  };
}

/** Of one key, newest first: as many as one page holds. */
export async function versionsOf(address: BucketAddress, key: string): Promise<readonly VersionRow[]> {
  const { rows } = await listVersions({ ...address, prefix: key });
  return rows.filter((row) => row.key === key);
}

export async function deleteAllVersions(
  address: BucketAddress,
  onProgress: (count: number) => void,
): Promise<void> {
  let count = 0;
  for (;;) {
    const { rows } = await listVersions({ ...address, prefix: '' });
    if (rows.length === 0) return;
    await deleteObjects(address, rows);
    count += rows.length;
    onProgress(count);
  }
}
