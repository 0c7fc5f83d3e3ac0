/** Which places are served where: places with an address, places with a host name, and the one that answers for the rest. */
import type { Config, ListenAddress, PlaceConfig } from '../config/config.ts';

export interface PlacedPlaces {
  /** Answers on the storage address for every host that is not named. */
  readonly main: PlaceConfig;
  readonly byHost: readonly { readonly host: string; readonly place: PlaceConfig }[];
  readonly byAddress: readonly (PlaceConfig & { readonly address: ListenAddress })[];
}

export function arrangePlaces(places: readonly PlaceConfig[]): PlacedPlaces {
  const first = places[0];
  if (first === undefined) throw new RangeError('no place is configured');
  const main = places.find(({ address, host }) => address === undefined && host === undefined) ?? first;
  return {
    main,
    byHost: places.flatMap((place) => hostsOf(place).map((host) => ({ host, place }))),
    byAddress: places.flatMap((place) =>
      place.address === undefined ? [] : [{ ...place, address: place.address }],
    ),
  };
}

/** In lower case, whichever cloud S3 speaks as there. */
export function hostsOf({ host, ibmHosts = [], scpHosts = [] }: PlaceConfig): readonly string[] {
  return [...(host === undefined ? [] : [host]), ...ibmHosts, ...scpHosts];
}

export interface RegionNames {
  readonly regionAliases: readonly string[];
  readonly otherPlaceNames: readonly string[];
}

/**
 * What the place is called besides its name, and what the others are called. An alias for all places that is the name of
 * one of them means that one only: a bucket for `us-south` must not come to be in KR1 where US1 is called so.
 */
export function nameRegions(
  place: PlaceConfig,
  { places, regionAliases }: Pick<Config, 'places' | 'regionAliases'>,
): RegionNames {
  const otherPlaceNames = places.filter(({ name }) => name !== place.name).flatMap(namesOf);
  const taken = new Set(otherPlaceNames.map((name) => name.toLowerCase()));
  const common = regionAliases.filter((alias) => !taken.has(alias.toLowerCase()));
  return { regionAliases: [...namesOf(place), ...common], otherPlaceNames };
}

/** What Samsung Cloud Platform calls the place. */
export function scpNameOf({ name, scpName = name }: Pick<PlaceConfig, 'name' | 'scpName'>): string {
  return scpName;
}

function namesOf({ name, ibmName, scpName }: PlaceConfig): readonly string[] {
  return [name, ...(ibmName === undefined ? [] : [ibmName]), ...(scpName === undefined ? [] : [scpName])];
}
