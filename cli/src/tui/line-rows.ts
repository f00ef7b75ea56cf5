import type { LogLine } from "@dext/protocol";
import { describeJsonLine } from "./json-line.ts";
import { ignoresCase } from "./line-selection.ts";
import { overlay, parseStyledText, printSpans, spansText } from "./styled-text.ts";
import type { Span } from "./styled-text.ts";
import { sliceSpans, wrapSpans } from "./wrap-spans.ts";

/** How lines become rows. */
export interface LineRowsOptions {
  /** Cells of a row. */
  width: number;
  /** Long lines go on in the next row; else they are cut, `shift` cells from their beginning. */
  wrap: boolean;
  shift: number;
  timestamps: boolean;
  coloured: boolean;
  /** What a person searches: it is highlighted. */
  search: string;
  /** What stands in front of each line: its resource, where lines of several are mixed. */
  prefix?: ((line: LogLine) => { text: string; look: string }) | undefined;
}

/** What is special about one line. */
export interface LineMarks {
  /** It is what the search has found last. */
  current: boolean;
  /** It was chosen to be copied. */
  chosen: boolean;
}

/** The rows of lines, as text for the terminal; those of lines without marks are remembered. */
export type LineRows = (line: LogLine, marks?: LineMarks) => readonly string[];

const hitLook = "30;43";
const currentHitLook = "1;30;105";
const chosenLook = "7";
/** So much is left for the text however much stands in front of it. */
const leastText = 8;

export function createLineRows(options: LineRowsOptions): LineRows {
  const remembered = new WeakMap<LogLine, readonly string[]>();
  return (line, marks) => {
    if (marks !== undefined && (marks.current || marks.chosen)) return buildRows(line, options, marks);
    let rows = remembered.get(line);
    if (rows === undefined) remembered.set(line, (rows = buildRows(line, options)));
    return rows;
  };
}

function buildRows(line: LogLine, options: LineRowsOptions, marks?: LineMarks): string[] {
  const { width, wrap, shift, coloured } = options;
  const head = describeHead(line, options);
  const headWidth = Math.min(spansText(head).length, Math.max(0, width - leastText));
  const left = Math.max(1, width - headWidth);
  const body = markBody(describeBody(line), options, marks);
  const rows = wrap ? wrapSpans(body, left) : [sliceSpans(body, { from: shift, width: left })];
  return rows.map((row, index) => {
    const front =
      index === 0
        ? sliceSpans(head, { from: 0, width: headWidth })
        : [{ text: " ".repeat(headWidth), look: "" }];
    return printSpans([...front, ...row], { coloured });
  });
}

function describeHead(line: LogLine, { timestamps, prefix }: LineRowsOptions): Span[] {
  const spans: Span[] = [];
  if (timestamps) spans.push({ text: `${clockTime(line.time)} `, look: "2" });
  if (prefix !== undefined) {
    const { text, look } = prefix(line);
    spans.push({ text: `${text} `, look }, { text: "│ ", look: line.stream === "stderr" ? "31" : "2" });
  }
  return spans;
}

function describeBody(line: LogLine): Span[] {
  if (line.stream === "system") return [{ text: spansText(parseStyledText(line.text)), look: "2;3" }];
  return describeJsonLine(line.text) ?? parseStyledText(line.text);
}

function markBody(body: Span[], { search, coloured }: LineRowsOptions, marks?: LineMarks): Span[] {
  if (marks?.chosen) return [{ text: spansText(body) || " ", look: chosenLook }];
  if (search === "") return body;
  const look = !coloured ? chosenLook : marks?.current ? currentHitLook : hitLook;
  const ranges = findAll(spansText(body), search).map(
    (start) => [start, start + search.length, look] as const,
  );
  return ranges.length === 0 ? body : overlay(body, ranges);
}

function findAll(text: string, search: string): number[] {
  // Some characters change their length with their case: a highlight that is off is better than none at all.
  const where = ignoresCase(search) ? text.toLowerCase() : text;
  const found: number[] = [];
  for (let at = where.indexOf(search); at !== -1; at = where.indexOf(search, at + search.length))
    found.push(at);
  return found;
}

/** `12:03:04.567` */
export function clockTime(time: number): string {
  const date = new Date(time);
  const milliseconds = String(date.getMilliseconds()).padStart(3, "0");
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${milliseconds}`;
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}
