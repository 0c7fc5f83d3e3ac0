/**
 * GOTGAN_REGIONS: `name[=address-or-host][;ibm=us-south][;scp=kr-west1][;ibm-host=host][;scp-host=host]`, comma separated, the
 * first is the default.
 *
 * What has a port is an address to listen on; what has none is a host name by which the place is chosen on the storage
 * address. One place at most has neither: it answers on the storage address for every other host. `ibm-host` and `scp-host` name
 * further hosts of a place, as many as there are, at which S3 speaks as IBM or Samsung Cloud do. Names are compared without
 * regard to case, because clients write them in any.
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

type OtherNames = Pick<PlaceConfig, 'ibmName' | 'scpName' | 'ibmHosts' | 'scpHosts'>;

function parseOtherNames(place: string, options: readonly string[]): OtherNames {
  const names: { ibmName?: string; scpName?: string } = {};
  const hosts: { ibmHosts?: readonly string[]; scpHosts?: readonly string[] } = {};
  for (const option of options) {
    const [kind = '', name = '', ...rest] = option.split('=');
    const ofHosts = HOST_OPTIONS.get(kind);
    const member = NAME_OPTIONS.get(kind);
    if (rest.length > 0) throw wrongOption(place, option);
    if (ofHosts !== undefined && isHost(name)) {
      hosts[ofHosts] = Object.freeze([...(hosts[ofHosts] ?? []), name.toLowerCase()]);
    } else if (member !== undefined && names[member] === undefined && isRegionName(name)) {
      names[member] = name;
    } else {
      throw wrongOption(place, option);
    }
  }
  return { ...names, ...hosts };
}

const NAME_OPTIONS = new Map([
  ['ibm', 'ibmName'],
  ['scp', 'scpName'],
] as const) as ReadonlyMap<string, 'ibmName' | 'scpName'>;
const HOST_OPTIONS = new Map([
  ['ibm-host', 'ibmHosts'],
  ['scp-host', 'scpHosts'],
] as const) as ReadonlyMap<string, 'ibmHosts' | 'scpHosts'>;

function wrongOption(place: string, option: string): WrongValue {
  return new WrongValue(
    `;ibm=name, ;scp=name, each at most once, ;ibm-host=host or ;scp-host=host after ${place}, and not ";${option}"`,
  );
}

function assertDistinct(places: readonly PlaceConfig[]): void {
  assertOnce(places.map(({ name }) => name));
  assertOnce(places.flatMap(({ ibmName }) => ibmName ?? []));
  assertOnce(places.flatMap(({ scpName }) => scpName ?? []));
  assertOnce(
    places.flatMap(({ host, ibmHosts = [], scpHosts = [] }) => [host ?? [], ibmHosts, scpHosts].flat()),
  );
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

function assertOnce(names: readonly string[]): void {
  const seen = new Set<string>();
  for (const name of names) {
    const comparable = name.toLowerCase();
    if (seen.has(comparable)) throw new WrongValue(`every region once, and "${name}" stands there twice`);
    seen.add(comparable);
  }
}
