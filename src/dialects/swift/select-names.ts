/** Paging through names that are all at hand, by the rules of listings: the containers of an account (nhn-openstack.md, section 9.3). */
import type { ListingParameters } from './listing-parameters.ts';

export type SelectedName<T> =
  | { readonly kind: 'item'; readonly item: T }
  | { readonly kind: 'subdir'; readonly name: string };

/** `items`: in the byte order of their names. */
export function selectNames<T>(
  items: readonly T[],
  nameOf: (item: T) => string,
  { prefix, delimiter, marker, endMarker, limit, isReverse }: Omit<ListingParameters, 'path'>,
): SelectedName<T>[] {
  const [above, below] = isReverse ? [endMarker, marker] : [marker, endMarker];
  const selected: SelectedName<T>[] = [];
  let lastSubdir: string | undefined;
  for (const item of isReverse ? items.toReversed() : items) {
    if (selected.length === limit) break;
    const name = nameOf(item);
    if (!name.startsWith(prefix)) continue;
    if (above !== '' && compare(name, above) <= 0) continue;
    if (below !== '' && compare(name, below) >= 0) continue;
    const end = delimiter === '' ? -1 : name.indexOf(delimiter, prefix.length);
    if (end < 0) {
      selected.push({ kind: 'item', item });
      continue;
    }
    const subdir = name.slice(0, end + delimiter.length);
    const isRepeated = subdir === lastSubdir || (!isReverse && marker.startsWith(subdir));
    lastSubdir = subdir;
    if (!isRepeated) selected.push({ kind: 'subdir', name: subdir });
  }
  return selected;
}

function compare(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}
