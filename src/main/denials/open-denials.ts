/** The log of denials of one worker: what is written to it, and who reads what of it. */
import type { Logger } from 'pino';
import type { ObjectStore } from '../../core/object-store.ts';
import type { DenialReader } from '../../dialects/kernel/denial-reader.ts';
import type { DenialRefiner } from '../../dialects/kernel/denial-record.ts';
import type { IdentityStore } from '../../identity/identity-store.ts';
import type { Clock } from '../../lib/clock.ts';
import { isAllowedNow } from './current-access.ts';
import { DenialLog } from './denial-log.ts';
import { createDenialReader } from './read-denials.ts';
import { DenialRecorder } from './record-denials.ts';

export interface DenialParts {
  readonly dataDirectory: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly epoch: number;
  readonly store: ObjectStore;
  readonly identity: IdentityStore;
  /** Who says more precisely why, cloud by cloud. */
  readonly refiners: readonly DenialRefiner[];
}

export interface OpenDenials {
  readonly recorder: DenialRecorder;
  readonly reader: DenialReader;
  makeRoom(): void;
}

export function openDenials({ store, identity, refiners, ...parts }: DenialParts): OpenDenials {
  const denials = new DenialLog(parts);
  return {
    recorder: new DenialRecorder(denials),
    reader: createDenialReader({
      log: denials,
      refiners,
      holderOfKey: async (id) => (await identity.findAccessKey(id))?.principal,
      askAgain: (question) => isAllowedNow(question, { store, identity }),
    }),
    makeRoom: () => denials.makeRoom(),
  };
}
