import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ReadConditions, WriteConditions } from './object-store.ts';
import { checkReadConditions, checkWriteConditions, hasWriteConditions } from './preconditions.ts';

const md5 = '5d41402abc4b2a76b9719d911017c592';
const SECOND = 1_000_000;
/** Shown as second 101. */
const version = { etagMd5: md5, lastModifiedMicros: 100 * SECOND + 1, size: 5 };
const inParts = { ...version, partCount: 3 };

function verdictOf(run: () => void): string {
  try {
    run();
    return 'ok';
  } catch (error) {
    const { code, details } = error as { code: string; details: { condition?: string } };
    return details.condition === undefined ? code : `${code} ${details.condition}`;
  }
}

const reads: readonly (readonly [string, ReadConditions, string])[] = [
  ['no condition', {}, 'ok'],
  ['If-Match hit', { ifMatch: ['x', md5] }, 'ok'],
  ['If-Match any', { ifMatch: '*' }, 'ok'],
  ['If-Match miss', { ifMatch: ['x'] }, 'PreconditionFailed if-match'],
  ['If-Match empty list', { ifMatch: [] }, 'PreconditionFailed if-match'],
  ['If-None-Match hit', { ifNoneMatch: [md5] }, 'NotModified'],
  ['If-None-Match any', { ifNoneMatch: '*' }, 'NotModified'],
  ['If-None-Match miss', { ifNoneMatch: ['x'] }, 'ok'],
  ['modified since an earlier second', { ifModifiedSinceMicros: 100 * SECOND }, 'ok'],
  ['modified since the shown second', { ifModifiedSinceMicros: 101 * SECOND }, 'NotModified'],
  ['modified since a later second', { ifModifiedSinceMicros: 102 * SECOND }, 'NotModified'],
  [
    'unmodified since an earlier second',
    { ifUnmodifiedSinceMicros: 100 * SECOND },
    'PreconditionFailed if-unmodified-since',
  ],
  ['unmodified since the shown second', { ifUnmodifiedSinceMicros: 101 * SECOND }, 'ok'],
  ['If-Match hit outweighs If-Unmodified-Since', { ifMatch: [md5], ifUnmodifiedSinceMicros: 0 }, 'ok'],
  [
    'If-Match miss with If-Unmodified-Since',
    { ifMatch: ['x'], ifUnmodifiedSinceMicros: 200 * SECOND },
    'PreconditionFailed if-match',
  ],
  [
    'If-None-Match miss outweighs If-Modified-Since',
    { ifNoneMatch: ['x'], ifModifiedSinceMicros: 200 * SECOND },
    'ok',
  ],
  [
    'If-None-Match hit outweighs If-Modified-Since',
    { ifNoneMatch: [md5], ifModifiedSinceMicros: 0 },
    'NotModified',
  ],
  [
    'If-Match is looked at before If-None-Match',
    { ifMatch: ['x'], ifNoneMatch: [md5] },
    'PreconditionFailed if-match',
  ],
  ['If-Match hit, then If-None-Match hit', { ifMatch: [md5], ifNoneMatch: [md5] }, 'NotModified'],
];

for (const [name, conditions, expected] of reads) {
  test(`read: ${name}`, () => {
    assert.equal(
      verdictOf(() => checkReadConditions(conditions, version)),
      expected,
    );
  });
}

test('the ETag of an object in parts has its number of parts', () => {
  assert.equal(
    verdictOf(() => checkReadConditions({ ifMatch: [`${md5}-3`] }, inParts)),
    'ok',
  );
  assert.equal(
    verdictOf(() => checkReadConditions({ ifMatch: [md5] }, inParts)),
    'PreconditionFailed if-match',
  );
});

test('NotModified says what the copy should be', () => {
  assert.throws(() => checkReadConditions({ ifNoneMatch: '*' }, inParts), {
    code: 'NotModified',
    details: { etag: `${md5}-3`, lastModifiedMicros: version.lastModifiedMicros },
  });
});

const writes: readonly (readonly [string, WriteConditions, boolean, string])[] = [
  ['no condition', {}, true, 'ok'],
  ['If-None-Match on an object', { ifNoneMatch: '*' }, true, 'PreconditionFailed if-none-match'],
  ['If-None-Match on nothing', { ifNoneMatch: '*' }, false, 'ok'],
  ['If-Match hit', { ifMatch: [md5] }, true, 'ok'],
  ['If-Match miss', { ifMatch: ['x'] }, true, 'PreconditionFailed if-match'],
  ['If-Match on nothing', { ifMatch: [md5] }, false, 'ConditionNeedsObject'],
  ['If-Match any on nothing', { ifMatch: '*' }, false, 'ConditionNeedsObject'],
  ['size hit', { ifMatchSize: 5 }, true, 'ok'],
  ['size miss', { ifMatchSize: 6 }, true, 'PreconditionFailed x-amz-if-match-size'],
  ['size on nothing', { ifMatchSize: 6 }, false, 'ok'],
  ['date as shown', { ifMatchLastModifiedMicros: 101 * SECOND }, true, 'ok'],
  ['date as in a listing', { ifMatchLastModifiedMicros: 100 * SECOND + 1 }, true, 'ok'],
  [
    'date miss',
    { ifMatchLastModifiedMicros: 100 * SECOND },
    true,
    'PreconditionFailed x-amz-if-match-last-modified-time',
  ],
  ['date on nothing', { ifMatchLastModifiedMicros: 1 }, false, 'ok'],
];

for (const [name, conditions, exists, expected] of writes) {
  test(`write: ${name}`, () => {
    assert.equal(hasWriteConditions(conditions), name !== 'no condition');
    assert.equal(
      verdictOf(() => checkWriteConditions(conditions, 'key', exists ? version : undefined)),
      expected,
    );
  });
}

test('If-None-Match of a write names what must not be there', () => {
  checkWriteConditions({ ifNoneMatch: ['another'] }, 'k', version);
  checkWriteConditions({ ifNoneMatch: [md5] }, 'k', undefined);
  for (const ifNoneMatch of ['*', [md5]] as const) {
    assert.throws(() => checkWriteConditions({ ifNoneMatch }, 'k', version), { code: 'PreconditionFailed' });
  }
});

test('size and date of a delete conditions are compared with a delete marker, too', () => {
  const marker = { ...version, size: 0 };
  checkWriteConditions({ ifMatchSize: 0 }, 'k', undefined, marker);
  assert.throws(() => checkWriteConditions({ ifMatchSize: 9 }, 'k', undefined, marker), {
    code: 'PreconditionFailed',
  });
  checkWriteConditions({ ifMatchSize: 9 }, 'k', undefined);
});
