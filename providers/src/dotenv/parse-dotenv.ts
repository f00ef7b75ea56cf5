import dotenv from "dotenv";
import { dotenvError } from "./dotenv-error.ts";

/** One assignment of a `.env` file. */
export interface DotenvEntry {
  readonly name: string;
  /** As dotenv reads it; references are still in it. */
  readonly value: string;
  /** In single quotes, where `$` is just a character. */
  readonly literal: boolean;
  readonly line: number;
  readonly column: number;
}

/** A file that was read. */
export interface DotenvFile {
  /** In the order of the file; a name may stand twice. */
  readonly entries: readonly DotenvEntry[];
  readonly warnings: readonly { readonly message: string; readonly line: number; readonly column: number }[];
}

/**
 * Reads the text of a `.env` file. The library `dotenv` reads the values; around it, the assignments are told apart, so
 * that each has its line, that a quote which is never closed does not swallow what follows, and that a line which is
 * none is not passed over in silence.
 *
 * @throws DextError `DEXT_CONFIG_DOTENV_INVALID` with line and column
 */
export function parseDotenv(text: string, file: string): DotenvFile {
  const source = text.replace(/^\uFEFF/, "").replaceAll(/\r\n?/g, "\n");
  const entries: DotenvEntry[] = [];
  const warnings: { message: string; line: number; column: number }[] = [];
  const firstLine = new Map<string, number>();
  const lines = source.split("\n");
  let at = 0;
  while (at < lines.length) {
    const line = at + 1;
    const first = lines[at] ?? "";
    if (/^\s*(#|$)/.test(first)) {
      at += 1;
      continue;
    }
    // "export DB_HOST = 'x'" and "DB_HOST: x"
    const match = /^(\s*(?:export\s+)?)([\w.-]+)(\s*=|:[\t ])[\t ]*/.exec(first);
    if (match === null) throw invalid({ file, line, column: 1 + first.search(/\S/) }, "is no assignment");
    const [head, lead = "", name = ""] = match;
    const end = endOfValue({ lines, at, column: head.length, file });
    const assignment = lines.slice(at, end.at + 1).join("\n");
    const value = dotenv.parse(assignment)[name];
    const place = { line, column: lead.length + 1 };
    if (value === undefined) throw invalid({ file, ...place }, "cannot be read");
    const before = firstLine.get(name);
    if (before !== undefined) {
      warnings.push({
        ...place,
        message: `"${name}" stands on line ${before} and again on line ${line}; the last counts`,
      });
    }
    if (end.cut) {
      warnings.push({
        ...place,
        message: `The value of "${name}" ends before "#"; put it in quotes if "#" belongs to it`,
      });
    }
    firstLine.set(name, line);
    entries.push({ name, value, literal: end.quote === "'", ...place });
    at = end.at + 1;
  }
  return { entries, warnings };
}

interface ValueEnd {
  /** The number of its last line. */
  at: number;
  quote: string | undefined;
  /** An unquoted value that is cut off by a `#` without a space before it. */
  cut: boolean;
}

function endOfValue({
  lines,
  at,
  column,
  file,
}: {
  lines: readonly string[];
  at: number;
  column: number;
  file: string;
}): ValueEnd {
  const first = (lines[at] ?? "").slice(column);
  const quote = /^["'`]/.exec(first)?.[0];
  if (quote === undefined) {
    const isCutWhole = first.startsWith("#") && !/\s/.test((lines[at] ?? "").charAt(column - 1));
    return { at, quote, cut: isCutWhole || /^[^#]*[^\s#]#/.test(first) };
  }
  let line = at;
  let from = column + 1;
  for (;;) {
    const close = closingQuote(lines[line] ?? "", { quote, from });
    if (close !== -1) {
      const rest = (lines[line] ?? "").slice(close + 1);
      if (/^\s*(#.*)?$/.test(rest)) return { at: line, quote, cut: false };
      if (line === at) {
        throw invalid({ file, line: line + 1, column: close + 2 }, "has something after the closing quote");
      }
      // On a later line this is the opening quote of the next value: ours was never closed.
      break;
    }
    line += 1;
    from = 0;
    if (line === lines.length) break;
  }
  if (quote !== '"' && endsInBackslash(first, quote)) return { at, quote, cut: false };
  throw invalid({ file, line: at + 1, column: column + 1 }, `has a quote ${quote} that is never closed`);
}

function closingQuote(line: string, { quote, from }: { quote: string; from: number }): number {
  for (let index = from; index < line.length; index += 1) {
    if (line[index] === "\\") index += 1;
    else if (line[index] === quote) return index;
  }
  return -1;
}

/** `'C:\folder\'`: outside of double quotes a backslash may be the last character. */
function endsInBackslash(text: string, quote: string): boolean {
  for (let at = text.indexOf(`\\${quote}`); at !== -1; at = text.indexOf(`\\${quote}`, at + 1)) {
    if (/^\s*(#.*)?$/.test(text.slice(at + 2))) return true;
  }
  return false;
}

function invalid(
  { file, line, column }: { file: string; line: number; column: number },
  what: string,
): Error {
  return dotenvError("DEXT_CONFIG_DOTENV_INVALID", `${file}:${line}:${column}: the line ${what}`, {
    hint: "Write NAME=value, and put values with spaces, # or line breaks in quotes.",
    details: { file, line, column },
  });
}
