/**
 * GOTGAN_REGIONS: `name[=address-or-host][;ibm=us-south][;scp=kr-west1]`, comma separated, the first is the default.
 *
 * What has a port is an address to listen on; what has none is a host name by which the place is chosen on the storage
 * address. One place at most has neither: it answers on the storage address for every other host. Names are compared
 * without regard to case, because clients write them in any.
 */
import type { PlaceConfig } from './config.ts';
import { isHost, isRegionName, parseListenAddress, splitList } from './parse-values.ts';
import { WrongValue } from './wrong-value.ts';

export function parseRegions(text: string): PlaceConfig[] {
  const places = splitList(text).map(parsePlace);
  if (places.length === 0) throw new WrongValue('at least one region, such as KR1');
  assertDistinct(places);
  return places;
}

function parsePlace(entry: string): PlaceConfig {
  const [head = '', ...options] = entry.split(';').map((part) => part.trim());
  const equals = head.indexOf('=');
  const name = equals < 0 ? head : head.slice(0, equals);
  if (!isRegionName(name)) {
    throw new WrongValue(`name[=address-or-host][;ibm=name][;scp=name], and "${name}" is no region name`);
  }
  return Object.freeze({
    name,
    ...(equals < 0 ? {} : parseWhere(name, head.slice(equals + 1))),
    ...parseOtherNames(name, options),
  });
}

function parseWhere(name: string, text: string): Pick<PlaceConfig, 'address' | 'host'> {
  if (/^\d+$|:/.test(text)) {
    try {
      return { address: Object.freeze(parseListenAddress(text)) };
    } catch {
      throw new WrongValue(`an address host:port or a host name after ${name}=, and "${text}" is neither`);
    }
  }
  if (!isHost(text)) {
    throw new WrongValue(`an address host:port or a host name after ${name}=, and "${text}" is neither`);
  }
  return { host: text.toLowerCase() };
}

function parseOtherNames(
  place: string,
  options: readonly string[],
): Pick<PlaceConfig, 'ibmName' | 'scpName'> {
  const names: { ibmName?: string; scpName?: string } = {};
  for (const option of options) {
    const [kind, name = '', ...rest] = option.split('=');
    const member = kind === 'ibm' ? 'ibmName' : kind === 'scp' ? 'scpName' : undefined;
    if (member === undefined || names[member] !== undefined || !isRegionName(name) || rest.length > 0) {
      throw new WrongValue(`;ibm=name or ;scp=name after ${place}, each at most once, and not ";${option}"`);
    }
    names[member] = name;
  }
  return names;
}

function assertDistinct(places: readonly PlaceConfig[]): void {
  const members = ['name', 'ibmName', 'scpName', 'host'] as const;
  for (const member of members) {
    const seen = new Set<string>();
    for (const place of places) {
      const value = place[member]?.toLowerCase();
      if (value === undefined) continue;
      if (seen.has(value))
        throw new WrongValue(`every region once, and "${place[member]}" stands there twice`);
      seen.add(value);
    }
  }
  const addresses = places.flatMap(({ address }) =>
    address === undefined || address.port === 0 ? [] : [address],
  );
  const distinct = new Set(addresses.map(({ host, port }) => `${host} ${port}`));
  if (distinct.size < addresses.length) throw new WrongValue('an address of its own for each region');
  const unplaced = places.filter(({ address, host }) => address === undefined && host === undefined);
  if (unplaced.length > 1) {
    const names = unplaced.map(({ name }) => name);
    throw new WrongValue(
      `an address or a host for every region but one, and ${names.join(', ')} could not be told apart`,
    );
  }
}
