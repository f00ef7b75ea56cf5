import type { LogLine } from "@dext/protocol";

/** The newest lines of something, in the order of their numbers. */
export interface LineBuffer {
  /** Oldest first. Not to be kept: it changes. */
  readonly lines: readonly LogLine[];
  /** Counts the lines that have ever been added. */
  readonly added: number;
  /** Whether lines were dropped to stay below the limit. */
  readonly hasDropped: boolean;
  add(line: LogLine): void;
  /** Puts lines in front that are older than all others. */
  prepend(older: readonly LogLine[]): void;
  clear(): void;
}

/** A buffer for at least `limit` lines; it drops many at once, so that adding stays cheap. */
export function createLineBuffer(limit: number): LineBuffer {
  const lines: LogLine[] = [];
  const most = Math.ceil(limit * 1.25);
  let added = 0;
  let hasDropped = false;
  return {
    lines,
    get added() {
      return added;
    },
    get hasDropped() {
      return hasDropped;
    },
    add(line) {
      lines.push(line);
      added += 1;
      if (lines.length <= most) return;
      lines.splice(0, lines.length - limit);
      hasDropped = true;
    },
    prepend(older) {
      const first = lines[0]?.seq ?? Infinity;
      lines.unshift(...older.filter(({ seq }) => seq < first));
    },
    clear() {
      lines.length = 0;
      hasDropped = true;
    },
  };
}
