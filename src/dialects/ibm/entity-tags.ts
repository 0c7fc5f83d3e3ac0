/** Entity tags of records: made from the version of the record, so that a change by anybody makes an older tag stale. */
import type { IbmCall } from './ibm-call.ts';
import { IbmError, invalid } from './ibm-errors.ts';

const TAG = /^"?1-([0-9a-f]{1,14})"?$/;

export function tagOf(version: number): string {
  return `1-${version.toString(16)}`;
}

/**
 * What `If-Match` demands: a version, or undefined for whatever there is (`*`). Throws IbmError when the field is missing or cannot
 * be a tag of this record.
 */
export function expectedVersion({ request }: Pick<IbmCall, 'request'>): number | undefined {
  const sent = request.headers.get('if-match')?.trim();
  if (sent === undefined || sent === '') {
    throw invalid('The header If-Match is missing: send the tag of what you have read, or *.');
  }
  if (sent === '*') return undefined;
  const version = TAG.exec(sent)?.[1];
  if (version === undefined) {
    throw new IbmError('stale-version', 'The tag in If-Match is not that of the present record.');
  }
  return Number.parseInt(version, 16);
}
