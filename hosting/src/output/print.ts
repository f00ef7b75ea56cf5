import process from "node:process";

/** Prints one result on stdout. */
export function printLine(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Prints a document of a `--json` command on stdout. */
export function printJson(document: unknown): void {
  process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
}

/** Says on stderr what is going on. */
export function printProgress(text: string): void {
  process.stderr.write(`${text}\n`);
}

/**
 * A reader that leaves early (`dext logs | head`), or a terminal that was closed, is no failure: what is left to say
 * is dropped and the command ends, unless it wants to end in its own way.
 */
export function quietClosedOutput(): void {
  process.stdout.on("error", onOutputError);
  // Nobody can be told then.
  process.stderr.on("error", () => {});
}

function onOutputError(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE" && error.code !== "EIO" && error.code !== "ERR_STREAM_DESTROYED") throw error;
  if (closedListeners.size === 0) process.exit(process.exitCode ?? 0);
  for (const listener of closedListeners) listener();
}

const closedListeners = new Set<() => void>();

/** Calls `listener` when nobody reads stdout any more, instead of ending the process; returns how to take it back. */
export function onClosedOutput(listener: () => void): () => void {
  closedListeners.add(listener);
  return () => closedListeners.delete(listener);
}
