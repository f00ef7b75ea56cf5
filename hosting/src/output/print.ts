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
 * is dropped and the command ends, unless it wants to end in its own way. A file that takes no more is told of, once:
 * services need not end for it, a command whose result it was has failed.
 */
export function quietClosedOutput(): void {
  process.stdout.on("error", onOutputError);
  // Nobody can be told then.
  process.stderr.on("error", () => {});
}

function onOutputError(error: NodeJS.ErrnoException): void {
  if (isFull) return;
  if (fullCodes.has(error.code ?? "")) {
    isFull = true;
    printProgress(`The output cannot be written, what is left of it is dropped: ${error.message}`);
    if (closedListeners.size === 0) process.exit(outputFailed);
    return;
  }
  if (error.code !== "EPIPE" && error.code !== "EIO" && error.code !== "ERR_STREAM_DESTROYED") throw error;
  if (closedListeners.size === 0) process.exit(process.exitCode ?? 0);
  for (const listener of closedListeners) listener();
}

let isFull = false;

/** The disk, or what this user or this process may take of it. */
const fullCodes = new Set(["ENOSPC", "EDQUOT", "EFBIG"]);

/** Nothing in Dext is broken: the same as for a mistake in the configuration. */
const outputFailed = 3;

const closedListeners = new Set<() => void>();

/** Calls `listener` when nobody reads stdout any more, instead of ending the process; returns how to take it back. */
export function onClosedOutput(listener: () => void): () => void {
  closedListeners.add(listener);
  return () => closedListeners.delete(listener);
}
