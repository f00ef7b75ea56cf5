import type { LogLine } from "@dext/protocol";
import { createLineBuffer } from "./line-buffer.ts";
import type { LineBuffer } from "./line-buffer.ts";
import { createLineMatcher } from "./line-selection.ts";
import type { LineSelection } from "./line-selection.ts";

const linesOfAll = 10_000;
const linesOfEach = 4000;

/** The newest lines of a run, so that another selection is there at once. It knows nothing of the screen. */
export interface LineStore {
  add(line: LogLine): void;
  /** The newest lines are unknown for a stretch: what follows begins anew. */
  clear(): void;
  /** The newest lines of a selection, from now on kept up to date until {@link LineStore.release}. */
  select(selection: LineSelection, options: { limit: number }): LineBuffer;
  release(buffer: LineBuffer): void;
}

export function createLineStore(): LineStore {
  const all = createLineBuffer(linesOfAll);
  const each = new Map<string, LineBuffer>();
  const selected = new Map<LineBuffer, (line: LogLine) => boolean>();
  return {
    add(line) {
      all.add(line);
      const key = keyOf(line);
      let own = each.get(key);
      if (own === undefined) each.set(key, (own = createLineBuffer(linesOfEach)));
      own.add(line);
      for (const [buffer, matches] of selected) if (matches(line)) buffer.add(line);
    },
    clear() {
      all.clear();
      each.clear();
      for (const buffer of selected.keys()) buffer.clear();
    },
    select(selection, { limit }) {
      const buffer = createLineBuffer(limit);
      const matches = createLineMatcher(selection);
      const { resource } = selection;
      const source =
        resource === undefined
          ? all
          : each.get(keyOf({ resource: resource.name, replica: resource.replica }));
      for (const line of source?.lines ?? []) if (matches(line)) buffer.add(line);
      selected.set(buffer, matches);
      return buffer;
    },
    release: (buffer) => void selected.delete(buffer),
  };
}

function keyOf({ resource, replica }: { resource: string; replica: number }): string {
  return `${resource} ${replica}`;
}
