/** The index of expiries in both directions: without its row a version stays for ever, and a row too many is work for nothing. */
import type { Row } from '../../storage/contract/metadata-store.ts';
import { dueMicrosOf, expiryKey, isPutOff, parseExpiryKey } from '../expiry-keys.ts';
import {
  headKey,
  olderKey,
  parseBucketId,
  parseHeadKey,
  parseOlderKey,
  rangeOfSpace,
  space,
  tombstoneKey,
} from '../metadata-keys.ts';
import { decodeVersion, type VersionRecord, versionIdOf } from '../metadata-records.ts';
import type { BucketId } from '../model.ts';
import { expiryOfValue } from '../version-layout.ts';
import type { Finding } from './findings.ts';
import type { VerificationRun } from './verification-run.ts';

/** A version wherever its record stands. */
interface Place {
  readonly bucket: BucketId;
  readonly key: string;
  readonly sequence: number;
}

/** From versions to their rows. */
export class ExpiryIndex {
  readonly #run: VerificationRun;
  /** Versions whose rows were put off, by bucket and sequence: as of the settling `#loadedAt`. */
  #putOff = new Set<string>();
  #loadedAt: number | undefined;

  constructor(run: VerificationRun) {
    this.#run = run;
  }

  /** Of a row of one of the spaces `head`, `tombstone` and `older`. Most versions do not expire: theirs are not opened. */
  async lookFor(row: Row): Promise<void> {
    const expiresAtMicros = expiryOfValue(row.value);
    if (expiresAtMicros === 0) return;
    const bucket = parseBucketId(row.key);
    const key = row.key[0] === space.older ? parseOlderKey(row.key).key : parseHeadKey(row.key);
    const place: Place = { bucket, key, sequence: decodeVersion(row.value).sequence };
    if (await this.#hasRow(place, expiresAtMicros)) return;
    await this.#run.suspect(() => this.#judge(place));
  }

  async #judge(place: Place): Promise<readonly Finding[]> {
    const record = await findVersion(this.#run, place);
    if (record?.expiresAtMicros === undefined) return [];
    if (await this.#hasRow(place, record.expiresAtMicros)) return [];
    if (await this.#isPutOff(place)) return [];
    const { bucket, key, sequence } = place;
    return [
      {
        kind: 'wrong-expiry',
        what: 'this version expires and will not be removed then: the index does not have it',
        bucket: await this.#run.nameOf(bucket),
        key,
        versionId: versionIdOf(record),
        remedy: { puts: [expiryKey(record.expiresAtMicros, bucket, sequence, key)] },
      },
    ];
  }

  async #hasRow({ bucket, key, sequence }: Place, dueMicros: number): Promise<boolean> {
    return (await this.#run.metadata.get(expiryKey(dueMicros, bucket, sequence, key))) !== undefined;
  }

  /** Where such a row stands is not known, so they are all read, once for all that is asked in one settling. */
  async #isPutOff({ bucket, sequence }: Place): Promise<boolean> {
    if (this.#loadedAt !== this.#run.settled) {
      this.#putOff = new Set();
      this.#loadedAt = this.#run.settled;
      for await (const rows of this.#run.slices(rangeOfSpace(space.expiry), 'expiries')) {
        for (const row of rows) {
          if (!isPutOff(row.value)) continue;
          const found = parseExpiryKey(row.key);
          this.#putOff.add(`${found.bucket}/${found.sequence}`);
        }
      }
    }
    return this.#putOff.has(`${bucket}/${sequence}`);
  }
}

/** From rows to their versions. */
export async function verifyExpiries(run: VerificationRun): Promise<void> {
  await run.judgeRows(rangeOfSpace(space.expiry), 'expiries', async (row) => {
    if (isPutOff(row.value)) return undefined; // looked at when it is due, and taken away then if its version has gone
    const place = parseExpiryKey(row.key);
    const record = await findVersion(run, place);
    if (record?.expiresAtMicros === dueMicrosOf(row.key)) return undefined;
    return {
      kind: 'wrong-expiry',
      what: 'the index has a version that does not exist or does not expire then',
      bucket: await run.nameOf(place.bucket),
      key: place.key,
      remedy: { deletes: [row.key] },
    };
  });
}

async function findVersion(
  run: VerificationRun,
  { bucket, key, sequence }: Place,
): Promise<VersionRecord | undefined> {
  const entries = await run.metadata.getMany([
    headKey(bucket, key),
    tombstoneKey(bucket, key),
    olderKey(bucket, key, sequence),
  ]);
  for (const entry of entries) {
    const record = entry === undefined ? undefined : run.tryDecode(() => decodeVersion(entry.value));
    if (record?.sequence === sequence) return record;
  }
  return undefined;
}
