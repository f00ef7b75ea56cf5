/** Rows as lines, each column as wide as its widest cell, two blanks apart, nothing at the end of a line. */
export function columns(
  rows: readonly (readonly string[])[],
  { widthOf = (text) => text.length }: { widthOf?: (text: string) => number } = {},
): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, widthOf(cell));
  }
  return rows.map((row) =>
    row
      .map((cell, index) => cell + " ".repeat(Math.max(0, (widths[index] ?? 0) - widthOf(cell))))
      .join("  ")
      .trimEnd(),
  );
}
