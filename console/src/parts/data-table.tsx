/** A table of records that fits on one page; on a phone its rows become cards. */
import type { ReactNode } from 'react';

export interface Column<T> {
  readonly name: string;
  readonly title: string;
  readonly cell: (row: T) => ReactNode;
  readonly isNumber?: boolean;
}

export function DataTable<T>({
  label,
  rows,
  columns,
  keyOf,
  empty,
}: {
  readonly label: string;
  readonly rows: readonly T[];
  readonly columns: readonly Column<T>[];
  readonly keyOf: (row: T) => string;
  readonly empty: ReactNode;
}) {
  if (rows.length === 0) return <div className="empty">{empty}</div>;
  return (
    <table className="data-table" aria-label={label}>
      <thead>
        <tr>
          {columns.map(({ name, title, isNumber }) => (
            <th key={name} scope="col" className={isNumber === true ? 'number' : undefined}>
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={keyOf(row)}>
            {columns.map(({ name, title, cell, isNumber }) => (
              <td key={name} data-title={title} className={isNumber === true ? 'number' : undefined}>
                {cell(row)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
