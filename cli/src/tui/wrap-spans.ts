import type { Span } from "./styled-text.ts";
import { graphemes, graphemeWidth } from "./text-width.ts";

const ascii = /^[\u0020-\u007e]*$/;

/** Spans as rows of at most `width` cells, broken wherever a row is full. There is at least one row. */
export function wrapSpans(spans: readonly Span[], width: number): Span[][] {
  const rows: Span[][] = [[]];
  let left = Math.max(1, width);
  const put = (text: string, look: string): void => void rows.at(-1)?.push({ text, look });
  const breakRow = (): void => {
    rows.push([]);
    left = Math.max(1, width);
  };
  for (const { text, look } of spans) {
    if (ascii.test(text)) {
      for (let at = 0; at < text.length;) {
        if (left === 0) breakRow();
        const piece = text.slice(at, at + left);
        put(piece, look);
        at += piece.length;
        left -= piece.length;
      }
      continue;
    }
    let piece = "";
    for (const grapheme of graphemes(text)) {
      const cells = graphemeWidth(grapheme);
      if (cells > left && left < Math.max(1, width)) {
        if (piece !== "") put(piece, look);
        piece = "";
        breakRow();
      }
      piece += grapheme;
      left = Math.max(0, left - cells);
    }
    if (piece !== "") put(piece, look);
  }
  return rows;
}

/** The part of spans between two columns; a wide character that is cut through becomes a blank. */
export function sliceSpans(spans: readonly Span[], { from, width }: { from: number; width: number }): Span[] {
  const to = from + width;
  const result: Span[] = [];
  let column = 0;
  for (const { text, look } of spans) {
    if (column >= to) break;
    if (ascii.test(text)) {
      const piece = text.slice(Math.max(0, from - column), to - column);
      if (piece !== "") result.push({ text: piece, look });
      column += text.length;
      continue;
    }
    let piece = "";
    for (const grapheme of graphemes(text)) {
      const next = column + graphemeWidth(grapheme);
      if (column >= from && next <= to) piece += grapheme;
      else if (next > from && column < to) piece += " ";
      column = next;
      if (column >= to) break;
    }
    if (piece !== "") result.push({ text: piece, look });
  }
  return result;
}
