/** In which form a listing is wanted (nhn-openstack.md, section 9.1): the parameter `format`, else what Accept prefers. */
import type { QueryParameters } from '../kernel/query-parameters.ts';
import type { WireHeaders } from '../kernel/wire.ts';
import { SwiftError } from './swift-errors.ts';

export type ListingType = 'text/plain' | 'application/json' | 'application/xml' | 'text/xml';

export interface ListingFormat {
  readonly type: ListingType;
  /** Content-Type, and Vary where the headers have decided. */
  readonly headers: readonly string[];
}

const types: readonly ListingType[] = ['text/plain', 'application/json', 'application/xml', 'text/xml'];
const byParameter: Readonly<Record<string, ListingType>> = {
  plain: 'text/plain',
  json: 'application/json',
  xml: 'application/xml',
};

interface Preference {
  readonly type: string;
  readonly subtype: string;
  readonly quality: number;
}

/** Throws 400 and 406. */
export function chooseListingFormat(query: QueryParameters, headers: WireHeaders): ListingFormat {
  const wanted = query.get('format');
  const type =
    wanted === undefined
      ? chooseType(headers.get('accept'), types)
      : (byParameter[wanted.toLowerCase()] ?? 'text/plain');
  const vary = wanted === undefined ? ['Vary', 'Accept'] : [];
  return { type, headers: ['Content-Type', `${type}; charset=utf-8`, ...vary] };
}

/** The first of those that the header likes best. Throws 400 and 406. */
export function chooseType<T extends string>(accept: string | undefined, offered: readonly T[]): T {
  const preferences = parseAccept(accept ?? '');
  let best: T | undefined;
  let bestQuality = 0;
  for (const type of offered) {
    const quality = preferences.length === 0 ? 1 : qualityOf(type, preferences);
    if (quality > bestQuality) [best, bestQuality] = [type, quality];
  }
  if (best === undefined) throw new SwiftError(406);
  return best;
}

const MEDIA_RANGE = /^([\w!#$%&'*+.^`|~-]+)\/([\w!#$%&'*+.^`|~-]+)$/;

function parseAccept(accept: string): Preference[] {
  const preferences: Preference[] = [];
  for (const part of accept.split(',')) {
    const [range = '', ...parameters] = part.split(';').map((text) => text.trim());
    if (range === '' && parameters.length === 0) continue;
    const match = MEDIA_RANGE.exec(range);
    if (match === null) throw new SwiftError(400, 'Invalid Accept header');
    const [, type = '', subtype = ''] = match;
    preferences.push({ type, subtype, quality: qualityIn(parameters) });
  }
  return preferences;
}

function qualityIn(parameters: readonly string[]): number {
  let quality = 1;
  for (const parameter of parameters) {
    const [name = '', value] = parameter.split('=').map((text) => text.trim());
    if (name === '' || value === undefined || value === '')
      throw new SwiftError(400, 'Invalid Accept header');
    if (name.toLowerCase() !== 'q') continue;
    if (!/^(?:\d+(?:\.\d*)?|\.\d+)$/.test(value)) throw new SwiftError(400, 'Invalid Accept header');
    quality = Number(value);
  }
  return quality;
}

/** Of the most precise range that fits. */
function qualityOf(offered: string, preferences: readonly Preference[]): number {
  const [type, subtype] = offered.split('/');
  let precision = -1;
  let quality = 0;
  for (const preference of preferences) {
    const fitsType = preference.type === type || preference.type === '*';
    const fitsSubtype = preference.subtype === subtype || preference.subtype === '*';
    const own = (preference.type === '*' ? 0 : 1) + (preference.subtype === '*' ? 0 : 1);
    if (!fitsType || !fitsSubtype || own <= precision) continue;
    [precision, quality] = [own, preference.quality];
  }
  return quality;
}
