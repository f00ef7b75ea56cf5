/** Where the lines of a text begin. */
export interface SourceLines {
  readonly text: string;
  readonly starts: readonly number[];
}

/** A place as a person counts: both from 1. */
export interface Place {
  line: number;
  column: number;
}

/** Finds the lines of a text, whatever its line ends. A byte order mark is no part of the first. */
export function splitSource(text: string): SourceLines {
  const starts = [text.startsWith("\uFEFF") ? 1 : 0];
  for (const { index, 0: end } of text.matchAll(/\r\n|\r|\n/g)) starts.push(index + end.length);
  return { text, starts };
}

/** The line and column of an offset. */
export function placeOf({ starts }: SourceLines, offset: number): Place {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: Math.max(1, offset - (starts[low] ?? 0) + 1) };
}

/** One line, counted from 0, without its end. */
export function lineText({ text, starts }: SourceLines, line: number): string {
  return text.slice(starts[line] ?? text.length, starts[line + 1] ?? text.length).replace(/[\r\n]+$/, "");
}
