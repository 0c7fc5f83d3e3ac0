import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { StorageFailure } from '../contract/storage-errors.ts';
import { CommitIds, closingVersion, followingEpoch, openingVersion } from './commit-ids.ts';

describe('CommitIds', () => {
  it('goes on under a further epoch before the ids of one are used up', async () => {
    let epoch = 7;
    let taken = 0;
    const takeEpoch = async (): Promise<number> => {
      taken += 1;
      epoch += 2;
      return epoch;
    };
    const ids = new CommitIds(7, takeEpoch, 10);
    const seen: number[] = [];
    for (let count = 0; count < 100; count += 1) {
      seen.push(ids.next());
      await null;
    }
    assert.equal(new Set(seen).size, 100);
    assert.deepEqual(
      seen,
      seen.toSorted((a, b) => a - b),
    );
    assert.ok(seen.every((id) => Number.isSafeInteger(id) && id % 2 ** 32 > 0 && id % 2 ** 32 < 9));
    assert.equal(taken, 12);
  });

  it('refuses ids rather than repeating them when no further epoch can be had', async () => {
    const ids = new CommitIds(1, () => Promise.reject(new StorageFailure('no')), 10);
    for (let count = 0; count < 8; count += 1) {
      ids.next();
      await null;
    }
    assert.throws(() => ids.next(), StorageFailure);
  });

  it('keeps all versions of the last epoch safe integers, and refuses epochs beyond it', () => {
    const last = 2 ** 20 - 1;
    assert.equal(followingEpoch(last - 1), last);
    assert.throws(() => followingEpoch(last), StorageFailure);
    assert.ok(Number.isSafeInteger(closingVersion(last)));
    assert.equal(closingVersion(3) + 1, openingVersion(4));
  });
});
