import { joinMapped, mapPiece } from "./mapped-text.ts";
import type { MappedText } from "./mapped-text.ts";
import { lineText } from "./source-lines.ts";
import type { SourceLines } from "./source-lines.ts";

/** An instruction's lines as the one line that a builder makes of them. */
export interface LogicalLine {
  text: MappedText;
  /** The first line, counted from 0, that is not part of it. */
  nextLine: number;
  /** Where lines that are continued into are empty. */
  emptyLines: readonly number[];
}

/**
 * Joins the lines of an instruction in the way of BuildKit: an escape character at a line's end goes, as do comment
 * lines and empty lines in between. Raw input, escape `\`:
 *
 * ```text
 * RUN apt-get update && \
 *     # what the build needs
 *     apt-get install -y git
 * ```
 */
export function joinLines(
  source: SourceLines,
  start: number,
  options: { line: number; escape: string },
): LogicalLine {
  const pieces: MappedText[] = [];
  const emptyLines: number[] = [];
  let line = options.line;
  let offset = start;
  for (;;) {
    const lineStart = source.starts[line] ?? source.text.length;
    const content = lineText(source, line).slice(offset - lineStart);
    line += 1;
    const first = pieces.length === 0;
    const skipped = !first && (content.trim() === "" || content.trimStart().startsWith("#"));
    if (skipped) {
      // Behind the last line end there is no line.
      if (content.trim() === "" && offset < source.text.length) emptyLines.push(offset);
    } else {
      const kept = continuedLength(content, options.escape);
      pieces.push(mapPiece(source.text, offset, offset + (kept ?? content.length)));
      if (kept === undefined) break;
    }
    if (line >= source.starts.length) break;
    offset = source.starts[line] ?? source.text.length;
  }
  return { text: joinMapped(pieces), nextLine: line, emptyLines };
}

/** How much of a line is left without the escape character at its end, or nothing when it has none. */
function continuedLength(content: string, escape: string): number | undefined {
  const trimmed = content.trimEnd();
  if (!trimmed.endsWith(escape) || trimmed.endsWith(escape + escape)) return undefined;
  return trimmed.length - 1;
}
