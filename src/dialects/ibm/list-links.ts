/** Links between the pages of a list, as access groups have them: objects with an address. */
import type { IbmCall } from './ibm-call.ts';
import { pageUrl } from './read-page.ts';

export interface ListPosition {
  readonly limit: number;
  readonly offset: number;
  readonly total: number;
}

export function listLinks(
  url: string,
  call: Pick<IbmCall, 'request' | 'query'>,
  { limit, offset, total }: ListPosition,
): object {
  const link = (position: number) => ({ href: pageUrl(url, call, { offset: String(position) }) });
  const last = Math.max(0, Math.ceil(total / limit) - 1) * limit;
  return {
    limit,
    offset,
    total_count: total,
    first: link(0),
    ...(offset > 0 ? { previous: link(Math.max(0, offset - limit)) } : {}),
    ...(total > offset + limit ? { next: link(offset + limit) } : {}),
    last: link(last),
  };
}
