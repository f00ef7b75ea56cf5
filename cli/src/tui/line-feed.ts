import type { LogLine, RunClient } from "@dext/protocol";
import type { LineStore } from "./line-store.ts";

/** So many of the newest lines are read at the start. */
const backlog = 10_000;
/** So long lines are taken in without a look at what else there is to do, in milliseconds. */
const longestTurn = 6;
/** A line that is so old when it comes tells that the stream cannot be kept up with, in milliseconds. */
const longestLag = 2000;

/** What {@link feedLines} takes. */
export interface FeedLinesOptions {
  run: RunClient;
  store: LineStore;
  signal: AbortSignal;
  /** Called after some lines were added. */
  onLines: () => void;
  /** Milliseconds since 1970. */
  now?: () => number;
}

/**
 * Reads the lines of a run into the store until the run ends or the signal is aborted. When more comes than can be
 * taken in, it leaves out lines and goes on with the newest; the run keeps what was left out.
 */
export async function feedLines(options: FeedLinesOptions): Promise<void> {
  const { run, store, signal } = options;
  for (;;) {
    const attempt = new AbortController();
    const lines = run.logs(
      { follow: true, tail: backlog },
      { signal: AbortSignal.any([signal, attempt.signal]) },
    );
    const outcome = await takeIn(lines, options);
    if (outcome === "ended") return;
    attempt.abort();
    store.clear();
  }
}

async function takeIn(
  lines: AsyncIterable<LogLine>,
  { store, signal, onLines, now = Date.now }: FeedLinesOptions,
): Promise<"ended" | "behind"> {
  let count = 0;
  let turn = performance.now();
  for await (const line of lines) {
    if (signal.aborted) return "ended";
    store.add(line);
    onLines();
    count += 1;
    if (count % 64 !== 0) continue;
    if (count > backlog && now() - line.time > longestLag) return "behind";
    if (performance.now() - turn < longestTurn) continue;
    // A stream that always has a next line would never let a key or a frame through.
    await new Promise((resolve) => setImmediate(resolve));
    turn = performance.now();
  }
  return "ended";
}
