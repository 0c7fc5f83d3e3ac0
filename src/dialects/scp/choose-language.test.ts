import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { chooseLanguage } from './choose-language.ts';

it('the best of Korean and English is chosen, and English otherwise', () => {
  const cases: readonly (readonly [string | undefined, string])[] = [
    [undefined, 'en-US'],
    ['', 'en-US'],
    ['ko-KR', 'ko-KR'],
    ['ko', 'ko-KR'],
    ['KO-kr', 'ko-KR'],
    ['en-US', 'en-US'],
    ['en;q=0.8,ko;q=0.9', 'ko-KR'],
    ['ko;q=0.8,en;q=0.9', 'en-US'],
    ['de-DE, ko;q=0.1', 'ko-KR'],
    ['ko;q=0', 'en-US'],
    ['kok-IN', 'en-US'],
    ['*', 'en-US'],
    ['ko;q=2', 'en-US'],
    ['fr,de', 'en-US'],
  ];
  for (const [header, language] of cases) assert.equal(chooseLanguage(header), language, String(header));
  fc.assert(fc.property(fc.string(), (header) => /^(ko-KR|en-US)$/.test(chooseLanguage(header))));
});
