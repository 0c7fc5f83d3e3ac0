import { childText, elementsOf, parseXml, textOf } from '../api/read-xml.ts';
import { sendRequest } from '../api/send-request.ts';
import { type BucketAddress, bucketPath } from './s3-address.ts';

export interface FolderRow {
  readonly kind: 'folder';
  /** Ends with the delimiter. */
  readonly prefix: string;
}

export interface ObjectRow {
  readonly kind: 'object';
  readonly key: string;
  readonly size: number;
  readonly modifiedAt: string;
  readonly etag: string;
}

export type ListingRow = FolderRow | ObjectRow;

export interface ListingPage {
  readonly rows: readonly ListingRow[];
  /** Of the page behind. */
  readonly next: string | undefined;
}

export interface ListingQuestion extends BucketAddress {
  readonly prefix: string;
  /** `` lists everything below. */
  readonly delimiter: '/' | '';
  /** First page only: keys from behind this one. */
  readonly startAfter?: string;
  readonly token?: string | undefined;
  readonly limit?: number;
}

const PAGE_SIZE = 1000;

export async function listObjects(question: ListingQuestion, signal?: AbortSignal): Promise<ListingPage> {
  const { prefix, delimiter, startAfter, token, limit = PAGE_SIZE } = question;
  const path = bucketPath(question, {
    'list-type': '2',
    'encoding-type': 'url',
    'max-keys': String(limit),
    prefix: prefix === '' ? undefined : prefix,
    delimiter: delimiter === '' ? undefined : delimiter,
    'start-after': token === undefined && startAfter !== '' ? startAfter : undefined,
    'continuation-token': token,
  });
  const response = await sendRequest(path, signal === undefined ? {} : { signal });
  const document = parseXml(await response.text());
  const folders = elementsOf(document, 'CommonPrefixes').map(
    (element): ListingRow => ({ kind: 'folder', prefix: decodeName(textOf(element, 'Prefix')) }),
  );
  const objects = elementsOf(document, 'Contents').map(
    (element): ListingRow => ({
      kind: 'object',
      key: decodeName(childText(element, 'Key')),
      size: Number(childText(element, 'Size')),
      modifiedAt: childText(element, 'LastModified'),
      etag: childText(element, 'ETag').replaceAll('"', ''),
    }),
  );
  const next = textOf(document, 'NextContinuationToken');
  return { rows: mergeInOrder(folders, objects), next: next === '' ? undefined : next };
}

export function nameOf(row: ListingRow): string {
  return row.kind === 'folder' ? row.prefix : row.key;
}

export function decodeName(name: string): string {
  return decodeURIComponent(name.replaceAll('+', '%20'));
}

/** The API answers them apart, each in the order of bytes; UTF-16 order differs for rare characters only and misplaces no page. */
function mergeInOrder(folders: ListingRow[], objects: ListingRow[]): ListingRow[] {
  if (folders.length === 0) return objects;
  return [...folders, ...objects].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
}
