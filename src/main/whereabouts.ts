/**
 * Where clients find the server, for the service catalogue: as configured (GOTGAN_PUBLIC_ENDPOINTS), else the addresses it listens
 * on. An address that stands for every interface is named by the host that the client has found it by.
 */
import type { Config, ListenAddress, PlaceConfig } from '../config/config.ts';
import type { WireRequest } from '../dialects/kernel/wire.ts';
import type { Whereabouts } from '../dialects/keystone/keystone-call.ts';
import { urlOfAddress } from './banner.ts';
import { arrangePlaces } from './place-addresses.ts';
import type { BoundAddresses } from './process-messages.ts';

export interface ServerWhereabouts extends Whereabouts {
  /** Of the control address, to somebody who asks at a storage address. */
  controlUrl(request: WireRequest): string;
  /** As it is known to everybody: what tokens name as their issuer. */
  publicControlUrl(): string;
  /** By IBM's names of the places: host, with a port where it is not the scheme's own. */
  storageHosts(request: WireRequest): readonly { readonly location: string; readonly host: string }[];
}

/** `bound`: undefined until the addresses are open. */
export function createWhereabouts(
  config: Config,
  bound: () => BoundAddresses | undefined,
): ServerWhereabouts {
  const { publicEndpoints, places, storageAddress, controlAddress } = config;
  const isTls = config.tls !== undefined;
  const main = arrangePlaces(places).main;
  const addressOf = (place: PlaceConfig): ListenAddress => {
    const addresses = bound();
    if (place.address !== undefined) return addresses?.regions[place.name] ?? place.address;
    return addresses?.storage ?? storageAddress;
  };
  const storageUrlOf = (place: PlaceConfig, request: WireRequest): string => {
    if (place.host !== undefined)
      return urlOfHost(place.host, publicEndpoints.storage, addressOf(place), isTls);
    if (place === main && place.address === undefined && publicEndpoints.storage !== undefined) {
      return publicEndpoints.storage;
    }
    return urlOfAddress(reachable(addressOf(place), request), isTls);
  };
  return {
    publicControlUrl() {
      const address = bound()?.control ?? controlAddress;
      const isEverywhere = address.host === '0.0.0.0' || address.host === '::';
      return (
        publicEndpoints.control ??
        urlOfAddress(isEverywhere ? { ...address, host: 'localhost' } : address, isTls)
      );
    },
    identityUrl: ({ clientOrigin }) => publicEndpoints.control ?? (isPlain(clientOrigin) ? clientOrigin : ''),
    controlUrl: (request) =>
      publicEndpoints.control ?? urlOfAddress(reachable(bound()?.control ?? controlAddress, request), isTls),
    storageUrls: (request) =>
      places.map((place) => ({ region: place.name, url: storageUrlOf(place, request) })),
    storageHosts: (request) =>
      places.map((place) => {
        const host = place.ibmHosts?.[0];
        const url =
          host === undefined
            ? storageUrlOf(place, request)
            : urlOfHost(host, publicEndpoints.storage, addressOf(place), isTls);
        return { location: place.ibmName ?? place.name, host: new URL(url).host };
      }),
  };
}

/** The Host field may hold anything; in documents it must be an address. */
function isPlain(origin: string): boolean {
  return /^https?:\/\/[\w.:[\]-]+$/.test(origin);
}

function urlOfHost(
  host: string,
  publicStorage: string | undefined,
  address: ListenAddress,
  isTls: boolean,
): string {
  if (publicStorage === undefined) return urlOfAddress({ host, port: address.port }, isTls);
  const url = new URL(publicStorage);
  url.hostname = host;
  return url.href.endsWith('/') ? url.href.slice(0, -1) : url.href;
}

function reachable(address: ListenAddress, { clientOrigin }: WireRequest): ListenAddress {
  if (address.host !== '0.0.0.0' && address.host !== '::') return address;
  const hostname = isPlain(clientOrigin) ? (URL.parse(clientOrigin)?.hostname ?? '') : '';
  return hostname === '' ? address : { ...address, host: hostname.replace(/^\[(.*)\]$/, '$1') };
}
