import { diff3Merge, diffComm } from "node-diff3";

import { styleOf, withStyle } from "../plan/line-endings.ts";

/** A merged text, and in how many places both sides differ. */
export interface MergedText {
  readonly text: string;
  /** Places with conflict marks. */
  readonly conflicts: number;
}

/** Three texts of one file. */
export interface MergeSides {
  /** As it is on disk. */
  readonly ours: string;
  /** As it was generated; undefined when nobody knows. */
  readonly base: string | undefined;
  /** As it is generated now. */
  readonly theirs: string;
}

/**
 * Merges by lines, with the line endings of `ours`. Where both sides have changed the same lines, both stand between
 * marks:
 *
 * ```text
 * <<<<<<< yours
 * const port = 3001;
 * =======
 * const port = 8080;
 * >>>>>>> generated
 * ```
 *
 * Without a base nobody knows who has added what, so every difference gets marks.
 */
export function mergeTexts({ ours, base, theirs }: MergeSides): MergedText {
  const [own, generated] = [linesOf(ours), linesOf(theirs)];
  const regions = base === undefined ? compare(own, generated) : merge(own, linesOf(base), generated);
  const lines: string[] = [];
  let conflicts = 0;
  for (const region of regions) {
    if ("same" in region) {
      lines.push(...region.same);
      continue;
    }
    conflicts += 1;
    lines.push(openMark, ...region.ours, middleMark, ...region.theirs, closeMark);
  }
  return { text: inStyleOf(ours, lines), conflicts };
}

/** Whether a text still has the marks of a merge of ours. */
export function hasConflictMarks(text: string): boolean {
  const lines = linesOf(text);
  return lines.includes(openMark) && lines.includes(closeMark);
}

const openMark = "<<<<<<< yours";
const middleMark = "=======";
const closeMark = ">>>>>>> generated";

type Region = { same: readonly string[] } | { ours: readonly string[]; theirs: readonly string[] };

function merge(own: string[], base: string[], generated: string[]): Region[] {
  return diff3Merge(own, base, generated, { excludeFalseConflicts: true }).map(({ ok, conflict }) =>
    conflict === undefined ? { same: ok ?? [] } : { ours: conflict.a, theirs: conflict.b },
  );
}

function compare(own: string[], generated: string[]): Region[] {
  return diffComm(own, generated).map((part) =>
    "common" in part ? { same: part.common } : { ours: part.buffer1, theirs: part.buffer2 },
  );
}

/** Where endings are mixed, every line of ours that stays keeps its own. */
function inStyleOf(ours: string, lines: string[]): string {
  const style = styleOf(ours);
  if (!style.isMixed) return withStyle(lines.join("\n"), style);
  const mark = style.byteOrderMark ? "\uFEFF" : "";
  const kept = ours.slice(mark.length).split("\n");
  const ending = style.lineEnding === "\r\n" ? "\r" : "";
  const merged: string[] = [];
  let at = 0;
  for (const part of diffComm(linesOf(ours), lines)) {
    const from = at;
    at += "common" in part ? part.common.length : part.buffer1.length;
    if ("common" in part) merged.push(...kept.slice(from, at));
    else merged.push(...part.buffer2.map((line) => line + ending));
  }
  // The last one ends no line.
  return mark + [...merged.slice(0, -1), lines.at(-1) ?? ""].join("\n");
}

function linesOf(text: string): string[] {
  return text
    .replace(/^\uFEFF/, "")
    .replaceAll("\r\n", "\n")
    .split("\n");
}
