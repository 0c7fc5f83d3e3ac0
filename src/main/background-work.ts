/**
 * What a worker does besides requests: every worker publishes its round about once a second (docs/adr/0002), and the one
 * that the primary has chosen keeps house, one bounded piece after another with room for requests in between.
 */
import { setTimeout as pause, setImmediate as yieldToRequests } from 'node:timers/promises';
import type { Logger } from 'pino';
import { processLimits } from '../config/limits.ts';
import type { ObjectStore } from '../core/object-store.ts';
import type { IamService } from '../identity/iam-service.ts';
import type { IdentityStore } from '../identity/identity-store.ts';
import type { MountedScp } from './scp-services.ts';

export interface BackgroundWork {
  keepHouse(): void;
  /** Resolves when nothing of it is running any more. */
  stop(): Promise<void>;
}

/** What has to be looked after: old tokens and denials go, keys change. */
export interface HouseKeepers {
  readonly identity: Pick<IdentityStore, 'sweepTokens'>;
  readonly iam: Pick<IamService, 'keepHouse'>;
  readonly denials: { makeRoom(): void };
  readonly scp: Pick<MountedScp, 'sweep'>;
}

export function startBackgroundWork(
  store: Pick<ObjectStore, 'housekeep' | 'publishRound' | 'scrub'>,
  { identity, iam, denials, scp }: HouseKeepers,
  log: Logger,
): BackgroundWork {
  const stopping = new AbortController();
  const { signal } = stopping;
  const running: Promise<void>[] = [];

  const repeat = async (what: string, work: () => Promise<boolean>, idleMillis: number): Promise<void> => {
    while (!signal.aborted) {
      let waitMillis = idleMillis;
      try {
        if (await work()) waitMillis = 0;
      } catch (error) {
        log.error({ err: error }, `${what} has failed and will be tried again`);
        waitMillis = processLimits.housekeepingRetryMillis;
      }
      if (waitMillis === 0) await yieldToRequests();
      else await pause(waitMillis, undefined, { signal }).catch(() => undefined);
    }
  };

  const publish = async (): Promise<boolean> => {
    await store.publishRound();
    return false;
  };
  running.push(repeat('publishing the round', publish, processLimits.publishRoundMillis));
  return {
    keepHouse() {
      running.push(repeat('housekeeping', () => store.housekeep(), processLimits.housekeepingIdleMillis));
      running.push(repeat('scrubbing', () => store.scrub(signal), processLimits.scrubIdleMillis));
      running.push(
        repeat('sweeping tokens', () => identity.sweepTokens(), processLimits.tokenSweepIdleMillis),
        repeat('sweeping used proofs', () => scp.sweep(), processLimits.tokenSweepIdleMillis),
      );
      running.push(
        repeat('keeping IAM tokens', () => iam.keepHouse(), processLimits.iamHousekeepingIdleMillis),
      );
      const makeRoom = async (): Promise<boolean> => {
        denials.makeRoom();
        return false;
      };
      running.push(repeat('forgetting denials', makeRoom, processLimits.denialSweepIdleMillis));
    },
    async stop() {
      stopping.abort();
      await Promise.all(running);
    },
  };
}
