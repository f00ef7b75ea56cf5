import { logLevels, parseJsonLog } from "@dext/protocol";
import type { LogLevel, LogLine, LogQuery } from "@dext/protocol";

/** Whose lines are shown, and which of them. */
export interface LineSelection {
  /** One replica of a resource; all resources when absent. */
  readonly resource?: { readonly name: string; readonly replica: number };
  /** Only lines with this text; a text without capitals is found in either case. */
  readonly text?: string;
  /** Only lines of a logger that are at least this grave. */
  readonly level?: LogLevel;
}

/** Whether the text of a search is found in either case: it has no capitals. */
export function ignoresCase(text: string): boolean {
  return text === text.toLowerCase();
}

/** Says of lines whether they belong to a selection. */
export function createLineMatcher({ resource, text, level }: LineSelection): (line: LogLine) => boolean {
  const contains = text === undefined || text === "" ? undefined : createTextMatcher(text);
  const least = level === undefined ? 0 : logLevels.indexOf(level);
  return (line) => {
    if (resource !== undefined && (line.resource !== resource.name || line.replica !== resource.replica))
      return false;
    if (contains !== undefined && !contains(line.text)) return false;
    if (level === undefined) return true;
    const log = parseJsonLog(line.text);
    return log !== undefined && logLevels.indexOf(log.level) >= least;
  };
}

/** Says of texts whether they contain another. */
export function createTextMatcher(text: string): (line: string) => boolean {
  if (!ignoresCase(text)) return (line) => line.includes(text);
  return (line) => line.toLowerCase().includes(text);
}

/** The query for the lines of a selection; replicas it cannot tell apart. */
export function selectionQuery({ resource, text, level }: LineSelection): LogQuery {
  return {
    ...(resource === undefined ? {} : { resources: [resource.name] }),
    ...(text === undefined || text === "" ? {} : { search: text, ignoreCase: ignoresCase(text) }),
    ...(level === undefined ? {} : { level }),
  };
}
