/** Accept-Language (RFC 9110, section 12.5.4), of which Korean and English are understood; anything else is English. */

export type Language = 'ko-KR' | 'en-US';

/** A sentence for people, in both languages. */
export type Text = Readonly<Record<'ko' | 'en', string>>;

const PART =
  /^\s*([A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*|\*)\s*(?:;\s*q\s*=\s*(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*)?$/i;
/** More than anybody speaks. */
const PARTS_MAX = 32;

export function chooseLanguage(header: string | undefined): Language {
  let best: { language: Language; quality: number } = { language: 'en-US', quality: 0 };
  for (const part of (header ?? '').split(',', PARTS_MAX)) {
    const [, tag, weight] = PART.exec(part) ?? [];
    const language = tag === undefined ? undefined : languageOf(tag.toLowerCase());
    const quality = weight === undefined ? 1 : Number(weight);
    if (language !== undefined && quality > best.quality) best = { language, quality };
  }
  return best.language;
}

function languageOf(tag: string): Language | undefined {
  if (tag === '*' || tag === 'en' || tag.startsWith('en-')) return 'en-US';
  return tag === 'ko' || tag.startsWith('ko-') ? 'ko-KR' : undefined;
}

export function textIn(language: Language, text: Text): string {
  return language === 'ko-KR' ? text.ko : text.en;
}
