/** The addresses of one worker: storage, control, and one for every region that has its own. */
import type { Logger } from 'pino';
import type { Config, ListenAddress } from '../config/config.ts';
import { listenerLimits } from '../config/limits.ts';
import type { Clock } from '../lib/clock.ts';
import { type ChooseHandler, createStorageChooser, type TempAuthEntry } from '../listener/choose-dialect.ts';
import { readPublicEndpoint } from '../listener/client-origin.ts';
import { type Exchange, type Listener, openListener, type TlsMaterial } from '../listener/http-listener.ts';
import { type Refusal, renderJsonRefusal, renderXmlRefusal } from '../listener/render-refusal.ts';
import { createTrustedProxies } from '../listener/trusted-proxies.ts';
import { arrangePlaces } from './place-addresses.ts';
import type { BoundAddresses } from './process-messages.ts';
import type { WorkerServices } from './worker-services.ts';

export interface ListenerServices {
  readonly config: Config;
  readonly tls: TlsMaterial | undefined;
  readonly clock: Clock;
  readonly log: Logger;
  readonly chooseControl: ChooseHandler;
  readonly handlersOf: WorkerServices['handlersOf'];
  readonly tempAuth: TempAuthEntry;
  beginExchange(choose: ChooseHandler): Exchange;
  onRefusal(refusal: Refusal): void;
}

export interface OpenListeners {
  readonly addresses: BoundAddresses;
  stop(): Promise<void>;
  destroy(): void;
  renewTls(tls: TlsMaterial): void;
}

/** An address cannot be had. One sentence. */
export class AddressUnavailable extends Error {
  override readonly name = 'AddressUnavailable';
}

/** The order is always the same: with port 0 a worker is given the ports of the others by it. */
export async function openListeners(services: ListenerServices): Promise<OpenListeners> {
  const { config, handlersOf, tempAuth } = services;
  const places = arrangePlaces(config.places);
  const storageChooser = createStorageChooser(
    handlersOf(places.main),
    places.byHost.map(({ host, place }) => ({ host, ...handlersOf(place) })),
    tempAuth,
  );
  const opened: Listener[] = [];
  const open = async (name: string, address: ListenAddress, choose: ChooseHandler): Promise<Listener> => {
    const listener = await openOne(services, name, address, choose);
    opened.push(listener);
    return listener;
  };
  const storage = await open('GOTGAN_STORAGE_ADDRESS', config.storageAddress, storageChooser);
  const control = await open('GOTGAN_CONTROL_ADDRESS', config.controlAddress, services.chooseControl);
  const regions: Record<string, ListenAddress> = {};
  for (const place of places.byAddress) {
    const choose = createStorageChooser(handlersOf(place), [], tempAuth);
    regions[place.name] = (await open(`GOTGAN_REGIONS (${place.name})`, place.address, choose)).address;
  }
  return {
    addresses: { storage: storage.address, control: control.address, regions },
    async stop() {
      await Promise.all(opened.map((listener) => listener.stop()));
    },
    destroy() {
      for (const listener of opened) listener.destroy();
    },
    renewTls(renewed) {
      for (const listener of opened) listener.renewTls(renewed);
    },
  };
}

async function openOne(
  { config, tls, clock, log, chooseControl, beginExchange, onRefusal }: ListenerServices,
  name: string,
  address: ListenAddress,
  choose: ChooseHandler,
): Promise<Listener> {
  const { storage, control } = config.publicEndpoints;
  const publicUrl = choose === chooseControl ? control : storage;
  try {
    return await openListener({
      address,
      ...(tls === undefined ? {} : { tls }),
      limits: listenerLimits,
      trustedProxies: createTrustedProxies(config.trustedProxies),
      publicEndpoint: publicUrl === undefined ? undefined : readPublicEndpoint(publicUrl),
      clock,
      beginExchange: () => beginExchange(choose),
      renderRefusal: choose === chooseControl ? renderJsonRefusal : renderXmlRefusal,
      onRefusal,
      onBug: (error) => log.error({ err: error }, 'a request has failed outside of every API'),
    });
  } catch (error) {
    throw new AddressUnavailable(`${name} is "${address.host}:${address.port}": ${reasonOf(error)}.`, {
      cause: error,
    });
  }
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  switch (code) {
    case 'EADDRINUSE':
      return 'another program is listening there already';
    case 'EACCES':
      return 'this user may not listen there';
    case 'EADDRNOTAVAIL':
      return 'this machine has no such address';
    case 'ENOTFOUND':
      return 'there is no such host';
    default:
      return `listening there fails with ${code}`;
  }
}
