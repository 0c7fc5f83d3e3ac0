/** Of an object version or a bucket: its tags as `[key, value]` pairs in JSON. Absent when there are none. */
export const TAGGING_DOCUMENT = 'tagging';

export function tagPairsOf(
  documents: Readonly<Record<string, string>>,
): readonly (readonly [key: string, value: string])[] {
  const document = documents[TAGGING_DOCUMENT];
  return document === undefined ? [] : (JSON.parse(document) as (readonly [string, string])[]);
}
