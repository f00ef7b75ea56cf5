import { dotenvError } from "./dotenv-error.ts";
import type { DotenvEntry } from "./parse-dotenv.ts";

/** An assignment with the file that it stands in. */
export interface PlacedEntry extends DotenvEntry {
  readonly file: string;
  /** The assignment of the same name that stands before it, in the same or in a lower file. */
  readonly before?: PlacedEntry;
}

/** What references are looked up in. */
export interface ExpandOptions {
  /** All assignments that count, by name. */
  entries: ReadonlyMap<string, PlacedEntry>;
  /** The environment of the process, which goes before the files. */
  environment: (name: string) => string | undefined;
}

/**
 * The value of an assignment with its references replaced: `$A`, `${A}`, `${A:-default}` (unset or empty), `${A-default}`
 * (unset); `\$` is a dollar sign. Nothing is ever executed: `$(…)` is text. What is not set anywhere is empty, and a name in
 * its own value is what it was before, as in a shell.
 *
 * @throws DextError `DEXT_CONFIG_DOTENV_REFERENCE_INVALID` for a circle and for a form that is none of these
 */
export function expandReferences(entry: PlacedEntry, options: ExpandOptions): string {
  return expandEntry(entry, { ...options, asking: [] });
}

interface Expanding extends ExpandOptions {
  asking: readonly PlacedEntry[];
}

function expandEntry(entry: PlacedEntry, expanding: Expanding): string {
  if (entry.literal || !entry.value.includes("$")) return entry.value;
  if (expanding.asking.includes(entry)) {
    const circle = [...expanding.asking, entry].map(({ name }) => name).join(" → ");
    throw invalid(entry, `Variables refer to each other: ${circle}`);
  }
  return expandText(entry.value, entry, { ...expanding, asking: [...expanding.asking, entry] });
}

function expandText(text: string, entry: PlacedEntry, expanding: Expanding): string {
  let result = "";
  let at = 0;
  while (at < text.length) {
    if (text[at] === "\\" && text[at + 1] === "$") {
      result += "$";
      at += 2;
    } else if (text.startsWith("${", at)) {
      const end = closingBrace(text, at + 2);
      if (end === -1)
        throw invalid(entry, `"${entry.name}" opens a reference by "\${" and does not close it`);
      result += expandBraces(text.slice(at + 2, end), entry, expanding);
      at = end + 1;
    } else {
      const name = text[at] === "$" ? /^[A-Za-z_]\w*/.exec(text.slice(at + 1))?.[0] : undefined;
      result += name === undefined ? text[at] : (lookUp(name, expanding) ?? "");
      at += 1 + (name?.length ?? 0);
    }
  }
  return result;
}

/** `A`, `A:-default`, `A-default`; a default may hold references itself. */
function expandBraces(text: string, entry: PlacedEntry, expanding: Expanding): string {
  const match = /^([A-Za-z_]\w*)(?:(:?-)([^]*))?$/.exec(text);
  if (match === null)
    // What it is may be part of a password, so that it is not told.
    throw invalid(entry, `"${entry.name}" has a reference that is not understood`);
  const [, name = "", operator, fallback = ""] = match;
  const value = lookUp(name, expanding);
  const useFallback =
    operator === ":-" ? value === undefined || value === "" : operator === "-" && value === undefined;
  return useFallback ? expandText(fallback, entry, expanding) : (value ?? "");
}

function closingBrace(text: string, from: number): number {
  let depth = 1;
  for (let at = from; at < text.length; at += 1) {
    if (text.startsWith("${", at)) depth += 1;
    else if (text[at] === "}" && --depth === 0) return at;
  }
  return -1;
}

function lookUp(name: string, expanding: Expanding): string | undefined {
  const given = expanding.environment(name);
  if (given !== undefined) return given;
  const own = expanding.asking.at(-1);
  const entry = own?.name === name ? own.before : expanding.entries.get(name);
  return entry === undefined ? undefined : expandEntry(entry, expanding);
}

function invalid({ file, line, column }: PlacedEntry, message: string): Error {
  return dotenvError("DEXT_CONFIG_DOTENV_REFERENCE_INVALID", `${file}:${line}:${column}: ${message}`, {
    hint: 'Write ${NAME}, ${NAME:-default} or ${NAME-default}; put the value in single quotes if "$" is just a character.',
    details: { file, line, column },
  });
}
