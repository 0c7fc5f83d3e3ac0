/** The list of a folder. However long it is, the page holds only the rows that can be seen; the next page is fetched near the end. */
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef } from 'react';
import type { BucketAddress } from '../s3/s3-address.ts';
import { type ListingRow, nameOf } from '../s3/s3-listing.ts';
import { defineText, useText } from '../text/define-text.ts';
import { formatBytes, formatNumber, formatTime } from '../text/format-values.ts';
import { useLanguage } from '../text/language.ts';
import { folderHref, objectHref } from './object-routes.ts';

const text = defineText(
  {
    label: 'Objects',
    name: 'Name',
    size: 'Size',
    modified: 'Modified',
    select: (name: string) => `Select ${name}`,
    folder: 'Folder',
    count: (count: string, more: boolean) => `${count} shown${more ? ', more below' : ''}`,
  },
  {
    label: '오브젝트 목록',
    name: '이름',
    size: '크기',
    modified: '수정 일시',
    select: (name: string) => `${name} 선택`,
    folder: '폴더',
    count: (count: string, more: boolean) => `${count}개 표시${more ? ', 아래에 더 있음' : ''}`,
  },
);

const ROW_HEIGHT = 44;
const OVERSCAN = 12;
/** Rows before the end at which the next page is asked for. */
const AHEAD = 60;

interface ObjectRowsProps {
  readonly address: BucketAddress;
  readonly prefix: string;
  readonly rows: readonly ListingRow[];
  readonly hasMore: boolean;
  readonly onMore: () => void;
  readonly chosen: ReadonlySet<string>;
  readonly onChoose: (chosen: ReadonlySet<string>) => void;
}

export function ObjectRows({ address, prefix, rows, hasMore, onMore, chosen, onChoose }: ObjectRowsProps) {
  const words = useText(text);
  const language = useLanguage();
  const frame = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => frame.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: OVERSCAN,
  });
  const items = virtual.getVirtualItems();
  const lastShown = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (hasMore && lastShown > rows.length - AHEAD) onMore();
  }, [hasMore, lastShown, rows.length, onMore]);
  if (rows.length === 0) return null;
  const toggle = (name: string): void => {
    const next = new Set(chosen);
    if (!next.delete(name)) next.add(name);
    onChoose(next);
  };
  return (
    <>
      <p className="count" role="status">
        {words.count(formatNumber(rows.length, language), hasMore)}
      </p>
      <section ref={frame} className="rows-frame" aria-label={words.label}>
        <table className="rows" aria-label={words.label} aria-rowcount={hasMore ? -1 : rows.length + 1}>
          <RowsHead />
          <tbody className="rows-space" style={{ height: virtual.getTotalSize() }}>
            {items.map(({ index, start }) => {
              const row = rows[index];
              return row === undefined ? null : (
                <tr
                  key={nameOf(row)}
                  className="row"
                  aria-rowindex={index + 2}
                  style={{ transform: `translateY(${start}px)` }}
                >
                  <RowCells {...{ address, prefix, row, toggle }} isChosen={chosen.has(nameOf(row))} />
                </tr>
              );
            })}
          </tbody>
        </table>
      </section>
    </>
  );
}

function RowsHead() {
  const { name, size, modified, select } = useText(text);
  return (
    <thead className="rows-head">
      <tr className="row head" aria-rowindex={1}>
        <th scope="col">
          <span className="off-screen">{select('')}</span>
        </th>
        <th scope="col">{name}</th>
        <th scope="col" className="number">
          {size}
        </th>
        <th scope="col" className="when">
          {modified}
        </th>
      </tr>
    </thead>
  );
}

interface RowCellsProps {
  readonly address: BucketAddress;
  readonly prefix: string;
  readonly row: ListingRow;
  readonly isChosen: boolean;
  readonly toggle: (name: string) => void;
}

function RowCells({ address, prefix, row, isChosen, toggle }: RowCellsProps) {
  const words = useText(text);
  const language = useLanguage();
  const name = nameOf(row);
  const shown = name.slice(prefix.length);
  const href =
    row.kind === 'folder'
      ? folderHref(address, row.prefix)
      : objectHref({ ...address, key: row.key }, prefix);
  return (
    <>
      <td>
        <input
          type="checkbox"
          aria-label={words.select(shown)}
          checked={isChosen}
          onChange={() => toggle(name)}
        />
      </td>
      <td className="name-cell">
        <span className={row.kind === 'folder' ? 'glyph folder' : 'glyph file'} aria-hidden="true" />
        <a href={href} title={shown}>
          {shown}
        </a>
      </td>
      <td className="number">
        {row.kind === 'folder' ? (
          <span className="faint">{words.folder}</span>
        ) : (
          formatBytes(row.size, language)
        )}
      </td>
      <td className="when">{row.kind === 'folder' ? '' : formatTime(row.modifiedAt, language)}</td>
    </>
  );
}
