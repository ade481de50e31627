/** The size of terminals that do not know theirs: serial consoles say that they have no columns, files say nothing. */
const COLUMNS = 80;
const ROWS = 24;

export function columnsOf({ columns }: { readonly columns?: number }): number {
  return columns || COLUMNS;
}

export function rowsOf({ rows }: { readonly rows?: number }): number {
  return rows || ROWS;
}
