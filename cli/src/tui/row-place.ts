import type { LogLine } from "@dext/protocol";

/** A row of a line among others. */
export interface RowPlace {
  index: number;
  /** Row of that line. */
  row: number;
}

/** One row on the screen. */
export interface WindowRow {
  line: LogLine;
  text: string;
}

/** Lines, and the rows that each of them takes. */
export interface LinesInRows {
  lines: readonly LogLine[];
  rowsOf: (line: LogLine) => readonly string[];
}

/** At most `height` rows from a place on. */
export function rowsFrom(
  { lines, rowsOf }: LinesInRows,
  { index, row, height }: RowPlace & { height: number },
): WindowRow[] {
  const seen: WindowRow[] = [];
  for (const line of linesFrom(lines, index)) {
    if (seen.length >= height + row) break;
    for (const text of rowsOf(line)) seen.push({ line, text });
  }
  return seen.slice(row, row + height);
}

/** The place so many rows above another, or the first one with the rows that are left. */
export function rowsUp(
  { lines, rowsOf }: LinesInRows,
  { index: from, row: fromRow, rows }: RowPlace & { rows: number },
): { place: RowPlace; left: number } {
  // The lines may have become fewer.
  let index = Math.min(from, lines.length);
  let row = index === from ? fromRow : 0;
  let left = rows;
  while (left > row && index > 0) {
    const line = lines[index - 1];
    if (line === undefined) break;
    left -= row;
    index -= 1;
    row = rowsOf(line).length;
  }
  const moved = Math.min(left, row);
  return { place: { index, row: row - moved }, left: left - moved };
}

/** The place so many rows below another, or the one behind all lines. */
export function rowsDown(
  { lines, rowsOf }: LinesInRows,
  { index: from, row: fromRow, rows }: RowPlace & { rows: number },
): RowPlace {
  let index = from;
  let row = fromRow + rows;
  for (const line of linesFrom(lines, from)) {
    const height = rowsOf(line).length;
    if (row < height) return { index, row };
    row -= height;
    index += 1;
  }
  return { index: lines.length, row: 0 };
}

/** The first place of a screen whose last row is the last of all. */
export function lastScreen(rows: LinesInRows, height: number): RowPlace {
  return rowsUp(rows, { index: rows.lines.length, row: 0, rows: height }).place;
}

export function isAfter(a: RowPlace, b: RowPlace): boolean {
  return a.index > b.index || (a.index === b.index && a.row > b.row);
}

function* linesFrom(lines: readonly LogLine[], index: number): Generator<LogLine, void, void> {
  for (let at = index; at < lines.length; at += 1) {
    const line = lines[at];
    if (line !== undefined) yield line;
  }
}
