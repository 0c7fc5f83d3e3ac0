import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CoreError } from './core-errors.ts';
import type { BucketLock, Protection, RetainUntil, RetentionMode } from './model.ts';
import {
  assertDestroyable,
  assertLockChange,
  changeProtection,
  isProtected,
  type ProtectionChange,
  protectionOfNew,
  type RetainUntilRequest,
} from './protection.ts';

const NOW = 1_700_000_000_000_000;
const SECOND = 1_000_000;
const DAY = 86_400 * SECOND;

const objectLock: BucketLock = { kind: 'object-lock' };
const immutable: BucketLock = {
  kind: 'protection',
  minimumDays: 1,
  defaultDays: 2,
  maximumDays: 10,
  allowsPermanent: false,
};

/** `ok`, or the code and reason of the refusal. */
function outcome(run: () => unknown): string {
  try {
    run();
    return 'ok';
  } catch (error) {
    if (!(error instanceof CoreError)) throw error;
    const { reason } = error.details as { reason?: string };
    return reason === undefined ? error.code : `${error.code} ${reason}`;
  }
}

function retained(mode: RetentionMode, until: RetainUntil, more: Protection = {}): Protection {
  return { retention: { mode, until }, ...more };
}

test('what is retained or held is not destroyed; only governance can be bypassed', () => {
  const cases: readonly (readonly [Protection | undefined, plain: string, bypassing: string])[] = [
    [undefined, 'ok', 'ok'],
    [{}, 'ok', 'ok'],
    [retained('governance', NOW + 1), 'ObjectProtected', 'ok'],
    [retained('governance', NOW), 'ok', 'ok'],
    [retained('compliance', NOW + 1), 'ObjectProtected', 'ObjectProtected'],
    [retained('compliance', NOW), 'ok', 'ok'],
    [retained('retention', NOW + 1), 'ObjectProtected', 'ObjectProtected'],
    [retained('retention', 'indefinite'), 'ObjectProtected', 'ObjectProtected'],
    [retained('retention', 'permanent'), 'ObjectProtected', 'ObjectProtected'],
    [{ legalHold: true }, 'ObjectProtected', 'ObjectProtected'],
    [{ legalHold: false }, 'ok', 'ok'],
    [retained('governance', NOW - 1, { legalHold: true }), 'ObjectProtected', 'ObjectProtected'],
    [
      retained('retention', NOW, { holds: [{ id: 'a', addedAtMicros: 0 }] }),
      'ObjectProtected',
      'ObjectProtected',
    ],
    [retained('retention', NOW, { holds: [] }), 'ok', 'ok'],
  ];
  for (const [protection, plain, bypassing] of cases) {
    const words = JSON.stringify(protection);
    assert.equal(
      outcome(() => assertDestroyable({ protection }, 'key', NOW)),
      plain,
      words,
    );
    assert.equal(
      outcome(() => assertDestroyable({ protection }, 'key', NOW, true)),
      bypassing,
      words,
    );
    assert.equal(isProtected({ protection }, NOW), plain !== 'ok', words);
  }
});

test('a new version has what the write asks for, and else the default of its bucket', () => {
  const make = (lock: BucketLock | undefined, request?: Parameters<typeof protectionOfNew>[1]) =>
    protectionOfNew({ name: 'bucket', ...(lock && { lock }) }, request, NOW, NOW);
  assert.equal(make(undefined), undefined);
  assert.equal(
    outcome(() => make(undefined, { legalHold: true })),
    'BucketNotLocked',
  );
  assert.equal(make(objectLock), undefined);
  assert.deepEqual(make(objectLock, { legalHold: false }), { legalHold: false });
  const worm: BucketLock = { ...objectLock, default: { mode: 'compliance', unit: 'days', count: 3 } };
  assert.deepEqual(make(worm), retained('compliance', NOW + 3 * DAY));
  assert.deepEqual(
    make(worm, { legalHold: true }),
    retained('compliance', NOW + 3 * DAY, { legalHold: true }),
  );
  assert.equal(make({ ...worm, default: { mode: 'compliance', unit: 'days', count: 0 } }), undefined);
  const years: BucketLock = { ...objectLock, default: { mode: 'governance', unit: 'years', count: 2 } };
  assert.deepEqual(make(years), retained('governance', NOW + 730 * DAY));
  const until = { kind: 'at', micros: NOW + 5 } as const;
  assert.deepEqual(
    make(years, { retention: { mode: 'compliance', until } }),
    retained('compliance', NOW + 5),
  );
  const past = { kind: 'at', micros: NOW } as const;
  assert.equal(
    outcome(() => make(objectLock, { retention: { mode: 'governance', until: past } })),
    'RetentionRefused not-in-future',
  );
  assert.deepEqual(make(immutable, { holds: ['a'] }), {
    retention: { mode: 'retention', until: NOW + 2 * DAY },
    holds: [{ id: 'a', addedAtMicros: NOW }],
  });
  const many = Array.from({ length: 101 }, (_, index) => `${index}`);
  assert.equal(
    outcome(() => make(immutable, { holds: many })),
    'LegalHoldRefused too-many',
  );
});

