/**
 * Lives of workers, as records of the engine in its own key space (first byte 0xff):
 *
 *     ff 'n'               {"last": n}                        the counter; never goes back
 *     ff 'e' epoch (u32)   {"state": "open", "pid": p}        one record for each epoch that is not forgotten
 *
 * An epoch is taken by one checked commit of counter and record, so that two workers never get the same. The worker that
 * dies is closed by the primary, or by the next start (design, section 6, "Reclaiming").
 */
import type { Check, Put } from '../contract/metadata-store.ts';
import type { EpochRegister } from '../contract/storage-engine.ts';
import { closingVersion, followingEpoch, openingVersion } from './commit-ids.ts';
import { ENGINE_KEY_SPACE } from './commit-limits.ts';
import type { LmdbDriver } from './lmdb-driver.ts';
import { readEntry } from './lmdb-metadata-store.ts';
import type { LmdbWriter } from './lmdb-writer.ts';

interface EpochRecord {
  readonly state: 'open' | 'closed';
  /** The process that took it, by which its parent recognises it. */
  readonly pid: number;
}

const COUNTER_KEY = Buffer.from([ENGINE_KEY_SPACE, 0x6e]);
const RECORD_PREFIX = Buffer.from([ENGINE_KEY_SPACE, 0x65]);
const RECORD_END = Buffer.from([ENGINE_KEY_SPACE, 0x66]);
/** More open or unswept epochs than this at one time would mean that nobody sweeps. */
const RECORDS_MAX = 2 ** 20;

export class LmdbEpochRegister implements EpochRegister {
  readonly #driver: LmdbDriver;
  readonly #writer: LmdbWriter;

  constructor(driver: LmdbDriver, writer: LmdbWriter) {
    this.#driver = driver;
    this.#writer = writer;
  }

  /** Takes the next epoch for the process `pid` and records it as open. */
  take(pid: number): Promise<number> {
    return this.#takeNumber((epoch) => [{ key: recordKey(epoch), value: encode({ state: 'open', pid }) }]);
  }

  /** Takes a number for commit ids only. */
  takeForCommitIds(): Promise<number> {
    return this.#takeNumber(() => []);
  }

  listOpen(): number[] {
    return this.#records('open').map(({ epoch }) => epoch);
  }

  listClosed(): number[] {
    return this.#records('closed').map(({ epoch }) => epoch);
  }

  /** Open epochs with the processes that took them. */
  listOpenWithHolders(): { epoch: number; pid: number }[] {
    return this.#records('open');
  }

  async close(epoch: number): Promise<void> {
    const key = recordKey(epoch);
    for (;;) {
      this.#driver.resetReadTxn();
      const found = readEntry(this.#driver, key);
      if (found === undefined) return; // forgotten
      const { state, pid } = decode(found.value);
      if (state === 'closed') return;
      const closed = await this.#writer.writeOnBallast({
        id: closingVersion(epoch),
        checks: [{ key, version: found.version }],
        puts: [{ key, value: encode({ state: 'closed', pid }) }],
        deletes: [],
      });
      if (closed) return;
    }
  }

  async forget(epoch: number): Promise<void> {
    this.#driver.resetReadTxn();
    const found = readEntry(this.#driver, recordKey(epoch));
    if (found === undefined) return;
    if (decode(found.value).state === 'open') {
      throw new RangeError(`Epoch ${epoch} is open: only a closed one can be forgotten`);
    }
    await this.#writer.writeOnBallast({
      id: closingVersion(epoch),
      checks: [{ key: recordKey(epoch), version: found.version }],
      puts: [],
      deletes: [recordKey(epoch)],
    });
  }

  async #takeNumber(recordsOf: (epoch: number) => Put[]): Promise<number> {
    for (;;) {
      this.#driver.resetReadTxn();
      const counter = readEntry(this.#driver, COUNTER_KEY);
      const last =
        counter === undefined ? 0 : (JSON.parse(counter.value.toString()) as { last: number }).last;
      const epoch = followingEpoch(last);
      const check: Check = { key: COUNTER_KEY, version: counter?.version ?? null };
      const puts = [
        { key: COUNTER_KEY, value: Buffer.from(JSON.stringify({ last: epoch })) },
        ...recordsOf(epoch),
      ];
      const taken = await this.#writer.writeOnBallast({
        id: openingVersion(epoch),
        checks: [check],
        puts,
        deletes: [],
      });
      if (taken) return epoch;
    }
  }

  #records(state: EpochRecord['state']): { epoch: number; pid: number }[] {
    const found: { epoch: number; pid: number }[] = [];
    const range = { start: RECORD_PREFIX, end: RECORD_END, versions: true, limit: RECORDS_MAX } as const;
    for (const row of this.#driver.getRange(range)) {
      const record = decode(row.value);
      if (record.state !== state) continue;
      found.push({ epoch: row.key.readUInt32BE(RECORD_PREFIX.length), pid: record.pid });
    }
    return found;
  }
}

function recordKey(epoch: number): Buffer {
  const key = Buffer.alloc(RECORD_PREFIX.length + 4);
  RECORD_PREFIX.copy(key);
  key.writeUInt32BE(epoch, RECORD_PREFIX.length);
  return key;
}

function encode(record: EpochRecord): Buffer {
  return Buffer.from(JSON.stringify(record));
}

function decode(value: Buffer): EpochRecord {
  return JSON.parse(value.toString()) as EpochRecord;
}
