/** Results for people (aligned columns), for pipes (tabs), or as JSON. */
import type { CommandContext, CommandInput } from './command-declaration.ts';

export interface Column {
  readonly title: string;
  /** Member of the row. */
  readonly member: string;
}

type Row = Readonly<Record<string, unknown>>;

export function printRows(
  rows: readonly Row[],
  columns: readonly Column[],
  input: CommandInput,
  context: CommandContext,
): void {
  if (input.has('--json')) {
    context.write(`${JSON.stringify(rows, null, 2)}\n`);
    return;
  }
  const table = [
    columns.map(({ title }) => title),
    ...rows.map((row) => columns.map(({ member }) => show(row[member]))),
  ];
  context.write(`${context.isTerminal ? align(table) : table.map((cells) => cells.join('\t')).join('\n')}\n`);
}

/** One thing, member by member. */
export function printFields(
  row: Row,
  columns: readonly Column[],
  input: CommandInput,
  context: CommandContext,
): void {
  if (input.has('--json')) {
    context.write(`${JSON.stringify(row, null, 2)}\n`);
    return;
  }
  const table = columns.map(({ title, member }) => [title, show(row[member])]);
  context.write(`${context.isTerminal ? align(table) : table.map((cells) => cells.join('\t')).join('\n')}\n`);
}

function align(table: readonly (readonly string[])[]): string {
  const widths = (table[0] ?? []).map((_, index) =>
    Math.max(...table.map((cells) => cells[index]?.length ?? 0)),
  );
  return table
    .map((cells) =>
      cells
        .map((cell, index) => cell.padEnd(widths[index] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function show(value: unknown): string {
  if (value === undefined || value === null || value === '') return '-';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return String(value);
}
