import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";

/** An error that ended a JavaScript program, as its runtime printed it. */
export interface UncaughtError {
  /** The class, such as `TypeError`; absent for a thrown value that is no error. */
  name?: string;
  /** Node's code in brackets, such as `ERR_MODULE_NOT_FOUND`. */
  nodeCode?: string;
  message: string;
  /** `path:line:column`; without a column where the runtime does not tell. */
  place?: string;
  /** The line of source with the mark below it. */
  excerpt?: readonly string[];
  /** The `code`, `hint` and `details` that Node prints of an error that has them. */
  properties: { code?: string; hint?: string };
}

/**
 * Reads the error off what a program wrote to stderr before it ended. Node writes
 *
 * ```text
 * file:///shop/apphost.ts:3
 *   throw new Error("boom");
 *         ^
 *
 * Error: boom
 *     at deep (file:///shop/apphost.ts:3:9) {
 *   code: 'DEXT_X'
 * }
 *
 * Node.js v26.10.0
 * ```
 *
 * and Deno
 *
 * ```text
 * error: Uncaught (in promise) Error: boom
 *   throw new Error("boom");
 *         ^
 *     at deep (file:///shop/apphost.ts:3:9)
 * ```
 *
 * in colour even into a pipe, and an AppHost that has got to `createBuilder()` writes `Uncaught Error: boom` with the
 * stack on either.
 */
export function parseUncaughtError(text: string): UncaughtError | undefined {
  const lines = stripVTControlCharacters(text)
    .split("\n")
    .map((line) => line.trimEnd());
  const other = lines.findLastIndex((line) => /^(?:error: |Uncaught )/.test(line));
  return other === -1 ? parseNode(lines) : parseDeno(lines.slice(other));
}

function parseNode(lines: readonly string[]): UncaughtError | undefined {
  const end = lines.findLastIndex((line) => /^Node\.js v\d/.test(line));
  if (end === -1) return parseUnsettled(lines);
  const body = lines.slice(0, end);
  const stack = body.findIndex((line) => isFrame(line));
  const head = findHead(body, stack === -1 ? body.length : stack);
  if (head === -1) return parseThrownValue(body);
  const messageEnd = stack === -1 ? endOfParagraph(body, head) : stack;
  const header = parseHeader(body.slice(head, messageEnd).join("\n"));
  const source = parseSource(body.slice(0, head));
  const frame = userFrame(body.slice(head));
  const isUsers = source.place !== undefined && isUserPlace(source.place);
  const inSource = isUsers || frame === undefined;
  return {
    ...header,
    // Where both mean one line, the frame is right about the column.
    ...optional(
      "place",
      samePlace(source.place, frame) ? frame : inSource ? (source.place ?? importer(header.message)) : frame,
    ),
    ...optional("excerpt", inSource || samePlace(source.place, frame) ? source.excerpt : undefined),
    properties: parseProperties(body.slice(messageEnd)),
  };
}

/** `Warning: Detected unsettled top-level await at file:///shop/apphost.ts:1`, with the source and the mark below. */
function parseUnsettled(lines: readonly string[]): UncaughtError | undefined {
  const at = lines.findLastIndex((line) => line.startsWith("Warning: Detected unsettled top-level await"));
  if (at === -1) return undefined;
  const place = / at (\S+:\d+)$/.exec(lines[at] ?? "")?.[1];
  const excerpt = lines.slice(at + 1, at + 3).filter((line) => line !== "");
  return {
    name: "UnsettledAwait",
    message: "An await at the top of the file never settles",
    ...optional("place", place === undefined ? undefined : toPath(place)),
    ...optional("excerpt", excerpt.length === 2 ? excerpt : undefined),
    properties: {},
  };
}

function parseDeno(lines: readonly string[]): UncaughtError {
  const [first = "", ...rest] = lines;
  const uncaught = first.replace(/^(?:error: )?(?:Uncaught (?:\(in promise\) )?)?/, "");
  const stop = rest.findIndex((line, index) => isFrame(line) || line === "" || isMark(rest[index + 1]));
  const body = stop === -1 ? rest : rest.slice(0, stop);
  const hint = body.find((line) => /^ +hint: /.test(line))?.replace(/^ +hint: /, "");
  // A syntax error is followed by a numbered excerpt: `  |`, `2 | const b = ;`, `  |           ~`.
  const message = body.filter((line) => !/^ *\d* \|/.test(line) && !/^ +hint: /.test(line));
  const mark = rest.findIndex(isMark);
  const frame = userFrame(rest);
  const header = parseHeader([uncaught, ...message].join("\n"));
  if (header.message.startsWith("Top-level await promise never resolved")) {
    header.name = "UnsettledAwait";
    header.message = "An await at the top of the file never settles";
  }
  return {
    ...header,
    ...optional("place", frame),
    // It shows the source of the first frame, which may be ours.
    ...optional(
      "excerpt",
      mark < 1 || frame !== placeOf(rest.find(isFrame) ?? "") ? undefined : excerptAt(rest, mark),
    ),
    properties: hint === undefined ? {} : { hint },
  };
}

