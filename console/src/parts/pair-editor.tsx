import { defineText, useText } from '../text/define-text.ts';

const text = defineText(
  {
    name: 'Name',
    value: 'Value',
    add: 'Add',
    remove: 'Remove',
    row: (n: number, what: string) => `${what} ${n}`,
  },
  {
    name: '이름',
    value: '값',
    add: '추가',
    remove: '삭제',
    row: (n: number, what: string) => `${what} ${n}`,
  },
);

export type Pairs = readonly (readonly [name: string, value: string])[];

/** Names with values, such as tags and metadata. */
export function PairEditor({
  pairs,
  onChange,
}: {
  readonly pairs: Pairs;
  readonly onChange: (pairs: Pairs) => void;
}) {
  const words = useText(text);
  const put = (index: number, pair: readonly [string, string]): void =>
    onChange(pairs.map((old, at) => (at === index ? pair : old)));
  return (
    <div className="pairs">
      {pairs.map(([name, value], index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: rows have no identity but their place
        <div key={index} className="pair">
          <input
            aria-label={words.row(index + 1, words.name)}
            placeholder={words.name}
            value={name}
            onChange={(event) => put(index, [event.target.value, value])}
          />
          <input
            aria-label={words.row(index + 1, words.value)}
            placeholder={words.value}
            value={value}
            onChange={(event) => put(index, [name, event.target.value])}
          />
          <button
            type="button"
            className="small"
            aria-label={words.row(index + 1, words.remove)}
            onClick={() => onChange(pairs.filter((_, at) => at !== index))}
          >
            {words.remove}
          </button>
        </div>
      ))}
      <button type="button" className="small" onClick={() => onChange([...pairs, ['', '']])}>
        {words.add}
      </button>
    </div>
  );
}
