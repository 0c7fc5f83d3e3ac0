import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { formatProductTime, isOneOf, isWithin, pageOf, parseDateTime } from './list-parameters.ts';

describe('times in queries', () => {
  it('are taken with and without zone, fraction and time of day', () => {
    const cases: readonly (readonly [string, string | undefined])[] = [
      ['2024-01-01T00:00:00', '2024-01-01T00:00:00'],
      ['2024-01-01', '2024-01-01T00:00:00'],
      ['2024-01-01 12:30', '2024-01-01T12:30:00'],
      ['2024-01-01T09:00:00+09:00', '2024-01-01T00:00:00'],
      ['2024-01-01T09:00:00+0900', '2024-01-01T00:00:00'],
      // A plus that a query has turned into a blank.
      ['2024-01-01T00:00:00 Z', '2024-01-01T00:00:00'],
      ['2024-02-29T23:59:59.999999Z', '2024-02-29T23:59:59'],
      ['2023-02-29T00:00:00', undefined],
      ['2024-13-01', undefined],
      ['2024-01-01T25:00:00', undefined],
      ['20240101', undefined],
      ['1704067200', undefined],
      ['', undefined],
    ];
    for (const [text, shown] of cases) {
      const micros = parseDateTime(text);
      assert.equal(micros === undefined ? undefined : formatProductTime(micros), shown, text);
    }
  });

  it('never fail, and are found again as they are shown', () => {
    fc.assert(fc.property(fc.string(), (text) => !Number.isNaN(parseDateTime(text) ?? 0)));
    // Microseconds are safe integers until the year 2255.
    const years = { min: new Date('1970-01-01'), max: new Date('2255-01-01'), noInvalidDate: true };
    fc.assert(
      fc.property(fc.date(years), (date) => {
        const micros = Math.floor(date.getTime() / 1000) * 1_000_000;
        assert.equal(parseDateTime(formatProductTime(micros)), micros);
        assert.ok(isWithin(micros + 999_999, { fromMicros: micros, toMicros: micros }));
      }),
    );
  });
});

describe('names in queries', () => {
  it('are compared whole, without regard to case and composition', () => {
    assert.ok(isOneOf('스토리지', ['스토리지'.normalize('NFD')]));
    assert.ok(isOneOf('Storage', ['networking', 'STORAGE']));
    assert.ok(!isOneOf('Storage', ['Stor']));
    assert.ok(isOneOf('Storage', []));
  });
});

describe('pages', () => {
  it('together are the whole list, once, in order', () => {
    const row = fc.record({ id: fc.uuid(), rank: fc.nat(3) });
    fc.assert(
      fc.property(
        fc.uniqueArray(row, { selector: ({ id }) => id, maxLength: 40 }),
        fc.integer({ min: 1, max: 7 }),
        fc.boolean(),
        (rows, limit, isDescending) => {
          const pages = [];
          for (let page = 1; ; page += 1) {
            const found = pageOf(rows, { limit, page }, isDescending, ({ rank }) => rank);
            assert.deepEqual([found.total, found.totalPages], [rows.length, Math.ceil(rows.length / limit)]);
            if (found.rows.length === 0) break;
            pages.push(...found.rows);
          }
          const sign = isDescending ? -1 : 1;
          const expected = [...rows].sort(
            (left, right) => sign * (left.rank - right.rank) || (left.id < right.id ? -1 : 1),
          );
          assert.deepEqual(pages, expected);
        },
      ),
    );
  });
});