/** `TypeError [ERR_X]: the message`, `DextError: …`, or a thrown value as it is. */
function parseHeader(text: string): Pick<UncaughtError, "name" | "nodeCode" | "message"> {
  const match = /^([A-Z][\w$]*(?:Error|Exception)?)(?: \[(\w+)\])?: ([\s\S]*)$/.exec(text.trim());
  if (match === null) return { message: text.trim() };
  const [, name = "", nodeCode, message = ""] = match;
  return { name, ...optional("nodeCode", nodeCode), message: message.trim() };
}

/** Where the line `Name: message` above the stack is: after the last blank line before it that a name follows. */
function findHead(lines: readonly string[], before: number): number {
  return lines.findLastIndex(
    (line, index) =>
      index < before && /^(?:[A-Z][\w$]*Error|[A-Z][\w$]*Exception|Error)(?: \[\w+\])?(?::|$)/.test(line),
  );
}

/** Below the mark under Node's own source stands `just text`, then a note in parentheses. */
function parseThrownValue(lines: readonly string[]): UncaughtError | undefined {
  const mark = lines.findLastIndex(isMark);
  const value = lines.slice(mark + 1).filter((line) => line !== "" && !line.startsWith("(Use `node"));
  return value.length === 0 ? undefined : { message: value.join("\n"), properties: {} };
}

/** `file:///shop/apphost.ts:3` (or a bare path) and the source below it with its mark. */
function parseSource(lines: readonly string[]): { place?: string; excerpt?: string[] } {
  const at = lines.findLastIndex((line) => /^(?:file:\/\/)?\/.*:\d+$/.test(line));
  if (at === -1) return {};
  const place = toPath(lines[at] ?? "");
  const mark = lines.findIndex((line, index) => index > at && isMark(line));
  if (mark < 1) return { place };
  const column = (lines[mark] ?? "").indexOf("^") + 1;
  const excerpt = excerptAt(lines, mark);
  return { place: `${place}:${column}`, excerpt };
}

function parseProperties(lines: readonly string[]): { code?: string; hint?: string } {
  const read = (key: string): string | undefined => {
    const line = lines.find((each) => each.startsWith(`  ${key}: `));
    const text = line?.slice(key.length + 4).replace(/,$/, "");
    return text === undefined ? undefined : unquote(text);
  };
  return { ...optional("code", read("code")), ...optional("hint", read("hint")) };
}

/** `'it\'s'`, `"it's"` or a template, as `util.inspect` prints text. */
function unquote(text: string): string | undefined {
  const quote = text[0];
  if (quote === undefined || !"'\"`".includes(quote) || !text.endsWith(quote)) return undefined;
  return text.slice(1, -1).replace(/\\(.)/g, (_, escaped: string) => (escaped === "n" ? "\n" : escaped));
}

/** `… imported from /shop/apphost.ts` */
function importer(message: string): string | undefined {
  return / imported from (\/.+)$/.exec(message)?.[1];
}

/** The first frame in code of the user: not of the runtime, not of an installed package, not of Dext's own build. */
function userFrame(lines: readonly string[]): string | undefined {
  const places = lines
    .filter(isFrame)
    .map(placeOf)
    .filter((place) => place !== undefined);
  return places.find(isUserPlace) ?? places[0];
}

function isUserPlace(place: string): boolean {
  return !/^node:|\/node_modules\/|\/dist\//.test(place);
}

function placeOf(frame: string): string | undefined {
  const place = /\(?((?:file:\/\/)?\/[^()]+:\d+:\d+)\)?(?: \{)?$/.exec(frame)?.[1];
  return place === undefined ? undefined : toPath(place);
}

function samePlace(source: string | undefined, frame: string | undefined): boolean {
  const line = /^(.*:\d+):\d+$/;
  return source !== undefined && frame !== undefined && line.exec(source)?.[1] === line.exec(frame)?.[1];
}

function isFrame(line: string): boolean {
  return /^ {4,}at \S/.test(line);
}

function isMark(line: string | undefined): boolean {
  return line !== undefined && /^\s*(?:\^+|~+)\s*$/.test(line);
}

function endOfParagraph(lines: readonly string[], from: number): number {
  const end = lines.findIndex((line, index) => index > from && line === "");
  return end === -1 ? lines.length : end;
}

/** The marked line of source and its mark, moved to the left. */
function excerptAt(all: readonly string[], mark: number): string[] {
  const lines = [all[mark - 1] ?? "", all[mark] ?? ""];
  const indent = Math.min(...lines.filter((line) => line.trim() !== "").map((line) => line.search(/\S/)));
  return lines.map((line) => line.slice(indent));
}

function toPath(place: string): string {
  if (!place.startsWith("file://")) return place;
  const [, url = "", position = ""] = /^(.*?)((?::\d+){0,2})$/.exec(place) ?? [];
  return fileURLToPath(url) + position;
}

function optional<Key extends string, Value>(key: Key, value: Value | undefined): { [K in Key]?: Value } {
  return value === undefined ? {} : ({ [key]: value } as { [K in Key]?: Value });
}
