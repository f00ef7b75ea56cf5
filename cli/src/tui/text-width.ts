import widestLine from "widest-line";

const ascii = /^[\u0020-\u007e]*$/;
const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });
const known = new Map<string, number>();
const mostKnown = 10_000;

/** How many cells a text without control characters takes; by the same measure that ink lays out with. */
export function textWidth(text: string): number {
  if (ascii.test(text)) return text.length;
  let width = 0;
  for (const grapheme of graphemes(text)) width += graphemeWidth(grapheme);
  return width;
}

/** What a person sees as single characters. */
export function* graphemes(text: string): Generator<string, void, void> {
  if (ascii.test(text)) yield* text;
  else for (const { segment } of segmenter.segment(text)) yield segment;
}

/** The cells of one of {@link graphemes}. */
export function graphemeWidth(grapheme: string): number {
  if (grapheme.length === 1 && ascii.test(grapheme)) return 1;
  const found = known.get(grapheme);
  if (found !== undefined) return found;
  if (known.size >= mostKnown) known.clear();
  const width = widestLine(grapheme);
  known.set(grapheme, width);
  return width;
}

/** Text that takes exactly so many cells: blanks are added, or its end is cut and marked with `…`. */
export function fitText(text: string, width: number): string {
  const cut = truncateText(text, width);
  return cut + " ".repeat(Math.max(0, width - textWidth(cut)));
}

/** Text that takes at most so many cells; where something is cut off stands `…`. */
export function truncateText(text: string, width: number): string {
  if (width <= 0) return "";
  if (textWidth(text) <= width) return text;
  let cut = "";
  let used = 0;
  for (const grapheme of graphemes(text)) {
    const next = used + graphemeWidth(grapheme);
    if (next > width - 1) break;
    cut += grapheme;
    used = next;
  }
  return `${cut}…`;
}