test('the bounds of a protected bucket hold for new objects on both sides', () => {
  const make = (until: RetainUntilRequest, lock: BucketLock = immutable) =>
    outcome(() =>
      protectionOfNew({ name: 'bucket', lock }, { retention: { mode: 'retention', until } }, NOW, NOW),
    );
  assert.equal(make({ kind: 'from-creation', seconds: 86_400 }), 'ok');
  assert.equal(make({ kind: 'from-creation', seconds: 86_399 }), 'RetentionRefused below-minimum');
  assert.equal(make({ kind: 'from-creation', seconds: 864_000 }), 'ok');
  assert.equal(make({ kind: 'at', micros: NOW + 10 * DAY + 1 }), 'RetentionRefused above-maximum');
  assert.equal(make({ kind: 'indefinite' }), 'ok');
  assert.equal(make({ kind: 'permanent' }), 'RetentionRefused permanent-not-allowed');
  assert.equal(make({ kind: 'permanent' }, { ...immutable, allowsPermanent: true } as BucketLock), 'ok');
  assert.equal(make({ kind: 'added', seconds: 5 }), 'RetentionRefused no-end-to-add-to');
});

function change(lock: BucketLock, protection: Protection | undefined, asked: ProtectionChange): Protection {
  const version = { protection, sequence: NOW - DAY };
  return changeProtection({ name: 'bucket', lock }, 'key', version, asked, NOW);
}

const retention = (
  mode: RetentionMode,
  until: RetainUntilRequest | number,
  bypassGovernance = false,
): ProtectionChange => ({
  kind: 'retention',
  retention: { mode, until: typeof until === 'number' ? { kind: 'at', micros: until } : until },
  bypassGovernance,
});
const noRetention = (bypassGovernance: boolean): ProtectionChange => ({
  kind: 'retention',
  retention: null,
  bypassGovernance,
});

test('without bypassing anything a retention only gets longer', () => {
  const later = NOW + 2 * DAY;
  const cases: readonly (readonly [Protection, ProtectionChange, string])[] = [
    [{}, retention('governance', later), 'ok'],
    [{}, noRetention(false), 'ok'],
    [retained('governance', later), retention('governance', later), 'ok'],
    [retained('governance', later), retention('governance', later + 1), 'ok'],
    [retained('governance', later), retention('governance', later - 1), 'ObjectProtected'],
    [retained('governance', later), retention('governance', later - 1, true), 'ok'],
    [retained('governance', later), retention('compliance', later), 'ObjectProtected'],
    [retained('governance', later), retention('compliance', later, true), 'ok'],
    [retained('governance', later), noRetention(false), 'ObjectProtected'],
    [retained('governance', later), noRetention(true), 'ok'],
    [retained('compliance', later), retention('compliance', later + 1), 'ok'],
    [retained('compliance', later), retention('compliance', later - 1, true), 'ObjectProtected'],
    [retained('compliance', later), retention('governance', later + 1, true), 'ObjectProtected'],
    [retained('compliance', later), noRetention(true), 'ObjectProtected'],
    [retained('compliance', NOW - 1), retention('governance', NOW + 1), 'ok'],
    [retained('compliance', NOW - 1), noRetention(false), 'ok'],
    [retained('compliance', later), retention('compliance', NOW - 1, true), 'RetentionRefused not-in-future'],
  ];
  for (const [before, asked, expected] of cases) {
    assert.equal(
      outcome(() => change(objectLock, before, asked)),
      expected,
      JSON.stringify([before, asked]),
    );
  }
  const held = retained('governance', later, { legalHold: true });
  assert.deepEqual(change(objectLock, held, noRetention(true)), { legalHold: true });
});

