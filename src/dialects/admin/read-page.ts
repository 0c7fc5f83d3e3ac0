import type { AdminCall } from './admin-call.ts';
import { AdminError } from './admin-errors.ts';

/** Names of one page. */
export interface PageQuery {
  readonly after: string;
  readonly limit: number;
}

const LIMIT_DEFAULT = 100;
const LIMIT_MAX = 1000;

/** `?after=name&limit=n`. Throws AdminError InvalidRequest. */
export function readPage(call: AdminCall): PageQuery {
  const text = call.query.get('limit');
  const limit = text === undefined ? LIMIT_DEFAULT : /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (limit < 1 || limit > LIMIT_MAX) {
    throw new AdminError(400, 'InvalidRequest', `The limit must be a number from 1 to ${LIMIT_MAX}.`);
  }
  return { after: call.query.get('after') ?? '', limit };
}
