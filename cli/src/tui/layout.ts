/** Size of the screen in cells. */
export interface ScreenSize {
  columns: number;
  rows: number;
}

/** Where things stand on the screen; all sizes in cells. */
export type Layout =
  | {
      kind: "two-panes";
      /** Width of the resources, without the line beside them. */
      left: number;
      /** Width of the log. */
      right: number;
      /** Rows of both. */
      body: number;
      /** Rows of what is known of one resource, below all resources. */
      details: number;
    }
  | { kind: "one-pane"; right: number; body: number }
  /** Nothing fits but a word about it. */
  | { kind: "too-small" };

/** From here on resources and log stand side by side. */
export const comfortableSize: ScreenSize = { columns: 60, rows: 15 };
const leastSize: ScreenSize = { columns: 24, rows: 5 };

/** One row above, two below. */
const headerRows = 1;
const footerRows = 2;

export function layOut({ columns, rows }: ScreenSize): Layout {
  if (columns < leastSize.columns || rows < leastSize.rows) return { kind: "too-small" };
  const body = rows - headerRows - footerRows;
  if (columns < comfortableSize.columns || rows < comfortableSize.rows) {
    return { kind: "one-pane", right: columns, body };
  }
  const left = Math.min(56, Math.max(24, Math.floor(columns * 0.34)));
  const details = body >= 18 ? 9 : 5;
  return { kind: "two-panes", left, right: columns - left - 1, body, details };
}
