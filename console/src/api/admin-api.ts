/** The admin API with the rights of who is logged in. */

import { sendJson } from './send-request.ts';
import type { Session } from './session.ts';

export function adminPath(...segments: readonly string[]): string {
  return `api/admin/v1/${segments.map(encodeURIComponent).join('/')}`;
}

export interface RecordPage<T> {
  readonly rows: readonly T[];
  /** Behind which row the next page begins. */
  readonly next: string | undefined;
}

/** `member`: of the answer, which holds the rows. */
export async function listRecords<T>(
  path: string,
  member: string,
  after: string | undefined,
): Promise<RecordPage<T>> {
  const separator = path.includes('?') ? '&' : '?';
  const query = after === undefined ? '' : `${separator}after=${encodeURIComponent(after)}`;
  const answer = await sendJson<Record<string, unknown>>('GET', `${path}${query}`);
  const rows = answer[member];
  const { next } = answer;
  return {
    rows: Array.isArray(rows) ? (rows as T[]) : [],
    next: typeof next === 'string' ? next : undefined,
  };
}

/** The same by curl, signed with the pair in the environment. `path`: as for `sendJson`. */
export function adminCurl(session: Session, method: string, path: string, body?: object): string {
  const region = session.places[0]?.region ?? '';
  return [
    'curl',
    ...(method === 'GET' ? [] : ['-X', method]),
    '--aws-sigv4',
    `aws:amz:${region}:gotgan`,
    '--user',
    '"$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY"',
    ...(body === undefined ? [] : ['-d', `'${JSON.stringify(body).replaceAll("'", `'\\''`)}'`]),
    `'${session.controlUrl}${path.slice('api'.length)}'`,
  ].join(' ');
}
