/**
 * Which names may be uploaded into a bucket (NHN; nhn-openstack.md, section 21.3): by the extension and by words in the last element
 * of the path, through whichever door. Folder markers have no such name.
 */
import { CoreError } from './core-errors.ts';
import type { Bucket } from './model.ts';

const UPLOAD_NAMES_DOCUMENT = 'upload-names';

/** Of a kind either what is allowed or what is denied. Extensions have no dot. */
export interface UploadNames {
  readonly allowedExtensions?: readonly string[];
  readonly deniedExtensions?: readonly string[];
  readonly allowedKeywords?: readonly string[];
  readonly deniedKeywords?: readonly string[];
}

/** For the `documents` of a bucket. */
export function uploadNamesDocument(names: UploadNames): Record<string, string | null> {
  const hasRules = Object.keys(names).length > 0;
  return { [UPLOAD_NAMES_DOCUMENT]: hasRules ? JSON.stringify(names) : null };
}

export function uploadNamesOf({ documents }: Pick<Bucket, 'documents'>): UploadNames | undefined {
  const text = documents[UPLOAD_NAMES_DOCUMENT];
  return text === undefined ? undefined : (JSON.parse(text) as UploadNames);
}

/** Throws UploadNameRefused. */
export function assertUploadName(bucket: Pick<Bucket, 'documents'>, key: string): void {
  const names = uploadNamesOf(bucket);
  if (names === undefined || key.endsWith('/')) return;
  const name = key.slice(key.lastIndexOf('/') + 1);
  const dot = name.lastIndexOf('.');
  const extension = dot < 0 ? '' : name.slice(dot + 1);
  const { allowedExtensions, deniedExtensions, allowedKeywords, deniedKeywords } = names;
  const refuse = (rule: keyof UploadNames) => new CoreError('UploadNameRefused', { key, rule });
  if (allowedExtensions !== undefined && !allowedExtensions.includes(extension)) {
    throw refuse('allowedExtensions');
  }
  if (deniedExtensions?.includes(extension)) throw refuse('deniedExtensions');
  if (allowedKeywords !== undefined && !allowedKeywords.some((word) => name.includes(word))) {
    throw refuse('allowedKeywords');
  }
  if (deniedKeywords?.some((word) => name.includes(word))) throw refuse('deniedKeywords');
}
