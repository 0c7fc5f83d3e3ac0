/** What listings of containers and of objects are asked for (nhn-openstack.md, section 9.3). */
import type { QueryParameters } from '../kernel/query-parameters.ts';
import { isTrue } from './object-metadata.ts';
import { SwiftError } from './swift-errors.ts';
import { swiftLimits } from './swift-limits.ts';

export interface ListingParameters {
  readonly limit: number;
  readonly marker: string;
  readonly endMarker: string;
  readonly prefix: string;
  readonly delimiter: string;
  readonly isReverse: boolean;
  /** Of the oldest way of listing a folder; undefined: not asked for. */
  readonly path: string | undefined;
}

/** Throws 412. */
export function decodeListingParameters(query: QueryParameters): ListingParameters {
  const text = (name: string): string => query.get(name) ?? '';
  return {
    limit: decodeLimit(query.get('limit')),
    marker: text('marker'),
    endMarker: text('end_marker'),
    prefix: text('prefix'),
    delimiter: text('delimiter'),
    isReverse: isTrue(query.get('reverse')),
    path: query.get('path'),
  };
}

function decodeLimit(text: string | undefined): number {
  const { listingItemsMax } = swiftLimits;
  if (text === undefined || !/^\d+$/.test(text)) return listingItemsMax;
  const limit = Number(text);
  if (limit > listingItemsMax) throw new SwiftError(412, `Maximum limit is ${listingItemsMax}`);
  return limit;
}
