import type { LogLine, LogQuery, RunClient } from "@dext/protocol";
import { createLineMatcher, ignoresCase, createTextMatcher, selectionQuery } from "./line-selection.ts";
import type { LineSelection } from "./line-selection.ts";

/** So many lines are read at a time, and as many are kept around what is seen. */
const pageLines = 1000;
const mostLines = 10_000;

/** A stretch of what the run keeps, moved by reading on at either end. */
export interface LinePages {
  /** In the order of their numbers. Not to be kept: it changes. */
  readonly lines: readonly LogLine[];
  /** Whether there may be older lines. */
  readonly hasOlder: boolean;
  /** Reads older lines; resolves with how many came in front. */
  readOlder(): Promise<number>;
  /** Reads newer lines; resolves with how many came, and how many were dropped in front. */
  readNewer(): Promise<{ added: number; dropped: number }>;
  /** Puts in lines that follow those that are there; gives how many were dropped in front. */
  append(lines: readonly LogLine[]): number;
  /** Begins anew with the oldest lines that are kept. */
  readStart(): Promise<void>;
  /** Begins anew with the lines around one. */
  readAround(seq: number): Promise<void>;
  /** The nearest line with a text before or after another. */
  find(text: string, options: { from: number; direction: "older" | "newer" }): Promise<LogLine | undefined>;
}

/** What {@link createLinePages} takes. */
export interface LinePagesOptions {
  run: RunClient;
  selection: LineSelection;
  /** What is there to begin with. */
  lines: readonly LogLine[];
  signal: AbortSignal;
}

export function createLinePages({ run, selection, lines: first, signal }: LinePagesOptions): LinePages {
  let lines = [...first];
  let hasOlder = true;
  const matches = createLineMatcher(selection);
  const query = selectionQuery(selection);

  const read = async (part: LogQuery, limit = Infinity): Promise<LogLine[]> => {
    const found: LogLine[] = [];
    for await (const line of run.logs({ ...query, ...part }, { signal })) {
      found.push(line);
      if (found.length >= limit) break;
    }
    return found;
  };

  /** At most a page of lines that come before a number, and whether there may be more. */
  const readBefore = async (before: number): Promise<{ found: LogLine[]; more: boolean }> => {
    let end = before;
    for (;;) {
      const page = await read({ before: end, tail: pageLines });
      const found = page.filter(matches);
      const more = page.length >= pageLines;
      if (found.length > 0 || !more) return { found, more };
      // All of another replica.
      end = page[0]?.seq ?? 0;
    }
  };

  const readAfter = async (after: number): Promise<LogLine[]> => {
    const found: LogLine[] = [];
    for await (const line of run.logs({ ...query, after }, { signal })) {
      if (matches(line)) found.push(line);
      if (found.length >= pageLines) break;
    }
    return found;
  };

  const append = (newer: readonly LogLine[]): number => {
    lines.push(...newer);
    const dropped = Math.max(0, lines.length - mostLines);
    lines.splice(0, dropped);
    hasOlder ||= dropped > 0;
    return dropped;
  };

  return {
    get lines() {
      return lines;
    },
    get hasOlder() {
      return hasOlder;
    },
    async readOlder() {
      const { found, more } = await readBefore(lines[0]?.seq ?? Number.MAX_SAFE_INTEGER);
      hasOlder = more;
      lines.unshift(...found);
      lines.length = Math.min(lines.length, mostLines);
      return found.length;
    },
    async readNewer() {
      const newer = await readAfter(lines.at(-1)?.seq ?? 0);
      return { added: newer.length, dropped: append(newer) };
    },
    append,
    async readStart() {
      lines = await readAfter(0);
      hasOlder = false;
    },
    async readAround(seq) {
      const [{ found, more }, after] = await Promise.all([readBefore(seq + 1), readAfter(seq)]);
      lines = [...found, ...after];
      hasOlder = more;
    },
    async find(text, { from, direction }) {
      const contains = createTextMatcher(text);
      const isHit = (line: LogLine): boolean => contains(line.text) && matches(line);
      const search = { search: text, ignoreCase: ignoresCase(text) };
      if (direction === "newer") {
        for await (const line of run.logs({ ...query, ...search, after: from }, { signal })) {
          if (isHit(line)) return line;
        }
        return undefined;
      }
      for (let before = from, tail = 1; ; tail = pageLines) {
        const page = await read({ ...search, before, tail });
        const hit = page.findLast(isHit);
        if (hit !== undefined || page.length < tail) return hit;
        before = page[0]?.seq ?? 0;
      }
    },
  };
}
