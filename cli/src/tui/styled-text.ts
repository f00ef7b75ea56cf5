import { applySgr, plainSgr, sgrParameters } from "./sgr.ts";
import { textWidth } from "./text-width.ts";

/** Text of one look, without control characters. */
export interface Span {
  readonly text: string;
  /** The parameters of an SGR sequence, such as `1;31`; empty for the terminal's own look. */
  readonly look: string;
}

const tabWidth = 8;
const simple = /^[\u0020-\u007e]*$/;

/**
 * Every sequence and control character, the parameters of SGR sequences in a group of their own: `ESC [ 1;31 m`, other
 * control sequences (cut off at the end of the line too), strings (`ESC ] … BEL`), other escapes, C0 and C1.
 */
const controls =
  // oxlint-disable-next-line no-control-regex
  /(?:\u001b\[|\u009b)([0-9;:]*)m|(?:\u001b\[|\u009b)[0-?]*[ -/]*(?:[@-~]|$)|(?:\u001b[\]PX^_]|[\u009d\u0090\u0098\u009e\u009f])[^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c|$)|\u001b[ -/]*[0-~]?|[\u0000-\u001f\u007f-\u009f]/g;

/**
 * A line as a program printed it, as text that can stand anywhere on the screen: its colours are kept, everything else
 * that a terminal would obey is removed, and of a line that overwrites itself (`10 %\r20 %`) the last state is left.
 */
export function parseStyledText(text: string): Span[] {
  if (simple.test(text)) return text === "" ? [] : [{ text, look: "" }];
  const seen = text.includes("\r") ? afterCarriageReturns(text) : text;
  const spans: Span[] = [];
  let column = 0;
  let sgr = plainSgr;
  const add = (part: string): void => {
    if (part === "") return;
    spans.push({ text: part.toWellFormed(), look: sgrParameters(sgr) });
    column += textWidth(part);
  };
  let end = 0;
  for (const match of seen.matchAll(controls)) {
    add(seen.slice(end, match.index));
    end = match.index + match[0].length;
    if (match[0] === "\t") add(" ".repeat(tabWidth - (column % tabWidth)));
    else if (match[1] !== undefined) sgr = applySgr(sgr, match[1]);
  }
  add(seen.slice(end));
  return spans;
}

/** What is left when the looks are gone. */
export function spansText(spans: readonly Span[]): string {
  return spans.map(({ text }) => text).join("");
}

/** Spans as text for a terminal, which is in its own look again at the end. */
export function printSpans(spans: readonly Span[], { coloured = true }: { coloured?: boolean } = {}): string {
  if (!coloured) return spans.map(({ text, look }) => (look === "7" ? inverse(text) : text)).join("");
  return spans.map(({ text, look }) => (look === "" ? text : `\u001b[${look}m${text}\u001b[0m`)).join("");
}

/** Gives ranges of the text, `[start, end)` in UTF-16 units and in order, a look instead of their own. */
export function overlay(
  spans: readonly Span[],
  ranges: readonly (readonly [start: number, end: number, look: string])[],
): Span[] {
  const result: Span[] = [];
  let offset = 0;
  for (const { text, look } of spans) {
    let at = 0;
    for (const [start, end, over] of ranges) {
      const from = Math.max(start - offset, at);
      const to = Math.min(end - offset, text.length);
      if (from >= to) continue;
      if (from > at) result.push({ text: text.slice(at, from), look });
      result.push({ text: text.slice(from, to), look: over });
      at = to;
    }
    if (at < text.length) result.push({ text: text.slice(at), look });
    offset += text.length;
  }
  return result;
}

function inverse(text: string): string {
  return `\u001b[7m${text}\u001b[0m`;
}

function afterCarriageReturns(text: string): string {
  const trimmed = text.replace(/\r+$/, "");
  return trimmed.slice(trimmed.lastIndexOf("\r") + 1);
}
