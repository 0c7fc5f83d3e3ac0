/** Which places are served where: places with an address, places with a host name, and the one that answers for the rest. */
import type { ListenAddress, PlaceConfig } from '../config/config.ts';

export interface PlacedPlaces {
  /** Answers on the storage address for every host that is not named. */
  readonly main: PlaceConfig;
  readonly byHost: readonly (PlaceConfig & { readonly host: string })[];
  readonly byAddress: readonly (PlaceConfig & { readonly address: ListenAddress })[];
}

export function arrangePlaces(places: readonly PlaceConfig[]): PlacedPlaces {
  const first = places[0];
  if (first === undefined) throw new RangeError('no place is configured');
  const main = places.find(({ address, host }) => address === undefined && host === undefined) ?? first;
  return {
    main,
    byHost: places.flatMap((place) => (place.host === undefined ? [] : [{ ...place, host: place.host }])),
    byAddress: places.flatMap((place) =>
      place.address === undefined ? [] : [{ ...place, address: place.address }],
    ),
  };
}
