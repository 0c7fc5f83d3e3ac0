import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { selectNames } from './select-names.ts';

const shown = (names: readonly string[], query: Partial<Parameters<typeof selectNames>[2]>) =>
  selectNames(names, (name) => name, {
    prefix: '',
    delimiter: '',
    marker: '',
    endMarker: '',
    limit: 100,
    isReverse: false,
    ...query,
  }).map((entry) => (entry.kind === 'item' ? entry.item : entry.name));

test('pages of any length are the whole, in both orders', () => {
  const name = fc.stringMatching(/^[ab/]{1,5}$/);
  fc.assert(
    fc.property(
      fc.uniqueArray(name, { maxLength: 12 }),
      fc.integer({ min: 1, max: 4 }),
      fc.constantFrom('', '/', 'ab'),
      fc.boolean(),
      (unsorted, limit, delimiter, isReverse) => {
        const names = unsorted.toSorted();
        const whole = shown(names, { delimiter, isReverse });
        assert.deepEqual(new Set(whole).size, whole.length);
        const paged: string[] = [];
        for (let page = shown(names, { delimiter, isReverse, limit }); page.length > 0; ) {
          paged.push(...page);
          page = shown(names, { delimiter, isReverse, limit, marker: paged.at(-1) ?? '' });
        }
        assert.deepEqual(paged, whole);
      },
    ),
  );
});

test('names lie between the markers, which change sides in reverse', () => {
  const names = ['a', 'b', 'c', 'd'];
  assert.deepEqual(shown(names, { marker: 'a', endMarker: 'd' }), ['b', 'c']);
  assert.deepEqual(shown(names, { marker: 'd', endMarker: 'a', isReverse: true }), ['c', 'b']);
  assert.deepEqual(shown(names, { prefix: 'b' }), ['b']);
  assert.deepEqual(shown(names, { limit: 0 }), []);
});
