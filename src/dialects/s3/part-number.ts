import type { QueryParameters } from '../kernel/query-parameters.ts';
import { invalidArgument } from './s3-errors.ts';

/** Parts of one upload (Amazon S3 User Guide, "Multipart upload limits"). */
export const PARTS_MAX = 10_000;

/** The part that UploadPart and UploadPartCopy address. Throws InvalidArgument. */
export function readPartNumber(query: QueryParameters): number {
  const text = query.get('partNumber') ?? '';
  const partNumber = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (partNumber >= 1 && partNumber <= PARTS_MAX) return partNumber;
  throw invalidPartNumber(text);
}

export function invalidPartNumber(text: string): Error {
  return invalidArgument(
    'partNumber',
    text,
    `Part number must be an integer between 1 and ${PARTS_MAX}, inclusive`,
  );
}
