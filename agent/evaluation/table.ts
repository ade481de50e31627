/** A column: its heading and on which side its cells are flush. */
export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
}

/** A table for a terminal: columns padded to their widest cell, two spaces apart, no trailing spaces. */
export function plainTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const widths = columnWidths(columns, rows);
  const rule = widths.map((width) => '─'.repeat(width));
  const lines = [columns.map(({ title }) => title), rule, ...rows];
  return lines.map((cells) => padCells(columns, cells, widths).join('  ').trimEnd()).join('\n');
}

/** The same table as GitHub-flavoured Markdown. A `|` in a cell is escaped. */
export function markdownTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const escaped = rows.map((cells) => cells.map((cell) => cell.replaceAll('|', '\\|')));
  const widths = columnWidths(columns, escaped).map((width) => Math.max(width, 3));
  const rule = columns.map((column, index) =>
    column.align === 'right' ? `${'-'.repeat(widths[index]! - 1)}:` : '-'.repeat(widths[index]!),
  );
  return [columns.map(({ title }) => title), rule, ...escaped]
    .map((cells) => `| ${padCells(columns, cells, widths).join(' | ')} |`)
    .join('\n');
}

/** The same of numbers: all columns but the first are flush right. */
export function markdownNumbers(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  return markdownTable(
    titles.map((title, index) => ({ title, align: index === 0 ? 'left' : 'right' })),
    rows,
  );
}

function columnWidths(columns: readonly Column[], rows: readonly (readonly string[])[]): number[] {
  return columns.map(({ title }, index) =>
    rows.reduce((width, cells) => Math.max(width, cells[index]?.length ?? 0), title.length),
  );
}

function padCells(columns: readonly Column[], cells: readonly string[], widths: readonly number[]): string[] {
  return columns.map((column, index) => {
    const cell = cells[index] ?? '';
    return column.align === 'right' ? cell.padStart(widths[index]!) : cell.padEnd(widths[index]!);
  });
}
