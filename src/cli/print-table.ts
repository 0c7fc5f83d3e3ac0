/** Results for people (aligned columns), for pipes (tabs), or as JSON. */
import type { CommandContext, CommandInput } from './command-declaration.ts';
import { cellsOf, showValue, type ValueKind } from './show-value.ts';

export interface Column {
  readonly title: string;
  /** Member of the row. */
  readonly member: string;
  /** Default: text. Numbers stand at the right. */
  readonly kind?: ValueKind;
  /** Width that it has at least, for tables that are written page by page. */
  readonly cellsMin?: number;
}

export type Row = Readonly<Record<string, unknown>>;

export function printRows(
  rows: readonly Row[],
  columns: readonly Column[],
  input: CommandInput,
  context: CommandContext,
): void {
  if (input.has('--json')) {
    printJson(rows, context);
    return;
  }
  context.write(renderRows(rows, columns, context.isTerminal));
}

export function printJson(document: unknown, context: Pick<CommandContext, 'write'>): void {
  context.write(`${JSON.stringify(document, null, 2)}\n`);
}

/** With a line of titles. */
export function renderRows(rows: readonly Row[], columns: readonly Column[], forPerson: boolean): string {
  const table = [
    columns.map(({ title }) => title),
    ...rows.map((row) =>
      columns.map(({ member, kind }) => showValue(row[member], kind ?? 'text', forPerson)),
    ),
  ];
  return forPerson ? align(table, columns) : separate(table);
}

/** One thing, member by member. */
export function printFields(
  row: Row,
  columns: readonly Column[],
  input: CommandInput,
  context: CommandContext,
): void {
  if (input.has('--json')) {
    printJson(row, context);
    return;
  }
  const forPerson = context.isTerminal;
  const table = columns.map(({ title, member, kind }) => [
    title,
    showValue(row[member], kind ?? 'text', forPerson),
  ]);
  context.write(forPerson ? align(table, []) : separate(table));
}

function isAtTheRight({ kind }: Column): boolean {
  return kind === 'bytes' || kind === 'count';
}

function separate(table: readonly (readonly string[])[]): string {
  return table.map((cells) => `${cells.join('\t')}\n`).join('');
}

function align(table: readonly (readonly string[])[], columns: readonly Column[]): string {
  const widths = (table[0] ?? []).map((_, index) =>
    Math.max(columns[index]?.cellsMin ?? 0, ...table.map((cells) => cellsOf(cells[index] ?? ''))),
  );
  const atTheRight = columns.map(isAtTheRight);
  return table
    .map((cells) => {
      const padded = cells.map((cell, index) => {
        const blanks = ' '.repeat((widths[index] ?? 0) - cellsOf(cell));
        return atTheRight[index] === true ? blanks + cell : cell + blanks;
      });
      return `${padded.join('  ').trimEnd()}\n`;
    })
    .join('');
}