test('a retention of a protected bucket is extended in four ways, up to the maximum from now', () => {
  const before = retained('retention', NOW + DAY);
  const extended = (until: RetainUntilRequest) =>
    change(immutable, before, retention('retention', until)).retention?.until;
  assert.equal(extended({ kind: 'added', seconds: 60 }), NOW + DAY + 60 * SECOND);
  assert.equal(extended({ kind: 'from-now', seconds: 2 * 86_400 }), NOW + 2 * DAY);
  assert.equal(extended({ kind: 'from-creation', seconds: 3 * 86_400 }), NOW + 2 * DAY);
  assert.equal(extended({ kind: 'at', micros: NOW + 10 * DAY }), NOW + 10 * DAY);
  const refusal = (until: RetainUntilRequest, from: Protection = before) =>
    outcome(() => change(immutable, from, retention('retention', until)));
  assert.equal(refusal({ kind: 'at', micros: NOW + 10 * DAY + 1 }), 'RetentionRefused above-maximum');
  assert.equal(refusal({ kind: 'from-now', seconds: 5 }), 'ObjectProtected');
  assert.equal(refusal({ kind: 'from-now', seconds: 5 }, retained('retention', 'indefinite')), 'ok');
  assert.equal(
    refusal({ kind: 'from-now', seconds: 5 }, retained('retention', 'permanent')),
    'ObjectProtected',
  );
});

test('named holds are added once, removed once, and only where there is a retention', () => {
  const add = (id: string): ProtectionChange => ({ kind: 'add-hold', id });
  const remove = (id: string): ProtectionChange => ({ kind: 'remove-hold', id });
  const one = change(immutable, retained('retention', NOW), add('a'));
  assert.deepEqual(one.holds, [{ id: 'a', addedAtMicros: NOW }]);
  assert.equal(
    outcome(() => change(immutable, one, add('a'))),
    'LegalHoldRefused exists',
  );
  const two = change(immutable, one, add('b'));
  assert.deepEqual(
    two.holds?.map(({ id }) => id),
    ['a', 'b'],
  );
  assert.deepEqual(
    change(immutable, two, remove('a')).holds?.map(({ id }) => id),
    ['b'],
  );
  assert.equal(
    outcome(() => change(immutable, one, remove('b'))),
    'LegalHoldRefused absent',
  );
  assert.equal(
    outcome(() => change(immutable, {}, add('a'))),
    'LegalHoldRefused unprotected',
  );
  const holds = Array.from({ length: 100 }, (_, index) => ({ id: `${index}`, addedAtMicros: NOW }));
  assert.equal(
    outcome(() => change(immutable, { ...retained('retention', NOW), holds }, add('a'))),
    'LegalHoldRefused too-many',
  );
});

test('a lock of a bucket changes within its kind and is never taken away', () => {
  const set = (next: BucketLock, versioning: 'unversioned' | 'enabled' | 'suspended', lock?: BucketLock) =>
    outcome(() => assertLockChange({ name: 'bucket', versioning, ...(lock && { lock }) }, next));
  assert.equal(set(objectLock, 'enabled'), 'ok');
  assert.equal(set(objectLock, 'unversioned'), 'BucketLockRefused needs-versioning');
  assert.equal(set(objectLock, 'suspended'), 'BucketLockRefused needs-versioning');
  assert.equal(set(objectLock, 'unversioned', objectLock), 'ok');
  assert.equal(set(immutable, 'unversioned'), 'ok');
  assert.equal(set(immutable, 'enabled'), 'BucketLockRefused excludes-versioning');
  assert.equal(set(immutable, 'unversioned', objectLock), 'BucketLockRefused other-kind');
  assert.equal(
    set({ ...immutable, minimumDays: 3 } as BucketLock, 'unversioned'),
    'BucketLockRefused bounds',
  );
  assert.equal(
    set({ ...immutable, maximumDays: 1 } as BucketLock, 'unversioned'),
    'BucketLockRefused bounds',
  );
  const permanent = { ...immutable, allowsPermanent: true } as BucketLock;
  assert.equal(set(permanent, 'unversioned', immutable), 'ok');
  assert.equal(set(immutable, 'unversioned', permanent), 'BucketLockRefused permanent-stays');
});
