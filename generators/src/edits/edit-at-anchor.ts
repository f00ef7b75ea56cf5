import { generatorError } from "../generator-error.ts";

/** Where in a text something is to stand. */
export interface AnchorEdit {
  /** Text that is taken as it is, or a pattern; it must occur exactly once. */
  readonly anchor: string | RegExp;
  /** On lines of its own before or after the line of the anchor, with that line's indentation; or in its place. */
  readonly insert: "before" | "after" | "replace";
  readonly text: string;
  /** When this occurs, the edit has been made already. By default, when the text itself occurs. */
  readonly unless?: string | RegExp;
}

/**
 * Inserts text at an anchor; does nothing when it is there already.
 *
 * @param options.path for messages
 * @throws DextError `DEXT_GENERATE_ANCHOR_MISSING`, `DEXT_GENERATE_ANCHOR_AMBIGUOUS`
 */
export function editAtAnchor(
  source: string,
  { path, anchor, insert, text, unless }: AnchorEdit & { path: string },
): string {
  if (unless === undefined ? hasLines(source, text) : matches(source, unless).length > 0) return source;
  const [place, second] = matches(source, anchor);
  if (place === undefined) throw missing(path, anchor);
  if (second !== undefined) throw ambiguous(path, anchor);
  // Spliced, not replaced: "$&" in a text means nothing.
  if (insert === "replace") return source.slice(0, place.start) + text + source.slice(place.end);
  const start = source.lastIndexOf("\n", place.start - 1) + 1;
  const indentation = /^[ \t]*/.exec(source.slice(start))?.[0] ?? "";
  const lines = text
    .replace(/\n$/, "")
    .split("\n")
    .map((line) => (line === "" ? "" : indentation + line))
    .join("\n");
  if (insert === "before") return `${source.slice(0, start)}${lines}\n${source.slice(start)}`;
  // An anchor that ends with its line's end stands on that line, not on the next.
  const end = source.indexOf("\n", Math.max(place.start, place.end - 1));
  if (end < 0) return `${source}\n${lines}`;
  return `${source.slice(0, end + 1)}${lines}\n${source.slice(end + 1)}`;
}

/** Adds text at the end of a file on lines of its own; does nothing when it is there already. */
export function appendText(
  source: string,
  { text, unless }: { text: string; unless?: string | RegExp },
): string {
  if (unless === undefined ? hasLines(source, text) : matches(source, unless).length > 0) return source;
  return source === "" || source.endsWith("\n") ? source + text : `${source}\n${text}`;
}

interface Match {
  readonly start: number;
  readonly end: number;
}

function matches(source: string, wanted: string | RegExp): Match[] {
  if (typeof wanted !== "string") {
    const pattern = wanted.global ? wanted : new RegExp(wanted.source, `${wanted.flags}g`);
    return [...source.matchAll(pattern)].map(({ 0: found, index }) => ({
      start: index,
      end: index + found.length,
    }));
  }
  const found: Match[] = [];
  if (wanted === "") return found;
  for (let at = source.indexOf(wanted); at >= 0; at = source.indexOf(wanted, at + wanted.length)) {
    found.push({ start: at, end: at + wanted.length });
  }
  return found;
}

/** Whether all lines of a text stand together in a source, however they are indented. */
function hasLines(source: string, text: string): boolean {
  const wanted = bare(text).filter(
    (line, index, all) => line !== "" || (index > 0 && index < all.length - 1),
  );
  if (wanted.length === 0) return true;
  const lines = bare(source);
  return lines.some((_, start) => wanted.every((line, index) => lines[start + index] === line));
}

function bare(text: string): string[] {
  return text.split("\n").map((line) => line.trim());
}

function missing(path: string, anchor: string | RegExp): Error {
  return generatorError("DEXT_GENERATE_ANCHOR_MISSING", `"${path}" has no place like ${shown(anchor)}`, {
    hint: "Nothing was written. Put the anchor back, or make the change by hand.",
    details: { path, anchor: String(anchor) },
  });
}

function ambiguous(path: string, anchor: string | RegExp): Error {
  return generatorError(
    "DEXT_GENERATE_ANCHOR_AMBIGUOUS",
    `"${path}" has more than one place like ${shown(anchor)}`,
    {
      hint: "Nothing was written. Make the anchor longer, so that it fits one place only.",
      details: { path, anchor: String(anchor) },
    },
  );
}

function shown(anchor: string | RegExp): string {
  return typeof anchor === "string" ? JSON.stringify(anchor) : String(anchor);
}
