/** The log of denials of one worker: what is written to it, and who reads what of it. */
import type { Logger } from 'pino';
import type { Config } from '../../config/config.ts';
import type { ObjectStore } from '../../core/object-store.ts';
import type { DoctorAddress } from '../../dialects/authn/signature-doctor.ts';
import type { DenialReader } from '../../dialects/kernel/denial-reader.ts';
import type { DenialRefiner } from '../../dialects/kernel/denial-record.ts';
import type { IdentityStore } from '../../identity/identity-store.ts';
import type { Clock } from '../../lib/clock.ts';
import { scpNameOf } from '../place-addresses.ts';
import { isAllowedNow } from './current-access.ts';
import { DenialLog } from './denial-log.ts';
import { createDenialReader } from './read-denials.ts';
import { DenialRecorder } from './record-denials.ts';
import { simulateAccess } from './simulate-access.ts';

export interface DenialParts {
  readonly config: Pick<Config, 'dataDirectory' | 'places'>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly epoch: number;
  readonly store: ObjectStore;
  readonly identity: IdentityStore;
  /** Under which clients may know the server. */
  readonly addresses: readonly DoctorAddress[];
  /** Who says more precisely why, cloud by cloud. */
  readonly refiners: readonly DenialRefiner[];
}

export interface OpenDenials {
  readonly recorder: DenialRecorder;
  readonly reader: DenialReader;
  makeRoom(): void;
}

export function openDenials(parts: DenialParts): OpenDenials {
  const { store, identity, refiners, config, addresses, clock } = parts;
  const denials = new DenialLog({ ...parts, dataDirectory: config.dataDirectory });
  const place = config.places[0]?.name ?? '';
  const scpNames = new Map(config.places.map((each) => [each.name, scpNameOf(each)]));
  const scpName = (name: string) => scpNames.get(name) ?? name;
  return {
    recorder: new DenialRecorder(denials),
    reader: {
      ...createDenialReader({
        log: denials,
        refiners,
        findAccessKey: (id) => identity.findAccessKey(id),
        addresses,
        askAgain: (question) => isAllowedNow(question, { store, identity }),
      }),
      simulate: (asker, call) =>
        simulateAccess(asker, call, { store, identity, clock, place, scpNameOf: scpName }),
    },
    makeRoom: () => denials.makeRoom(),
  };
}
